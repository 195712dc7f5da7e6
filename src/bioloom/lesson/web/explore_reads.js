// Explorable of assembly: a text, its reads with errors, their k-mers, graph and contigs.

const READS_TEXT = { both: "GATTACATCCAGTTGACCTGAGGATTACAGCTCGTAACGCCATTAAGGCTTGCAGACCTA", one: "she_sells_sea_shells_at_the_sea_shore" };
const MOST_LETTERS = 80;
const MOST_SHOWN = 30;

function readsExplorer(root) {
  const both = () => told("strands", "") !== "one";
  const text = () => {
    const typed = both()
      ? told("src", "").toUpperCase().replaceAll("U", "T").replace(/[^ACGT]/g, "")
      : [...told("src", "").trim().replace(/\s+/g, "_")].filter((one) => one.length === 1).join("");
    return typed.length < 6 ? READS_TEXT[both() ? "both" : "one"] : typed.slice(0, MOST_LETTERS);
  };
  const length = () => Math.min(toldCount("len", 4, 40, 30), text().length);
  const k = () => {
    const most = Math.min(15, length());
    const asked = Math.min(toldCount("k", 2, 15, 9), most);
    return both() ? Math.max(3, asked - (asked % 2 === 0 ? 1 : 0)) : asked;
  };
  const coverage = () => toldCount("cov", 1, 40, 10);
  const errorPercent = () => toldCount("err", 0, 10, 1);
  const minCount = () => toldCount("min", 1, 6, 1);
  const isCleaned = () => told("clean", "") === "1";
  const readSeed = () => toldCount("reads", 1, 999999);
  const lit = () => toldCount("lit", 0, 999, 0);
  const everything = { src: null, strands: null, len: null, k: null, cov: null, err: null, min: null, clean: null, reads: null, lit: null };

  const own = el("input", { type: "text", size: "30", maxlength: String(MOST_LETTERS), autocomplete: "off", autocapitalize: "off", spellcheck: "false", change: () => tell({ src: own.value || null, lit: null }) });
  const slider = (name, key, low, high, read, shown = read) => {
    const field = el("input", { type: "range", min: low, max: high, step: 1, input: () => tell({ [name]: field.value, lit: null }) });
    const output = el("output");
    drawn.push(() => {
      if (name === "k") field.step = both() ? 2 : 1;
      if (name === "k") field.min = both() ? 3 : 2;
      field.value = read();
      output.textContent = shown();
    });
    return el("label", {}, el("span", { "data-w": key }), " ", field, " ", output);
  };
  const cleaning = el("input", { type: "checkbox", change: () => tell({ clean: cleaning.checked ? "1" : null, lit: null }) });
  const svg = el("svg", { class: "graph", role: "img", "data-wl": "reads_picture" });
  const pile = el("pre", { class: "pile" });
  const kmers = el("pre", { class: "pile kmers", tabindex: "0" });
  const counted = el("p");
  const shaped = el("p", { class: "working", role: "status" });
  const judged = el("p", { class: "working" });
  const repeat = el("p", { class: "quiet" });
  const list = el("ol", { class: "contigs" });
  root.append(
    el("h3", { "data-w": "reads" }), el("p", { "data-w": "reads_lead" }), el("p", { "data-w": "reads_predict" }),
    el("div", { class: "controls" }, labelled("reads_text", own), labelled("strands", choice("strands", [["both", "strands_both"], ["one", "strands_one"]], "both", () => ({ src: null, k: null, lit: null })))),
    el("div", { class: "controls" },
      slider("k", "kmer_length", 3, 15, k), slider("len", "read_length", 4, 40, length), slider("cov", "coverage", 1, 40, coverage),
      slider("err", "errors", 0, 10, errorPercent, () => `${errorPercent()} %`), slider("min", "min_count", 1, 6, minCount)),
    el("div", { class: "controls" }, el("label", {}, cleaning, " ", el("span", { "data-w": "clean" })),
      button("other_reads", () => tell({ reads: (readSeed() % 999999) + 1, lit: null })), button("reset", () => tell(everything))),
    el("div", { class: "scroll", tabindex: "0", role: "region", "data-wl": "pile_label" }, pile),
    counted, el("details", {}, el("summary", { "data-w": "kmers_listed" }), kmers),
    el("div", { class: "card wide" }, svg), el("p", { class: "quiet", "data-w": "reads_legend" }),
    shaped, judged, repeat, list, el("p", { class: "quiet", "data-w": "contigs_note" }));

  drawn.push(() => {
    const random = randomOf(readSeed());
    const nReads = Math.max(2, Math.round((coverage() * text().length) / length()));
    const reads = drawReads(random, text(), { length: length(), nReads, errorRate: errorPercent() / 100, both: both() });
    const all = kmerCounts(reads.map((read) => read.sequence), k(), both());
    const counts = new Map([...all].filter(([, n]) => n >= minCount()));
    const truth = kmerCounts([text()], k(), both());
    const isTrue = (one) => one.kmers.every((kmer) => truth.has(kmer));
    const before = unitigs(counts, k(), both());
    const after = isCleaned() ? cleaned(counts, k(), both()) : { graph: before, removed: [] };
    const order = after.graph.map((_, number) => number).sort((a, b) => after.graph[b].sequence.length - after.graph[a].sequence.length || a - b);
    const numbers = after.graph.map((_, number) => order.indexOf(number) + 1);
    const press = (number) => tell({ lit: lit() === numbers[number] ? null : numbers[number] });
    const chosen = after.graph[order[lit() - 1]];
    own.value = text();
    cleaning.checked = isCleaned();
    drawPile(pile, text(), reads, chosen, both());
    kmers.replaceChildren(...[...counts].slice(0, 200).flatMap(([kmer, n]) => [truth.has(kmer) ? kmer : el("mark", {}, kmer), ` ${n}  `]));
    const nWrong = reads.reduce((sum, read) => sum + read.wrong.length, 0);
    counted.textContent = say("reads_line", { n: nReads, wrong: nWrong, kmers: counts.size, k: k(), false: [...counts.keys()].filter((kmer) => !truth.has(kmer)).length, missing: [...truth.keys()].filter((kmer) => !counts.has(kmer)).length });
    drawReadGraph(svg, text(), after.graph, k(), both(), { isTrue, isLit: (number) => numbers[number] === lit(), numbers, press });
    const { bubbles } = shape(after.graph, k(), both());
    const tips = tipsOf(after.graph, k(), both());
    const gone = after.removed.reduce((sum, one) => sum + one.nUnitigs, 0);
    shaped.textContent = say("graph_line", { n: after.graph.length, tips: tips.length, bubbles: bubbles.length }) + (isCleaned() ? ` ${say("cleaned_line", { n: gone })}` : "");
    judged.textContent = verdictOnContigs(order.map((number) => after.graph[number].sequence), text(), both());
    repeat.textContent = say("repeat_line", { n: longestRepeat(text(), both()) });
    listContigs(list, after.graph, order, { tips, isTrue, press, lit: lit() });
  });
}

// The text, and below it the reads at their places, wrong letters marked.
function drawPile(pile, text, reads, chosen, both) {
  const found = chosen ? [chosen.sequence, both ? turned(chosen.sequence) : chosen.sequence].map((one) => text.indexOf(one)) : [];
  const at = Math.max(...found, -1);
  const head = at < 0 ? [text] : [text.slice(0, at), el("strong", {}, text.slice(at, at + chosen.sequence.length)), text.slice(at + chosen.sequence.length)];
  const lines = reads.slice(0, MOST_SHOWN).sort((a, b) => a.at - b.at).flatMap((read) => [
    "\n", " ".repeat(read.at),
    ...[...read.forward].map((letter, place) => (read.wrong.includes(place) ? el("mark", {}, letter) : letter)),
    both ? (read.isTurned ? " ←" : " →") : "",
  ]);
  pile.replaceChildren(...head, ...lines, reads.length > MOST_SHOWN ? `\n… ${reads.length - MOST_SHOWN}` : "");
}

function listContigs(list, graph, order, { tips, isTrue, press, lit }) {
  list.replaceChildren(...order.slice(0, MOST_SHOWN).map((number, place) => {
    const { sequence, coverage } = graph[number];
    const facts = [say("contig_facts", { n: sequence.length, coverage: short(Number(coverage.toPrecision(3))) })];
    if (tips.includes(number)) facts.push(say("is_tip"));
    if (!isTrue(graph[number])) facts.push(say("not_in_text"));
    const light_ = el("button", { type: "button", "aria-pressed": String(lit === place + 1), "aria-label": say("light_contig", { n: place + 1 }), click: () => press(number) }, String(place + 1));
    return el("li", {}, light_, " ", el("code", {}, sequence), " ", el("span", { class: "quiet" }, facts.join(", ")));
  }));
}

function verdictOnContigs(contigs, text, both) {
  if (contigs.length === 0) return say("no_contig");
  const holds = (one) => text.includes(one) || (both && text.includes(turned(one)));
  const [longest] = contigs;
  if (!holds(longest)) return say("contig_wrong", { n: longest.length });
  if (longest.length === text.length) return say(contigs.length === 1 ? "contig_whole" : "contig_whole_and_more", { n: contigs.length - 1 });
  return say("contigs_many", { n: contigs.length, longest: longest.length, all: text.length });
}

// Letters of the longest part of a text that comes twice, or once on each strand.
function longestRepeat(text, both) {
  for (let n = text.length - 1; n > 0; n -= 1) {
    const seen = new Set();
    for (let at = 0; at + n <= text.length; at += 1) {
      const word = text.slice(at, at + n);
      if (seen.has(word) || (both && seen.has(turned(word)))) return n;
      seen.add(word);
    }
  }
  return 0;
}

function readsTask(random, kind) {
  const k = drawnFrom(random, [3, 4, 5]);
  if (kind === 0) {
    const length = 20 + Math.floor(80 * random());
    return { ask: "ask_kmers", values: { length, k: 2 * k + 1 }, answer: length - 2 * k, close: 0 };
  }
  if (kind === 1) {
    const [length, size] = [12 + Math.floor(10 * random()), 2 * k - 1];
    const place = 1 + Math.floor(length * random());
    return { ask: "ask_wrong_kmers", values: { length, place, k: size }, answer: Math.min(place, length - place + 1, size, length - size + 1), close: 0 };
  }
  const isOne = kind === 2;
  for (;;) {
    const text = Array.from({ length: isOne ? 7 : 8 }, () => drawnFrom(random, isOne ? [..."ABCD"] : [..."AB"])).join("");
    const graph = unitigs(kmerCounts([text], 3, false), 3, false);
    const isPath = graph.length === 1 && graph[0].sequence === text;
    if (isOne && !isPath) continue;
    if (!isOne) return { ask: "ask_unitigs", values: { text }, answer: graph.length, close: 0 };
    const reads = Array.from({ length: 4 }, (_, at) => text.slice(at, at + 4)).sort(() => random() - 0.5);
    return { ask: "ask_spelled", values: { reads: reads.join(", ") }, answer: text };
  }
}
