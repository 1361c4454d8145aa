// What is asked again and again until a page stands still. A page may name its own elements like the document's properties.
() => {
  const own = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
  const body = own("body");
  return [own("readyState") === "loading" ? -1 : (body instanceof HTMLElement ? body.innerText.length : 0), own("links").length];
}
