// Forms of staff: who else has the page open, what is typed is kept, names for what is chosen by typing, and the way
// to what is wrong. Everything but the first two works without this.
(() => {
  document.querySelector("[data-problems]")?.focus();

  const form = document.querySelector("#content-main form[id$='_form']");
  if (!form) return;

  // The script that finds choices by typing draws boxes of its own, which say the name of no field.
  const nameBox = (select) => {
    const box = select.nextElementSibling;
    const label = select.labels[0]?.textContent.trim().replace(/:$/, "");
    if (!label || !box?.matches(".select2-container")) return;
    const chosen = box.querySelector(".select2-selection--single");
    if (chosen) {
      const words = chosen.querySelector(".select2-selection__rendered");
      words.removeAttribute("role");
      words.removeAttribute("aria-readonly");
      select.labels[0].id ||= `${select.id}_label`;
      chosen.setAttribute("aria-labelledby", `${select.labels[0].id} ${words.id}`);
    }
    box.querySelector(".select2-search__field")?.setAttribute("aria-label", label);
  };
  const nameBoxes = (where) => where.querySelectorAll("select.admin-autocomplete").forEach(nameBox);
  const jQuery = window.django?.jQuery;
  jQuery?.(() => nameBoxes(form));
  document.addEventListener("formset:added", (event) => nameBoxes(event.target));
  jQuery?.(document).on("select2:open", (event) => {
    const label = event.target.labels[0]?.textContent.trim().replace(/:$/, "");
    const field = document.querySelector(".select2-dropdown .select2-search__field");
    if (label) field?.setAttribute("aria-label", label);
  });

  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const send = (address, body, how) =>
    fetch(address, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      body,
      redirect: "error",
      ...how,
    });

  const others = document.querySelector("[data-presence]");
  const tell = async () => {
    if (document.hidden) return;
    try {
      const answer = await send(others.dataset.presence);
      if (answer.ok) others.innerHTML = await answer.text();
    } catch {
      // The line is down; the next call tells.
    }
  };
  if (others) setInterval(tell, 20000);

  const saved = document.querySelector("[data-autosave]");
  if (!saved) return;
  const typed = () => new URLSearchParams(new FormData(form));
  let kept = typed().toString();
  let waiting;
  const keep = async (isLeaving) => {
    clearTimeout(waiting);
    waiting = undefined;
    const words = typed();
    if (words.toString() === kept) return;
    // What is sent while the window closes may hold 64 kB at most.
    const keepalive = isLeaving && words.toString().length < 60000;
    try {
      const answer = await send(saved.dataset.autosave, words, { keepalive });
      if (answer.ok) kept = words.toString();
      saved.textContent = answer.ok ? (await answer.json()).said : saved.dataset.failed;
    } catch {
      saved.textContent = saved.dataset.failed;
    }
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => keep(), 2000);
  };
  form.addEventListener("input", later);
  // What is chosen by typing tells only jQuery.
  jQuery?.(form).on("change", later);
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    waiting = undefined;
  });
  // Somebody closes the window in the middle of a word.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && waiting) keep(true);
  });
})();
