// Single keys for whoever works the queue all day. Bound by physical key (event.code): a Chinese input method hides
// event.key. Never while typing or composing; off for those who switched them off (WCAG 2.1.4).
(() => {
  const here = document.currentScript.dataset;
  const JUMPS = { KeyQ: here.queue, KeyD: here.pickups, KeyK: here.manage };
  let jumping = 0;

  const rows = () => [...document.querySelectorAll("tr[data-number], [data-key-row]")];
  const typing = (node) => node.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]") || node.closest?.("dialog");
  const current = () => document.activeElement.closest?.("tr[data-number], [data-key-row]") || null;

  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1);
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
  };

  const press = (code) => {
    const row = current() || rows()[0];
    const button = row?.querySelector(`[data-key="${code}"]`);
    if (button) {
      row.focus();
      button.click();
    } else if (code === "KeyU") document.querySelector("#toasts [data-undo]")?.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (here.keys === "off" || typing(event.target)) return;
    const { code } = event;
    if (jumping && Date.now() - jumping < 1500 && JUMPS[code]) {
      location.assign(JUMPS[code]);
      return;
    }
    jumping = code === "KeyG" ? Date.now() : 0;
    if (code === "Slash") {
      event.preventDefault();
      if (event.shiftKey) document.getElementById("keys-sheet")?.showModal();
      else document.getElementById("global-search")?.focus();
    } else if (code === "KeyJ") step(1);
    else if (code === "KeyK") step(-1);
    else if (code === "KeyX") current()?.querySelector("input[type=checkbox]")?.click();
    else if (code === "Enter" && current() === event.target) current().querySelector("a")?.click();
    else if (/^Key[A-Z]$|^Digit[1-9]$/.test(code)) press(code);
    else return;
    if (code !== "Slash") event.preventDefault();
  });
})();
