// The picture of a graph of reads: the text runs from left to right; what is not in it
// bends down, what leads back to a repeat bends up.

const BASE = 105; // height of the text's line

// Place along the text of each node, by its name; a node that is not in it stands beside
// the one that leads there.
function placesOf(text, graph, k, both) {
  const name = (word) => named(word, both);
  const at = new Map();
  const direction = (word) => (text.includes(word) || !both || !text.includes(turned(word)) ? 1 : -1);
  const ends = graph.map(({ sequence, kmers }) => ({ source: sequence.slice(0, k - 1), target: sequence.slice(1 - k), n: kmers.length }));
  for (const { source, target } of ends) {
    for (const word of [source, target]) {
      const found = [text.indexOf(word), both ? text.indexOf(turned(word)) : -1].filter((place) => place >= 0);
      if (found.length) at.set(name(word), { x: Math.min(...found), y: 0 });
    }
  }
  const beside = (known, word, n, side) => {
    const from = at.get(name(known));
    const x = from.x + side * direction(known) * n * 0.8;
    at.set(name(word), { x: Math.min(Math.max(x, 0), text.length - k + 1), y: Math.min(from.y + 55 + 9 * (at.size % 3), 100) });
  };
  for (let round = 0; round < graph.length; round += 1) {
    for (const { source, target, n } of ends) {
      const [isFrom, isTo] = [at.has(name(source)), at.has(name(target))];
      if (isFrom && !isTo) beside(source, target, n, 1);
      if (isTo && !isFrom) beside(target, source, n, -1);
    }
  }
  ends.forEach(({ source, target }, number) => [source, target].forEach((word, k_) => {
    if (!at.has(name(word))) at.set(name(word), { x: (3 * number + k_ * 3) % text.length, y: 100 });
  }));
  return { at, ends };
}

// A curve for each unitig, between the places of its ends.
function drawReadGraph(svg, text, graph, k, both, { isTrue, isLit, numbers, press }) {
  const { at, ends } = placesOf(text, graph, k, both);
  const last = Math.max(text.length - k + 1, 1);
  const point = (word) => {
    const { x, y } = at.get(named(word, both));
    return [24 + (412 * x) / last, BASE + y];
  };
  const most = Math.max(...graph.map((one) => one.coverage), 1);
  const used = new Map();
  const isCrowded = graph.length > 24;
  const parts = graph.map((one, number) => {
    const { source, target } = ends[number];
    const [[x1, y1], [x2, y2]] = [point(source), point(target)];
    const key = [named(source, both), named(target, both)].sort().join();
    const nth = used.get(key) || 0;
    used.set(key, nth + 1);
    const steps = Math.abs(at.get(named(source, both)).x - at.get(named(target, both)).x);
    const isAlong = isTrue(one) && y1 === BASE && y2 === BASE && Math.abs(steps - one.kmers.length) < 0.5;
    const bend = isAlong ? 0 : (isTrue(one) ? -1 : 1) * (36 + 26 * nth + 0.12 * Math.abs(x2 - x1));
    const isLoop = x1 === x2 && y1 === y2;
    const [cx, cy] = [(x1 + x2) / 2, (y1 + y2) / 2 + (y1 === BASE && y2 === BASE ? bend : bend / 3)];
    const d = isLoop ? `M${x1} ${y1}C${x1 - 34} ${y1 + 2 * bend} ${x1 + 34} ${y1 + 2 * bend} ${x1} ${y1}` : `M${x1} ${y1}Q${cx} ${cy} ${x2} ${y2}`;
    const line = el("path", { d, class: isLit(number) ? "lit" : "" });
    line.style.strokeWidth = `${1.5 + (6 * one.coverage) / most + (isLit(number) ? 2 : 0)}px`;
    const group = el("g", { class: `unitig ${isTrue(one) ? "true" : "false"}${isLit(number) ? " lit" : ""}`, click: () => press(number) }, line);
    if (!isCrowded || isLit(number)) {
      const [tx, ty] = isLoop ? [x1, y1 + 1.5 * bend] : [(x1 + x2) / 4 + cx / 2, (y1 + y2) / 4 + cy / 2];
      group.append(el("text", { x: tx, y: ty + (isAlong ? -8 : 4), class: "small on" }, String(numbers[number])));
    }
    return group;
  });
  const dots = [...new Map(ends.flatMap(({ source, target }) => [source, target]).map((word) => [named(word, both), word])).values()].map((word) => {
    const [cx, cy] = point(word);
    return el("circle", { cx, cy, r: isCrowded ? 3 : 5 });
  });
  svg.setAttribute("viewBox", `0 0 460 ${graph.every(isTrue) ? BASE + 30 : 2 * BASE + 15}`);
  svg.replaceChildren(...parts, ...dots);
}
