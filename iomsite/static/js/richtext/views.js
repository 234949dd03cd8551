// How references show while somebody writes: a figure with its value of now, a photograph as a picture, a link with the
// name of its page. What they stand for is asked for once.

const MOST = 50; // as many as the server names at once

export default (prose, { gettext, name, picker: { make } }) => {
  const known = new Map();
  const listeners = new Set();
  let wanted = new Set();

  const ask = async () => {
    const keys = [...wanted];
    wanted = new Set();
    for (let from = 0; from < keys.length; from += MOST) {
      const some = keys.slice(from, from + MOST);
      try {
        const query = new URLSearchParams(some.map((key) => ["of", key]));
        const answer = await fetch(`${name}?${query}`, { headers: { Accept: "application/json" }, redirect: "error" });
        if (!answer.ok) throw new Error(answer.status);
        const { named } = await answer.json();
        for (const [key, row] of Object.entries(named)) known.set(key, row);
      } catch {
        some.forEach((key) => known.delete(key));
      }
    }
    listeners.forEach((tell) => tell());
  };
  const keyOf = (reference) => reference.replace(/^page:/, "");
  // What is known of a reference now; what is not is asked for together.
  const of = (reference) => {
    const key = keyOf(reference);
    if (!known.has(key)) {
      if (!wanted.size) setTimeout(ask);
      wanted.add(key);
      known.set(key, null);
    }
    return known.get(key);
  };
  const learn = (row) => known.set(row.key, row);

  const HIDDEN = gettext("Not public, or of another office: visitors read the words alone.");
  const about = (row) => (row?.name ? [row.name, row.about, row.state].filter(Boolean).join(" · ") : HIDDEN);

  const figure = ({ node }) => {
    const dom = make("span", { class: "richtext-value" });
    const tell = () => {
      const row = of(node.attrs.value);
      dom.textContent = row?.value || node.attrs.said;
      dom.title = row === null ? "" : `${gettext("Figure:")} ${about(row)}`;
      dom.classList.toggle("richtext-value--lost", row !== null && !row.is_public);
    };
    return watched(dom, tell, (other) => (node = other));
  };

  const photograph = (tag) => ({ node }) => {
    const image = make("img", { class: "richtext-photo__image", draggable: "false" });
    const words = make("span", { class: "richtext-photo__words" });
    const dom = make(tag, { class: "richtext-photo", contenteditable: "false" }, image, words);
    const tell = () => {
      const { src, alt } = node.attrs;
      const row = of(src);
      image.alt = alt ?? "";
      image.hidden = !row?.picture;
      if (row?.picture && image.getAttribute("src") !== row.picture) image.src = row.picture;
      const told = alt
        ? `${gettext("Alternative text:")} ${alt}`
        : alt === null
          ? gettext("Say what it shows, or that it is decorative.")
          : gettext("Decorative: no alternative text.");
      const title = row === null ? "" : row.name ? `${row.name} (${row.state}). ` : `${HIDDEN} `;
      words.textContent = title + told;
    };
    return watched(dom, tell, (other) => (node = other));
  };

  const watched = (dom, tell, take) => {
    listeners.add(tell);
    tell();
    return {
      dom,
      update: (other) => {
        take(other);
        tell();
        return true;
      },
      ignoreMutation: () => true,
      destroy: () => listeners.delete(tell),
    };
  };

  const VIEWS = { value: figure, photo: photograph("div"), picture: photograph("span") };
  const plugin = () => {
    const views = Object.fromEntries(
      Object.entries(VIEWS).map(([type, draw]) => [
        type,
        (node) => {
          const view = draw({ node });
          const { update } = view;
          return { ...view, update: (other) => other.type === node.type && update(other) };
        },
      ]),
    );
    return new prose.Plugin({ props: { nodeViews: views } });
  };

  const extend = () => prose.Extension.create({ name: "views", addProseMirrorPlugins: () => [plugin()] });
  return Object.assign(extend, { of, learn, about, heed: (tell) => listeners.add(tell) });
};
