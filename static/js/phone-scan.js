// The scan page: a scanner types and presses Enter, the camera reads, each scan is said, heard and counted; without a
// connection it waits with the phone's other acts.
(() => {
  const form = document.querySelector("[data-scan]");
  if (!form) return;
  const words = form.dataset;
  const field = form.elements.code;
  const told = form.querySelector("[data-told]");
  const last = document.querySelector("[data-last]");
  const pieces = new Map(); // number -> pieces seen: labels are counted once
  const LAST = 5;
  const QUIET = 2500; // milliseconds in which the camera does not read the same code again
  let sound;
  let fresh = true;

  const beep = (ok) => {
    sound ||= new AudioContext();
    const tone = sound.createOscillator();
    tone.frequency.value = ok ? 880 : 220;
    tone.connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + (ok ? 0.12 : 0.45));
    navigator.vibrate?.(ok ? 60 : [120, 60, 120]);
  };

  const count = (answer) => {
    if (!answer.piece) return "";
    const seen = pieces.get(answer.number) || new Set();
    pieces.set(answer.number, seen.add(answer.piece));
    return ` · ${words.count} ${seen.size}/${answer.pieces}`;
  };

  const line = (tag, answer, text) => {
    const made = Object.assign(document.createElement(tag), { textContent: text });
    if (answer.mine) {
      made.append(" ", Object.assign(document.createElement("a"), { href: last.dataset.stop + answer.number, textContent: last.dataset.go }));
    }
    return made;
  };

  const say = (answer) => {
    const text = answer.words + count(answer);
    const said = line("p", answer, text);
    said.className = `alert app-message ${answer.ok ? "alert-success" : "alert-danger"}`;
    told.hidden = false;
    told.replaceChildren(said);
    if (fresh) last.replaceChildren();
    fresh = false;
    last.prepend(line("li", answer, `${answer.ok ? "✓" : "✗"} ${text}`));
    [...last.children].slice(LAST).forEach((old) => old.remove());
    beep(answer.ok);
  };

  const keep = async (data) => {
    const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const mode = form.querySelector("[name=mode]:checked");
    await phoneStore.keep({
      key, at: phoneSync.now(), me: document.getElementById("phone-queue").dataset.me, number: data.get("code"), verb: "scan",
      label: mode?.closest("label").textContent.trim() || "", url: new URL(form.action).pathname,
      fields: [["code", data.get("code")], ["mode", data.get("mode")]],
    });
    document.dispatchEvent(new CustomEvent("phone:told", { detail: { told: 0 } }));
    return { ok: true, words: `${data.get("code")} · ${words.kept}` };
  };

  const scan = async () => {
    const data = new FormData(form);
    field.value = "";
    field.focus();
    if (!data.get("code").trim()) return;
    let answer;
    try {
      const response = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
      if (!response.headers.get("content-type")?.includes("json")) throw new TypeError("no answer of ours");
      answer = await response.json();
    } catch {
      answer = await keep(data);
    }
    say(answer);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation(); // the next code comes at once
    scan();
  });

  // The camera: the browser's own detector where it has one, else a library that is loaded now.

  const script = (url) =>
    new Promise((resolve, reject) => {
      document.head.append(Object.assign(document.createElement("script"), { src: url, onload: resolve, onerror: reject }));
    });

  let seen = { code: "", at: 0 };
  const read = (code) => {
    if (code === seen.code && Date.now() - seen.at < QUIET) return;
    seen = { code, at: Date.now() };
    field.value = code;
    scan();
  };

  const detect = async (video) => {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    await video.play();
    const detector = new BarcodeDetector({ formats: ["code_128", "qr_code"] });
    setInterval(async () => {
      const [found] = document.hidden ? [] : await detector.detect(video).catch(() => []);
      if (found) read(found.rawValue);
    }, 250);
  };

  const decode = async (video) => {
    await script(words.zxing);
    await new ZXing.BrowserMultiFormatReader().decodeFromVideoDevice(null, video, (found) => found && read(found.getText()));
  };

  const camera = form.querySelector("[data-camera]");
  if (navigator.mediaDevices?.getUserMedia) {
    camera.hidden = false;
    camera.addEventListener("click", async () => {
      const video = form.querySelector("[data-video]");
      video.hidden = false;
      camera.hidden = true;
      try {
        await ("BarcodeDetector" in window ? detect(video) : decode(video));
      } catch {
        video.hidden = true;
        camera.hidden = false;
        say({ ok: false, words: words.noCamera });
      }
    });
  }
})();
