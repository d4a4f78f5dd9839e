// The order form: windows only for a pickup, branches near the shipper as soon as the place is known.
(() => {
  const form = document.querySelector("[data-order-form]");
  const windows = form?.querySelector("[data-windows]");
  if (!windows) return;

  const showWindows = () => {
    windows.hidden = form.elements.pickup.value !== "True";
  };

  const branches = form.querySelector("[data-branches]");
  let asked = "";

  const offer = async (code) => {
    asked = code;
    const answer = await fetch(`${branches.dataset.branches}?place=${encodeURIComponent(code)}`).catch(() => null);
    if (!answer?.ok || asked !== code) return;
    branches.innerHTML = await answer.text();
  };

  form.querySelectorAll("[name=pickup]").forEach((radio) => radio.addEventListener("change", showWindows));
  form.querySelector("[data-party=shipper]").addEventListener("place:chosen", (event) => offer(event.detail));
  showWindows();
})();
