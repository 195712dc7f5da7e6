// Explorable of the representative sample: draw an exam again and again.

const POPULATION = 10000;
const NOTES_LOSSES = [5, 6, 7, 8, 10];
const MOST_DRAWS = 500;

function examExplorer(root) {
  const losses = () => {
    const read = told("losses", "").split(" ").map(Number);
    const isGood = read.length === NOTES_LOSSES.length && read.every((one) => one >= 0 && one <= 100) && told("losses", "") !== "";
    return isGood ? read : NOTES_LOSSES;
  };
  const n = () => toldCount("n", 10, 5000, 500);
  const delta = () => toldCount("delta", 2, 200, 20); // thousandths
  const nDraws = () => toldCount("draws", 0, MOST_DRAWS, 1);
  const drawSeed = () => toldCount("draw", 1, 999999);
  const mistakes = () => losses().map((one) => Math.round((one / 100) * POPULATION));

  const svg = el("svg", { viewBox: "0 0 460 300", class: "graph", role: "img", "data-wl": "exam_picture" });
  const size = el("input", { type: "range", min: "10", max: "5000", step: "10", input: () => tell({ n: size.value }) });
  const sizeShown = el("output");
  const width = el("input", { type: "range", min: "2", max: "200", step: "2", input: () => tell({ delta: width.value }) });
  const widthShown = el("output");
  const latest = el("p", { class: "working", role: "status" });
  const counted = el("p");
  const promised = el("p");
  const chain = el("p");
  const fields = NOTES_LOSSES.map((_, k) => el("input", { type: "number", min: "0", max: "100", step: "0.1", change: () => {
    const changed = losses().slice();
    changed[k] = Number(fields[k].value);
    tell({ losses: changed.join(" ") });
  } }));
  root.append(
    el("div", { class: "controls" },
      el("label", {}, el("span", { "data-w": "sample_size" }), " ", size, " ", sizeShown),
      el("label", {}, el("span", { "data-w": "tolerance" }), " ", width, " ", widthShown)),
    el("div", { class: "controls" },
      button("draw_one", () => tell({ draws: Math.min(nDraws() + 1, MOST_DRAWS) })),
      button("draw_many", () => tell({ draws: Math.min(nDraws() + 100, MOST_DRAWS) })),
      button("reset", () => tell({ draws: null, n: null, delta: null, losses: null, draw: null })),
      button("other_draws", () => tell({ draw: (drawSeed() % 999999) + 1, draws: null }))),
    el("div", { class: "card wide" }, svg), latest, chain, counted, promised,
    el("fieldset", {}, el("legend", { "data-w": "losses_on_all" }), el("div", { class: "controls" }, ...fields)));

  let key = "";
  let drawsMade = [];
  function drawsOf() {
    const asked = [losses(), n(), drawSeed()].join();
    if (asked !== key || drawsMade.length > nDraws()) drawsMade = [];
    key = asked;
    while (drawsMade.length < nDraws()) {
      const random = randomOf(drawSeed() * 1000 + drawsMade.length);
      drawsMade.push(mistakes().map((total) => drawMistakes(random, total, n(), POPULATION)));
    }
    return drawsMade;
  }

  drawn.push(() => {
    const made = drawsOf();
    const epsilon = delta() / 2;
    const totals = mistakes();
    const isBroken = (seen) => seen.some((k, h) => isOff(k, n(), totals[h], POPULATION, epsilon));
    const percent = (share) => `${short(100 * share)} %`;
    size.value = n();
    sizeShown.textContent = n();
    width.value = delta();
    widthShown.textContent = percent(delta() / 1000);
    fields.forEach((field, k) => {
      field.value = losses()[k];
      field.setAttribute("aria-label", say("loss_of", { h: k + 1 }));
    });
    drawExam(svg, made, totals, n(), epsilon);
    const last = made[made.length - 1];
    if (last) {
      const train = last.indexOf(Math.min(...last));
      latest.textContent = say(isBroken(last) ? "draw_broken" : "draw_kept", {
        draw: made.length, h: train + 1, seen: percent(last[train] / n()), all: percent(totals[train] / POPULATION),
        goal: percent(Math.min(...totals) / POPULATION + delta() / 1000),
      });
      chain.textContent = say("chain_line", { seen: percent(last[train] / n()), bound: percent(last[train] / n() + epsilon / 1000), goal: percent(Math.min(...totals) / POPULATION + delta() / 1000) });
    } else latest.textContent = chain.textContent = "";
    counted.textContent = say("bands_broken", { broken: made.filter(isBroken).length, n: made.length });
    const bound = Math.min(1, totals.length * hoeffdingTail(n(), epsilon));
    const exact = Math.min(1, totals.reduce((sum, total) => sum + exactTail(total, n(), POPULATION, epsilon), 0));
    promised.textContent = say("promise", { bound: percent(bound), exact: percent(exact), size: hoeffdingSize(epsilon, 0.05, totals.length) });
  });
}

// Each hypothesis in a column: its band around its loss on all data, and the draws.
function drawExam(svg, made, totals, n, epsilon) {
  const shown = made.slice(-60);
  const shares = totals.map((total) => total / POPULATION);
  const top = Math.min(1, 1.1 * Math.max(...shares.map((share) => share + epsilon / 1000), ...shown.flat().map((k) => k / n), 0.02));
  const y = (share) => 265 - 245 * (share / top);
  const parts = [];
  for (let k = 0; k <= 4; k += 1) {
    const share = (top * k) / 4;
    parts.push(el("text", { x: 32, y: y(share) + 4, class: "small" }, `${Number((100 * share).toPrecision(3))} %`));
  }
  shares.forEach((share, h) => {
    const x = 95 + 78 * h;
    const low = y(Math.max(0, share - epsilon / 1000));
    const high = y(share + epsilon / 1000);
    parts.push(
      el("rect", { x: x - 28, y: high, width: 56, height: low - high, class: "band" }),
      el("line", { x1: x - 28, x2: x + 28, y1: y(share), y2: y(share) }),
      el("text", { x, y: 288 }, `h${h + 1}`));
    shown.forEach((seen, draw) => {
      const isLast = draw === shown.length - 1;
      const isOut = isOff(seen[h], n, totals[h], POPULATION, epsilon);
      parts.push(el("circle", { cx: isLast ? x : x - 24 + ((draw * 7) % 48), cy: y(seen[h] / n), r: isLast ? 6 : 2.5, class: `dot${isOut ? " out" : ""}${isLast ? " last" : ""}` }));
    });
  });
  svg.replaceChildren(...parts);
}

function examTask(random, k) {
  if (k === 0) return { ask: "ask_smallest", values: {}, answer: 6, close: 0.0001 };
  if (k === 1) return { ask: "ask_gap", values: {}, answer: 2, close: 0.0001 };
  if (k === 5) return { ask: "ask_step_four", values: {}, answer: 5.5, close: 0.0001 };
  const loss = 1 + Math.floor(80 * random()) / 10;
  const delta = drawnFrom(random, [1, 2, 3, 4, 5]);
  if (k === 2) return { ask: "ask_at_most", values: { loss, delta }, answer: loss + delta / 2, close: 0.0001 };
  if (k === 3) return { ask: "ask_goal", values: { loss, delta }, answer: loss + delta, close: 0.0001 };
  const epsilon = drawnFrom(random, [1, 2, 3, 5, 10]);
  const failure = drawnFrom(random, [1, 5, 10]);
  const n = drawnFrom(random, [1, 2, 10, 100]);
  return { ask: "ask_size", values: { epsilon, failure, n }, answer: hoeffdingSize(10 * epsilon, failure / 100, n), close: 1 };
}

examExplorer(document.getElementById("explore"));
exercises(document.getElementById("exercises"), examTask, 6);
