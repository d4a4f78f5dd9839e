// The courier's pages: taps are kept in the phone and told at once or when there is a connection again; signatures are drawn,
// photos made small; what waits is shown and can be taken back until it is told.
(() => {
  const section = document.getElementById("phone-queue");
  if (!section || !window.indexedDB) return;
  const words = section.dataset;
  const LONGEST = 1600; // pixels of a photo's longer side
  const TURN = 15000; // milliseconds between tries
  const ENDS = ["sign", "sign_with_exception", "refuse", "fail_attempt", "collect", "fail"];

  // Pictures.

  const smaller = async (file) => {
    try {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return (await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8))) || file;
    } catch {
      return file; // whether it is a picture is for the server to say
    }
  };

  const pads = new WeakMap();
  const openPad = (box) => {
    const canvas = box.querySelector("canvas");
    if (pads.has(box) || !window.SignaturePad || !canvas.clientWidth) return;
    canvas.width = canvas.clientWidth * 2;
    canvas.height = canvas.clientHeight * 2;
    canvas.getContext("2d").scale(2, 2);
    const pad = new SignaturePad(canvas, { penColor: "#10203a", minWidth: 1, maxWidth: 3 });
    box.querySelector("[data-clear]").addEventListener("click", () => pad.clear());
    pads.set(box, pad);
  };
  if (window.SignaturePad) {
    document.querySelectorAll("[data-pad]").forEach((box) => {
      box.hidden = false;
      box.closest("details").addEventListener("toggle", () => openPad(box));
    });
  }

  const drawn = (form) => {
    const box = form.querySelector("[data-pad]");
    const pad = box && pads.get(box);
    if (!pad || pad.isEmpty()) return null;
    return new Promise((resolve) => box.querySelector("canvas").toBlob(resolve, "image/png"));
  };

  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // A tap.

  const complain = (form, text) => {
    form.querySelector(".m-said")?.remove();
    if (!text) return;
    const said = document.createElement("p");
    said.className = "alert alert-danger m-said";
    said.setAttribute("role", "alert");
    said.textContent = text;
    form.prepend(said);
  };

  const wrong = (form, data) => {
    const { photo, due } = form.dataset;
    const without = !data.getAll("photo").some((file) => file.size);
    if (without && (photo === "always" || (photo === "proxy" && data.get("relation") !== "self"))) return words.photo;
    if (due && Number(data.get("amount")) !== Number(due)) return words.due.replace("{0}", due);
    return "";
  };

  const fieldsOf = async (form, data) => {
    const fields = [];
    for (const [name, value] of data.entries()) {
      if (name === "csrfmiddlewaretoken") continue;
      if (!(value instanceof File)) fields.push([name, value]);
      else if (value.size) fields.push([name, await smaller(value)]);
    }
    const signature = await drawn(form);
    return signature ? [...fields, ["signature", signature]] : fields;
  };

  const take = async (form, submitter) => {
    const data = new FormData(form, submitter);
    const text = wrong(form, data);
    complain(form, text);
    if (text) return;
    const label = (form.closest("details")?.querySelector("summary") || submitter)?.textContent.trim() || "";
    const act = {
      key: newKey(), at: phoneSync.now(), me: words.me, number: form.dataset.queue, verb: form.dataset.verb,
      label, url: new URL(form.action).pathname, fields: await fieldsOf(form, data),
    };
    try {
      await phoneStore.keep(act);
    } catch {
      complain(form, words.full);
      return;
    }
    const details = form.closest("details");
    if (details) details.open = false;
    await show();
    phoneSync.run();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.queue) return;
    event.preventDefault();
    delete form.dataset.sent;
    if (form.dataset.taking) return;
    form.dataset.taking = "1";
    take(form, event.submitter).finally(() => {
      delete form.dataset.taking;
      delete form.dataset.sent;
    });
  });

  // What waits.

  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = text;
    made.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: ` ${act.number} ${act.label}` }));
    return made;
  };

  const line = (act) => {
    const item = document.createElement("li");
    const time = new Date(act.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    item.append(`${act.number} · ${act.label} · ${time} `);
    if (act.me !== words.me) {
      item.append(words.others);
      return item;
    }
    if (act.problem) {
      const said = document.createElement("strong");
      said.className = "s-serious";
      said.textContent = `${words.refused}: ${act.problem} `;
      const again = button(words.again, act);
      again.addEventListener("click", () => phoneStore.keep({ ...act, problem: "" }).then(phoneSync.run));
      item.append(said, again, " ");
    }
    const drop = button(words.drop, act);
    drop.addEventListener("click", () => phoneStore.drop(act.serial).then(show));
    item.append(drop);
    return item;
  };

  const mark = (acts) => {
    document.querySelectorAll(".m-stop").forEach((stop) => {
      const own = acts.filter((act) => stop.id === `stop-${act.number}`);
      stop.classList.toggle("is-queued", own.some((act) => ENDS.includes(act.verb) && !act.problem));
      stop.querySelectorAll("[data-verb]").forEach((part) => {
        if (part.tagName === "DETAILS" || !part.closest("details")) {
          part.hidden = own.some((act) => act.verb === part.dataset.verb && !act.problem);
        }
      });
    });
  };

  const show = async () => {
    const acts = await phoneStore.all();
    section.hidden = !acts.length;
    section.querySelector("h2").textContent = acts.length ? `${words.waiting} ${acts.length}` : "";
    section.querySelector("ol").replaceChildren(...acts.map(line));
    mark(acts);
    return acts;
  };

  const idle = () => !document.querySelector(".m-stop details[open]:not([data-verb=cash], [data-verb=freight])") && !document.activeElement?.matches("input, select, textarea");

  document.addEventListener("phone:told", async ({ detail }) => {
    await show();
    if (detail.told && idle()) location.reload();
  });

  const said = sessionStorage.getItem("phone-said");
  if (said) {
    sessionStorage.removeItem("phone-said");
    const toast = Object.assign(document.createElement("div"), { className: "app-toast", textContent: said });
    document.getElementById("toasts").append(toast);
    setTimeout(() => toast.remove(), 6000);
  }

  section.querySelector("[data-sync]").addEventListener("click", phoneSync.run);
  window.addEventListener("online", phoneSync.run);
  setInterval(async () => {
    if (!document.hidden && (await phoneStore.all()).some((act) => !act.problem)) phoneSync.run();
  }, TURN);
  show().then(phoneSync.run);

  // The day's pages stay usable without a connection (static/js/phone-worker.js).

  const remember = async () => {
    await navigator.serviceWorker.register(words.worker);
    const parts = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]")].map((part) => part.src || part.href);
    const icons = [...document.querySelectorAll("use")].map((use) => new URL(use.getAttribute("href"), location).href.split("#")[0]);
    const cache = await caches.open("rounds");
    for (const url of new Set([...parts, ...icons])) {
      if (url.startsWith(location.origin) && !(await cache.match(url))) await cache.add(url);
    }
    for (const page of words.pages.split(" ")) {
      const answer = await fetch(page, { redirect: "error" });
      if (answer.ok) await cache.put(page, answer);
    }
    await navigator.serviceWorker.ready;
    section.dataset.ready = "1";
  };
  if ("serviceWorker" in navigator) remember().catch(() => {}); // without a connection there is nothing to remember now
})();
