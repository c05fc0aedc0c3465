// Light or dark, before the first paint: what somebody chose on this browser, else what the machine says.
// A screen without buttons is told by its address: ?theme=dark, ?theme=light, ?theme=auto.

{
  const root = document.documentElement;
  const wear = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  const choose = (theme) => {
    wear(theme);
    if (root.dataset.theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  };
  const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const asked = new URLSearchParams(location.search).get("theme");
  if (asked) choose(asked);
  else wear(localStorage.getItem("theme"));
  addEventListener("theme-switch", () => choose(dark() ? "light" : "dark"));
  addEventListener("click", (event) => event.target.closest("[data-theme-switch]") && dispatchEvent(new Event("theme-switch")));
  addEventListener("storage", (event) => event.key === "theme" && wear(event.newValue)); // another tab of this browser
}
