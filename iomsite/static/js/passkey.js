// Says so where a passkey could not be used; the rest is in the library's own scripts.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelector("[data-passkey-error]").hidden = false;
});
