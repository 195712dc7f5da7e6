// Explorable of A·H: picture and matrix side by side.

const N_NODES = 6;
const NOTES_EDGES = "12 15 23 25 34 45 46";
const NOTES_PLACES = [[70, 60], [190, 40], [320, 70], [300, 190], [150, 170], [350, 260]];
const AGGREGATIONS = [["sum", "kind_sum"], ["self-loops", "kind_loops"], ["mean", "kind_mean"], ["gcn", "kind_gcn"]];

function edgesOf(text) {
  return text.split(" ").filter((word) => /^[1-6][1-6]$/.test(word) && word[0] < word[1])
    .map((word) => [word[0] - 1, word[1] - 1]);
}

function graphExplorer(root) {
  const edges = () => edgesOf(told("edges", NOTES_EDGES));
  const rounds = () => toldCount("rounds", 1, 8);
  const chosen = () => toldCount("node", 1, N_NODES) - 1;
  const kind = () => (AGGREGATIONS.some(([one]) => one === told("kind", "")) ? told("kind", "") : "sum");
  const features = () => {
    const read = told("h", "1 2 3 4 5 6").split(" ").map(Number);
    return Array.from({ length: N_NODES }, (_, i) => [Number.isFinite(read[i]) ? read[i] : 0]);
  };
  const places = () => {
    const read = told("at", "").split(" ").map((pair) => pair.split("_").map(Number));
    return NOTES_PLACES.map((place, i) => (read[i] && read[i].length === 2 && read[i].every(Number.isFinite) ? read[i] : place));
  };
  const toggle = (i, j) => {
    if (i === j) return;
    const word = i < j ? `${i + 1}${j + 1}` : `${j + 1}${i + 1}`;
    const words = edges().map(([a, b]) => `${a + 1}${b + 1}`);
    tell({ edges: (words.includes(word) ? words.filter((one) => one !== word) : [...words, word]).sort().join(" ") });
  };
  const move = (i, x, y) => {
    const moved = places();
    moved[i] = [Math.round(Math.min(Math.max(x, 20), 400)), Math.round(Math.min(Math.max(y, 20), 280))];
    tell({ at: moved.map((place) => place.join("_")).join(" ") });
  };

  const svg = el("svg", { viewBox: "0 0 420 300", class: "graph", role: "group", "data-wl": "graph_picture" });
  const lines = el("g");
  const joining = el("input", { type: "checkbox" });
  const nodes = Array.from({ length: N_NODES }, (_, i) => {
    const circle = el("circle", { r: 19 });
    const value = el("text", { dy: "1.05em", class: "small" });
    // beside the button, whose own label says both
    const texts = el("g", { class: "node-text", "aria-hidden": "true" }, el("text", { dy: "-0.1em" }, String(i + 1)), value);
    const press = () => {
      if (joining.checked && i !== chosen()) toggle(chosen(), i);
      else tell({ node: i + 1 });
    };
    let start = null;
    const group = el("g", {
      tabindex: "0", role: "button", class: "node",
      pointerdown: (event) => { start = [event.clientX, event.clientY, false]; group.setPointerCapture(event.pointerId); },
      pointermove: (event) => {
        if (!start) return;
        if (!start[2] && Math.hypot(event.clientX - start[0], event.clientY - start[1]) < 5) return;
        start[2] = true;
        const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
        move(i, at.x, at.y);
      },
      pointerup: () => { if (start && !start[2]) press(); start = null; },
      pointercancel: () => { start = null; },
      keydown: (event) => {
        const [dx, dy] = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] }[event.key] || [0, 0];
        if (dx || dy) {
          const [x, y] = places()[i];
          move(i, x + dx, y + dy);
        } else if (event.key === "Enter" || event.key === " ") press();
        else return;
        event.preventDefault();
      },
    }, circle);
    return { group, circle, value, texts };
  });
  svg.append(lines, ...nodes.flatMap((node) => [node.group, node.texts]));

  const heads = el("tr", {}, el("th", { scope: "col" }, "A"), ...nodes.map((_, j) => el("th", { scope: "col" }, String(j + 1))), el("th", { scope: "col" }, "H"), el("th", { scope: "col", class: "result" }));
  const cells = [];
  const rows = nodes.map((_, i) => {
    const buttons = nodes.map((__, j) => el("button", { type: "button", click: () => toggle(i, j) }));
    const weights = buttons.map((one) => el("td", {}, one));
    const h = el("input", { type: "number", step: "any", change: () => {
      const values = features().map((row) => row[0]);
      values[i] = Number(h.value);
      tell({ h: values.join(" ") });
    } });
    const result = el("td", { class: "result" });
    cells.push({ buttons, h, result });
    return el("tr", {}, el("th", { scope: "row" }, String(i + 1)), ...weights, el("td", {}, h), result);
  });
  const matrix = el("table", { class: "matrix" }, el("caption", { "data-w": "matrix_caption" }), el("thead", {}, heads), el("tbody", {}, ...rows));
  const working = el("p", { class: "working", role: "status" });
  const spread = el("p", { class: "quiet" });
  const count = el("input", { type: "range", min: "1", max: "8", input: () => tell({ rounds: count.value }) });
  const counted = el("output");
  root.append(
    el("div", { class: "controls" },
      labelled("aggregation", choice("kind", AGGREGATIONS, "sum")),
      el("label", {}, el("span", { "data-w": "rounds" }), " ", count, " ", counted),
      el("label", {}, joining, " ", el("span", { "data-w": "joining" })),
      button("notes_graph", () => tell({ edges: null, at: null, h: null, kind: null, rounds: null, node: null })),
      button("no_edges", () => tell({ edges: "" }))),
    el("div", { class: "pair" }, el("div", { class: "card" }, svg), el("div", { class: "scroll", tabindex: "0", role: "region", "data-wl": "matrix_caption" }, matrix)),
    working, spread);

  drawn.push(() => {
    const A = adjacency(N_NODES, edges());
    const weights = normalise(A, kind());
    const states = aggregate(A, features(), kind(), rounds());
    const last = states[rounds()];
    const before = states[rounds() - 1];
    const i = chosen();
    const at = places();
    const scale = (kind() === "mean" || kind() === "gcn" ? states[0] : last).map((row) => row[0]);
    const [low, high] = [Math.min(...scale), Math.max(...scale)];
    lines.replaceChildren(...edges().map(([a, b]) => el("line", {
      x1: at[a][0], y1: at[a][1], x2: at[b][0], y2: at[b][1], class: a === i || b === i ? "lit" : "",
    })));
    nodes.forEach((node, k) => {
      const neighbours = A[k].flatMap((a, j) => (a ? [j + 1] : []));
      const share = high > low ? (last[k][0] - low) / (high - low) : 0.5;
      node.group.setAttribute("transform", `translate(${at[k]})`);
      node.texts.setAttribute("transform", `translate(${at[k]})`);
      node.texts.setAttribute("class", `node-text${A[i][k] ? " lit" : ""}`);
      node.group.setAttribute("class", `node${k === i ? " chosen" : ""}${A[i][k] ? " lit" : ""}`);
      node.group.setAttribute("aria-label", say("node_label", { node: k + 1, neighbours: neighbours.join(", ") || "0", value: short(last[k][0]) }));
      node.group.setAttribute("aria-pressed", String(k === i));
      node.circle.style.setProperty("--share", `${Math.round(100 * Math.min(Math.max(share, 0), 1))}%`);
      node.value.textContent = Number(last[k][0].toPrecision(3));
      cells[k].buttons.forEach((one, j) => {
        one.textContent = Number(weights[k][j].toFixed(3));
        one.disabled = k === j;
        one.classList.toggle("on", weights[k][j] !== 0);
        one.setAttribute("aria-pressed", String(A[k][j] !== 0));
        one.setAttribute("aria-label", say("cell_label", { row: k + 1, column: j + 1, value: Number(weights[k][j].toFixed(3)) }));
      });
      cells[k].h.value = features()[k][0];
      cells[k].h.setAttribute("aria-label", say("h_label", { node: k + 1 }));
      cells[k].result.textContent = short(last[k][0]);
      rows[k].classList.toggle("lit", k === i);
    });
    heads.lastChild.textContent = rounds() === 1 ? "A·H" : `A^${rounds()}·H`;
    count.value = rounds();
    counted.textContent = rounds();
    const terms = weights[i].flatMap((w, j) => (w ? [`${Number(w.toFixed(4))} · ${short(before[j][0])}`] : []));
    working.textContent = say("node_working", { node: i + 1, terms: terms.join(" + ") || "0", value: short(last[i][0]) });
    spread.textContent = say("spread", { values: states.map((H) => short(Math.max(...H.map((row) => row[0])) - Math.min(...H.map((row) => row[0])))).join(" → ") });
  });
}

// A drawing and a matrix that differ in one edge, as those of the notes do.
function pictureTask(random) {
  const n = 5;
  const pairs = [];
  for (let i = 0; i < n; i += 1) for (let j = i + 1; j < n; j += 1) pairs.push([i, j]);
  const edges = pairs.filter(() => random() < 0.5);
  const odd = drawnFrom(random, pairs);
  const inPicture = edges.includes(odd) ? edges.filter((one) => one !== odd) : [...edges, odd];
  const detail = adjacency(n, edges).map((row, i) => `${i + 1} | ${row.join(" ")}`).join("\n");
  return { ask: "ask_mismatch", values: {}, detail, picture: () => drawnGraph(n, inPicture), answer: `${odd[0] + 1}${odd[1] + 1}` };
}

function drawnGraph(n, edges) {
  const at = Array.from({ length: n }, (_, k) => [110 + 80 * Math.sin((2 * Math.PI * k) / n), 100 - 80 * Math.cos((2 * Math.PI * k) / n)]);
  const svg = el("svg", { viewBox: "0 0 220 200", class: "graph small-picture", role: "img" },
    ...edges.map(([i, j]) => el("line", { x1: at[i][0], y1: at[i][1], x2: at[j][0], y2: at[j][1] })),
    ...at.flatMap(([cx, cy], k) => [el("circle", { cx, cy, r: 15 }), el("text", { x: cx, y: cy + 5 }, String(k + 1))]));
  return { svg, label: () => say("drawn_edges", { edges: [...edges].sort().map(([i, j]) => `${i + 1}–${j + 1}`).join(", ") || "0" }) };
}

function graphTask(random, k) {
  if (k === 0) return { ask: "ask_notes", values: {}, answer: 7, close: 0.005 };
  if (k === 5) return pictureTask(random);
  const n = 4;
  const edges = [];
  for (let i = 0; i < n; i += 1) for (let j = i + 1; j < n; j += 1) if (random() < 0.55) edges.push([i, j]);
  const H = Array.from({ length: n }, () => [1 + Math.floor(9 * random())]);
  const [kind, key] = drawnFrom(random, k < 3 ? AGGREGATIONS.slice(0, 3) : AGGREGATIONS);
  const rounds = k === 4 ? 2 : 1;
  const node = Math.floor(n * random());
  const A = adjacency(n, edges);
  const detail = A.map((row, i) => `${i + 1} | ${row.join(" ")}   h = ${H[i][0]}`).join("\n");
  const value = aggregate(A, H, kind, rounds)[rounds][node][0];
  return { ask: "ask_aggregate", values: { node: node + 1, rounds }, words: [["kind", key]], detail, answer: value, close: 0.0051 };
}

graphExplorer(document.getElementById("explore"));
exercises(document.getElementById("exercises"), graphTask, 6);
