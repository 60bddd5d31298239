// Starts the tab: theme first, then the node's worker and the dashboard side by side, so that neither waits for the
// other. What the dashboard needs from the browser stands in window.taolight; see ui/host_js.go.
"use strict";
(() => {
  const root = document.documentElement;
  let theme = "";
  try { theme = localStorage.getItem("taolight.theme") || ""; } catch { /* storage is switched off */ }
  const wear = (t) => { if (t === "light" || t === "dark") root.dataset.theme = t; else delete root.dataset.theme; };
  wear(theme);

  // The one policy of the page: it makes the address of the worker and nothing else.
  const workerURL = () => {
    const url = new URL("worker.js", document.baseURI).href;
    if (!window.trustedTypes) return url;
    if (!workerURL.policy) {
      workerURL.policy = trustedTypes.createPolicy("taolight", {
        createScriptURL: (s) => { if (s !== url) throw new TypeError("not the worker's address"); return s; },
      });
    }
    return workerURL.policy.createScriptURL(url);
  };

  // A worker that is already running when the dashboard asks for one; what it says meanwhile is kept.
  const spawn = (name) => {
    const w = { worker: new Worker(workerURL(), { name }), kept: [], message: null, down: null, dead: "" };
    const fail = (text) => { if (w.down) w.down(text); else w.dead = w.dead || text; };
    w.worker.onmessage = (e) => {
      if (!(e.data instanceof ArrayBuffer)) { fail(typeof e.data === "string" ? e.data : (e.data && String(e.data.crash || e.data.error || "")) || "it sent something that is not a message"); return; }
      if (w.message) w.message(new Uint8Array(e.data)); else w.kept.push(new Uint8Array(e.data));
    };
    w.worker.onmessageerror = () => fail("it sent something that can’t be read");
    w.worker.onerror = (e) => { e.preventDefault(); fail(e.message || "it did not load"); };
    return w;
  };
  // The node's way to the newest block is the longest there is at the start, so the first node begins without waiting for
  // the dashboard, unless the address names a trust root, which the dashboard reads. It is told by its worker's name.
  let waiting = null;
  try { waiting = spawn(/trust=/.test(location.hash) ? "taolight node" : "taolight node, at once"); } catch (e) { console.error(e); }

  let file = new ArrayBuffer(0), largest = 0, tell = () => {};
  const take = async (list) => {
    const f = list && list[0];
    if (!f) return;
    try { file = f.size > largest ? new ArrayBuffer(0) : await f.arrayBuffer(); } catch (e) { console.error(e); file = new ArrayBuffer(0); }
    tell(f.name, f.size > largest ? f.size : file.byteLength);
  };
  const over = (on) => { const d = document.querySelector(".drop"); if (d) d.classList.toggle("is-over", on); };
  const files = (e) => e.dataTransfer && Array.from(e.dataTransfer.types).includes("Files");
  addEventListener("dragover", (e) => { if (files(e)) { e.preventDefault(); over(true); } }); // or the browser would leave the page for the file
  addEventListener("dragleave", (e) => { if (!e.relatedTarget) over(false); });
  addEventListener("drop", (e) => { if (files(e)) { e.preventDefault(); over(false); take(e.dataTransfer.files); } });
  addEventListener("change", (e) => { if (e.target.type === "file") { take(e.target.files).then(() => { e.target.value = ""; }); } });

  window.taolight = {
    // open starts a worker and tells what it says; the answer is how to speak to it and to end it.
    open(message, down) {
      const w = waiting || spawn("taolight node");
      waiting = null;
      w.message = message; w.down = down;
      queueMicrotask(() => { for (const m of w.kept.splice(0)) message(m); if (w.dead) down(w.dead); });
      return {
        // sendFile sends the file that was chosen last, between two parts of a message.
        sendFile: (before, after) => {
          const all = new Uint8Array(before.length + file.byteLength + after.length);
          all.set(before); all.set(new Uint8Array(file), before.length); all.set(after, before.length + file.byteLength);
          w.worker.postMessage(all.buffer, [all.buffer]);
        },
        send: (bytes) => { const own = bytes.slice().buffer; w.worker.postMessage(own, [own]); },
        close: () => { w.message = () => {}; w.down = () => {}; w.worker.terminate(); },
      };
    },
    sync(s) { root.dataset.sync = s; },
    theme() { return root.dataset.theme || ""; },
    setTheme(t) { wear(t); try { if (t) localStorage.setItem("taolight.theme", t); else localStorage.removeItem("taolight.theme"); } catch { /* it lasts for this visit */ } },
    copy(text) { if (navigator.clipboard) navigator.clipboard.writeText(text).catch(() => {}); },
    // save gives the visitor a file.
    save(name, bytes) {
      const a = document.createElement("a"), url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
      a.href = url; a.download = name; a.click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    },
    // onFile tells of a file that is chosen or dropped, once it is read; of one that is too large only its size.
    onFile(most, f) { largest = most; tell = f; },
    // arrived moves reading to a new page: its top, and the place of the keyboard.
    arrived() {
      scrollTo(0, 0);
      const main = document.getElementById("main");
      if (main) main.focus({ preventScroll: true });
      const here = document.querySelector(".nav [aria-current]");
      if (here) here.scrollIntoView({ block: "nearest", inline: "nearest" });
    },
    failed,
  };

  // failed says why there is no dashboard, where its skeleton stands.
  function failed(text) {
    root.dataset.sync = "refused";
    const say = () => {
      const box = document.getElementById("boot-error");
      if (!box) { const p = document.createElement("p"); p.id = "boot-error"; p.role = "alert"; p.className = "alert alert-alarm boot"; p.textContent = text; document.body.prepend(p); return; }
      const line = document.querySelector(".trust .mark");
      if (line) { line.className = "mark mark-none"; line.textContent = "Not running"; }
      for (const t of document.querySelectorAll(".seal text:last-of-type")) t.textContent = "Not running";
      box.role = "alert";
      box.hidden = false;
      box.querySelector("span").textContent = text;
    };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", say); else say();
  }

  document.addEventListener("click", (e) => { // the address's fragment is the route, so this link can't use it
    const skip = e.target instanceof Element && e.target.closest("a.skip");
    if (!skip) return;
    e.preventDefault();
    const main = document.getElementById("main");
    if (main) main.focus();
  });

  const run = async () => {
    if (typeof WebAssembly !== "object") { failed("This browser can’t run WebAssembly, so it can’t check the chain. Use a current one, or allow WebAssembly for this page."); return; }
    if (typeof Go !== "function" || !window.taolightDOM) { failed("A part of this page did not load. Load it again; if that does not help, its server is incomplete."); return; }
    const go = new Go();
    let program;
    try {
      program = await WebAssembly.instantiateStreaming(fetch("build/ui.wasm"), go.importObject);
    } catch (e) {
      console.error(e);
      failed("The dashboard did not load (" + (e && e.message ? e.message : e) + "). Check the connection and load the page again.");
      return;
    }
    try {
      await go.run(program.instance);
      failed("The dashboard stopped. Load the page again; what was verified is saved.");
    } catch (e) {
      console.error(e);
      failed("The dashboard stopped (" + (e && e.message ? e.message : e) + "). Load the page again; what was verified is saved.");
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run); else run();
})();
