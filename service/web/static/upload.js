// How far a submission is, as the server tells it. Without this file the page comes anew every few seconds.
(() => {
  "use strict";
  const shown = document.getElementById("upload");
  const rows = document.getElementById("upload-rows");
  if (!shown || !rows) return;
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const source = new EventSource(shown.dataset.events);
  source.addEventListener("upload", (event) => {
    const told = JSON.parse(event.data);
    if (told.rows !== null) rows.textContent = numbers.format(told.rows);
    if (told.state === "done" || told.state === "failed") {
      source.close();
      location.reload();
    }
  });
  // A session that has ended, or a line that broke: the page itself says which.
  source.addEventListener("error", () => setTimeout(() => location.reload(), 3000));
})();
