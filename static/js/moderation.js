// One key per decision on the moderators' desk. Without this script every button is there all the same.
(() => {
  "use strict";
  const entries = [...document.querySelectorAll("[data-entry]")];
  const current = () => document.activeElement?.closest("[data-entry]") ?? entries[0];
  const move = (step) => {
    const here = document.activeElement?.closest("[data-entry]");
    const next = here ? entries[entries.indexOf(here) + step] : entries[0];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const press = (key) => {
    const control = current()?.querySelector(`[data-key="${key}"]`);
    if (!control) return;
    control.click();
    control.closest("details")?.querySelector("textarea, input:not([type=hidden])")?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (["a", "r", "s"].includes(event.key)) press(event.key);
    else if (event.key === "u") document.querySelector("[data-undo]")?.click();
    else return;
    event.preventDefault();
  });
})();
