// Explorable of a classifier that is one threshold: training, test, and a shortcut.

const N_PICTURES = 200;
const FEATURES = [["edges", "feature_edges"], ["corner", "feature_corner"]];

// About normal: twelve even numbers added up.
function bell(random, centre, spread) {
  let sum = -6;
  for (let k = 0; k < 12; k += 1) sum += random();
  return Math.min(100, Math.max(0, Math.round(centre + spread * sum)));
}

// Pictures of two families; a planted corner pixel is bright in 99 of 100 of one.
function picturesOf(random, n, isPlanted) {
  return Array.from({ length: n }, (_, k) => {
    const isDigimon = k % 2 === 1;
    const edges = bell(random, isDigimon ? 58 : 42, 12);
    const noise = Math.floor(101 * random());
    const isBright = random() < 0.99 && isDigimon;
    const corner = isPlanted ? (isBright ? 80 : 0) + Math.floor(noise / 5) : noise;
    return { isDigimon, edges, corner, order: random() };
  });
}

function thresholdExplorer(root) {
  const feature = () => (told("feature", "") === "corner" ? "corner" : "edges");
  const isPlanted = () => told("planted", "0") === "1";
  const share = () => toldCount("train", 5, 95, 50);
  const cut = () => toldCount("cut", 0, 100, 30);
  const isAbove = () => told("side", "") !== "below";
  const pictureSeed = () => toldCount("pictures", 1, 999999);

  const svg = el("svg", { viewBox: "0 0 460 210", class: "graph", role: "img", "data-wl": "threshold_picture" });
  const planted = el("input", { type: "checkbox", change: () => tell({ planted: planted.checked ? "1" : null }) });
  const trained = el("input", { type: "range", min: "5", max: "95", step: "5", input: () => tell({ train: trained.value }) });
  const trainedShown = el("output");
  const line = el("input", { type: "range", min: "0", max: "100", input: () => tell({ cut: line.value }) });
  const lineShown = el("output");
  const rule = el("p", { class: "working", role: "status" });
  const judged = el("p", { role: "status" });
  const wild = el("p");
  root.append(
    el("div", { class: "controls" }, labelled("feature", choice("feature", FEATURES, "edges")), el("label", {}, planted, " ", el("span", { "data-w": "planted" }))),
    el("div", { class: "controls" },
      el("label", {}, el("span", { "data-w": "train_share" }), " ", trained, " ", trainedShown),
      el("label", {}, el("span", { "data-w": "threshold" }), " ", line, " ", lineShown),
      labelled("side", choice("side", [["above", "side_above"], ["below", "side_below"]], "above"))),
    el("div", { class: "controls" },
      button("fit", () => {
        const { train } = partsNow();
        const best = bestThreshold(train.map((one) => one[feature()]), train.map((one) => one.isDigimon), cutsOf(train.map((one) => one[feature()])));
        tell({ cut: best.cut, side: best.isAbove ? null : "below" });
      }),
      button("other_pictures", () => tell({ pictures: (pictureSeed() % 999999) + 1 })),
      button("reset", () => tell({ feature: null, planted: null, train: null, cut: null, side: null, pictures: null }))),
    el("div", { class: "card wide" }, svg), rule, judged, wild);

  function partsNow() {
    const random = randomOf(pictureSeed());
    const all = picturesOf(random, N_PICTURES, isPlanted());
    const mixed = all.slice().sort((a, b) => a.order - b.order);
    const n = Math.round((N_PICTURES * share()) / 100);
    return { train: mixed.slice(0, n), test: mixed.slice(n), wild: picturesOf(random, N_PICTURES, false) };
  }

  drawn.push(() => {
    const parts = partsNow();
    const chosen = { cut: cut(), isAbove: isAbove() };
    const right = (pictures) => accuracy(pictures.map((one) => one[feature()]), pictures.map((one) => one.isDigimon), chosen);
    const percent = (value) => `${Number((100 * value).toFixed(1))} %`;
    planted.checked = isPlanted();
    trained.value = share();
    trainedShown.textContent = `${share()} %`;
    line.value = cut();
    lineShown.textContent = cut();
    rule.textContent = say(isAbove() ? "rule_above" : "rule_below", { cut: cut() });
    judged.textContent = say("accuracies", { train: percent(right(parts.train)), n: parts.train.length, test: percent(right(parts.test)), m: parts.test.length });
    wild.textContent = say("accuracy_wild", { wild: percent(right(parts.wild)), n: N_PICTURES });
    drawThreshold(svg, parts, feature(), cut());
  });
}

// One row for each family; pictures for training are filled.
function drawThreshold(svg, parts, feature, cut) {
  const x = (value) => 30 + 4 * value;
  const dots = (pictures, isTrain) => pictures.map((one, k) => el("circle", {
    cx: x(one[feature]), cy: (one.isDigimon ? 135 : 55) + ((k * 37) % 50) - 25, r: 3.5, class: isTrain ? "seen" : "unseen",
  }));
  svg.replaceChildren(
    el("line", { x1: 30, x2: 430, y1: 185, y2: 185 }),
    ...[0, 25, 50, 75, 100].map((value) => el("text", { x: x(value), y: 203, class: "small" }, String(value))),
    ...dots(parts.train, true), ...dots(parts.test, false),
    el("line", { x1: x(cut + 0.5), x2: x(cut + 0.5), y1: 15, y2: 185, class: "lit" }),
    el("text", { x: 46, y: 20, class: "small on" }, "Pokémon"), el("text", { x: 46, y: 105, class: "small on" }, "Digimon"));
}

function thresholdTask(random, k) {
  const rows = Array.from({ length: 8 }, () => {
    const isDigimon = random() < 0.5;
    return { isDigimon, value: Math.floor(6 * random()) + (isDigimon ? 3 : 0) };
  });
  const values = rows.map((one) => one.value);
  const labels = rows.map((one) => one.isDigimon);
  const detail = rows.map((one) => `${one.value}\t${one.isDigimon ? "Digimon" : "Pokémon"}`).join("\n");
  const cut = drawnFrom(random, values);
  if (k < 2) return { ask: "ask_mistakes", values: { cut }, detail, answer: mistakesAbove(values, labels, [cut])[0], close: 0 };
  if (k === 2) return { ask: "ask_accuracy", values: { cut }, detail, answer: 100 * accuracy(values, labels, { cut, isAbove: true }), close: 0.051 };
  if (k === 3) return { ask: "ask_hypotheses", values: {}, detail, answer: 2 * cutsOf(values).length, close: 0 };
  return { ask: "ask_fewest", values: {}, detail, answer: bestThreshold(values, labels, cutsOf(values)).mistakes, close: 0 };
}

thresholdExplorer(document.getElementById("explore"));
exercises(document.getElementById("exercises"), thresholdTask);
