// Scans one after another: the field is empty and waiting again at once; a high tone for yes, two low ones for no.
(() => {
  const form = document.getElementById("scan-form");
  const field = document.getElementById("scan-number");
  let sound = null; // made by the first key pressed: browsers allow sound only then
  field.addEventListener("keydown", () => { sound = sound || (window.AudioContext ? new AudioContext() : null); });
  const beep = (ok) => {
    if (!sound) return;
    for (let i = 0; i < (ok ? 1 : 2); i += 1) {
      const tone = sound.createOscillator();
      tone.frequency.value = ok ? 1320 : 220;
      tone.connect(sound.destination);
      tone.start(sound.currentTime + i * 0.25);
      tone.stop(sound.currentTime + i * 0.25 + 0.12);
    }
  };
  form.addEventListener("htmx:beforeRequest", () => { field.value = ""; field.focus(); });
  document.addEventListener("htmx:afterSwap", (event) => {
    const scans = document.getElementById("scans");
    if (event.detail.target.id !== "scans" || !scans?.dataset.ok) return;
    beep(scans.dataset.ok === "yes");
  });
})();
