// A chat that is open, and the desk's list of chats: the newest line stays in view, a line that was sent empties the box,
// Ctrl+Enter sends, Alt+1-9 inserts a phrase; what is new rings.
(() => {
  const here = document.currentScript.dataset;
  const log = () => document.querySelector(".chat-log");
  const form = document.querySelector("form[data-chat]");
  const box = form?.querySelector("textarea");
  const title = document.title.replace(/^\(\d+\) /, "");
  const count = () => Number(document.querySelector("[data-count]")?.dataset.count || 0);
  let last = count();
  let follow = true; // whoever has scrolled up to read stays there

  const ring = (text) => document.dispatchEvent(new CustomEvent("bell", { detail: { times: 2, text } }));
  const toEnd = () => {
    const node = log();
    if (node && follow) node.scrollTop = node.scrollHeight;
  };
  document.addEventListener("htmx:beforeSwap", () => {
    const node = log();
    follow = !node || node.scrollHeight - node.scrollTop - node.clientHeight < 80;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // The login ran out: the poll was answered with the login page, which must not land in the chat.
    if (new URL(event.detail.xhr.responseURL || location.href, location.href).pathname.startsWith("/login")) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    toEnd();
    const now = count();
    if (now > last && document.querySelector("[data-count]").dataset.fresh === "yes") {
      document.title = here.unread === "count" ? `(${now}) ${title}` : title;
      ring(here.said);
    } else if (here.unread === "count") document.title = now ? `(${now}) ${title}` : title;
    last = now;
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt === form && detail.xhr?.status < 300) { // a refusal is swapped in, so htmx calls it successful, too
      form.reset();
      follow = true;
      toEnd();
      box.focus();
    }
  });

  box?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  const insert = (text) => {
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    box.focus();
  };
  document.addEventListener("click", (event) => {
    const phrase = event.target.closest("[data-phrase]");
    if (phrase && box) insert(phrase.dataset.phrase);
  });
  // event.code: a Chinese input method turns event.key into "Process".
  document.addEventListener("keydown", (event) => {
    const digit = /^Digit([1-9])$/.exec(event.code);
    if (!digit || !event.altKey || event.ctrlKey || event.metaKey || here.keys === "off" || !box) return;
    const phrase = document.querySelectorAll("[data-phrase]")[Number(digit[1]) - 1];
    if (!phrase) return;
    event.preventDefault();
    insert(phrase.dataset.phrase);
  });
  document.querySelectorAll("[data-phrases]").forEach((node) => { node.hidden = false; });
  toEnd();
})();
