// Finding something of ours by its name: a field, and below it what was found, by keyboard as by mouse.

const PAUSE = 250; // milliseconds after the last key
let numbers = 0;

// An element with its attributes and what it holds.
const make = (tag, said = {}, ...inside) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(said)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...inside.flat().filter((one) => one !== null && one !== undefined && one !== false));
  return element;
};

export default (prose, { gettext, find }) => {
  const shown = (row, id) =>
    make(
      "li",
      { role: "option", id, "aria-selected": "false", class: "found__one" },
      row.picture ? make("img", { src: row.picture, alt: "", class: "found__picture", loading: "lazy" }) : null,
      row.picture === "" ? make("span", { class: "found__picture found__picture--none", "aria-hidden": "true" }) : null,
      make(
        "span",
        { class: "found__words" },
        row.value ? make("strong", { class: "found__value" }, `${row.value} `) : null,
        make("span", { class: "found__name" }, row.name),
        make(
          "span",
          { class: "found__about" },
          [row.kind, row.about].filter(Boolean).join(" · "),
          " ",
          make("span", { class: `status status--${row.status}` }, row.state),
        ),
      ),
    );

  // `onchoose` hears what is chosen, or null; `first` is what is chosen from the start.
  const draw = (kind, label, first, onchoose) => {
    const id = `found-${(numbers += 1)}`;
    let rows = [];
    let active = -1;
    let chosen = first ?? null;
    let asked = 0;
    let waiting;

    const list = make("ul", { role: "listbox", id: `${id}-list`, "aria-label": gettext("Found"), class: "found" });
    const said = make("p", { role: "status", class: "found__said" });
    const field = make("input", {
      ...{ type: "search", id, role: "combobox", class: "vTextField", autocomplete: "off" },
      ...{ "aria-expanded": "true", "aria-controls": list.id, "aria-autocomplete": "list" },
      maxlength: "200",
    });
    const choice = make("p", { class: "found__chosen" });

    const tell = () => {
      choice.textContent = chosen ? `${gettext("Chosen:")} ${[chosen.value, chosen.name].filter(Boolean).join(" ")}` : "";
      choice.hidden = !chosen;
      [...list.children].forEach((option, number) =>
        option.setAttribute("aria-selected", String(rows[number].key === chosen?.key)),
      );
    };
    const choose = (number) => {
      chosen = rows[number];
      tell();
      onchoose(chosen);
    };
    const go = (number) => {
      list.children[active]?.classList.remove("found__one--active");
      active = number;
      const option = list.children[active];
      option?.classList.add("found__one--active");
      option?.scrollIntoView({ block: "nearest" });
      if (option) field.setAttribute("aria-activedescendant", option.id);
      else field.removeAttribute("aria-activedescendant");
    };
    const search = async () => {
      const number = (asked += 1);
      const query = new URLSearchParams({ kind, words: field.value.trim() });
      try {
        const answer = await fetch(`${find}?${query}`, { headers: { Accept: "application/json" }, redirect: "error" });
        if (!answer.ok) throw new Error(answer.status);
        const { found } = await answer.json();
        if (number !== asked) return;
        rows = found;
        list.replaceChildren(...rows.map((row, place) => shown(row, `${id}-${place}`)));
        said.textContent = rows.length ? "" : gettext("Nothing of this name. Try another word of it.");
        list.hidden = !rows.length;
        go(-1);
        tell();
      } catch {
        if (number === asked) said.textContent = gettext("The search did not work. Try again in a moment.");
      }
    };

    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(search, PAUSE);
    });
    field.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && rows.length) {
        event.preventDefault();
        go((active + step + rows.length + (active < 0 && step < 0 ? 1 : 0)) % rows.length);
      } else if (event.key === "Enter" && active >= 0 && rows[active]?.key !== chosen?.key) {
        event.preventDefault();
        choose(active);
      }
    });
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      go([...list.children].indexOf(option));
      choose(active);
    });

    const box = make("div", { class: "ask" }, make("label", { for: id }, label), field, said, list, choice);
    tell();
    search();
    return { box, field, chosen: () => chosen };
  };

  return { draw, make };
};
