// The pickup board: a digit gives the ticked orders, or the one stood on, to that driver.
(() => {
  const form = document.getElementById("assign");
  document.addEventListener("keydown", (event) => {
    if (!form || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    const digit = /^Digit([1-9])$/.exec(event.code);
    const driver = digit && document.querySelectorAll("[data-driver]")[digit[1] - 1];
    if (!driver) return;
    const ticked = form.querySelector("input[name=number]:checked");
    const stood = document.activeElement.closest("tr[data-number]")?.querySelector("input[name=number]");
    if (!ticked && !stood) return;
    if (!ticked) stood.checked = true;
    form.elements.driver.value = driver.dataset.driver;
    form.querySelector("button[name=verb]").click();
  });
})();
