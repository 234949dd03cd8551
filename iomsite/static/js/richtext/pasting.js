// What is pasted keeps its structure and loses the rest: Word, Outlook, Google Docs, LibreOffice and mail each write
// HTML of their own.

const RENAMED = { h1: "h2", h5: "h4", h6: "h4", b: "strong", i: "em", dl: "ul", dt: "li", dd: "li" };
const DROPPED = "script,style,title,template,textarea,svg,math,noscript,meta,link,object,iframe,input,select,button,img";
const KEPT = new Set([
  ...["h2", "h3", "h4", "p", "br", "ul", "ol", "li", "blockquote", "strong", "em", "a"],
  ...["table", "caption", "thead", "tbody", "tr", "th", "td", "data"],
]);
const BLOCKS = "p,h2,h3,h4,ul,ol,li,blockquote,table,caption,thead,tbody,tr,th,td,div,section,article,pre";
const ADDRESS = /^(?:https?:\/\/[^\s/\\?#]|mailto:|tel:|page:)[^\s\\]*$/i;
// Where a browser has kept what was copied in an editor like this one.
const OWN = /data-pm-slice/;

export default (prose, { markup }) => {
  const renamed = (element, tag) => {
    const other = element.ownerDocument.createElement(tag);
    other.append(...element.childNodes);
    for (const { name, value } of element.attributes) other.setAttribute(name, value);
    element.replaceWith(other);
    return other;
  };
  const unwrapped = (element) => element.replaceWith(...element.childNodes);
  const all = (where, selector) => [...where.querySelectorAll(selector)];
  const styleOf = (element) => (element.dataset.style ?? "").toLowerCase().replace(/\s+/g, " ");

  const withoutComments = (body) => {
    const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode);
    found.forEach((comment) => comment.remove());
  };

  // Word: a paragraph says by its style that it is an item, on which level and of which list; the mark itself is text.
  const MARK = /mso-list: ?ignore/;
  const LEVEL = /mso-list: ?l(\d+) level(\d+)/;
  const NUMBER = /^\(?(\d{1,3}|[a-z]|[ivxlc]{1,6})[.)]/i;
  const itemOf = (paragraph) => {
    const level = LEVEL.exec(styleOf(paragraph));
    if (!level) return null;
    const marks = all(paragraph, "span").filter((span) => MARK.test(styleOf(span)));
    const mark = marks.map((span) => span.textContent).join("").trim();
    marks.forEach((span) => span.remove());
    return { list: level[1], level: Number(level[2]), tag: NUMBER.test(mark) ? "ol" : "ul" };
  };
  const listsOfWord = (body) => {
    let open = [];
    let last = null;
    for (const paragraph of all(body, "p,h1,h2,h3,h4,h5,h6")) {
      const item = itemOf(paragraph);
      if (!item) continue;
      // Between two items of a list nothing else stands.
      const follows = last && last.nextElementSibling === paragraph && open[0]?.number === item.list;
      if (!follows) open = [];
      open = open.slice(0, item.level);
      const deepest = open.at(-1);
      if (deepest?.level === item.level && deepest.tag !== item.tag) open.pop();
      if (open.at(-1)?.level !== item.level) {
        const list = body.ownerDocument.createElement(item.tag);
        const above = open.at(-1)?.list.lastElementChild;
        if (above) above.append(list);
        else paragraph.before(list);
        open.push({ list, tag: item.tag, level: item.level, number: item.list });
      }
      const row = body.ownerDocument.createElement("li");
      row.append(...paragraph.childNodes);
      open.at(-1).list.append(row);
      last = open[0].list;
      paragraph.remove();
    }
  };

  const titlesOfWord = (body) => {
    for (const paragraph of all(body, "p.MsoTitle")) renamed(paragraph, "h2");
    for (const paragraph of all(body, "p.MsoSubtitle")) renamed(paragraph, "h3");
    for (const paragraph of all(body, "p.MsoQuote,p.MsoIntenseQuote")) {
      const quotation = body.ownerDocument.createElement("blockquote");
      paragraph.before(quotation);
      quotation.append(paragraph);
    }
  };

  // What is strong or emphasised by style alone, and what says it is strong and is not (all of a Google document).
  const emphasis = (body) => {
    for (const element of all(body, "b,strong")) {
      if (/(?:^|[; ])font-weight: ?(normal|[1-4]00)/.test(styleOf(element))) unwrapped(element);
    }
    for (const element of all(body, "span,font")) {
      const style = styleOf(element);
      if (element.closest("h1,h2,h3,h4,h5,h6")) continue;
      const tags = [
        /(?:^|[; ])font-weight: ?(bold|[6-9]00)/.test(style) && "strong",
        /(?:^|[; ])font-style: ?italic/.test(style) && "em",
      ];
      for (const tag of tags.filter(Boolean)) {
        const mark = body.ownerDocument.createElement(tag);
        mark.append(...element.childNodes);
        element.append(mark);
      }
    }
    // In a heading all words are strong already.
    all(body, "h2,h3,h4").forEach((heading) => all(heading, "strong").forEach(unwrapped));
  };

  // A list right inside a list belongs to the item before it (Google Docs, older mail).
  const nestedLists = (body) => {
    for (const list of all(body, "ul > ul, ul > ol, ol > ul, ol > ol")) {
      const before = list.previousElementSibling;
      if (before?.localName === "li") before.append(list);
      else unwrapped(list);
    }
  };

  // A line of mail is a `div`; one that holds other blocks is only a frame.
  const lines = (body) => {
    for (const frame of all(body, "div,section,article,header,footer,main,pre,center,address")) {
      if (frame.querySelector(BLOCKS)) looseWords(frame);
      if (frame.querySelector(BLOCKS) || frame.closest("li,td,th")) unwrapped(frame);
      else renamed(frame, "p");
    }
  };
  const looseWords = (frame) => {
    let paragraph = null;
    for (const child of [...frame.childNodes]) {
      if (child.nodeType === Node.ELEMENT_NODE && (child.matches(BLOCKS) || child.querySelector(BLOCKS))) paragraph = null;
      else if (paragraph) paragraph.append(child);
      else if (child.textContent.trim()) {
        paragraph = frame.ownerDocument.createElement("p");
        child.before(paragraph);
        paragraph.append(child);
      }
    }
  };

  const attributesOf = (element) => {
    const { localName } = element;
    const said = (name) => element.getAttribute(name) ?? "";
    const kept = {};
    if (localName === "a" && ADDRESS.test(said("href"))) kept.href = said("href");
    if (localName === "data" && said("value")) kept.value = said("value");
    if (localName === "th" && said("scope")) kept.scope = said("scope");
    if (said("dir").toLowerCase() === "rtl") kept.dir = "rtl";
    for (const { name } of [...element.attributes]) element.removeAttribute(name);
    for (const [name, value] of Object.entries(kept)) element.setAttribute(name, value);
  };

  const isBlank = (element) =>
    !element.textContent.replace(/[\s\u00a0\u200b]/g, "") && !element.querySelector("table,data");

  const withoutEmpty = (body) => {
    for (const element of all(body, "p,h2,h3,h4,li,ul,ol,blockquote,strong,em,a").reverse()) {
      if (!isBlank(element)) continue;
      if (element.matches("strong,em,a")) unwrapped(element);
      else element.remove();
    }
    // At the end of a block a line break is only how somebody left it.
    for (const rest of all(body, "br")) {
      const { parentElement, nextSibling, previousSibling } = rest;
      const isEdge = !nextSibling || !previousSibling;
      if (parentElement === body || (isEdge && parentElement.matches(BLOCKS))) rest.remove();
    }
  };

  // A cell that says how many others it covers is followed by as many empty ones: our tables have no such cells.
  const cells = (body) => {
    for (const cell of all(body, "td[colspan],th[colspan]")) {
      const width = Math.min(Number(cell.getAttribute("colspan")) || 1, 50);
      for (let number = 1; number < width; number += 1) cell.after(body.ownerDocument.createElement(cell.localName));
    }
  };

  return (html) => {
    if (OWN.test(html)) return markup.inert(html);
    // A part between square brackets is for Word alone.
    const body = markup.bodyOf(html.replace(/<!\[(?:if|endif)[^>]*>/gi, ""));
    withoutComments(body);
    all(body, DROPPED).forEach((element) => element.remove());
    listsOfWord(body);
    titlesOfWord(body);
    for (const [tag, other] of Object.entries(RENAMED)) {
      if (other !== "strong" && other !== "em") all(body, tag).forEach((element) => renamed(element, other));
    }
    emphasis(body);
    all(body, "b").forEach((element) => renamed(element, "strong"));
    all(body, "i").forEach((element) => renamed(element, "em"));
    nestedLists(body);
    lines(body);
    cells(body);
    for (const element of all(body, "*").reverse()) {
      if (!KEPT.has(element.localName)) unwrapped(element);
      else attributesOf(element);
    }
    all(body, "a:not([href])").forEach(unwrapped);
    all(body, "strong strong, em em, strong:empty, em:empty").forEach(unwrapped);
    withoutEmpty(body);
    return body.innerHTML;
  };
};
