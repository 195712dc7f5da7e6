// Explorable of the five filters: thresholds move, candidates come and go.

const USUAL = DATA.usual;
const TRANSCRIPTS = DATA.transcripts;
const LIMITS = [
  ["gapMono", "gs", "limit_gap_mono", 0, 20000, 100], ["gapMulti", "gm", "limit_gap_multi", 0, 20000, 100],
  ["minLength", "len", "limit_length", 0, 1500, 1], ["maxOrf", "orf", "limit_orf", 1, 400, 1],
  ["coding", "cod", "limit_coding", 0, 1, 0.01], ["housekeeping", "hk", "limit_housekeeping", 0.01, 1, 0.01],
];

function filtersExplorer(root) {
  const limit = (key, name, low, high) => {
    const number = Number(told(name, ""));
    return told(name, "") === "" || !Number.isFinite(number) ? USUAL[key] : Math.min(Math.max(number, low), high);
  };
  const limits = () => ({
    ...USUAL,
    ...Object.fromEntries(LIMITS.map(([key, name, , low, high]) => [key, limit(key, name, low, high)])),
    searchDomains: told("dom", "") !== "0",
    isLocusRule: told("rule", "") !== "0",
  });
  const afresh = Object.fromEntries([...LIMITS.map(([, name]) => [name, null]), ["dom", null], ["rule", null]]);
  const sliders = LIMITS.map(([key, name, word, low, high, step]) => {
    const field = el("input", { type: "range", min: low, max: high, step, input: () => tell({ [name]: field.value }) });
    const words = el("span");
    drawn.push(() => {
      field.value = limits()[key];
      words.textContent = say(word, { value: short(Number(limits()[key].toPrecision(3))) });
      field.setAttribute("aria-valuetext", words.textContent);
    });
    return el("label", {}, words, field);
  });
  const box = (name, word, read) => {
    const field = el("input", { type: "checkbox", change: () => tell({ [name]: field.checked ? null : "0" }) });
    drawn.push(() => { field.checked = read(limits()); });
    return el("label", {}, field, " ", el("span", { "data-w": word }));
  };
  const svg = el("svg", { viewBox: "0 0 460 316", class: "graph", role: "img", "data-wl": "strips_picture" });
  const counts = el("p", { class: "working", role: "status" });
  const changes = el("p");
  const steps = el("tbody");
  const rows = el("tbody");
  const head = (...names) => el("thead", {}, el("tr", {}, ...names.map((name) => el("th", { scope: "col", "data-w": name }))));
  root.append(
    el("p", { "data-w": "filters_predict" }), el("div", { class: "sliders" }, ...sliders),
    el("div", { class: "controls" }, box("dom", "search_domains", (now) => now.searchDomains), box("rule", "locus_rule", (now) => now.isLocusRule), button("usual", () => tell(afresh))),
    counts, changes, el("div", { class: "card wide" }, svg), el("p", { class: "quiet", "data-w": "strips_legend" }),
    el("div", { class: "scroll", tabindex: "0", role: "region", "data-wl": "attrition_caption" }, el("table", { class: "steps-table" }, el("caption", { "data-w": "attrition_caption" }), head("criterion", "n_before", "n_dropped", "n_after"), steps)),
    el("div", { class: "scroll", tabindex: "0", role: "region", "data-wl": "verdicts_caption" }, el("table", { class: "verdicts" }, el("caption", { "data-w": "verdicts_caption" }), head("transcript", "in_truth", "verdict", ...Object.keys(CRITERIA).map((name) => `criterion_${name}`)), rows)));

  drawn.push(() => {
    const now = limits();
    const judged = verdicts(TRANSCRIPTS, now);
    const before = verdicts(TRANSCRIPTS, USUAL);
    const names = (test) => TRANSCRIPTS.filter((tx, k) => test(judged[k].reason === "", before[k].reason === "", tx)).map((tx) => tx.name);
    counts.textContent = say("filters_counts", {
      n: names((is) => is).length, all: TRANSCRIPTS.length,
      wrong: names((is, _, tx) => is && !tx.isLincrna).length, lost: names((is, _, tx) => !is && tx.isLincrna).length,
    });
    const [came, went] = [names((is, was) => is && !was), names((is, was) => !is && was)];
    changes.textContent = came.length + went.length === 0 ? say("as_usual") : say("filters_changes", { came: came.join(", ") || "–", went: went.join(", ") || "–" });
    drawStrips(svg, TRANSCRIPTS, judged, now);
    steps.replaceChildren(...attrition(judged).map((one) => el("tr", { class: one.dropped ? "lit" : "" },
      el("th", { scope: "row" }, say(`criterion_${one.name}`)), ...[one.before, one.dropped, one.after].map((n) => el("td", { class: "result" }, String(n))))));
    rows.replaceChildren(...TRANSCRIPTS.map((tx, k) => verdictRow(tx, judged[k])));
  });
}

function verdictRow(tx, { failed, reason }) {
  const shown = {
    intergenic: "", distance: tx.gap === null ? "∞" : tx.gap, length: tx.length, orf: tx.orf,
    coding: Number(tx.coding.toPrecision(2)), housekeeping: Number(tx.housekeeping.toFixed(2)), domain: "",
  };
  const cells = Object.keys(CRITERIA).map((name) => {
    const isFailed = failed.includes(name);
    return el("td", { class: isFailed ? "fails" : "" }, `${isFailed ? "✗" : "✓"} ${shown[name]}`);
  });
  return el("tr", { class: reason === "" ? "lit" : "" }, el("th", { scope: "row" }, tx.name), el("td", {}, say(tx.isLincrna ? "truth_lincrna" : "truth_other")),
    el("td", {}, reason === "" ? say("verdict_candidate") : say(`criterion_${reason}`)), ...cells);
}

function filtersTask(random, k) {
  if (k === 0) {
    const lengths = Array.from({ length: 6 }, () => drawnFrom(random, [150, 199, 200, 201, 202, 350, 1200]));
    return { ask: "ask_longer", values: {}, detail: lengths.join("  "), answer: lengths.filter((one) => one > 200).length, close: 0 };
  }
  if (k === 1) {
    const tx = drawnFrom(random, TRANSCRIPTS);
    const changed = { ...tx, isIntergenic: true, length: drawnFrom(random, [200, 201, 900]), orf: drawnFrom(random, [99, 100, 40]), coding: drawnFrom(random, [0.02, 0.9]), isMember: random() < 0.3, housekeeping: 0, gap: null };
    const [{ reason }] = verdicts([changed], USUAL);
    return { ask: "ask_reason", values: { length: changed.length, orf: changed.orf, coding: changed.coding, threshold: short(Number(USUAL.coding.toPrecision(3))) }, words: [["domain", changed.isMember ? "yes" : "no"]], answer: reason || "0" };
  }
  if (k === 2) {
    const isoforms = Array.from({ length: 2 + Math.floor(3 * random()) }, () => drawnFrom(random, ["–", "–", "length", "orf", "coding"]));
    const isSpoiled = isoforms.some((one) => one === "orf" || one === "coding");
    return { ask: "ask_locus", values: {}, detail: isoforms.map((one, place) => `${place + 1}  ${one}`).join("\n"), answer: isSpoiled ? 0 : isoforms.filter((one) => one === "–").length, close: 0 };
  }
  if (k === 3) {
    const dropped = Object.keys(CRITERIA).map((name) => [name, Math.floor(40 * random())]);
    const n = 300 + Math.floor(200 * random());
    return { ask: "ask_left", values: { n }, detail: dropped.map(([name, some]) => `${name}  ${some}`).join("\n"), answer: n - dropped.reduce((sum, [, some]) => sum + some, 0), close: 0 };
  }
  const [maxOrf, minLength] = [drawnFrom(random, [45, 60, 100, 101, 250]), drawnFrom(random, [199, 200, 201, 800])];
  const judged = verdicts(TRANSCRIPTS, { ...USUAL, maxOrf, minLength });
  return { ask: "ask_candidates", values: { maxOrf, minLength }, answer: judged.filter((one) => one.reason === "").length, close: 0 };
}

filtersExplorer(document.getElementById("explore"));
exercises(document.getElementById("exercises"), filtersTask);
