// The light node's worker: loads its program and carries messages between it and the page. Messages are ArrayBuffers
// (core/tab). When the program has ended, for whatever reason, the page gets one {crash: text} and starts a new worker.
"use strict";
(() => {
  const waiting = []; // messages that came before the program could take them
  let take = null;
  let ended = false;

  const crash = (text) => {
    if (ended) return;
    ended = true;
    console.error(text);
    self.postMessage({ crash: text });
  };

  // What the program needs from here; see wasm/main_js.go.
  self.taolight = {
    listen(f) { take = f; for (const m of waiting.splice(0)) take(m); },
    post(bytes) { self.postMessage(bytes.buffer, [bytes.buffer]); },
  };
  // The Start that the dashboard sends (core/tab), ahead of it: [0, "start", [origin, no trust root, not typed]].
  if (self.name.endsWith(", at once") && self.location.origin.length < 256) {
    const text = (s) => { const b = new TextEncoder().encode(s); return b.length < 24 ? [0x60 + b.length, ...b] : [0x78, b.length, ...b]; };
    waiting.push(new Uint8Array([0x83, 0, ...text("start"), 0x83, ...text(self.location.origin), 0x60, 0xf4]));
  }
  self.onmessage = (e) => {
    if (!(e.data instanceof ArrayBuffer)) return;
    const bytes = new Uint8Array(e.data);
    if (take) take(bytes); else if (waiting.length < 256) waiting.push(bytes);
  };
  self.addEventListener("unhandledrejection", (e) => { e.preventDefault(); console.error(e.reason); });

  const compiled = WebAssembly.compileStreaming(fetch("build/node.wasm"));
  compiled.catch(() => {}); // waited for below

  const address = new URL("build/wasm_exec.js", self.location.href).href;
  const trusted = self.trustedTypes ? self.trustedTypes.createPolicy("taolight", {
    createScriptURL: (s) => { if (s !== address) throw new TypeError("not the address of Go's support script"); return s; },
  }).createScriptURL(address) : address;

  const run = async () => {
    importScripts(trusted);
    // A panic is written to stderr before the program ends: keep its beginning, which says what happened.
    const decoder = new TextDecoder();
    let said = "";
    self.fs.writeSync = (fd, bytes) => {
      const text = decoder.decode(bytes, { stream: true });
      if (said.length < 4096) said += text;
      console.log(text.replace(/\n$/, ""));
      return bytes.length;
    };
    const go = new Go();
    let code = 0;
    go.exit = (c) => { code = c; };
    await go.run(await WebAssembly.instantiate(await compiled, go.importObject));
    crash(said.trim() || "the node’s program ended with code " + code);
  };
  run().catch((e) => crash("the node’s program did not run: " + (e && e.message ? e.message : e)));
})();
