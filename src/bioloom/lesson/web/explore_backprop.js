// Explorable of backpropagation: sliders move, values and gradients follow.

const NETWORKS = {
  notes: { widths: [1, 1, 1], activations: ["sigmoid", "relu"], values: [1, 0, 1, 1], x: [1], t: [2] },
  wide: { widths: [2, 2, 1], activations: ["tanh", "sigmoid"], values: [0.5, -1, 1.5, 0.5, 0, 0.2, 1, -1, 0.1], x: [1, 0.5], t: [1] },
};
const MOST_STEPS = 200;
const [MOST_HIDDEN, MOST_UNITS] = [3, 4];

// A network with hidden layers of so many units, and weights that are drawn once.
function ownNetwork(units) {
  const widths = [2, ...units, 1];
  const random = randomOf(7);
  const values = widths.slice(1).flatMap((width, k) => Array.from({ length: width * (widths[k] + 1) }, () => tenth(random, -1.5, 1.5)));
  return { widths, activations: [...units.map(() => "tanh"), "sigmoid"], values, x: [1, 0.5], t: [1] };
}

// Names of parameters in the order of the address: weights of a unit, then biases.
function parameterNames(widths) {
  const isNarrow = widths.every((width) => width === 1);
  return widths.slice(1).flatMap((units, k) => {
    const weights = [];
    for (let i = 1; i <= units; i += 1) {
      for (let j = 1; j <= widths[k]; j += 1) weights.push(isNarrow ? `w${k + 1}1` : `w${k + 1}[${i},${j}]`);
    }
    const biases = Array.from({ length: units }, (_, i) => (isNarrow ? `b${k + 1}` : `b${k + 1}[${i + 1}]`));
    return [...weights, ...biases];
  });
}

function layersOf(widths, activations, values) {
  let at = 0;
  return widths.slice(1).map((units, k) => {
    const weights = Array.from({ length: units }, () => {
      at += widths[k];
      return values.slice(at - widths[k], at);
    });
    at += units;
    return { activation: activations[k], weights, bias: values.slice(at - units, at) };
  });
}

// The numbers of layers, or of gradients, in the same order.
function flatOf(parts) {
  return parts.flatMap(({ weights, bias }) => [...weights.flat(), ...bias]);
}

function networkExplorer(root) {
  const name = () => (Object.hasOwn(NETWORKS, told("net", "")) || told("net", "") === "own" ? told("net", "") : "notes");
  const units = () => {
    const read = told("units", "3 2").split(" ").slice(0, MOST_HIDDEN).map(Number);
    return read.every((one) => Number.isInteger(one) && one >= 1 && one <= MOST_UNITS) ? read : [3, 2];
  };
  const network = () => (name() === "own" ? ownNetwork(units()) : NETWORKS[name()]);
  const decimals = () => (told("round", "") === "" ? null : toldCount("round", 1, 6, 3));
  const numbers = (key, otherwise) => {
    const read = told(key, "").split(" ").map(Number);
    return told(key, "") !== "" && read.length === otherwise.length && read.every(Number.isFinite) ? read : otherwise;
  };
  const values = () => numbers("p", network().values);
  const x = () => numbers("x", network().x);
  const t = () => numbers("t", network().t);
  const rate = () => numbers("eta", [0.5])[0];
  const activations = () => network().activations.map((otherwise, k) => (Object.hasOwn(ACTIVATIONS, told(`act${k + 1}`, "")) ? told(`act${k + 1}`, "") : otherwise));
  const layers = () => layersOf(network().widths, activations(), values());
  let losses = [];
  const write = (list) => list.map((one) => String(Number(one.toPrecision(12)))).join(" ");
  const afresh = () => ({ p: null, x: null, t: null, act1: null, act2: null, act3: null, act4: null });

  function descend(times) {
    let now = layers();
    for (let k = 0; k < times; k += 1) {
      const found = trace(now, x(), t(), decimals());
      if (losses.length === 0) losses.push(found.loss);
      now = descended(now, found, rate());
      losses.push(trace(now, x(), t()).loss);
    }
    losses = losses.slice(-MOST_STEPS);
    tell({ p: write(flatOf(now)) });
  }

  const svg = el("svg", { class: "graph", role: "img", "data-wl": "network_picture" });
  const acts = Array.from({ length: MOST_HIDDEN + 1 }, (_, k) => k + 1).map((k) => {
    const select = choice(`act${k}`, Object.keys(ACTIVATIONS).map((one) => [one, ""]), "", () => { losses = []; return {}; });
    const words = el("span");
    const label = el("label", {}, words, " ", select);
    drawn.push(() => {
      select.value = activations()[k - 1] || "identity";
      words.textContent = say("activation", { layer: k });
      label.hidden = k > activations().length;
    });
    return label;
  });
  const layerCounts = Array.from({ length: MOST_HIDDEN }, (_, k) => {
    const field = el("input", { type: "number", min: k === 0 ? "1" : "0", max: String(MOST_UNITS), change: () => {
      const changed = units().slice();
      changed[k] = Math.min(Math.max(Math.round(Number(field.value)) || 0, k === 0 ? 1 : 0), MOST_UNITS);
      losses = [];
      tell({ ...afresh(), units: changed.filter((one) => one > 0).join(" ") });
    } });
    const words = el("span");
    const label = el("label", {}, words, " ", field);
    drawn.push(() => {
      field.value = units()[k] || 0;
      words.textContent = say("hidden_units", { layer: k + 1 });
      label.hidden = name() !== "own" || k > units().length;
    });
    return label;
  });
  const digits = [1, 2, 3, 4, 5, 6].map((one) => [String(one), ""]);
  const eta = el("input", { type: "range", min: "0.05", max: "5", step: "0.05", input: () => tell({ eta: eta.value }) });
  const etaShown = el("output");
  const lossLine = el("p", { class: "working", role: "status" });
  const roundLine = el("p");
  const flat = el("p", { class: "warning", "data-w": "network_is_flat" });
  const history = el("p", { class: "quiet" });
  const sliders = el("div", { class: "sliders" });
  root.append(
    el("div", { class: "controls" }, labelled("network", choice("net", [["notes", "net_notes"], ["wide", "net_wide"], ["own", "net_own"]], "notes", () => { losses = []; return afresh(); })), ...layerCounts),
    el("div", { class: "controls" }, ...acts, labelled("rounding", choice("round", [["", "rounding_off"], ...digits], ""))),
    el("div", { class: "card wide" }, svg), lossLine, roundLine, flat,
    el("div", { class: "controls" }, el("label", {}, el("span", { "data-w": "rate" }), " ", eta, " ", etaShown), button("one_step", () => descend(1)), button("ten_steps", () => descend(10)),
      button("reset", () => { losses = []; tell({ ...afresh(), eta: null }); })),
    history,
    el("fieldset", {}, el("legend", { "data-w": "parameters" }), sliders));

  let laid = "";
  let fields = [];
  function lay() {
    laid = network().widths.join();
    const { widths } = network();
    const slider = (label, read, put, gradient) => {
      const words = el("span");
      const field = el("input", { type: "range", min: "-4", max: "4", step: "0.05", input: () => {
        losses = [];
        const moved = read().slice();
        moved[label.at] = Number(field.value);
        tell({ [put]: write(moved) });
      } });
      sliders.append(el("label", {}, words, field));
      return { field, words, read: () => read()[label.at], name: label.name, gradient };
    };
    sliders.replaceChildren();
    fields = [
      ...parameterNames(widths).map((one, at) => slider({ name: one, at }, values, "p", (found) => flatOf(found.weights.map((weights, k) => ({ weights, bias: found.bias[k] })))[at])),
      ...network().x.map((_, at) => slider({ name: `x${at + 1}`, at }, x, "x", null)),
      ...network().t.map((_, at) => slider({ name: widths.at(-1) === 1 ? "t" : `t${at + 1}`, at }, t, "t", null)),
    ];
  }

  drawn.push(() => {
    if (laid !== network().widths.join()) lay();
    const found = trace(layers(), x(), t(), decimals());
    roundLine.hidden = decimals() === null;
    roundLine.textContent = decimals() === null ? "" : costOfRounding(found, trace(layers(), x(), t()), parameterNames(network().widths), decimals());
    for (const one of fields) {
      const gradient = one.gradient && one.gradient(found);
      one.field.value = one.read();
      one.words.textContent = one.gradient
        ? say("slider_gradient", { name: one.name, value: short(one.read()), gradient: short(gradient) })
        : say("slider", { name: one.name, value: short(one.read()) });
      one.field.setAttribute("aria-valuetext", one.words.textContent);
    }
    eta.value = rate();
    etaShown.textContent = short(rate());
    lossLine.textContent = say("loss_line", { loss: short(found.loss), y: found.a.at(-1).map(short).join(", "), t: "", target: t().map(short).join(", ") });
    flat.hidden = found.bias.flat().some((slope) => slope !== 0) || found.weights.flat(2).some((slope) => slope !== 0);
    history.hidden = losses.length === 0;
    const few = losses.length > 8 ? [...losses.slice(0, 2).map(short), "…", ...losses.slice(-5).map(short)] : losses.map(short);
    history.textContent = say("steps_line", { values: few.join(" → ") });
    drawNetwork(svg, layers(), found, x());
  });
}

// The gradient that rounding puts off most, with its exact value.
function costOfRounding(found, exact, names, decimals) {
  const gradients = ({ weights, bias }) => flatOf(weights.map((one, k) => ({ weights: one, bias: bias[k] })));
  const [rough, fine] = [gradients(found), gradients(exact)];
  const off = rough.map((one, k) => Math.abs(one - fine[k]));
  const worst = off.indexOf(Math.max(...off));
  return say("rounding_cost", { decimals, name: names[worst], rough: short(rough[worst]), exact: short(fine[worst]), off: Number(off[worst].toPrecision(2)), loss: short(exact.loss) });
}

// Columns of units; at each edge its weight and, below, its gradient.
function drawNetwork(svg, layers, found, x) {
  const columns = [x, ...found.a];
  const tallest = Math.max(...columns.map((column) => column.length));
  const nWeights = layers.reduce((sum, layer) => sum + layer.weights.flat().length, 0);
  const isCrowded = nWeights > 6;
  const steepest = Math.max(...found.weights.flat(2).map(Math.abs)) || 1;
  const step = isCrowded ? 110 : 220;
  const height = tallest === 1 ? 150 : (step - 10) * tallest;
  const place = (k, i) => [60 + (460 * k) / (columns.length - 1), height / 2 + (i - (columns[k].length - 1) / 2) * step];
  const parts = [];
  layers.forEach((layer, k) => layer.weights.forEach((row, i) => {
    row.forEach((w, j) => {
      const [x1, y1] = place(k, j);
      const [x2, y2] = place(k + 1, i);
      const share = i === j || layer.weights.length === 1 ? 0.5 : 0.3; // crossing edges
      const [lx, ly] = [x1 + share * (x2 - x1), y1 + share * (y2 - y1)];
      const gradient = Math.abs(found.weights[k][i][j]);
      const width = 1 + (isCrowded ? (5 * gradient) / steepest : Math.min(6, 6 * gradient));
      const line = el("line", { x1, y1, x2, y2 });
      line.style.strokeWidth = width;
      parts.push(line);
      if (isCrowded) return;
      parts.push(
        el("text", { x: lx, y: ly - 8, class: "on" }, `w = ${Number(w.toPrecision(3))}`),
        el("text", { x: lx, y: ly + 16, class: "small on lit" }, `∂J/∂w = ${Number(found.weights[k][i][j].toPrecision(3))}`));
    });
  }));
  columns.forEach((column, k) => column.forEach((value, i) => {
    const [cx, cy] = place(k, i);
    parts.push(el("circle", { cx, cy, r: 34 }), el("text", { x: cx, y: cy - 2 }, k === 0 ? `x${i + 1}` : `a${k}${i + 1}`), el("text", { x: cx, y: cy + 15, class: "small" }, String(Number(value.toPrecision(4)))));
    if (k > 0 && !isCrowded) parts.push(el("text", { x: cx, y: cy + 50, class: "small on" }, `b = ${Number(layers[k - 1].bias[i].toPrecision(3))}, ∂J/∂b = ${Number(found.bias[k - 1][i].toPrecision(3))}`));
  }));
  svg.setAttribute("viewBox", `0 0 600 ${height}`);
  svg.replaceChildren(...parts);
}

function tenth(random, low, high) {
  return Math.round(10 * (low + (high - low) * random())) / 10;
}

function networkTask(random, k) {
  if (k === 4) {
    const [gradient, w11, rate] = [tenth(random, -2, 2), tenth(random, -2, 2), drawnFrom(random, [0.1, 0.5, 2])];
    return { ask: "ask_direction", values: { gradient, w11, rate }, answer: w11 - rate * gradient, close: 0.00051 };
  }
  const [x, w11, b1, w21, t] = [tenth(random, 0.5, 2), tenth(random, -2, 2), tenth(random, -1, 1), tenth(random, 0.5, 2), tenth(random, 0, 3)];
  const [b2, activation] = [tenth(random, 0.1, 1), drawnFrom(random, ["relu", "identity"])];
  const found = trace(layersOf([1, 1, 1], ["sigmoid", activation], [w11, b1, w21, b2]), [x], [t]);
  const [wanted, answer] = [["y", found.a[1][0]], ["J", found.loss], ["∂J/∂w21", found.weights[1][0][0]], ["∂J/∂w11", found.weights[0][0][0]]][k];
  return { ask: "ask_network", values: { x, w11, b1, w21, b2, activation, target: t, wanted }, answer, close: 0.00051 };
}

networkExplorer(document.getElementById("explore"));
exercises(document.getElementById("exercises"), networkTask);
