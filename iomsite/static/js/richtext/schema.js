// What a text is made of: exactly what the server lets stand. Nothing else can be written or pasted.

export default (prose) => {
  const { Extension, Mark, Node, pm } = prose;

  // Kept on whatever has them; most is written without.
  const kept = (name) => ({
    default: null,
    parseHTML: (element) => element.getAttribute(name),
    renderHTML: (attributes) => (attributes[name] ? { [name]: attributes[name] } : {}),
  });
  const hidden = (value) => ({ default: value, rendered: false });

  const node = (name, tag, settings) =>
    Node.create({
      name,
      parseHTML: () => (tag ? [{ tag }] : []),
      renderHTML: ({ HTMLAttributes }) => [settings.drawn ?? tag, HTMLAttributes, 0],
      addAttributes: () => settings.attributes ?? {},
      ...settings,
    });

  const Paragraph = prose.Paragraph.extend({
    // Whether the text has no tag for it, as in most items of lists and cells of tables.
    addAttributes: () => ({ bare: { default: true, rendered: false, parseHTML: () => false } }),
  });

  const ListItem = prose.ListItem.extend({
    content: "block+",
    addKeyboardShortcuts() {
      // Tab leaves the text, as everywhere in a form.
      return {
        Enter: () => this.editor.commands.splitListItem(this.name),
        "Mod-]": () => this.editor.commands.sinkListItem(this.name),
        "Mod-[": () => this.editor.commands.liftListItem(this.name),
      };
    },
  });

  const Heading = prose.Heading.extend({
    addKeyboardShortcuts() {
      const to = (level) => () => this.editor.commands.toggleHeading({ level });
      return { "Mod-Alt-2": to(2), "Mod-Alt-3": to(3), "Mod-Alt-4": to(4) };
    },
    // Typed at the beginning of a line: ## , ### and ####.
    addInputRules() {
      return [2, 3, 4].map((level) =>
        prose.textblockTypeInputRule({
          find: new RegExp(`^(#{${level}})\\s$`),
          type: this.type,
          getAttributes: { level },
        }),
      );
    },
  }).configure({ levels: [2, 3, 4] });

  const Link = Mark.create({
    name: "link",
    priority: 900,
    inclusive: false,
    addAttributes: () => ({ href: { default: null } }),
    parseHTML: () => [{ tag: "a[href]" }],
    renderHTML: ({ HTMLAttributes }) => ["a", HTMLAttributes, 0],
  });

  // Words in another language or direction.
  const Language = Mark.create({
    name: "language",
    excludes: "",
    parseHTML: () => [{ tag: "span[lang]" }, { tag: "span[dir]" }],
    renderHTML: ({ HTMLAttributes }) => ["span", HTMLAttributes, 0],
  });

  // A figure stands for its value of the day; `said` is what it was when it was put here.
  const Figure = Node.create({
    name: "value",
    group: "inline",
    inline: true,
    atom: true,
    addAttributes: () => ({
      value: { default: null },
      said: { default: "", rendered: false, parseHTML: (element) => element.textContent },
    }),
    parseHTML: () => [{ tag: "data[value]" }],
    renderHTML: ({ node: { attrs }, HTMLAttributes }) => ["data", HTMLAttributes, attrs.said],
    renderText: ({ node: { attrs } }) => attrs.said,
  });

  // In the window the address stands in `data-src`: a browser would try to fetch it.
  const picture = (name, settings, rule = {}) =>
    Node.create({
      name,
      atom: true,
      draggable: true,
      addAttributes: () => ({
        src: {
          default: null,
          parseHTML: (element) => element.dataset.src ?? element.getAttribute("src"),
          renderHTML: ({ src }) => ({ "data-src": src }),
        },
        alt: { default: null },
      }),
      parseHTML: () => ["src", "data-src"].map((said) => ({ tag: `img[${said}^="page:"]`, ...rule })),
      renderHTML: ({ HTMLAttributes }) => ["img", HTMLAttributes],
      ...settings,
    });
  const Photo = picture("photo", { group: "shown" }, { context: "framed/", priority: 60 });
  const Picture = picture("picture", { group: "inline", inline: true });
  const Framed = node("framed", "figure", {
    group: "block",
    content: "figcaption? (block | shown)+ figcaption?",
    isolating: true,
    defining: true,
  });
  const Figcaption = node("figcaption", "figcaption", { content: "inline*", isolating: true });

  // What is a table in HTML is a frame here, with a caption and the rows: rows alone are a table to the library.
  const Grid = node("grid", "table", { group: "block", content: "caption? table", isolating: true });
  const Caption = node("caption", "caption", { content: "inline*", isolating: true });
  const Table = node("table", null, { content: "row+", tableRole: "table", drawn: "tbody", isolating: true });
  const Row = node("row", "tr", {
    content: "(cell | headerCell)*",
    tableRole: "row",
    attributes: {
      isHead: { ...hidden(false), parseHTML: (element) => element.parentNode?.localName === "thead" },
    },
  });
  const spans = { colspan: hidden(1), rowspan: hidden(1), colwidth: hidden(null) };
  const never = Object.fromEntries(
    Object.entries(spans).map(([name, one]) => [name, { ...one, parseHTML: () => one.default }]),
  );
  const Cell = node("cell", "td", {
    content: "block+",
    tableRole: "cell",
    isolating: true,
    attributes: never,
  });
  const HeaderCell = node("headerCell", "th", {
    content: "block+",
    tableRole: "header_cell",
    isolating: true,
    attributes: { ...never, scope: kept("scope") },
  });
  const Global = Extension.create({
    name: "global",
    extendNodeSchema: (extension) => ({ tableRole: prose.getExtensionField(extension, "tableRole") }),
    addGlobalAttributes: () => [
      {
        types: [
          ...["paragraph", "heading", "bulletList", "orderedList", "listItem", "blockquote", "hardBreak", "value"],
          ...["photo", "picture", "framed", "figcaption", "grid", "caption", "row", "cell", "headerCell"],
          ...["link", "language", "bold", "italic"],
        ],
        attributes: { dir: kept("dir"), lang: kept("lang") },
      },
    ],
    addProseMirrorPlugins: () => [pm.tables.tableEditing()],
  });

  return [
    ...[prose.Document, prose.Text, Paragraph, Heading, prose.BulletList, prose.OrderedList, ListItem],
    ...[prose.Blockquote, prose.HardBreak, Link, Language, prose.Bold, prose.Italic],
    ...[Figure, Photo, Picture, Framed, Figcaption, Grid, Caption, Table, Row, Cell, HeaderCell],
    ...[prose.UndoRedo, prose.Gapcursor, prose.Dropcursor, prose.TrailingNode, Global],
  ];
};
