// Keys and small comforts. Every page works without this file; it stores nothing and sends nothing by itself.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (what) => [...document.querySelectorAll(what)];
  const typing = (at) => at.closest("input:not([type=checkbox]):not([type=radio]), select, textarea");

  const step = (by) => {
    const rows = all("[data-row]");
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement.closest("tr")?.querySelector("[data-row]"));
    rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))].focus();
  };
  const select = () => {
    const box = document.activeElement.closest("tr")?.querySelector("input[type=checkbox]");
    if (box) box.checked = !box.checked;
  };
  const help = () => {
    const keys = document.getElementById("keys");
    if (!keys) return;
    keys.open = !keys.open;
    keys.querySelector("summary").focus();
  };
  const doing = { j: () => step(1), k: () => step(-1), x: select, "?": help };

  document.addEventListener("keydown", (event) => {
    if (root.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) return void event.target.blur();
    if (typing(event.target)) return;
    const found = all("[data-key]").find((each) => each.dataset.key === event.key);
    if (!found && !doing[event.key]) return;
    event.preventDefault();
    if (!found) doing[event.key]();
    else if (found.matches("a, button")) found.click();
    else found.focus();
  });

  root.dataset.ready = "";
})();
