// The order sheet: a suggestion fills its field, and an address with #note opens that form.
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (button) document.getElementById(button.dataset.fill).value = button.dataset.value;
  });
  const asked = location.hash && document.getElementById(location.hash.slice(1));
  if (asked?.tagName === "DETAILS") {
    asked.open = true;
    asked.querySelector("textarea, input:not([type=hidden]), select")?.focus();
  }
})();
