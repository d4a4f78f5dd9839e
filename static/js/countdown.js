// Ticks every <time class="countdown" data-due data-now>. The server's clock counts: data-now tells how far ours is off.
// Without JavaScript the element shows the due time itself.
(() => {
  const LEVELS = ["safe", "soon", "urgent", "over"]; // more than 5 min, up to 5, up to 2, past due
  let offset = 0; // server minus browser, milliseconds

  const level = (left) => (left < 0 ? "over" : left <= 120 ? "urgent" : left <= 300 ? "soon" : "safe");

  const two = (n) => String(n).padStart(2, "0");

  const clock = (seconds) => {
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor(seconds / 3600) % 24;
    const tail = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    const rest = days || hours ? `${two(hours)}:${tail}` : tail;
    return days ? `${days}d ${rest}` : rest;
  };

  const show = (node) => {
    // The last instant is still in time (§0.2): a clock is over only when its due time has passed.
    const left = Math.floor((Date.parse(node.dataset.due) - Date.now() - offset) / 1000);
    const now = level(left);
    const digits = node.querySelector(".countdown-digits") || node;
    const text = clock(Math.abs(left));
    if (digits.textContent !== text) digits.textContent = text;
    if (node.dataset.level === now) return;
    node.dataset.level = now;
    const word = node.querySelector(".countdown-word");
    if (word) word.textContent = node.dataset[`word${now[0].toUpperCase()}${now.slice(1)}`] || "";
    node.dispatchEvent(new CustomEvent("countdown:level", { bubbles: true, detail: now }));
  };

  const sync = (scope) => {
    const first = scope.querySelector("[data-now]");
    if (first) offset = Date.parse(first.dataset.now) - Date.now();
  };

  const tick = () => document.querySelectorAll("time.countdown[data-due]").forEach(show);

  window.countdown = { LEVELS, sync, tick };
  sync(document);
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSwap", (event) => {
    sync(event.detail.target || document);
    tick();
  });
})();
