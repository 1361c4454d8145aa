// Writes the document as it stands: open shadow roots and frames of the same origin in their places, at most `limit` characters.
// What a visitor with scripts never sees, noscript and template, is left out. In a frame's part, addresses are written whole.
(limit) => {
  const VOID = new Set(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]);
  const RAW = new Set(["script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"]);
  const UNSEEN = new Set(["noscript", "template"]);
  const ADDRESSES = ["href", "src", "action"];
  const LONGEST_VALUE = 16384, DEEPEST_FRAME = 3;
  // A form, and the document too, gives an element of its own that is called "attributes" for its attributes.
  const own = (type, name) => { const get = Object.getOwnPropertyDescriptor(type.prototype, name).get; return (node) => get.call(node); };
  const kind = own(Node, "nodeType"), first = own(Node, "firstChild"), next = own(Node, "nextSibling"), above = own(Node, "parentNode");
  const called = own(Element, "localName"), attributes = own(Element, "attributes"), shadow = own(Element, "shadowRoot");
  const tall = own(Element, "scrollHeight"), root = own(Document, "documentElement")(document), body = own(Document, "body")(document);
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
    for (const attribute of attributes(node)) {
      let value = attribute.value;
      if (depth && ADDRESSES.includes(attribute.name) && typeof node[attribute.name] === "string") value = node[attribute.name];
      put(" " + attribute.name + '="' + quoted(value) + '"');
    }
    put(">");
  };
  const framed = (node) => {
    try { return own(Document, "body")(node.contentDocument); } catch { return null; }
  };
  // Each entry is a piece of text, or [node, depth of frames, whether its siblings follow].
  const waiting = [[root, 0, false]];
  put("<!DOCTYPE html>\n");
  while (waiting.length && !cut) {
    const top = waiting.pop();
    if (typeof top === "string") { put(top); continue; }
    const [node, depth, siblings] = top;
    if (!node) continue;
    if (siblings && next(node)) waiting.push([next(node), depth, true]);
    if (kind(node) === Node.TEXT_NODE) {
      const parent = above(node);
      put(parent && kind(parent) === Node.ELEMENT_NODE && RAW.has(called(parent)) ? node.data.slice(0, limit) : plain(node.data));
      continue;
    }
    if (kind(node) !== Node.ELEMENT_NODE) continue;
    const name = called(node);
    if (UNSEEN.has(name)) continue;
    if (name === "slot" && node.getRootNode() instanceof ShadowRoot) {
      const given = node.assignedNodes();
      if (given.length) for (const one of [...given].reverse()) waiting.push([one, depth, false]);
      else waiting.push([first(node), depth, true]);
      continue;
    }
    open(node, name, depth);
    if (VOID.has(name)) continue;
    const inner = name === "iframe" && depth < DEEPEST_FRAME ? framed(node) : null;
    if (inner && first(inner)) {
      put('</iframe><div data-frame="' + quoted(node.src || "") + '">');
      waiting.push("</div>", [first(inner), depth + 1, true]);
      continue;
    }
    waiting.push("</" + name + ">");
    if (name !== "iframe") waiting.push([first(shadow(node) || node), depth, true]);
  }
  const height = Math.max(root ? tall(root) : 0, body ? tall(body) : 0);
  return { html: parts.join(""), cut, url: location.href.slice(0, 8192), height };
}
