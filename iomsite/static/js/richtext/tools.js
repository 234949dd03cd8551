// What the toolbar offers, and what it offers only in a table, a list, a link or beside a photograph.

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const KEY = isMac ? "⌘" : "Ctrl+";

export default (prose, { gettext, dialogs, views }) => {
  const { tables } = prose.pm;
  const run = (command) => (editor) => command(editor.state, editor.view.dispatch, editor.view);
  const chain = (name, ...how) => (editor) => editor.chain().focus()[name](...how).run();
  const isIn = (name, said) => (editor) => editor.isActive(name, said);
  const inTable = (editor) => tables.isInTable(editor.state);

  const heading = (level) => ({
    name: `heading-${level}`,
    label: [gettext("Heading"), level].join(" "),
    letters: `H${level}`,
    keys: `${KEY}Alt+${level}`,
    press: chain("toggleHeading", { level }),
    isOn: isIn("heading", { level }),
  });

  const above = (state, type) => {
    const { $from } = state.selection;
    for (let { depth } = $from; depth > 0; depth -= 1) {
      if ($from.node(depth).type.name === type) return { node: $from.node(depth), at: $from.before(depth) };
    }
    return null;
  };
  const removeAbove = (type) => (editor) => {
    const found = above(editor.state, type);
    if (!found) return;
    editor.chain().focus().deleteRange({ from: found.at, to: found.at + found.node.nodeSize }).run();
  };

  const hasHeader = (editor) => Boolean(above(editor.state, "table")?.node.firstChild.attrs.isHead);
  const toggleHeader = (editor) => {
    const { state, view } = editor;
    const { node, at } = above(state, "table");
    const isHead = !hasHeader(editor);
    const { cell, headerCell } = state.schema.nodes;
    const row = node.firstChild;
    const transaction = state.tr.setNodeMarkup(at + 1, null, { ...row.attrs, isHead });
    row.forEach((one, place) => {
      const { dir, lang } = one.attrs;
      const said = isHead ? { dir, lang, scope: "col" } : { dir, lang };
      transaction.setNodeMarkup(at + 2 + place, isHead ? headerCell : cell, said);
    });
    view.dispatch(transaction);
  };
  const addCaption = (editor) => {
    const { node, at } = above(editor.state, "grid");
    if (node.childCount > 1) return editor.chain().focus().setTextSelection(at + 2).run();
    return editor
      .chain()
      .focus()
      .insertContentAt(at + 1, { type: "caption" })
      .setTextSelection(at + 2)
      .run();
  };

  // A bar says to what it belongs and when it is there.
  const bars = [
    {
      label: gettext("Formatting"),
      groups: [
        [heading(2), heading(3), heading(4)],
        [
          ...[{ name: "bold", label: gettext("Strong"), keys: `${KEY}B`, press: chain("toggleBold"), isOn: isIn("bold") }],
          ...[{ name: "italic", label: gettext("Emphasis"), keys: `${KEY}I`, press: chain("toggleItalic"), isOn: isIn("italic") }],
        ],
        [
          {
            ...{ name: "bullets", label: gettext("Bulleted list"), keys: `${KEY}Shift+8` },
            ...{ press: chain("toggleBulletList"), isOn: isIn("bulletList") },
          },
          {
            ...{ name: "numbers", label: gettext("Numbered list"), keys: `${KEY}Shift+7` },
            ...{ press: chain("toggleOrderedList"), isOn: isIn("orderedList") },
          },
          {
            ...{ name: "quotation", label: gettext("Quotation"), keys: `${KEY}Shift+B` },
            ...{ press: chain("toggleBlockquote"), isOn: isIn("blockquote") },
          },
        ],
        [
          {
            ...{ name: "link", label: gettext("Link"), keys: `${KEY}K` },
            ...{ press: dialogs.link, isOn: isIn("link"), opens: true },
          },
          { name: "figure", label: gettext("Figure (a number)"), press: dialogs.figure, isOn: isIn("value"), opens: true },
          { name: "photograph", label: gettext("Photograph"), press: dialogs.photograph, isOn: isIn("photo"), opens: true },
          { name: "table", label: gettext("Table"), press: dialogs.table, isOff: inTable, opens: true },
        ],
        [
          {
            ...{ name: "undo", label: gettext("Undo"), keys: `${KEY}Z`, press: chain("undo") },
            isOff: (editor) => !editor.can().undo(),
          },
          {
            ...{ name: "redo", label: gettext("Redo"), keys: `${KEY}Shift+Z`, press: chain("redo") },
            isOff: (editor) => !editor.can().redo(),
          },
        ],
      ],
    },
    {
      label: gettext("List"),
      isThere: isIn("listItem"),
      groups: [
        [
          {
            ...{ label: gettext("One level down"), keys: `${KEY}]`, press: chain("sinkListItem", "listItem") },
            isOff: (editor) => !editor.can().sinkListItem("listItem"),
          },
          { label: gettext("One level up"), keys: `${KEY}[`, press: chain("liftListItem", "listItem") },
        ],
      ],
    },
    {
      label: gettext("Table"),
      isThere: inTable,
      groups: [
        [
          { label: gettext("Row above"), press: run(tables.addRowBefore), isOff: (editor) => inHead(editor) },
          { label: gettext("Row below"), press: run(tables.addRowAfter) },
          { label: gettext("Delete row"), press: run(tables.deleteRow) },
        ],
        [
          { label: gettext("Column before"), press: run(tables.addColumnBefore) },
          { label: gettext("Column after"), press: run(tables.addColumnAfter) },
          { label: gettext("Delete column"), press: run(tables.deleteColumn) },
        ],
        [
          { label: gettext("Header row"), press: toggleHeader, isOn: hasHeader },
          { label: gettext("Caption"), press: addCaption },
          { label: gettext("Delete table"), press: removeAbove("grid") },
        ],
      ],
    },
    {
      label: gettext("Photograph"),
      isThere: (editor) => isIn("framed")(editor) || Boolean(dialogs.selected(editor, "photo", "picture")),
      groups: [
        [
          {
            label: gettext("Change the photograph"),
            press: (editor) => selectPhoto(editor) && dialogs.photograph(editor),
            opens: true,
          },
          { label: gettext("Remove the photograph"), press: (editor) => removePhoto(editor) },
        ],
      ],
    },
  ];

  const inHead = (editor) => Boolean(above(editor.state, "row")?.node.attrs.isHead);
  const selectPhoto = (editor) => {
    if (dialogs.selected(editor, "photo", "picture")) return true;
    const frame = above(editor.state, "framed");
    let place = null;
    frame?.node.forEach((child, offset) => {
      if (child.type.name === "photo" && place === null) place = frame.at + 1 + offset;
    });
    return place !== null && editor.commands.setNodeSelection(place);
  };
  const removePhoto = (editor) => {
    if (above(editor.state, "framed")) removeAbove("framed")(editor);
    else editor.chain().focus().deleteSelection().run();
  };

  // Enter on what cannot be written in opens what it was chosen with.
  const enter = (editor) => {
    if (dialogs.selected(editor, "value")) return Boolean(dialogs.figure(editor));
    if (dialogs.selected(editor, "photo", "picture")) return Boolean(dialogs.photograph(editor));
    const caption = above(editor.state, "figcaption");
    const frame = above(editor.state, "framed");
    if (!caption || !frame) return false;
    const after = frame.at + frame.node.nodeSize;
    return editor.chain().insertContentAt(after, { type: "paragraph" }).setTextSelection(after + 1).focus().run();
  };

  // What the reference under the cursor stands for, in words.
  const hint = (editor) => {
    const { href } = editor.getAttributes("link");
    if (!href) return "";
    const row = href.startsWith("page:") ? views.of(href) : { name: href };
    return row === null ? "" : `${gettext("This link leads to:")} ${views.about(row)}`;
  };

  return { bars, enter, hint };
};
