// Writes the document as it stands: open shadow roots and frames of the same origin in their places, at most `limit` characters.
// What a visitor with scripts never sees, noscript and template, is left out. In a frame's part, addresses are written whole.
(limit) => {
  const VOID = new Set(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]);
  const RAW = new Set(["script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"]);
  const UNSEEN = new Set(["noscript", "template"]);
  const ADDRESSES = ["href", "src", "action"];
  const LONGEST_VALUE = 16384, DEEPEST_FRAME = 3;
  const parts = [];
  let size = 0, cut = false;
  const put = (text) => {
    if (cut) return;
    if (size + text.length > limit) { text = text.slice(0, limit - size); cut = true; }
    parts.push(text);
    size += text.length;
  };
  const plain = (text) => text.slice(0, limit).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\u00a0/g, "&nbsp;");
  const quoted = (text) => text.slice(0, LONGEST_VALUE).replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/\u00a0/g, "&nbsp;");
  const open = (node, name, depth) => {
    put("<" + name);
    for (const attribute of node.attributes) {
      let value = attribute.value;
      if (depth && ADDRESSES.includes(attribute.name) && typeof node[attribute.name] === "string") value = node[attribute.name];
      put(" " + attribute.name + '="' + quoted(value) + '"');
    }
    put(">");
  };
  const framed = (node) => {
    try { return node.contentDocument && node.contentDocument.body; } catch { return null; }
  };
  // Each entry is a piece of text, or [node, depth of frames, whether its siblings follow].
  const waiting = [[document.documentElement, 0, false]];
  put("<!DOCTYPE html>\n");
  while (waiting.length && !cut) {
    const top = waiting.pop();
    if (typeof top === "string") { put(top); continue; }
    const [node, depth, siblings] = top;
    if (!node) continue;
    if (siblings && node.nextSibling) waiting.push([node.nextSibling, depth, true]);
    if (node.nodeType === Node.TEXT_NODE) {
      const parent = node.parentNode && node.parentNode.localName;
      put(RAW.has(parent) ? node.data.slice(0, limit) : plain(node.data));
      continue;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) continue;
    const name = node.localName;
    if (UNSEEN.has(name)) continue;
    if (name === "slot" && node.getRootNode() instanceof ShadowRoot) {
      const given = node.assignedNodes();
      if (given.length) for (const one of [...given].reverse()) waiting.push([one, depth, false]);
      else waiting.push([node.firstChild, depth, true]);
      continue;
    }
    open(node, name, depth);
    if (VOID.has(name)) continue;
    const inner = name === "iframe" && depth < DEEPEST_FRAME ? framed(node) : null;
    if (inner && inner.firstChild) {
      put('</iframe><div data-frame="' + quoted(node.src || "") + '">');
      waiting.push("</div>", [inner.firstChild, depth + 1, true]);
      continue;
    }
    waiting.push("</" + name + ">");
    if (name !== "iframe") waiting.push([(node.shadowRoot || node).firstChild, depth, true]);
  }
  const height = Math.max(document.documentElement.scrollHeight, document.body ? document.body.scrollHeight : 0);
  return { html: parts.join(""), cut, url: location.href.slice(0, 8192), height };
}
