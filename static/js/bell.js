// The bell of a page that is left open: armed by a click, because browsers allow sound and notices only then. Pages ring it with
// a "bell" event: how many times, and what to say.
(() => {
  const said = document.getElementById("announce");
  const arm = document.getElementById("arm");
  let sound = null; // an AudioContext once the user has armed the bell

  const beep = (times) => {
    if (!sound) return;
    for (let i = 0; i < times; i += 1) {
      const tone = sound.createOscillator();
      const gain = sound.createGain();
      gain.gain.value = 0.15;
      tone.frequency.value = 880;
      tone.connect(gain).connect(sound.destination);
      tone.start(sound.currentTime + i * 0.3);
      tone.stop(sound.currentTime + i * 0.3 + 0.18);
    }
  };
  document.addEventListener("bell", ({ detail: { times, text } }) => {
    beep(times);
    said.textContent = text;
    if (sound && window.Notification?.permission === "granted" && document.hidden) new Notification(text);
  });
  if (!arm) return;
  arm.hidden = false;
  arm.addEventListener("click", () => {
    if (sound) {
      sound.close();
      sound = null;
    } else {
      sound = new AudioContext();
      beep(1);
      window.Notification?.requestPermission?.();
    }
    arm.setAttribute("aria-pressed", String(Boolean(sound)));
    arm.querySelector("span").textContent = sound ? arm.dataset.on : arm.dataset.off;
  });
})();
