// Small things every page shares: focus on what went wrong, menus that close, forms sent once, file and print buttons,
// the bar that tells of a lost connection.
(() => {
  const focusProblem = (scope) => scope.querySelector("[data-focus], .app-message[role=alert]")?.focus();

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.app-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog?.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return; // while composing, it is the input method's
    const menu = document.querySelector("details.app-menu[open]") || document.activeElement.closest("details.s-act[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A second press of a slow submit must not send the form twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.action.endsWith("/logout/")) window.caches?.delete("rounds"); // what a courier's phone remembers for dead spots
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // A server that is away fails the next poll, one that is silent lets it time out (base.html); the first answer ends both.
  const connected = (yes) => {
    const bar = document.getElementById("offline");
    if (bar) bar.hidden = yes;
  };
  document.addEventListener("htmx:sendError", () => connected(false));
  document.addEventListener("htmx:timeout", () => connected(false));
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.xhr?.status) connected(detail.xhr.status < 500);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.xhr.status >= 400) focusProblem(event.detail.target || document);
  });
  focusProblem(document);
})();
