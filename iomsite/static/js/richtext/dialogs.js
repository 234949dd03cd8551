// Dialogs: where a link leads, which figure, which photograph, which table. Each is a native dialog: focus stays inside,
// Escape closes, and the text has the focus again afterwards.

const ADDRESS = /^(?:https?:\/\/[^\s/\\?#]|mailto:[^\s@]+@[^\s@]|tel:\+?[\d]|\/(?![/\\])|#)[^\s\\]*$/i;
let numbers = 0;

export default (prose, { gettext, picker, views }) => {
  const { make } = picker;

  const field = (label, input, help) => {
    input.id ||= `richtext-field-${(numbers += 1)}`;
    const box = make("div", { class: "ask" }, make("label", { for: input.id }, label));
    if (help) {
      box.append(make("p", { class: "ask__help", id: `${input.id}-help` }, help));
      input.setAttribute("aria-describedby", `${input.id}-help`);
    }
    box.append(input);
    return box;
  };
  const refuse = (input, words) => {
    input.parentNode.querySelector(".errorlist")?.remove();
    input.removeAttribute("aria-invalid");
    if (!words) return true;
    const error = make("ul", { class: "errorlist", id: `${input.id}-error` }, make("li", {}, words));
    input.before(error);
    input.setAttribute("aria-invalid", "true");
    const help = document.getElementById(`${input.id}-help`) ? ` ${input.id}-help` : "";
    input.setAttribute("aria-describedby", `${error.id}${help}`);
    input.focus();
    return false;
  };

  // `press` says whether all is well; then the dialog closes and the text has the focus.
  const open = ({ title, button, parts, press, remove, first }, editor) => {
    const id = `richtext-dialog-${(numbers += 1)}`;
    const dialog = make("dialog", { class: "richtext-dialog", "aria-labelledby": id });
    // At once: the browser gives the focus back with the cursor at the start of the text, and a key or an event
    // of the selection that came before ours would take that for the reader's place.
    const leave = () => {
      if (!dialog.isConnected) return;
      dialog.close();
      dialog.remove();
      editor.view.focus();
    };
    const form = make(
      "form",
      { novalidate: true },
      make("h2", { id, class: "richtext-dialog__title" }, title),
      ...parts,
      make(
        "div",
        { class: "richtext-dialog__buttons" },
        make("button", { type: "submit", class: "asks__main" }, button),
        make("button", { type: "button", class: "as-link", onclick: leave }, gettext("Cancel")),
        remove
          ? make("button", { type: "button", class: "as-link as-link--drastic", onclick: () => (remove.press(), leave()) }, remove.label)
          : null,
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (press()) leave();
    });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      leave();
    });
    dialog.addEventListener("close", leave);
    // A click beside the dialog is no decision.
    dialog.append(form);
    document.body.append(dialog);
    dialog.showModal();
    first.focus();
    return dialog;
  };

  // An address as people type it.
  const completed = (typed) => {
    if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(typed)) return `mailto:${typed}`;
    if (/^\+?[\d][\d\s().-]{5,}$/.test(typed)) return `tel:${typed.replace(/[^\d+]/g, "")}`;
    if (/^(?:www\.|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:\/|$))/i.test(typed)) return `https://${typed}`;
    return typed;
  };

  const link = (editor) => {
    editor.chain().extendMarkRange("link").run();
    const { state } = editor;
    const { from, to, empty } = state.selection;
    const href = editor.getAttributes("link").href ?? "";
    const isOurs = href.startsWith("page:");
    const before = isOurs ? views.of(href) : null;
    const ours = picker.draw("page", gettext("Name of the page"), before?.name ? before : null, () => refuse(ours.field));
    const other = make("input", { type: "text", class: "vTextField", value: isOurs ? "" : href, inputmode: "url" });
    const words = make("input", { type: "text", class: "vTextField" });
    const name = `richtext-ways-${(numbers += 1)}`;
    const way = (value, label, checked) => {
      const radio = make("input", { type: "radio", name, value, checked });
      return make("label", { class: "way" }, radio, ` ${label}`);
    };
    const panes = {
      page: ours.box,
      other: field(
        gettext("Address"),
        other,
        gettext("Begins with https://; an e-mail address or a telephone number works too."),
      ),
    };
    const isOther = Boolean(href) && !isOurs;
    const ways = make(
      "fieldset",
      { class: "ways" },
      make("legend", {}, gettext("Where it leads")),
      way("page", gettext("A page of this site"), !isOther),
      way("other", gettext("Another address"), isOther),
    );
    const way_ = () => ways.querySelector(":checked").value;
    const show = () => Object.entries(panes).forEach(([value, pane]) => (pane.hidden = value !== way_()));
    ways.addEventListener("change", show);
    show();

    const insert = (address, said) => {
      const chain = editor.chain().focus();
      if (!empty) return chain.setTextSelection({ from, to }).setMark("link", { href: address }).run();
      const marks = [{ type: "link", attrs: { href: address } }];
      return chain.insertContent({ type: "text", text: said, marks }).unsetMark("link").run();
    };
    const press = () => {
      if (way_() === "page") {
        const row = ours.chosen();
        if (!row) return refuse(ours.field, gettext("Choose a page from the list."));
        views.learn(row);
        return insert(`page:${row.key}`, words.value.trim() || row.name);
      }
      const address = completed(other.value.trim());
      if (!ADDRESS.test(address)) {
        return refuse(other, gettext("This is no address. Copy it from the address bar: it begins with https://"));
      }
      return insert(address, words.value.trim() || address.replace(/^(mailto:|tel:|https?:\/\/)/, ""));
    };
    const said = field(gettext("Words of the link"), words, gettext("Say what readers find there. Empty: the name of the page, or the address."));
    return open(
      {
        title: href ? gettext("Change the link") : gettext("Link"),
        button: href ? gettext("Change the link") : gettext("Make the link"),
        parts: [ways, panes.page, panes.other, empty ? said : null].filter(Boolean),
        press,
        remove: href && {
          label: gettext("Remove the link"),
          press: () => editor.chain().focus().extendMarkRange("link").unsetMark("link").run(),
        },
        first: isOther ? other : ours.field,
      },
      editor,
    );
  };

  const selected = (editor, ...types) => {
    const { node } = editor.state.selection;
    return node && types.includes(node.type.name) ? node : null;
  };

  const figure = (editor) => {
    const now = selected(editor, "value");
    const before = now ? views.of(now.attrs.value) : null;
    const choice = picker.draw("figure", gettext("Name of the figure"), before?.name ? before : null, () => refuse(choice.field));
    const press = () => {
      const row = choice.chosen();
      if (!row) return refuse(choice.field, gettext("Choose a figure from the list."));
      views.learn(row);
      const attrs = { ...now?.attrs, value: row.key, said: row.value };
      return editor.chain().focus().insertContent({ type: "value", attrs }).run();
    };
    const help = gettext("The number alone is put into the sentence. When the figure changes, the sentence changes with it.");
    return open(
      {
        title: now ? gettext("Change the figure") : gettext("Figure"),
        button: now ? gettext("Change the figure") : gettext("Insert the figure"),
        parts: [make("p", { class: "ask__help" }, help), choice.box],
        press,
        first: choice.field,
      },
      editor,
    );
  };

  const photograph = (editor) => {
    const now = selected(editor, "photo", "picture");
    const before = now ? views.of(now.attrs.src) : null;
    const alt = make("input", { type: "text", class: "vTextField", value: now?.attrs.alt ?? "", maxlength: 250 });
    const decorative = make("input", { type: "checkbox", checked: now?.attrs.alt === "" });
    const caption = make("input", { type: "text", class: "vTextField" });
    const settle = () => {
      alt.disabled = decorative.checked;
      if (decorative.checked) refuse(alt);
    };
    decorative.addEventListener("change", settle);
    settle();
    // What the library says of it, unless something has been typed here.
    const propose = (input, words) => {
      if (!input.value || input.value === input.proposed) input.value = input.proposed = words ?? "";
    };
    const choice = picker.draw("photo", gettext("Name of the photograph"), before?.name ? before : null, (row) => {
      refuse(choice.field);
      propose(alt, row.alt);
      propose(caption, row.caption);
    });
    const press = () => {
      const row = choice.chosen();
      if (!row) return refuse(choice.field, gettext("Choose a photograph from the list."));
      if (!decorative.checked && !alt.value.trim()) {
        return refuse(alt, gettext("Say what it shows, or tick that it is decorative."));
      }
      views.learn(row);
      const said = { src: `page:${row.key}`, alt: decorative.checked ? "" : alt.value.trim() };
      if (now) return editor.chain().focus().updateAttributes(now.type.name, said).run();
      const words = caption.value.trim();
      const content = [
        { type: "photo", attrs: said },
        { type: "figcaption", content: words ? [{ type: "text", text: words }] : [] },
      ];
      return editor.chain().focus().insertContent({ type: "framed", content }).run();
    };
    return open(
      {
        title: now ? gettext("Change the photograph") : gettext("Photograph"),
        button: now ? gettext("Change the photograph") : gettext("Insert the photograph"),
        parts: [
          choice.box,
          field(gettext("Alternative text"), alt, gettext("What it shows on this page, for people who do not see it.")),
          make("label", { class: "way" }, decorative, ` ${gettext("Decorative: it adds nothing to the words")}`),
          now ? null : field(gettext("Caption"), caption, gettext("Stands below it. The credit is added by itself.")),
        ].filter(Boolean),
        press,
        first: choice.field,
      },
      editor,
    );
  };

  const table = (editor) => {
    const number = (value) => make("input", { type: "number", min: 1, max: 50, value, class: "vIntegerField" });
    const [columns, rows] = [number(3), number(3)];
    const header = make("input", { type: "checkbox", checked: true });
    const caption = make("input", { type: "text", class: "vTextField" });
    const isGood = (input) => {
      const value = Number(input.value);
      const isRight = Number.isInteger(value) && value >= 1 && value <= 50;
      return refuse(input, isRight ? "" : gettext("Give a number from 1 to 50."));
    };
    const press = () => {
      if (!isGood(columns) || !isGood(rows)) return false;
      const cell = (type, attrs) => ({ type, attrs, content: [{ type: "paragraph" }] });
      const row = (place) => {
        const isHead = header.checked && place === 0;
        const one = isHead ? cell("headerCell", { scope: "col" }) : cell("cell", {});
        return { type: "row", attrs: { isHead }, content: Array(Number(columns.value)).fill(one) };
      };
      const words = caption.value.trim();
      const all = { type: "table", content: Array.from({ length: Number(rows.value) }, (_, place) => row(place)) };
      const above = { type: "caption", content: words ? [{ type: "text", text: words }] : [] };
      const at = editor.state.selection.from;
      editor.chain().focus().insertContent({ type: "grid", content: [above, all] }).run();
      intoFirstCell(editor, at);
      return true;
    };
    return open(
      {
        title: gettext("Table"),
        button: gettext("Insert the table"),
        parts: [
          field(gettext("Columns"), columns),
          field(gettext("Rows"), rows),
          make("label", { class: "way" }, header, ` ${gettext("The first row names the columns")}`),
          field(gettext("Caption"), caption, gettext("What the table shows. Stands above it.")),
        ],
        press,
        first: columns,
      },
      editor,
    );
  };
  const intoFirstCell = (editor, from) => {
    let place = null;
    editor.state.doc.nodesBetween(Math.max(0, from - 1), editor.state.doc.content.size, (node, position) => {
      if (place === null && /cell/i.test(node.type.name)) place = position + 2;
      return place === null;
    });
    if (place !== null) editor.commands.setTextSelection(place);
  };

  return { link, figure, photograph, table, selected };
};
