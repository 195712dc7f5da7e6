// Explorable of RNAhybrid's search: the miRNA slides along the target, its energy loop by
// loop, and the table in which the least energy is found.

const E = DATA.energies;
const PAIRS_TO_TRY = {
  let7: ["UGAGGUAGUAGGUUGUAUAGUU", "AAACUAUACAACCUACUACCUCAGG"],
  real: ["UGAGGUAGUAGGUUGUAUAGUU", "GAUUCAACAUUAGCUACCUCUUUGAGCACUACUACCUACA"],
  notes: ["AUGUACUGAGCUAGUACUGGA", "GCAUUCAUGAUCAUGAUGACCAU"],
};
const SEED_WORDS = { "offset 6mer": "seed_offset", GU: "seed_gu", bulged: "seed_bulged", none: "seed_none" };
const [MOST_MIRNA, MOST_TARGET] = [30, 60];

function kcal(units) {
  return (units / 100).toFixed(2).replace("-", "−");
}

function duplexExplorer(root) {
  const preset = () => (Object.hasOwn(PAIRS_TO_TRY, told("pair", "")) ? told("pair", "") : "real");
  const bases = (name, most, otherwise) => {
    const typed = told(name, "").toUpperCase().replaceAll("T", "U").replace(/[^ACGU]/g, "").slice(0, most);
    return typed.length < 2 ? otherwise : typed;
  };
  const mirna = () => bases("mi", MOST_MIRNA, PAIRS_TO_TRY[preset()][0]);
  const target = () => bases("ta", MOST_TARGET, PAIRS_TO_TRY[preset()][1]);
  const place = { pos: null, row: null, loop: null };
  const afresh = { ...place, mi: null, ta: null };
  let key = "";
  let table = null;
  const tableNow = () => {
    if (key !== `${mirna()} ${target()}`) {
      key = `${mirna()} ${target()}`;
      const made = duplexTable(E, mirna(), target());
      const starts = startTable(E, made);
      const perfect = [...mirna()].reverse().map((base) => LETTERS[3 - LETTERS.indexOf(base)]).join("");
      const ideal = bestStart(startTable(E, duplexTable(E, mirna(), perfect)));
      table = { ...made, starts, best_: bestStart(starts), perfect: ideal ? ideal.energy : 0 };
    }
    return table;
  };
  // The outermost pair that is shown; null where a target base pairs with nothing.
  const shown = ({ starts, best_ }) => {
    const i = toldCount("pos", 1, target().length, (best_ ? best_.i : 0) + 1) - 1;
    const asked = toldCount("row", 0, mirna().length, 0) - 1;
    const column = starts.map((row) => row[i]);
    const j = asked >= 0 && column[asked] !== NONE ? asked : column.indexOf(Math.min(...column));
    return column[j] === NONE ? { i, j: null } : { i, j, energy: column[j] };
  };

  const input = (name, most, read) => {
    const field = el("input", { type: "text", size: most > 30 ? "44" : "26", maxlength: String(most), autocomplete: "off", autocapitalize: "off", spellcheck: "false", change: () => tell({ ...place, mi: mirna(), ta: target(), [name]: field.value || null }) });
    drawn.push(() => { field.value = read(); });
    return field;
  };
  const slide = el("input", { type: "range", min: "1", step: "1", input: () => tell({ pos: slide.value, row: null, loop: null }) });
  const slid = el("output");
  const partner = el("select", { change: () => tell({ pos: shown(tableNow()).i + 1, row: partner.value, loop: null }) });
  const picture = el("svg", { class: "graph natural", role: "img", "data-wl": "duplex_picture" });
  const profile = el("svg", { viewBox: "0 0 460 142", class: "graph", role: "img", "data-wl": "profile_picture" });
  const matrix = el("svg", { class: "graph", role: "img", "data-wl": "table_picture" });
  const here = el("p", { class: "working", role: "status" });
  const least = el("p", { class: "working" });
  const perfect = el("p", { class: "quiet" });
  const notes = el("p", { class: "warning", "data-w": "notes_energy" });
  const body = el("tbody");
  const cellLine = el("p", { role: "status" });
  const ways = el("ul");
  const heads = ["loop", "its_bases", "its_energy"].map((name) => el("th", { scope: "col", "data-w": name }));
  root.append(
    el("p", { "data-w": "duplex_predict" }),
    el("div", { class: "controls" }, labelled("example_pair", choice("pair", [["real", "pair_real"], ["let7", "pair_let7"], ["notes", "pair_notes"]], "real", () => afresh)), button("reset", () => tell({ ...afresh, pair: null }))),
    el("div", { class: "controls" }, labelled("mirna_bases", input("mi", MOST_MIRNA, mirna)), labelled("target_bases", input("ta", MOST_TARGET, target))),
    el("div", { class: "controls" }, el("label", {}, el("span", { "data-w": "slide" }), " ", slide, " ", slid), labelled("its_partner", partner), button("to_best", () => tell(place))),
    el("div", { class: "scroll", tabindex: "0", role: "region", "data-wl": "duplex_picture" }, picture), el("p", { class: "quiet", "data-w": "duplex_legend" }),
    here, least, notes, perfect,
    el("div", { class: "card wide" }, profile), el("p", { class: "quiet", "data-w": "profile_legend" }),
    el("div", { class: "scroll", tabindex: "0", role: "region", "data-wl": "loops_caption" }, el("table", { class: "loops" }, el("caption", { "data-w": "loops_caption" }), el("thead", {}, el("tr", {}, ...heads)), body)),
    el("h3", { "data-w": "in_view" }), el("p", { "data-w": "in_view_lead" }), el("div", { class: "card wide" }, matrix), cellLine, ways);

  drawn.push(() => {
    const now = tableNow();
    const start = shown(now);
    slide.max = target().length;
    slide.value = start.i + 1;
    slid.textContent = start.i + 1;
    layPartners(partner, now, start);
    const isNotes = mirna() === PAIRS_TO_TRY.notes[0] && target() === PAIRS_TO_TRY.notes[1];
    const lowest = target().split("").map((_, i) => Math.min(...now.starts.map((row) => (row[i] === NONE ? 0 : row[i]))));
    const found = start.j === null ? { pairs: [], loops: [] } : duplexFrom(E, now, start);
    const lit = told("loop", "") === "" ? null : toldCount("loop", 0, found.loops.length - 1, 0);
    drawDuplex(picture, found.pairs.length ? columnsOf(now.strands, found.pairs) : [], lit);
    drawProfile(profile, lowest, start.i, now.best_ ? now.best_.i : -1, (i) => tell({ pos: i + 1, row: null, loop: null }));
    drawTable(matrix, now, found.pairs, start, (i, j) => tell({ pos: i + 1, row: j + 1, loop: null }));
    const seedOf = (pairs) => { const kind = seedKind(now.strands, pairs); return SEED_WORDS[kind] ? say(SEED_WORDS[kind]) : kind; };
    here.textContent = start.j === null ? say("pairs_nothing", { pos: start.i + 1 }) : say("duplex_here", { pos: start.i + 1, energy: kcal(start.energy), seed: seedOf(found.pairs) });
    least.textContent = now.best_ ? say("duplex_least", { energy: kcal(now.best_.energy), pos: now.best_.i + 1, seed: seedOf(duplexFrom(E, now, now.best_).pairs) }) : say("no_duplex");
    notes.hidden = !isNotes;
    perfect.textContent = say("perfect_line", { energy: kcal(now.perfect), share: Math.round((100 * (now.best_ ? now.best_.energy : 0)) / (now.perfect || 1)) });
    listLoops(body, now.strands, found, lit);
    tellCell(cellLine, ways, now, start);
  });
}

// The miRNA bases that the chosen target base pairs with.
function layPartners(select, { strands, starts }, { i, j }) {
  const { q } = strands;
  const able = q.flatMap((base, row) => (starts[row][i] === NONE ? [] : [el("option", { value: row + 1 }, `${LETTERS[base]}${q.length - row}`)]));
  select.replaceChildren(...(able.length ? able : [el("option", { value: "" }, "–")]));
  select.value = j === null ? "" : j + 1;
}

// Energies of the duplex, each with a button that lights its bases.
function listLoops(body, { t, q }, { pairs, loops }, lit) {
  const letters = (codes) => codes.map((code) => LETTERS[code]).join("");
  const rows = loops.map(({ kind, energy }, number) => {
    const [i, j] = pairs[Math.max(number - 1, 0)];
    const [toI, toJ] = number === 0 ? [i, j] : pairs[number] || [i + 1, j + 1];
    const [fromI, fromJ] = number === 0 ? [i - 1, j - 1] : [i, j];
    const spanned = `${letters(t.slice(Math.max(fromI, 0), toI + 1))} / ${letters(q.slice(Math.max(fromJ, 0), toJ + 1))}`;
    const light_ = el("button", { type: "button", "aria-pressed": String(lit === number), click: () => tell({ loop: lit === number ? null : number }) }, say(`loop_${kind}`));
    return el("tr", { class: lit === number ? "lit" : "" }, el("th", { scope: "row" }, light_), el("td", {}, el("code", {}, spanned)), el("td", { class: "result" }, kcal(energy)));
  });
  const sum = loops.reduce((total, loop) => total + loop.energy, 0);
  body.replaceChildren(...rows, el("tr", {}, el("th", { scope: "row" }, say("loops_sum")), el("td"), el("td", { class: "result" }, kcal(sum))));
}

// How the least energy from one pair on is found: the best way of each kind.
function tellCell(line, list, table, { i, j }) {
  if (j === null) {
    line.textContent = "";
    list.replaceChildren();
    return;
  }
  const { t, q } = table.strands;
  const least = new Map();
  for (const { move, energy } of options(E, table, i, j)) {
    const kind = kindOf(move);
    if (!least.has(kind) || energy < least.get(kind).energy) least.set(kind, { move, energy });
  }
  line.textContent = say("cell_line", { target: `${LETTERS[t[i]]}${i + 1}`, mirna: `${LETTERS[q[j]]}${q.length - j}`, energy: kcal(table.C[j][i]), n: options(E, table, i, j).length });
  list.replaceChildren(...[...least].map(([kind, { move, energy }]) => {
    const own = loopEnergy(E, table.strands, i, j, move);
    const working = move === null ? kcal(own) : `${kcal(own)} + (${kcal(energy - own)}) = ${kcal(energy)}`;
    return el("li", {}, `${say(`loop_${kind}`)}: ${working}`, energy === table.C[j][i] ? " ←" : "");
  }));
}

// A pair of strands that match well, for exercises.
function pairToAsk(random) {
  for (;;) {
    const mirna = Array.from({ length: 12 }, () => drawnFrom(random, [...LETTERS])).join("");
    const site = [...mirna].reverse().map((base) => {
      const other = LETTERS[3 - LETTERS.indexOf(base)];
      if (random() < 0.15) return drawnFrom(random, [...LETTERS]);
      return other === "C" && random() < 0.3 ? "U" : other;
    }).join("");
    const table = duplexTable(E, mirna, `${drawnFrom(random, [...LETTERS])}${site}${drawnFrom(random, [..."AACGU"])}`);
    const start = bestStart(startTable(E, table));
    if (start === null || start.energy > -500) continue;
    const found = duplexFrom(E, table, start);
    return { mirna, table, found, lines: linesOf(columnsOf(table.strands, found.pairs)), energies: found.loops.map((loop) => loop.energy) };
  }
}

function duplexTask(random, k) {
  const { mirna, table, found, lines, energies } = pairToAsk(random);
  const listed = (numbers) => numbers.map((one) => (one === null ? "?" : (one / 100).toFixed(2))).join("  ");
  const sum = energies.reduce((total, one) => total + one, 0);
  if (k === 0) {
    const site = [...mirna.slice(1, 8)].reverse().map((base) => LETTERS[3 - LETTERS.indexOf(base)]).join("");
    return { ask: "ask_seed_site", values: { mirna }, answer: site };
  }
  if (k === 1) {
    const kind = seedKind(table.strands, found.pairs);
    return ["8mer", "7mer-m8", "7mer-A1", "6mer"].includes(kind) ? { ask: "ask_seed_kind", values: {}, detail: lines, answer: kind } : duplexTask(random, k);
  }
  if (k === 2) return { ask: "ask_wobble", values: {}, detail: lines, answer: lines.split(":").length - 1, close: 0 };
  if (k === 3) return { ask: "ask_energy_sum", values: {}, detail: `${lines}\n\n${listed(energies)}`, answer: sum / 100, close: 0.0051 };
  const hidden = 1 + Math.floor((energies.length - 2) * random());
  const others = energies.map((one, number) => (number === hidden ? null : one));
  return { ask: "ask_energy_missing", values: { energy: (sum / 100).toFixed(2) }, detail: `${lines}\n\n${listed(others)}`, answer: energies[hidden] / 100, close: 0.0051 };
}

duplexExplorer(document.getElementById("explore"));
exercises(document.getElementById("exercises"), duplexTask);
