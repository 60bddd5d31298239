// Carries out the instructions of ui/render. Text is set by textContent and attributes by setAttribute only.
"use strict";
(() => {
  const nodes = new Map();
  const listeners = new WeakMap();
  const utf8 = new TextDecoder();
  const late = []; // events that our own changes cause (blur of a removed field, say) wait until we are done
  let buf, view, at, busy = false;

  const u32 = () => { const v = view.getUint32(at, true); at += 4; return v; };
  const str = () => {
    const end = u32() + at;
    let s = "", i = at;
    if (end - at < 32) for (; i < end && buf[i] < 128; i++) s += String.fromCharCode(buf[i]);
    if (i < end) s = utf8.decode(buf.subarray(at, end));
    at = end;
    return s;
  };

  const send = (id, e, capture) => {
    if (e.type === "submit") e.preventDefault(); // no form ever leaves the page
    if (busy) { late.push([id, e, capture]); return; }
    let g = e.target;
    if (e.type === "submit" && g.elements) g = Array.from(g.elements).find((x) => typeof x.value === "string" && x.type !== "submit") || g;
    dom.event(id, e.type, capture, g && typeof g.value === "string" ? g.value : "", !!(g && g.checked), e.key || "");
  };

  const ops = [
    null,
    (id) => { const ns = str(), tag = str(); nodes.set(id, ns ? document.createElementNS(ns, tag) : document.createElement(tag)); },
    (id) => { nodes.set(id, document.createTextNode(str())); },
    (id) => { nodes.get(id).data = str(); },
    (id) => { nodes.get(id).textContent = str(); },
    (id) => { const name = str(); nodes.get(id).setAttribute(name, str()); },
    (id) => { nodes.get(id).removeAttribute(str()); },
    (id) => { const name = str(), v = JSON.parse(str()), n = nodes.get(id); if (n[name] !== v) n[name] = v; },
    (id) => { const parent = nodes.get(u32()), before = u32(); parent.insertBefore(nodes.get(id), before ? nodes.get(before) : null); },
    (id) => { nodes.get(id).remove(); nodes.delete(id); },
    (id) => { nodes.delete(id); },
    (id) => {
      const type = str(), flags = str(), n = nodes.get(id), capture = flags.includes("c");
      const fn = (e) => send(id, e, capture);
      if (!listeners.has(n)) listeners.set(n, {});
      listeners.get(n)[type + "/" + flags] = fn;
      n.addEventListener(type, fn, { capture, passive: flags.includes("p") });
    },
    (id) => {
      const type = str(), flags = str(), n = nodes.get(id), own = listeners.get(n) || {};
      n.removeEventListener(type, own[type + "/" + flags], { capture: flags.includes("c") });
      delete own[type + "/" + flags];
    },
    (id) => { document.getElementById("app").replaceChildren(nodes.get(id)); },
  ];

  const dom = {
    event: () => {}, // set by ui/render
    apply(bytes, length) {
      buf = bytes; view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength); at = 0;
      const focus = document.activeElement;
      busy = true;
      try {
        while (at < length) { const code = buf[at++]; ops[code](u32()); }
      } finally {
        busy = false;
      }
      if (focus && focus !== document.activeElement && focus !== document.body && focus.isConnected) focus.focus({ preventScroll: true });
      for (const [id, e, capture] of late.splice(0)) send(id, e, capture);
    },
  };
  window.taolightDOM = dom;
})();
