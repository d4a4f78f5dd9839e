// 省/市/区 selects that fill each other, and the paste box that is divided into fields. Used by every address form;
// without JavaScript the buttons beside them do the same on the server.
(() => {
  const ORDER = ["province", "city", "county"];

  const selects = (picker) => ORDER.map((level) => picker.querySelector(`[data-level=${level}]`));

  const fill = (select, places) => {
    select.replaceChildren(new Option(select.dataset.empty, ""), ...places.map((place) => new Option(place.name, place.code)));
  };

  const below = async (picker, code) => {
    const answer = await fetch(`${picker.closest("[data-places]").dataset.places}${code}/`);
    return answer.ok ? (await answer.json()).places : [];
  };

  const announce = (picker) => {
    const code = selects(picker).map((select) => select.value).filter(Boolean).pop() || "";
    picker.dispatchEvent(new CustomEvent("place:chosen", { bubbles: true, detail: code }));
  };

  // Fill the levels under `from`; `path` holds codes to choose on the way, a level with one place chooses itself.
  const descend = async (picker, from, path = []) => {
    const levels = selects(picker);
    levels.slice(from + 1).forEach((select) => fill(select, []));
    for (let at = from; at < levels.length - 1 && levels[at].value; at += 1) {
      const parent = levels[at].value;
      const places = await below(picker, parent);
      if (levels[at].value !== parent) return; // chosen anew meanwhile
      fill(levels[at + 1], places);
      levels[at + 1].value = path[at + 1] || (places.length === 1 ? places[0].code : "");
    }
    announce(picker);
  };

  const choose = (picker, path) => {
    selects(picker)[0].value = path[0];
    return descend(picker, 0, path);
  };

  const set = (form, name, text) => {
    const field = form.elements[name];
    if (field && text) field.value = text;
  };

  const offer = (party, picker, candidates) => {
    const box = party.querySelector("[data-candidates]");
    box.querySelectorAll("label").forEach((label) => label.remove());
    box.hidden = candidates.length < 2;
    candidates.forEach((candidate) => {
      const label = document.createElement("label");
      label.className = "form-check";
      const radio = Object.assign(document.createElement("input"), { type: "radio", className: "form-check-input" });
      radio.name = `${party.dataset.party}_place_candidate`;
      radio.value = candidate.code;
      radio.addEventListener("change", () => choose(picker, candidate.path));
      label.append(radio, ` ${candidate.name}`);
      box.append(label);
    });
  };

  const divide = async (party) => {
    const form = party.closest("form");
    const role = party.dataset.party;
    const said = party.querySelector("[data-split-said]");
    const picker = party.querySelector("[data-picker]");
    const body = new FormData();
    body.append("text", form.elements[`${role}_paste`].value);
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(form.dataset.splitUrl, { method: "POST", body }).catch(() => null);
    if (!answer || !answer.ok) {
      said.textContent = answer?.status === 400 ? (await answer.json()).message : form.dataset.failed;
      return;
    }
    const found = await answer.json();
    ["name", "phone", "address"].forEach((part) => set(form, `${role}_${part}`, found[part]));
    offer(party, picker, found.candidates);
    if (found.candidates.length === 1) await choose(picker, found.candidates[0].path);
    const count = Math.min(found.candidates.length, 2);
    if (count === 2) await choose(picker, [""]);
    said.textContent = [form.dataset.unread, form.dataset.done, form.dataset.several][count];
  };

  document.querySelectorAll("[data-picker]").forEach((picker) => {
    selects(picker).forEach((select, at) => select.addEventListener("change", () => descend(picker, at)));
  });
  document.querySelectorAll("[data-party]").forEach((party) => {
    const box = party.querySelector("textarea");
    party.querySelector("[data-split]").addEventListener("click", (event) => {
      event.preventDefault();
      if (box.value.trim()) divide(party);
    });
    box.addEventListener("paste", () => setTimeout(() => divide(party)));
    const picker = party.querySelector("[data-picker]");
    party.querySelectorAll("[data-candidates] input").forEach((radio) => {
      const path = [`${radio.value.slice(0, 2)}0000`, `${radio.value.slice(0, 4)}00`, radio.value];
      radio.addEventListener("change", () => choose(picker, path));
    });
  });
})();
