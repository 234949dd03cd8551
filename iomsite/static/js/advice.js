// Advice beside the fields of a form, asked for after a pause in typing. Without this it stands at the end of the form.
(() => {
  const section = document.querySelector("[data-advice]");
  const form = section?.closest("form");
  if (!form) return;
  const all = section.querySelector("[data-advice-found]");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const PAUSE = 1200;

  // One region for each field: it is there, and empty, before something is said in it.
  const regions = new Map();
  const regionOf = (id) => {
    if (regions.has(id)) return regions.get(id);
    const row = document.getElementById(id)?.closest(".form-row, td");
    if (!row) return null;
    const region = document.createElement("div");
    region.className = "advice__beside";
    region.id = `${id}_advice`;
    region.setAttribute("aria-live", "polite");
    row.append(region);
    const field = document.getElementById(id);
    const described = field.getAttribute("aria-describedby");
    field.setAttribute("aria-describedby", described ? `${described} ${region.id}` : region.id);
    regions.set(id, region);
    return region;
  };
  const watched = () => form.querySelectorAll("textarea, input.vTextField");
  const prepare = () => watched().forEach((field) => field.id.includes("__prefix__") || regionOf(field.id));

  // Nothing is said twice: a region changes only if its words do.
  const show = () => {
    const said = new Map();
    all.querySelectorAll("[data-beside]").forEach((one) => {
      const list = one.querySelector("ul");
      if (!regionOf(one.dataset.beside)) return;
      said.set(one.dataset.beside, list);
      one.hidden = true;
    });
    regions.forEach((region, id) => {
      const list = said.get(id);
      if ((list?.textContent ?? "") === region.textContent) return;
      region.replaceChildren(...(list ? [list.cloneNode(true)] : []));
    });
  };

  let waiting;
  let asked;
  let looked = new URLSearchParams(new FormData(form)).toString();
  const ask = async () => {
    const words = new URLSearchParams(new FormData(form));
    if (words.toString() === looked) return;
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    try {
      const answer = await fetch(section.dataset.advice, {
        method: "POST",
        headers: { "X-CSRFToken": token },
        body: words,
        redirect: "error",
        signal,
      });
      if (!answer.ok || signal.aborted) return;
      const html = await answer.text();
      if (signal.aborted) return;
      all.innerHTML = html;
      looked = words.toString();
      show();
    } catch {
      // The line is down, or something newer was asked: the next pause asks again.
    }
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  document.addEventListener("formset:added", prepare);
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    asked?.abort();
  });
  prepare();
  show();
})();
