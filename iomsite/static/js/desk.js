// The form of a page: says that it is open, shows who else has it open, and keeps what is typed.
// Everything else works without this.
(() => {
  const others = document.querySelector("[data-presence]");
  const form = document.querySelector("#content-main form[id$='_form']");
  if (!others || !form) return;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;

  const send = (address, body, more) =>
    fetch(address, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      body,
      redirect: "error",
      ...more,
    });

  const tell = async () => {
    if (document.hidden) return;
    try {
      const answer = await send(others.dataset.presence);
      if (answer.ok) others.innerHTML = await answer.text();
    } catch {
      // The line is down; the next call tells.
    }
  };
  setInterval(tell, 20000);

  const saved = document.querySelector("[data-autosave]");
  if (!saved) return;
  const typed = () => new URLSearchParams(new FormData(form));
  let kept = typed().toString();
  let waiting;
  const keep = async (more) => {
    clearTimeout(waiting);
    waiting = undefined;
    const words = typed();
    if (words.toString() === kept) return;
    try {
      const answer = await send(saved.dataset.autosave, words, more);
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
  window.django?.jQuery?.(form).on("change", later);
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    waiting = undefined;
  });
  // Somebody closes the window in the middle of a word.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && waiting) keep({ keepalive: true });
  });
})();
