// Tells the server what the phone has kept, one act after the other. What is refused stays, with its reason; what follows it
// for the same goods waits. An act carries its own key and the time of its tap, so telling it twice does it once.
(() => {
  const section = document.getElementById("phone-queue");
  if (!section) return;
  const words = section.dataset;
  const OFFSET = "phone-clock"; // server's clock minus the phone's, in milliseconds, as last seen
  let running = false;

  const note = (text) => {
    const line = section.querySelector("[data-note]");
    line.textContent = text;
    line.hidden = !text;
  };

  const json = async (url, options) => {
    const answer = await fetch(url, { ...options, headers: { Accept: "application/json", ...options?.headers } });
    const isJson = answer.headers.get("content-type")?.includes("json");
    if (answer.status >= 500) throw new TypeError("server is away");
    return isJson ? { status: answer.status, ...(await answer.json()) } : null; // a login page, or a refused token
  };

  const send = (act, token, now) => {
    const form = new FormData();
    for (const [name, value] of act.fields) {
      if (value instanceof Blob) form.append(name, value, `${name}.img`);
      else form.append(name, value);
    }
    form.append("source", act.key);
    form.append("at", new Date(Math.min(act.at, now)).toISOString());
    return json(act.url, { method: "POST", body: form, headers: { "X-CSRFToken": token } });
  };

  // One tab tells, the others wait: two would race for the order of the acts.
  const alone = (work) => (navigator.locks ? navigator.locks.request("rounds", { ifAvailable: true }, (lock) => lock && work()) : work());

  const tell = async () => {
    const state = await json(words.state);
    if (!state?.me) {
      note(words.login);
      return 0;
    }
    localStorage.setItem(OFFSET, state.now - Date.now());
    const stuck = new Set();
    let told = 0;
    for (const act of await phoneStore.all()) {
      if (act.me !== state.me || stuck.has(act.number)) continue;
      if (act.problem) {
        stuck.add(act.number);
        continue;
      }
      const answer = await send(act, state.token, state.now);
      if (!answer) {
        note(words.login);
        break;
      }
      if (answer.ok) {
        await phoneStore.drop(act.serial);
        sessionStorage.setItem("phone-said", `${words.sent}: ${answer.words}`);
        told += 1;
      } else {
        stuck.add(act.number);
        await phoneStore.keep({ ...act, problem: `${answer.words}${answer.clause ? `（${answer.clause}）` : ""}` });
      }
    }
    return told;
  };

  window.phoneSync = {
    now: () => Date.now() + Number(localStorage.getItem(OFFSET) || 0),
    run: async () => {
      if (running) return 0;
      running = true;
      let told = 0;
      try {
        note("");
        told = (await alone(tell)) || 0;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // no connection, or the server is away: the next turn tries again
      } finally {
        running = false;
      }
      document.dispatchEvent(new CustomEvent("phone:told", { detail: { told } }));
      return told;
    },
  };
})();
