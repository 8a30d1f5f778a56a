// The picture of flows: days by a slider, a canvas where it is large, arrows from neighbour to neighbour. It stores and sends nothing.
(() => {
  "use strict";
  const held = document.getElementById("flow-data");
  const figure = document.getElementById("flow-figure");
  if (!held || !figure) return;
  const { days, until, language, places, from, to, first, widths, plain, moved, xs, ys, roles, said, bends, short } = JSON.parse(held.textContent);
  const canvas = document.getElementById("flow-canvas");
  const curves = [...document.querySelectorAll(".flow [data-link]")];
  const rows = [...document.querySelectorAll("tr[data-link]")];
  const slider = document.getElementById("flow-days");
  const told = document.getElementById("flow-day");
  const at = document.getElementById("flow-at");
  const count = document.getElementById("flow-count");
  const numbers = new Intl.NumberFormat(language);
  const others = new Set(plain);
  let day = until, here = -1;

  // Every account pays or is paid in some row, and is named there.
  const names = [];
  rows.forEach((row, nth) => {
    names[from[nth]] ??= row.cells[0].textContent;
    names[to[nth]] ??= row.cells[1].textContent;
  });
  const label = (name) => (name.length <= short[0] ? name : `…${name.slice(-short[1])}`);

  // Ten-thousandths as text, so that no amount passes through a number that rounds.
  const formats = new Map();
  const written = (units, places) => {
    const digits = units.toString().padStart(5, "0");
    if (!formats.has(places)) formats.set(places, new Intl.NumberFormat(language, { minimumFractionDigits: places, maximumFractionDigits: 4 }));
    return formats.get(places).format(`${digits.slice(0, -4)}.${digits.slice(-4)}`);
  };
  const until_now = (link) => {
    let transactions = 0, last = -1;
    const sums = new Map();
    for (const [on, some, amounts] of moved[link] ?? []) {
      if (on > day) break;
      transactions += some;
      last = on;
      for (const [currency, units] of Object.entries(amounts)) sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(units));
    }
    return { transactions, last, sums };
  };

  const colours = ["panel", "text", "flow", "subject", "high", "accent", "quiet"];
  const fills = { subject: "subject", suspect: "high", protect: "accent", other: "flow", cash: "quiet", group: "quiet" };
  const curve = (link) => {
    const x = xs[from[link]], y = ys[from[link]], tox = xs[to[link]], toy = ys[to[link]];
    const [x1, y1, x2, y2] = bends[tox - x];
    return new Path2D(`M${x} ${y}C${x + x1} ${y + y1} ${tox + x2} ${toy + y2} ${tox} ${toy}`);
  };
  const paths = canvas ? from.map((_, link) => curve(link)) : [];
  const shapes = canvas ? said.map(([, , shape]) => new Path2D(shape)) : [];

  const draw = () => {
    if (!canvas) return;
    const style = getComputedStyle(figure);
    const colour = Object.fromEntries(colours.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    const scale = Math.min(2, Math.max(1, devicePixelRatio || 1));
    const width = Number(canvas.dataset.width), height = Number(canvas.dataset.height);
    canvas.width = width * scale;
    canvas.height = height * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = colour.panel;
    pen.fillRect(0, 0, width, height);
    paths.forEach((path, link) => {
      if (first[link] > day) return;
      pen.globalAlpha = here < 0 || from[link] === here || to[link] === here ? 0.55 : 0.12;
      pen.strokeStyle = others.has(link) ? colour.flow : colour.subject;
      pen.lineWidth = widths[link] / 10;
      pen.stroke(path);
    });
    pen.globalAlpha = 1;
    pen.font = "10px system-ui, sans-serif";
    roles.forEach((role, node) => {
      const x = xs[node], y = ys[node];
      pen.fillStyle = colour[fills[said[role][0]]];
      pen.translate(x, y);
      pen.fill(shapes[role]);
      pen.translate(-x, -y);
      if (node === here) {
        pen.strokeStyle = colour.text;
        pen.lineWidth = 2;
        pen.strokeRect(x - 10, y - 10, 20, 20);
      }
      pen.fillStyle = colour.text;
      pen.fillText(label(names[node]), x + 11, y + 4);
    });
  };

  // The server has written the day that is shown first; from then on only what changes is written.
  let told_until = until;
  const show = () => {
    let shown = 0;
    const between = (on) => on > Math.min(day, told_until) && on <= Math.max(day, told_until);
    rows.forEach((row, nth) => {
      const later = first[nth] > day;
      shown += !later;
      if (between(first[nth])) {
        curves[nth]?.classList.toggle("later", later);
        row.classList.toggle("later", later);
      }
      if (later || !moved[nth]?.some(([on]) => between(on))) return;
      const now = until_now(nth);
      row.cells[2].textContent = numbers.format(now.transactions);
      row.cells[5].textContent = days[now.last];
      const lines = [...now.sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, units]) => `${written(units, places[currency] ?? 2)}\u00a0${currency}`);
      row.cells[3].textContent = lines.join(", ");
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
  let waiting = 0;
  slider.addEventListener("input", () => {
    day = Number(slider.value);
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      show();
    });
  });

  const go = (place) => {
    if (place === undefined) return;
    here = place;
    at.textContent = said[roles[place]][0] === "group" ? names[place] : `${names[place]}, ${said[roles[place]][1]}`;
    for (const [nth, node] of [...document.querySelectorAll(".flow [data-node]")].entries()) node.classList.toggle("here", nth === place);
    draw();
  };
  const beside = (side) =>
    from
      .map((source, link) => [source === here ? to[link] : source, link])
      .filter(([place, link]) => (from[link] === here || to[link] === here) && first[link] <= day && (xs[place] - xs[here]) * side > 0)
      .sort(([one, link], [other, its]) => widths[its] - widths[link] || one - other)[0]?.[0];
  const within = (by) =>
    ys
      .map((y, place) => [place, (y - ys[here]) * by])
      .filter(([place, away]) => xs[place] === xs[here] && away > 0)
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
