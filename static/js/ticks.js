// Lists with boxes: all at once, or a run of them with Shift. A scanner's Enter in a field of numbers asks at once.
(() => {
  const boxes = () => [...document.querySelectorAll("tbody input[name=number]")];
  let last = null;
  document.querySelectorAll("[data-all]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const all = boxes();
      const on = all.some((box) => !box.checked);
      all.forEach((box) => { box.checked = on; });
    });
  });
  document.addEventListener("click", (event) => {
    const box = event.target.closest("tbody input[name=number]");
    if (!box) return;
    const all = boxes();
    if (event.shiftKey && last) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      if (from >= 0) all.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    }
    last = box;
  });
  const field = document.querySelector("textarea[name=numbers]");
  field?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || field.value.includes("\n") || !field.value.trim()) return;
    event.preventDefault();
    field.form.requestSubmit();
  });
})();
