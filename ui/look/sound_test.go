//go:build !js

package look

// sound finds what keeps a page from being used without eyes or a mouse.
const sound = `(() => {
  const out = [], name = (e) => (e.getAttribute('aria-label') || e.innerText || e.textContent || e.title || '').trim();
  if (document.querySelectorAll('h1').length !== 1) out.push('not one h1');
  for (const tag of ['header.top', 'nav[aria-label]', 'aside[aria-label]', 'main', 'footer']) if (!document.querySelector(tag)) out.push('no ' + tag);
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) out.push('id twice: ' + id);
  for (const attr of ['aria-labelledby', 'aria-describedby']) for (const e of document.querySelectorAll('[' + attr + ']')) for (const id of e.getAttribute(attr).split(' ')) if (!document.getElementById(id)) out.push(attr + ' names nothing: ' + id);
  for (const e of document.querySelectorAll('a, button')) if (!name(e)) out.push('no name: ' + e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll('a:not([href])')) out.push('a link without address: ' + name(e));
  for (const e of document.querySelectorAll('input, textarea')) if (!e.labels.length) out.push('no label: ' + e.id);
  for (const e of document.querySelectorAll('svg[role=img]')) if (!e.getAttribute('aria-label')) out.push('a picture without words');
  for (const e of document.querySelectorAll('table')) { if (!e.querySelector('thead th[scope=col]')) out.push('a table without headers'); if (!e.caption && !e.closest('[aria-labelledby]')) out.push('a table without a name'); }
  for (const e of document.querySelectorAll('.mark')) if (!name(e)) out.push('a mark without a word');
  for (const e of document.querySelectorAll('.table-wrap')) if (e.tabIndex !== 0) out.push('a region that the keyboard can’t scroll');
  if (document.querySelectorAll('[style]').length) out.push('a style attribute');
  const dim = (c) => { const v = c.match(/[\d.]+/g).map(Number).slice(0, 3).map((x) => { x /= 255; return x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; }); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
  for (const e of document.querySelectorAll('main *, header *, footer *, aside *')) {
    if (e.closest('svg, .sr, .wait, [disabled]') || !e.checkVisibility() || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const own = getComputedStyle(e);
    if (!own.color.startsWith('rgb')) continue;
    let back = e;
    while (back && /, 0\)$|transparent/.test(getComputedStyle(back).backgroundColor)) back = back.parentElement;
    const ground = back ? getComputedStyle(back).backgroundColor : 'rgb(255,255,255)';
    if (!ground.startsWith('rgb')) continue;
    const [x, y] = [dim(own.color), dim(ground)].sort((a, b) => b - a);
    if ((x + .05) / (y + .05) < 4.5) out.push('contrast ' + ((x + .05) / (y + .05)).toFixed(2) + ': ' + name(e).slice(0, 40) + ' ' + own.color + ' on ' + ground);
  }
  return [...new Set(out)].join('\n');
})()`
