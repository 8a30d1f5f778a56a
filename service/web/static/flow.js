// The picture of flows: days by a slider, a canvas where it is large, arrows from neighbour to neighbour. It stores and sends nothing.
(() => {
  "use strict";
  const held = document.getElementById("flow-data");
  const figure = document.getElementById("flow-figure");
  if (!held || !figure) return;
  const { days, until, language, places, links, nodes } = JSON.parse(held.textContent);
  const canvas = document.getElementById("flow-canvas");
  const curves = [...document.querySelectorAll(".flow [data-link]")];
  const rows = [...document.querySelectorAll("tr[data-link]")];
  const slider = document.getElementById("flow-days");
  const told = document.getElementById("flow-day");
  const at = document.getElementById("flow-at");
  const count = document.getElementById("flow-count");
  const numbers = new Intl.NumberFormat(language);
  let day = until, here = -1;

  // Ten-thousandths as text, so that no amount passes through a number that rounds.
  const formats = new Map();
  const written = (units, places) => {
    const digits = units.toString().padStart(5, "0");
    if (!formats.has(places)) formats.set(places, new Intl.NumberFormat(language, { minimumFractionDigits: places, maximumFractionDigits: 4 }));
    return formats.get(places).format(`${digits.slice(0, -4)}.${digits.slice(-4)}`);
  };
  const moved = (link) => {
    let transactions = 0, last = -1;
    const sums = new Map();
    for (const [on, some, amounts] of link[2]) {
      if (on > day) break;
      transactions += some;
      last = on;
      for (const [currency, units] of Object.entries(amounts)) sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(units));
    }
    return { transactions, last, sums };
  };

  const names = ["panel", "text", "flow", "subject", "high", "accent", "quiet"];
  const fills = { subject: "subject", suspect: "high", protect: "accent", other: "flow", cash: "quiet", group: "quiet" };
  const paths = canvas ? links.map((link) => new Path2D(link[3])) : [];
  const shapes = canvas ? nodes.map((node) => new Path2D(node[4])) : [];

  const draw = () => {
    if (!canvas) return;
    const style = getComputedStyle(figure);
    const colour = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    const scale = Math.min(2, Math.max(1, devicePixelRatio || 1));
    const width = Number(canvas.dataset.width), height = Number(canvas.dataset.height);
    canvas.width = width * scale;
    canvas.height = height * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = colour.panel;
    pen.fillRect(0, 0, width, height);
    links.forEach((link, nth) => {
      if (link[2][0][0] > day) return;
      pen.globalAlpha = here < 0 || link[0] === here || link[1] === here ? 0.55 : 0.12;
      pen.strokeStyle = link[5] ? colour.subject : colour.flow;
      pen.lineWidth = link[4];
      pen.stroke(paths[nth]);
    });
    pen.globalAlpha = 1;
    pen.font = "10px system-ui, sans-serif";
    nodes.forEach(([x, y, , label, , role], nth) => {
      pen.fillStyle = colour[fills[role]];
      pen.fill(shapes[nth]);
      if (nth === here) {
        pen.strokeStyle = colour.text;
        pen.lineWidth = 2;
        pen.strokeRect(x - 10, y - 10, 20, 20);
      }
      pen.fillStyle = colour.text;
      pen.fillText(label, x + 11, y + 4);
    });
  };

  // The server has written the day that is shown first; from then on only what changes is written.
  let told_until = until;
  const show = () => {
    let shown = 0;
    const between = (on) => on > Math.min(day, told_until) && on <= Math.max(day, told_until);
    links.forEach((link, nth) => {
      shown += link[2][0][0] <= day;
      if (!link[2].some(([on]) => between(on))) return;
      const now = moved(link);
      curves[nth]?.classList.toggle("later", now.last < 0);
      rows[nth].classList.toggle("later", now.last < 0);
      if (now.last < 0) return;
      rows[nth].querySelector("[data-count]").textContent = numbers.format(now.transactions);
      rows[nth].querySelector("[data-last]").textContent = days[now.last];
      const lines = [...now.sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, units]) => `${written(units, places[currency] ?? 2)}\u00a0${currency}`);
      rows[nth].querySelector("[data-amounts]").textContent = lines.join(", ");
    });
    told_until = day;
    count.textContent = numbers.format(shown);
    told.textContent = days[day];
    slider.setAttribute("aria-valuetext", days[day]);
    draw();
  };

  slider.max = days.length - 1;
  slider.value = day;
  document.getElementById("flow-slide").hidden = days.length < 2;
  slider.addEventListener("input", () => {
    day = Number(slider.value);
    show();
  });

  const go = (place) => {
    if (place === undefined) return;
    here = place;
    at.textContent = nodes[place][2];
    for (const [nth, node] of [...document.querySelectorAll(".flow [data-node]")].entries()) node.classList.toggle("here", nth === place);
    draw();
  };
  const size = (link) => [...moved(link).sums.values()].reduce((most, units) => (units > most ? units : most), 0n);
  const beside = (side) =>
    links
      .filter((link) => (link[0] === here || link[1] === here) && moved(link).last >= 0)
      .map((link) => [link[0] === here ? link[1] : link[0], size(link)])
      .filter(([place]) => (side < 0 ? nodes[place][0] < nodes[here][0] : nodes[place][0] > nodes[here][0]))
      .sort((one, other) => (one[1] === other[1] ? one[0] - other[0] : one[1] < other[1] ? 1 : -1))[0]?.[0];
  const within = (by) =>
    nodes
      .map((node, place) => [place, (node[1] - nodes[here][1]) * by])
      .filter(([place, away]) => nodes[place][0] === nodes[here][0] && away > 0)
      .sort((one, other) => one[1] - other[1])[0]?.[0];
  const keys = { ArrowLeft: () => beside(-1), ArrowRight: () => beside(1), ArrowUp: () => within(-1), ArrowDown: () => within(1) };
  figure.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go(here < 0 ? Number(figure.dataset.subject) : keys[event.key]());
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  show();
  figure.dataset.drawn = "";
})();
