// Opened to be printed: ask for the printer at once.
window.addEventListener("load", () => window.print());
