/* A button below each citation that copies it; its place is kept, so that nothing moves. Without a clipboard the words are there to be marked. */

for (const words of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "citation__copy";
  button.textContent = words.dataset.copy;
  const said = document.createElement("span");
  said.className = "citation__said";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(words.textContent.trim());
    said.textContent = words.dataset.copied;
  });
  words.nextElementSibling.append(button, said);
}
