// One key per decision on the moderators' desk. Without this script every button is there all the same.
(() => {
  "use strict";
  const entries = [...document.querySelectorAll("[data-entry]")];
  const said = document.querySelector("[data-said]");
  const toggle = document.querySelector("[data-keys-switch]");
  const held = () => document.activeElement?.closest("[data-entry]");
  const focus = (entry) => {
    entry?.focus();
    entry?.scrollIntoView({ block: "nearest" });
  };
  const move = (step) => focus(held() ? entries[entries.indexOf(held()) + step] : entries[0]);
  const press = (key) => {
    const control = (held() ?? entries[0])?.querySelector(`[data-key="${key}"]`);
    if (!control) return;
    control.click();
    control.closest("details")?.querySelector("textarea, input:not([type=hidden])")?.focus();
  };
  const leave = () => {
    const entry = held();
    entry?.querySelectorAll("details[open]").forEach((open) => open.removeAttribute("open"));
    entry?.focus();
  };

  // WCAG 2.1.4: single keys can be turned off. Where the browser keeps nothing they are on again on the next page.
  let on = true;
  try {
    on = localStorage.getItem("desk-keys") !== "off";
  } catch {
    // Nothing is kept in private windows of some browsers.
  }
  const show = () => {
    if (toggle) toggle.textContent = on ? toggle.dataset.off : toggle.dataset.on;
  };
  if (toggle) {
    toggle.hidden = false;
    show();
    toggle.addEventListener("click", () => {
      on = !on;
      show();
      try {
        localStorage.setItem("desk-keys", on ? "on" : "off");
      } catch {
        // See above.
      }
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === "Escape" && held()) return leave();
    if (!on || event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (["a", "r", "s"].includes(event.key)) press(event.key);
    else if (event.key === "u") document.querySelector("[data-undo]")?.click();
    else return;
    event.preventDefault();
  });

  // The card after the one just decided. A live region speaks only when it changes after the page is there.
  const decided = [...document.querySelectorAll("main > [role=status] .notice")].map((line) => line.textContent);
  if (location.hash.startsWith("#signature-")) focus(document.getElementById(location.hash.slice(1)) ?? entries[0]);
  else if (decided.length) focus(entries[0]);
  if (said && decided.length) setTimeout(() => (said.textContent = decided.join(" ")), 150);
})();
