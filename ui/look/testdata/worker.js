// Stands in for the light node in tests of the page's looks: the test answers, by HTTP. It is never served otherwise.
"use strict";
const deliver = async (response) => {
  if (response.status === 418) { postMessage("the test ended it"); return; }
  const all = await response.arrayBuffer(), view = new DataView(all);
  for (let at = 0; at < all.byteLength;) {
    const length = view.getUint32(at), message = all.slice(at + 4, at + 4 + length);
    at += 4 + length;
    postMessage(message, [message]);
  }
};
onmessage = (e) => fetch("fake/ask", { method: "POST", body: e.data }).then(deliver);
(async () => { for (;;) { try { await deliver(await fetch("fake/say")); } catch { await new Promise((r) => setTimeout(r, 300)); } } })();
