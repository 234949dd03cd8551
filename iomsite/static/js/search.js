// Suggestions under a search field (the ARIA pattern “combobox with a listbox”). The field is an
// ordinary one without this script, and stays one when an answer does not come.
(() => {
  const WAIT = 150;
  const LEAST = 2;

  const combobox = (field) => {
    const list = document.createElement("ul");
    let options = [];
    let active = -1;
    let asked = null;
    let timer = 0;
    let typed = field.value;

    list.id = `${field.id}-list`;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.dataset.suggestLabel);
    field.parentElement.append(list);
    const attributes = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": list.id,
    };
    for (const [name, value] of Object.entries(attributes)) field.setAttribute(name, value);

    const close = () => {
      clearTimeout(timer);
      asked?.abort();
      list.hidden = true;
      active = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };

    const go = (suggestion) => {
      close();
      window.location.assign(suggestion.url);
    };

    const choose = (place) => {
      active = place;
      [...list.children].forEach((option, index) => {
        option.setAttribute("aria-selected", String(index === place));
      });
      const option = list.children[place];
      if (option) {
        field.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else {
        field.removeAttribute("aria-activedescendant");
      }
      field.value = option && !options[place].kind ? options[place].text : typed;
    };

    const draw = (suggestions) => {
      options = suggestions;
      active = -1;
      list.replaceChildren(
        ...suggestions.map((suggestion, index) => {
          const option = document.createElement("li");
          option.id = `${list.id}-${index}`;
          option.className = "suggestions__option";
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", "false");
          option.append(suggestion.text);
          if (suggestion.kind) {
            const kind = document.createElement("span");
            kind.className = "suggestions__kind";
            kind.textContent = suggestion.kind;
            option.append(" ", kind);
          }
          // Before the field loses the focus and the list closes.
          option.addEventListener("mousedown", (event) => {
            event.preventDefault();
            go(suggestion);
          });
          return option;
        }),
      );
      list.hidden = !suggestions.length;
      field.setAttribute("aria-expanded", String(!list.hidden));
      field.removeAttribute("aria-activedescendant");
    };

    const ask = async () => {
      asked?.abort();
      asked = new AbortController();
      const { signal } = asked;
      const address = new URL(field.dataset.suggest, window.location.href);
      address.searchParams.set("q", typed);
      try {
        const answer = await fetch(address, { signal });
        if (answer.ok) {
          const { suggestions } = await answer.json();
          if (!signal.aborted) draw(suggestions);
        }
      } catch {
        // No suggestions, then: the field works as it is.
      }
    };

    field.addEventListener("input", () => {
      typed = field.value;
      close();
      if (typed.trim().length >= LEAST) timer = setTimeout(ask, WAIT);
    });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      const last = options.length - 1;
      if (event.key === "ArrowDown") choose(active === last ? -1 : active + 1);
      else if (event.key === "ArrowUp") choose(active === -1 ? last : active - 1);
      else if (event.key === "Escape") {
        field.value = typed;
        close();
      } else if (event.key === "Enter" && active >= 0) go(options[active]);
      else return;
      event.preventDefault();
    });
  };

  document.querySelectorAll("input[data-suggest]").forEach(combobox);
})();
