// The bars above a text: one stop of the Tab key, arrows from button to button, Alt+F10 from the text, Escape back.

const NAMES = {
  bold: "M7 4h6a4 4 0 0 1 0 8H7zM7 12h7a4 4 0 0 1 0 8H7z",
  italic: "M10 4h8M6 20h8M14.5 4l-5 16",
  bullets: "M9 6h12M9 12h12M9 18h12M4 6h.01M4 12h.01M4 18h.01",
  numbers: "M10 6h11M10 12h11M10 18h11M4 4v4M3.5 14.5c0-2 2.500-2 2.500 0 0 1-2.500 2-2.500 3h2.500",
  quotation: "M5 17c3-1 4-3 4-6V6H4v6h5M15 17c3-1 4-3 4-6V6h-5v6h5",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1.500 1.500M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1.500-1.500",
  figure: "M4 20V10M10 20V4M16 20v-7M3 20h18",
  photograph: "M3 5h18v14H3zM3 16l5-5 5 5 3-3 5 5M15.500 9h.01",
  table: "M3 5h18v14H3zM3 10h18M3 14.500h18M9 5v14M15 5v14",
  undo: "M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4",
  redo: "M16 5l4 4-4 4M20 9H10a5 5 0 0 0 0 10h4",
};
const SVG = "http://www.w3.org/2000/svg";

export default (prose, { gettext, picker: { make }, tools, dialogs, views }) => {
  const icon = (name) => {
    const svg = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    const said = { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false", class: "richtext-bar__icon" };
    for (const [key, value] of Object.entries(said)) svg.setAttribute(key, value);
    path.setAttribute("d", NAMES[name]);
    svg.append(path);
    return svg;
  };

  const button = (editor, tool) => {
    const { name, label, letters, keys, opens } = tool;
    const words = keys ? `${label} (${keys})` : label;
    const shown = letters ?? (NAMES[name] ? icon(name) : label);
    const element = make(
      "button",
      {
        ...{ type: "button", class: "richtext-bar__button", tabindex: "-1", title: keys || shown !== label ? words : null },
        ...{ "aria-label": shown === label ? null : label, "aria-keyshortcuts": keys ? spoken(keys) : null },
        ...{ "aria-haspopup": opens ? "dialog" : null, "aria-pressed": tool.isOn && !opens ? "false" : null },
      },
      shown,
    );
    element.addEventListener("click", () => {
      if (element.getAttribute("aria-disabled") !== "true") tool.press(editor);
    });
    return element;
  };
  const spoken = (keys) => keys.replace("⌘", "Meta+").replace("Ctrl", "Control");

  const draw = (editor, box, label) => {
    const buttons = new Map();
    const rows = tools.bars.map((bar) => {
      const groups = bar.groups.map((group) =>
        make(
          "div",
          { role: "group", class: "richtext-bar__group" },
          group.map((tool) => {
            const element = button(editor, tool);
            buttons.set(element, tool);
            return element;
          }),
        ),
      );
      const row = make("div", { class: "richtext-bar__row", role: "group", "aria-label": bar.label }, groups);
      return { bar, row };
    });
    const strip = make(
      "div",
      { class: "richtext-bar", role: "toolbar", "aria-label": [gettext("Formatting"), label].filter(Boolean).join(": ") },
      rows.map(({ row }) => row),
    );
    const hint = make("p", { class: "richtext__hint" });
    box.prepend(strip);
    box.append(hint);

    const there = () => [...buttons.keys()].filter((element) => !element.closest("[hidden]"));
    const stop = (element) => {
      for (const one of buttons.keys()) one.tabIndex = one === element ? 0 : -1;
    };
    stop(there()[0]);

    const settle = () => {
      for (const { bar, row } of rows) row.hidden = Boolean(bar.isThere) && !bar.isThere(editor);
      for (const [element, tool] of buttons) {
        if (element.closest("[hidden]")) continue;
        const isOn = Boolean(tool.isOn?.(editor));
        if (element.hasAttribute("aria-pressed")) element.setAttribute("aria-pressed", String(isOn));
        element.classList.toggle("richtext-bar__button--on", isOn);
        // It keeps the focus that it may have.
        if (tool.isOff?.(editor)) element.setAttribute("aria-disabled", "true");
        else element.removeAttribute("aria-disabled");
      }
      if (!there().some((element) => element.tabIndex === 0)) stop(there()[0]);
      hintAt(editor, hint);
    };
    editor.on("transaction", settle);
    editor.on("focus", settle);
    views.heed(settle);
    settle();

    strip.addEventListener("keydown", (event) => {
      const all = there();
      const place = all.indexOf(document.activeElement);
      const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: all.length - 1 }[event.key];
      if (event.key === "Escape") editor.commands.focus();
      else if (to !== undefined) {
        const next = all[(to + all.length) % all.length];
        stop(next);
        next.focus();
      } else return;
      event.preventDefault();
    });
    strip.addEventListener("focusin", (event) => buttons.has(event.target) && stop(event.target));
    // A press of the mouse takes no focus from the text.
    strip.addEventListener("mousedown", (event) => event.preventDefault());

    editor.view.dom.addEventListener("dblclick", () => tools.enter(editor));
    editor.registerPlugin(
      new prose.Plugin({
        props: {
          handleKeyDown: (view, event) => {
            if (event.key === "F10" && event.altKey) {
              there().find((element) => element.tabIndex === 0).focus();
              return true;
            }
            const isCommand = event.ctrlKey || event.metaKey;
            if (isCommand && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
              event.preventDefault();
              dialogs.link(editor);
              return true;
            }
            return event.key === "Enter" && !isCommand && !event.shiftKey && tools.enter(editor);
          },
        },
      }),
      (own, others) => [own, ...others],
    );
  };

  // Where the link leads in which somebody writes.
  const hintAt = (editor, hint) => {
    hint.textContent = tools.hint(editor);
    hint.hidden = !hint.textContent;
  };

  return { draw };
};
