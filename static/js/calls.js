// The call centre's board by keyboard: J/K move, 1-5 give the order to that branch, Enter to the first, U takes it back.
(() => {
  const rows = () => [...document.querySelectorAll("[data-calls] [data-row]")];
  const here = () => document.activeElement?.closest("[data-row]");
  const typing = (node) => node.closest("input:not([type=hidden]), textarea, select, [contenteditable]");
  const SETTLE = 500; // milliseconds in which a key still belongs to the row that has just gone
  let moved = 0;
  let last = 0; // where the focus was: a row that has been dealt with is replaced by the next one

  const focus = (index) => {
    const all = rows();
    if (!all.length) return;
    last = Math.max(0, Math.min(index, all.length - 1));
    all[last].focus();
    all[last].scrollIntoView({ block: "nearest" });
  };

  const give = (row, key) => {
    if (Date.now() - moved > SETTLE) row.querySelector(`[data-offer="${key}"]`)?.click();
  };

  // event.code: a Chinese input method turns event.key into "Process".
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing || typing(event.target)) return;
    if (document.querySelector("[data-calls][data-keys=off]") || document.querySelector("dialog[open]")) return;
    const row = here();
    const digit = /^(?:Digit|Numpad)([1-5])$/.exec(event.code);
    if (event.code === "KeyJ") focus(row ? rows().indexOf(row) + 1 : 0);
    else if (event.code === "KeyK") focus(row ? rows().indexOf(row) - 1 : 0);
    else if (event.code === "Slash" && !event.shiftKey) document.getElementById("global-search").focus();
    else if (event.code === "KeyU") document.querySelector("#board-undo button")?.click();
    else if (digit && row) give(row, digit[1]);
    else if (event.code === "Enter" && event.target === row) give(row, "1");
    else return;
    event.preventDefault();
  });

  document.addEventListener("focusin", () => {
    const row = here();
    if (row) last = rows().indexOf(row);
  });

  // After an order has left the list the focus goes to the one in its place.
  document.addEventListener("htmx:afterSettle", () => {
    if (document.activeElement !== document.body) return;
    moved = Date.now();
    focus(last);
  });

  // The offer to undo ends with its ten seconds.
  setInterval(() => {
    const undo = document.getElementById("board-undo");
    if (!undo) return;
    undo.dataset.since ||= String(Date.now());
    if (Date.now() - Number(undo.dataset.since) > 10000) undo.remove();
  }, 1000);

  if (document.activeElement === document.body) focus(0);
})();
