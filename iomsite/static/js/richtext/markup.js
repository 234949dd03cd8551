// A text as the server keeps it, read into the editor and written again.

const BLOCKS = /<(p|h2|h3|h4|ul|ol|blockquote|table|figure)\b/;
const INLINE = new Set(["a", "span", "strong", "em"]);
const ALONE = new Set(["br", "img", "data"]);

export default (prose) => {
  const escape = (text) =>
    text.replace(/&/g, "&amp;").replace(/\u00a0/g, "&nbsp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  // Also in a document that nobody sees, a browser reports each style and handler that the policy of the site forbids.
  const inert = (html) =>
    html
      .replace(/<style\b[^]*?<\/style>/gi, "")
      .replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/(\s)(style|on[a-z]+)(\s*=)/gi, "$1data-$2$3"));
  const bodyOf = (html) => new DOMParser().parseFromString(inert(html), "text/html").body;

  // Text that was typed without markup: an empty line begins a new paragraph, as on the pages.
  const inBlocks = (html) =>
    BLOCKS.test(html)
      ? html
      : html
          .split(/\n\s*\n/)
          .filter((block) => block.trim())
          .map((block) => `<p>${block.trim().replace(/\n/g, "<br>")}</p>`)
          .join("");

  const read = (schema, html) =>
    prose.pm.model.DOMParser.fromSchema(schema).parse(bodyOf(inBlocks(html)), { preserveWhitespace: true });

  // Writing

  const attributes = (said, names) =>
    [...names, "lang", "dir"]
      .filter((name) => said[name] !== null && said[name] !== undefined)
      .map((name) => ` ${name}="${escape(said[name]).replace(/"/g, "&quot;")}"`)
      .join("");
  const element = (tag, said, inside, ...names) => `<${tag}${attributes(said, names)}>${inside}</${tag}>`;

  const MARKS = { link: ["a", "href"], language: ["span"], bold: ["strong"], italic: ["em"] };
  const opened = ({ type, attrs }) => {
    const [tag, ...names] = MARKS[type.name];
    return `<${tag}${attributes(attrs, names)}>`;
  };
  const closed = ({ type }) => `</${MARKS[type.name][0]}>`;

  const leaf = (node) => {
    const { attrs, type } = node;
    if (node.isText) return escape(node.text);
    if (type.name === "hardBreak") return `<br${attributes(attrs, [])}>`;
    if (type.name === "value") return element("data", attrs, escape(attrs.said), "value");
    return `<img${attributes(attrs, ["src", "alt"])}>`;
  };

  const words = (node) => {
    const open = [];
    let html = "";
    node.forEach((child) => {
      let same = 0;
      while (same < open.length && child.marks[same]?.eq(open[same])) same += 1;
      while (open.length > same) html += closed(open.pop());
      for (const mark of child.marks.slice(same)) {
        open.push(mark);
        html += opened(mark);
      }
      html += leaf(child);
    });
    while (open.length) html += closed(open.pop());
    return html;
  };

  const isEmpty = ({ type, content, attrs }) =>
    type.name === "paragraph" && !content.size && !attrs.dir && !attrs.lang;

  const children = (node) => {
    const found = [];
    node.forEach((child) => found.push(child));
    return found;
  };
  const blocks = (node) =>
    children(node)
      .filter((child) => !isEmpty(child))
      .map(block)
      .join("");

  // In an item or a cell: the first paragraph needs no tag.
  const item = (node) => {
    const [first, ...others] = children(node).filter((child) => !isEmpty(child));
    if (first?.type.name !== "paragraph" || !first.attrs.bare || first.attrs.dir || first.attrs.lang) {
      return blocks(node);
    }
    return words(first) + others.map(block).join("");
  };

  const table = (node) => {
    const rows = children(node.lastChild);
    const heads = rows.findIndex((row) => !row.attrs.isHead);
    const end = heads < 0 ? rows.length : heads;
    const caption = node.childCount > 1 && node.firstChild.content.size ? block(node.firstChild) : "";
    const part = (tag, some) => (some.length ? `<${tag}>${some.map(block).join("")}</${tag}>` : "");
    return element("table", node.attrs, caption + part("thead", rows.slice(0, end)) + part("tbody", rows.slice(end)));
  };

  const framed = (node) => {
    const found = children(node).filter((child) => !isEmpty(child));
    const isLeft = ({ type, content }) => type.name === "figcaption" && !content.size;
    return element("figure", node.attrs, found.filter((child) => !isLeft(child)).map(block).join(""));
  };

  const WRITTEN = {
    paragraph: (node) => element("p", node.attrs, words(node)),
    heading: (node) => element(`h${node.attrs.level}`, node.attrs, words(node)),
    bulletList: (node) => element("ul", node.attrs, blocks(node)),
    orderedList: (node) => element("ol", node.attrs, blocks(node)),
    listItem: (node) => element("li", node.attrs, item(node)),
    blockquote: (node) => element("blockquote", node.attrs, blocks(node)),
    photo: leaf,
    framed,
    figcaption: (node) => element("figcaption", node.attrs, words(node)),
    grid: table,
    caption: (node) => element("caption", node.attrs, words(node)),
    row: (node) => element("tr", node.attrs, blocks(node)),
    cell: (node) => element("td", node.attrs, item(node)),
    headerCell: (node) => element("th", node.attrs, item(node), "scope"),
  };
  const block = (node) => WRITTEN[node.type.name](node);

  const write = (doc) => blocks(doc);

  // Whether the editor can show all of a text: the same words in the same places, with the same attributes.

  const named = ({ localName, attributes: found }) => {
    const said = [...found].map(({ name, value }) => `${name}=${value}`).sort();
    return [localName, ...said].join(" ");
  };
  const shape = (html) => {
    const runs = [];
    let run = null;
    const say = (words, blocks, marks) => {
      const key = [blocks.join(">"), [...new Set(marks)].sort().join(",")].join("|");
      if (run?.key === key) run.words += words;
      else runs.push((run = { key, words }));
    };
    const walk = (parent, blocks, marks) => {
      for (const child of parent.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) say(child.data.replace(/[ \t\n]+/g, " "), blocks, marks);
        else if (ALONE.has(child.localName)) say(`<${named(child)}:${child.innerHTML}>`, blocks, marks);
        else if (INLINE.has(child.localName)) {
          walk(child, blocks, child.attributes.length || child.matches("strong,em") ? [...marks, named(child)] : marks);
        } else {
          run = null;
          const isPlain = child.matches("p,tbody") && !child.attributes.length;
          walk(child, isPlain ? blocks : [...blocks, named(child)], marks);
          run = null;
        }
      }
    };
    walk(bodyOf(inBlocks(html)), [], []);
    return runs
      .filter(({ words }) => words.trim())
      .map(({ key, words }) => `${key}|${words.trim()}`)
      .join("\n");
  };
  const isCarried = (html, doc) => shape(html) === shape(write(doc));

  return { read, write, isCarried, inert, bodyOf };
};
