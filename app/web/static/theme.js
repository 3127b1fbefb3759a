/** Light or dark, as somebody chose; else as the system has it. Not a module: it runs before anything is drawn. */

(() => {
  const root = document.documentElement;
  root.dataset.script = "loading"; // room for what only works with scripts; page.js shows it, once it works
  const dark = () => matchMedia("(prefers-color-scheme: dark)").matches;
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") {
    root.dataset.theme = chosen;
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("#theme")) {
      root.dataset.theme = (root.dataset.theme ?? (dark() ? "dark" : "light")) === "dark" ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.theme);
    }
  });
})();
