// Replaces each text area of rich text by the editor. Whatever goes wrong leaves the area as it was: it holds the text
// as HTML and can be sent.

const { dataset } = document.getElementById("richtext");
const gettext = window.gettext ?? ((words) => words);
const FAILED = gettext("The editor could not be loaded. This is the text as HTML: it can be changed and saved here.");
const EDGES = { top: 110, bottom: 110, left: 0, right: 0 };
const attached = new WeakSet();

const load = async () => {
  const { library, find, name, ...addresses } = dataset;
  const names = Object.keys(addresses);
  const [prose, ...modules] = await Promise.all([library, ...Object.values(addresses)].map((url) => import(url)));
  const kit = { prose, gettext, find, name };
  // Each takes what it needs from those before it.
  for (const one of ["schema", "markup", "pasting", "picker", "views", "dialogs", "tools", "toolbar"]) {
    kit[one] = modules[names.indexOf(one)].default(prose, kit);
  }
  return kit;
};

const say = (area, words) => {
  const note = document.createElement("p");
  note.className = "help richtext-note";
  note.setAttribute("role", "status");
  note.textContent = words;
  area.after(note);
};

const labelOf = (area) => {
  const label = area.labels[0];
  if (label) label.id ||= `${area.id}_label`;
  return label;
};

// What the area says about itself, for the text that takes its place.
const described = (area, label) => {
  const said = { role: "textbox", "aria-multiline": "true", class: "richtext__text", spellcheck: "true" };
  if (label) said["aria-labelledby"] = label.id;
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (area.hasAttribute(name)) said[name] = area.getAttribute(name);
  }
  return said;
};

const replace = (area, kit) => {
  if (attached.has(area) || area.disabled || area.readOnly) return;
  attached.add(area);
  const { prose, schema, markup, pasting, views, toolbar } = kit;
  const known = area.value;
  const content = markup.read(prose.getSchema(schema), known);
  if (!markup.isCarried(known, content)) {
    say(area, gettext("This text has markup that the editor cannot show. Change it here, as HTML."));
    return;
  }
  const label = labelOf(area);
  const box = document.createElement("div");
  box.className = "richtext";
  area.before(box);
  let untouched = null;
  const editor = new prose.Editor({
    element: box,
    injectCSS: false,
    extensions: [...schema, views()],
    content: content.toJSON(),
    editorProps: {
      attributes: described(area, label),
      transformPastedHTML: pasting,
      // Below the bar, and above the buttons of the form.
      scrollMargin: EDGES,
      scrollThreshold: EDGES,
    },
    onUpdate: ({ editor: { state } }) => {
      const written = markup.write(state.doc);
      // What nobody has changed is sent as it came, to the last byte.
      area.value = written === untouched ? known : written;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  untouched = markup.write(editor.state.doc);
  toolbar.draw(editor, box, label?.textContent.trim().replace(/:$/, "") ?? "");
  area.hidden = true;
  area.classList.add("richtext-source");
  label?.addEventListener("click", () => editor.commands.focus());
  area.richtext = { editor, kit };
};

const attach = (area, kit) => {
  try {
    replace(area, kit);
  } catch (error) {
    console.warn(error);
    area.hidden = false;
    say(area, FAILED);
  }
};

const within = (where) => where.querySelectorAll("textarea[data-richtext]");

// A row that is still to be added has a name to be filled in.
const isThere = (area) => !area.name.includes("__prefix__");

// The editor is fetched for the first text that somebody can write in.
let kit;
const attachAll = async (where) => {
  const areas = [...within(where)].filter(isThere);
  if (!areas.length) return;
  try {
    kit ??= load();
    const loaded = await kit;
    areas.forEach((area) => attach(area, loaded));
  } catch (error) {
    console.warn(error);
    areas.forEach((area) => say(area, FAILED));
  }
};

attachAll(document);
document.addEventListener("formset:added", (event) => attachAll(event.target));
