// Runs before the first paint, so that a dark console does not flash white. A file, because the policy allows no inline
// script. Browsers keep it for a year: a change of it needs another number in its name.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("pomona-color-scheme");
  } catch {
    // Storage can be switched off; then the system's preference holds.
  }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
