// Figures with a plot: a button shows the rows of their table in uPlot in the figure's
// place. The figure itself is what is printed, and all there is without scripts.
(() => {
  "use strict";
  const REACH = 40; // px from the pointer to a point that is still meant
  const TINY = 1e-300; // a p-value of zero is drawn as this, as in the figure
  const TONES = ["--known", "--novel", "--good", "--bad", "--quiet"];
  const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];
  const SCALED = { "-log10": (value) => -Math.log10(Math.max(value, TINY)) };
  const tone = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  const textOf = (row, place) => row.cells[place].textContent.trim();
  const groupOf = (row, place) => row.cells[place].dataset.key || textOf(row, place);

  function valueOf(row, axis) {
    const cell = row.cells[axis.place], text = cell.textContent.trim();
    if (text === "") { return null; }
    const value = Number(cell.dataset.key === undefined ? text : cell.dataset.key);
    const scaled = SCALED[axis.scale] ? SCALED[axis.scale](value) : value;
    return Number.isFinite(scaled) && (axis.scale !== "log" || scaled > 0) ? scaled : null;
  }

  // One point for each row and value; rows without a value have none.
  function pointsOf(spec) {
    const rows = [...document.getElementById(spec.table).tBodies[0].rows];
    const left = spec.only
      ? rows.filter((row) => textOf(row, spec.only.place) === spec.only.text) : rows;
    return left.flatMap((row) => spec.y.map((axis) => ({
      row, axis, x: valueOf(row, spec.x), y: valueOf(row, axis),
      group: spec.y.length > 1 ? axis.label
        : spec.group === null ? "" : groupOf(row, spec.group),
    }))).filter((point) => point.x !== null && point.y !== null)
      .sort((one, other) => one.x - other.x);
  }

  // Lines are in the order of their columns, groups by name; points without one are last.
  function groupsOf(spec, points) {
    const found = [...new Set(points.map((point) => point.group))];
    if (spec.y.length > 1) { return spec.y.map((axis) => axis.label).filter((one) => found.includes(one)); }
    return found.sort((one, other) => (one === "") - (other === "") || (one < other ? -1 : 1));
  }

  const toneOf = (group, place) => group ? TONES[place % TONES.length] : "--quiet";

  // uPlot takes the x of all, and for each group the y of its own points.
  function columnsOf(points, groups) {
    return [points.map((point) => point.x), ...groups.map(
      (group) => points.map((point) => point.group === group ? point.y : null))];
  }

  function seriesOf(group, place, isLine) {
    const colour = tone(toneOf(group, place));
    return {
      label: group, stroke: colour, width: 2, spanGaps: true,
      dash: isLine ? DASHES[Math.floor(place / TONES.length) % DASHES.length] : [],
      paths: isLine ? uPlot.paths.linear() : () => null,
      points: { show: !isLine, size: 8, fill: colour, stroke: tone("--card"), width: 1 },
    };
  }

  // 1, 2 and 5 of each power of ten, or of few the whole numbers between.
  function logSplits(low, high) {
    const powers = [];
    for (let n = Math.floor(Math.log10(low)); n <= Math.log10(high); n += 1) { powers.push(10 ** n); }
    const within = (steps) => powers.flatMap((power) => steps.map((step) => step * power))
      .filter((value) => value >= low && value <= high);
    const coarse = within([1, 2, 5]);
    return coarse.length > 2 ? coarse : within([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }

  function axisOf(label, isLog, isUpright) {
    const splits = isLog ? { splits: (u, at, low, high) => logSplits(low, high), filter: (u, all) => all } : {};
    return {
      label, stroke: tone("--ink"), space: isUpright ? 44 : 60,
      labelSize: 24, size: isUpright ? 62 : 40,
      grid: { stroke: tone("--line"), width: 1 }, ticks: { stroke: tone("--line") },
      font: "12px system-ui, sans-serif", labelFont: "13px system-ui, sans-serif",
      values: (u, all) => all.map((value) => Number(value.toPrecision(6)).toLocaleString("en", { maximumSignificantDigits: 6 })),
      ...splits,
    };
  }

  // A little more than from the least to the greatest, so that no point is cut.
  function range(isLog) {
    return (u, low, high) => {
      if (low === null || high === null) { return [isLog ? 1 : 0, isLog ? 10 : 1]; }
      if (isLog) { return [low / 1.15, high * 1.15]; }
      const margin = (high - low || Math.abs(high) || 1) * 0.04;
      return [low - margin, high + margin];
    };
  }

  function words(spec, point) {
    const shown = (axis, value) => {
      const text = textOf(point.row, axis.place);
      return axis.scale === "-log10"
        ? `${axis.label} ${value.toFixed(2)} (${text})` : `${axis.label} ${text}`;
    };
    const group = point.group ? ` (${point.group})` : "";
    const name = spec.kind === "lines" ? "" : `${textOf(point.row, spec.name)}${group}: `;
    return name + [shown(spec.x, point.x), shown(point.axis, point.y)].join("; ");
  }

  function goTo(point) {
    const { row } = point, table = row.closest("table");
    row.id ||= `${table.id}-row-${[...table.tBodies[0].rows].indexOf(row) + 1}`;
    const folded = table.closest("details");
    if (folded) { folded.open = true; }
    if (location.hash === `#${row.id}`) { dispatchEvent(new HashChangeEvent("hashchange")); }
    location.hash = row.id;
  }

  function keyOf(spec, groups) {
    const list = element("ul", { className: "key" });
    groups.forEach((group, place) => {
      if (!group && groups.length === 1) { return; }
      const sign = element("span", { className: "sign", ariaHidden: "true" });
      sign.style.background = `var(${toneOf(group, place)})`;
      list.append(element("li", {}, sign, group || spec.words.others));
    });
    return list;
  }

  class Shown {
    constructor(figure, spec) {
      Object.assign(this, { figure, spec, at: -1 });
      this.points = pointsOf(spec);
      this.groups = groupsOf(spec, this.points);
      const hint = `${figure.id}-hint`;
      this.place = element("div", { className: "place", tabIndex: 0 });
      this.place.setAttribute("role", "application");
      this.place.setAttribute("aria-label", spec.words.plot);
      this.place.setAttribute("aria-describedby", hint);
      this.said = element("output", { className: "said" });
      this.ring = element("div", { className: "ring", hidden: true });
      const reset = element("button", { type: "button" }, spec.words.reset);
      reset.addEventListener("click", () => this.unzoom());
      this.host = element("div", { className: "plot" },
        this.said, this.place, keyOf(spec, this.groups),
        element("p", { className: "quiet", id: hint }, spec.words.hint), reset);
      figure.querySelector(".card").after(this.host);
      this.place.addEventListener("keydown", (event) => this.pressed(event));
      this.draw();
      new ResizeObserver(() => requestAnimationFrame(() => {
        if (!this.host.hidden) { this.plot.setSize(this.size()); }
      })).observe(this.host);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    }

    size() {
      const width = Math.max(240, Math.min(this.host.clientWidth - 4, 1000));
      return { width, height: Math.round(Math.max(260, Math.min(520, width * 0.6))) };
    }

    draw() {
      if (this.plot) { this.plot.destroy(); }
      const { spec } = this, isLine = spec.kind === "lines";
      const scale = (axis) => ({
        time: false, distr: axis.scale === "log" ? 3 : 1, range: range(axis.scale === "log"),
      });
      this.plot = new uPlot({
        ...this.size(),
        scales: { x: scale(spec.x), y: scale(spec.y[0]) },
        axes: [axisOf(spec.x.label, spec.x.scale === "log", false),
          axisOf(spec.y.length > 1 ? "" : spec.y[0].label, spec.y[0].scale === "log", true)],
        series: [{}, ...this.groups.map((group, place) => seriesOf(group, place, isLine))],
        legend: { show: false },
        cursor: { points: { show: false }, drag: { x: true, y: true, uni: 20 } },
        hooks: { setCursor: [(u) => this.near(u)], draw: [() => this.mark()] },
      }, columnsOf(this.points, this.groups), this.place);
      this.plot.over.append(this.ring);
      let start = null;
      this.plot.over.addEventListener("pointerdown", (event) => { start = event; });
      this.plot.over.addEventListener("click", (event) => {
        const isDrag = start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > 4;
        if (!isDrag && this.at >= 0) { goTo(this.points[this.at]); }
      });
    }

    spot(point) {
      return [this.plot.valToPos(point.x, "x"), this.plot.valToPos(point.y, "y")];
    }

    isInside(point) {
      const [left, top] = this.spot(point), { clientWidth, clientHeight } = this.plot.over;
      return left >= 0 && left <= clientWidth && top >= 0 && top <= clientHeight;
    }

    near(u) {
      const { left, top } = u.cursor;
      if (left === undefined || left < 0) { return; }
      let found = -1, nearest = REACH;
      this.points.forEach((point, at) => {
        const [x, y] = this.spot(point), distance = Math.hypot(x - left, y - top);
        if (distance < nearest && this.isInside(point)) { [found, nearest] = [at, distance]; }
      });
      this.take(found);
    }

    take(at) {
      this.at = at;
      this.said.textContent = at < 0 ? "" : words(this.spec, this.points[at]);
      this.mark();
    }

    mark() {
      if (!this.plot) { return; }
      const point = this.points[this.at];
      this.ring.hidden = !point || !this.isInside(point);
      if (this.ring.hidden) { return; }
      const [left, top] = this.spot(point);
      Object.assign(this.ring.style, { left: `${left}px`, top: `${top}px` });
    }

    // The next or last point that is in view.
    step(way) {
      const n = this.points.length;
      let at = this.at < 0 && way < 0 ? n : this.at;
      do { at += way; } while (at >= 0 && at < n && !this.isInside(this.points[at]));
      if (at >= 0 && at < n) { this.take(at); }
    }

    zoom(factor) {
      const point = this.points[this.at];
      this.plot.batch(() => ["x", "y"].forEach((name) => {
        const { min, max, distr } = this.plot.scales[name];
        const isLog = distr === 3, to = isLog ? Math.log : Number, back = isLog ? Math.exp : Number;
        const middle = point ? to(point[name]) : (to(min) + to(max)) / 2;
        this.plot.setScale(name, {
          min: back(middle - (middle - to(min)) * factor),
          max: back(middle + (to(max) - middle) * factor),
        });
      }));
    }

    unzoom() { this.plot.setData(this.plot.data); }

    pressed(event) {
      const acts = {
        ArrowRight: () => this.step(1), ArrowLeft: () => this.step(-1),
        Home: () => { this.at = -1; this.step(1); },
        End: () => { this.at = -1; this.step(-1); },
        Enter: () => { if (this.at >= 0) { goTo(this.points[this.at]); } },
        "+": () => this.zoom(0.7), "=": () => this.zoom(0.7), "-": () => this.zoom(1 / 0.7),
        Escape: () => this.unzoom(),
      };
      if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) { return; }
      event.preventDefault();
      acts[event.key]();
    }
  }

  document.querySelectorAll("figure[data-plot]").forEach((figure) => {
    const spec = JSON.parse(figure.dataset.plot), card = figure.querySelector(".card");
    let shown = null;
    const button = element("button", { type: "button", ariaPressed: "false" }, spec.words.button);
    button.addEventListener("click", () => {
      const isOn = button.ariaPressed !== "true";
      button.ariaPressed = isOn;
      card.hidden = isOn;
      if (isOn && !shown) { shown = new Shown(figure, spec); }
      shown.host.hidden = !isOn;
      figure.classList.toggle("plotted", isOn);
    });
    card.before(element("p", { className: "plot-switch" }, button));
  });
})();
