// The queue while it is open: polls keep ticks, focus and place; new orders ring; accepted ones can be taken back.
(() => {
  const ticked = new Set();
  const said = document.getElementById("announce");
  const title = document.title.replace(/^\(\d+\) /, "");
  const board = () => document.getElementById("queue");
  let newest = board()?.dataset.newest || "";
  let lastBox = null;
  let place = 0;

  // Ticked rows survive a poll, which draws them anew.
  const boxes = () => [...document.querySelectorAll("#queue input[name=number]")];
  const tell = () => {
    const note = document.getElementById("ticked");
    if (ticked.size) note.textContent = `${said.dataset.ticked} ${ticked.size}：`;
  };
  document.addEventListener("click", (event) => {
    const box = event.target.closest("#queue input[name=number]");
    if (!box) return;
    const all = boxes();
    if (event.shiftKey && lastBox) {
      const [from, to] = [all.findIndex((b) => b.value === lastBox), all.indexOf(box)].sort((a, b) => a - b);
      if (from >= 0) all.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    }
    lastBox = box.value;
    all.forEach((each) => (each.checked ? ticked.add(each.value) : ticked.delete(each.value)));
    tell();
  });

  const ring = (times, text) => document.dispatchEvent(new CustomEvent("bell", { detail: { times, text } }));

  // Again five and two minutes before an order's ten minutes are over.
  document.addEventListener("countdown:level", (event) => {
    const row = event.target.closest('tr[data-state="at_branch"]');
    if (row && (event.detail === "soon" || event.detail === "urgent")) {
      ring(event.detail === "urgent" ? 3 : 2, `${said.dataset.urgent} ${row.dataset.number}`);
    }
  });

  const refreshed = () => {
    const { waiting, newest: latest } = board().dataset;
    document.title = Number(waiting) ? `(${waiting}) ${title}` : title;
    if (latest && latest > newest) {
      ring(2, said.dataset.new);
    }
    if (latest) newest = latest;
    boxes().forEach((box) => { box.checked = ticked.has(box.value); });
  };

  document.addEventListener("htmx:beforeRequest", () => {
    const row = document.activeElement.closest("tr[data-number]");
    if (row) place = [...row.parentNode.children].indexOf(row);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // The login ran out: the poll was answered with the login page, which must not land in the table.
    if (new URL(event.detail.xhr.responseURL || location.href, location.href).pathname.startsWith("/login")) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "queue" || event.detail.elt?.id === "queue") refreshed();
    // The row one stood on has left the tab: stand on the one that took its place.
    if (document.activeElement === document.body && place) {
      document.querySelectorAll("#queue tbody tr")[place]?.focus();
    }
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr?.status >= 400 && event.detail.requestConfig?.path.endsWith("/undo/")) show(said.dataset.late);
  });

  // Ten seconds to take an acceptance back.
  document.body.addEventListener("toast", (event) => show(event.detail.text, event.detail.undo, event.detail.row));
  function show(text, undo, row) {
    const toast = document.createElement("div");
    toast.className = "app-toast";
    toast.append(Object.assign(document.createElement("span"), { textContent: text }));
    if (undo) {
      const button = Object.assign(document.createElement("button"), { className: "btn btn-sm", textContent: said.dataset.undo });
      button.dataset.undo = "";
      button.addEventListener("click", () => {
        // The row may have left the tab by now: then the answer is not shown, the next poll brings the row back.
        const there = document.getElementById(row);
        const how = there ? { target: there, swap: "morph:outerHTML" } : { target: "body", swap: "none", headers: { "HX-Target": row } };
        htmx.ajax("POST", undo, how).then(() => { if (!there) htmx.trigger("#queue", "poll"); });
        toast.remove();
      });
      toast.append(button);
    }
    document.getElementById("toasts").append(toast);
    setTimeout(() => toast.remove(), 10000);
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-note]");
    const dialog = document.getElementById("note-dialog");
    if (!opener || !dialog?.showModal) return;
    event.preventDefault();
    dialog.querySelector("[data-number]").textContent = opener.dataset.note;
    const form = dialog.querySelector("form");
    form.action = form.dataset.action.replace("/0/", `/${opener.dataset.note}/`);
    dialog.showModal();
    dialog.querySelector("textarea").focus();
  });
})();
