// Show only the fields that the chosen end of the call asks for; without JavaScript all of them are there.
(() => {
  const parts = document.querySelectorAll("[data-for]");
  const show = () => {
    const chosen = document.querySelector("input[name=ending]:checked")?.value;
    parts.forEach((part) => { part.hidden = part.dataset.for !== chosen; });
  };
  document.addEventListener("change", (event) => { if (event.target.name === "ending") show(); });
  show();
})();
