// Pictures of a duplex: base by base, its energies along the target, and the table.

// Columns of a duplex, from the target's 5' end: {top, bottom, pair, loop, place}. Top is
// a target base, bottom a miRNA base, place that of the miRNA base from 5', loop the
// number of the energy that an unpaired column belongs to.
function columnsOf({ t, q }, pairs) {
  const columns = [];
  const add = (i, j, loop, isPair) => columns.push({
    top: i === null ? "" : LETTERS[t[i]], bottom: j === null ? "" : LETTERS[q[j]],
    bond: isPair ? (t[i] + q[j] === 3 ? "|" : ":") : "", loop, isPair, place: j === null ? null : q.length - j,
  });
  const span = (from, to) => Array.from({ length: to - from }, (_, k) => from + k);
  const [i0, j0] = pairs[0];
  const before = Math.max(i0, j0);
  span(0, before).forEach((k) => {
    const [i, j] = [k - before + i0, k - before + j0];
    add(i < 0 ? null : i, j < 0 ? null : j, k === before - 1 ? 0 : null, false);
  });
  pairs.forEach(([i, j], number) => {
    add(i, j, number, true);
    const [nextI, nextJ] = pairs[number + 1] || [t.length, q.length];
    const isLast = number === pairs.length - 1;
    span(0, Math.max(nextI - i - 1, nextJ - j - 1)).forEach((k) => {
      const [a, b] = [i + 1 + k, j + 1 + k];
      add(a < nextI ? a : null, b < nextJ ? b : null, isLast && k > 0 ? null : number + 1, false);
    });
  });
  return columns;
}

// The duplex as four lines of text and its bonds.
function linesOf(columns) {
  const line = (show) => columns.map((one) => show(one) || " ").join("").trimEnd();
  return [
    `5' ${line((one) => !one.isPair && one.top)} 3'`, `   ${line((one) => one.isPair && one.top)}`, `   ${line((one) => one.bond)}`,
    `   ${line((one) => one.isPair && one.bottom)}`, `3' ${line((one) => !one.isPair && one.bottom)} 5'`,
  ].join("\n");
}

const COLUMN = 16;

function drawDuplex(svg, columns, lit) {
  const width = COLUMN * (columns.length + 4);
  const x = (k) => COLUMN * (k + 2.5);
  const isLit = (one) => lit !== null && (one.loop === lit || (one.isPair && one.loop === lit - 1));
  const parts = [];
  columns.forEach((one, k) => {
    if (isLit(one)) parts.push(el("rect", { x: x(k) - 8, y: 2, width: COLUMN, height: 108, class: "lit-band" }));
    if (one.place >= 2 && one.place <= 8) parts.push(el("rect", { x: x(k) - 8, y: one.isPair ? 62 : 86, width: COLUMN, height: 20, class: "band" }));
    if (one.top) parts.push(el("text", { x: x(k), y: one.isPair ? 40 : 18 }, one.top));
    if (one.bond) parts.push(el("text", { x: x(k), y: 58, class: "small" }, one.bond === "|" ? "│" : "∶"));
    if (one.bottom) parts.push(el("text", { x: x(k), y: one.isPair ? 78 : 102 }, one.bottom));
  });
  const ends = [[12, 18, "5′"], [12, 102, "3′"], [width - 12, 18, "3′"], [width - 12, 102, "5′"]];
  parts.push(...ends.map(([left, y, text]) => el("text", { x: left, y, class: "small" }, text)));
  svg.setAttribute("viewBox", `0 0 ${width} 112`);
  svg.style.width = `${width}px`;
  svg.replaceChildren(...parts);
}

// Lowest energy of a duplex that begins at each target base; the chosen one is lit.
function drawProfile(svg, lowest, chosen, best, press) {
  const least = Math.min(-100, ...lowest);
  const step = 410 / lowest.length;
  const y = (energy) => 14 + (110 * Math.min(energy, 0)) / least;
  const parts = [
    el("text", { x: 22, y: 18, class: "small" }, "0"), el("text", { x: 22, y: 128, class: "small" }, (least / 100).toFixed(1).replace("-", "−")),
    el("line", { x1: 42, x2: 452, y1: 14, y2: 14 }),
  ];
  lowest.forEach((energy, i) => {
    const left = 42 + step * i;
    const bar = el("rect", { x: left + 0.1 * step, y: 14, width: 0.8 * step, height: Math.max(y(energy) - 14, 1.5), class: i === chosen ? "bar lit" : "bar" });
    parts.push(el("g", { class: "open", click: () => press(i) }, el("rect", { x: left, y: 4, width: step, height: 130, class: "hit" }), bar));
    if (i === best) parts.push(el("text", { x: Math.min(Math.max(left + step / 2, 60), 436), y: y(energy) + 14, class: "small on" }, "MFE"));
  });
  svg.replaceChildren(...parts);
}

// C of every pair: the target from left to right, the miRNA from its 3' end downwards.
function drawTable(svg, { strands, C }, pairs, chosen, press) {
  const [n, m] = [strands.t.length, strands.q.length];
  const size = Math.min(18, 430 / n);
  const least = Math.min(-1, ...C.flat());
  const parts = strands.t.map((base, i) => el("text", { x: 26 + size * (i + 0.5), y: 14, class: "small" }, LETTERS[base]));
  strands.q.forEach((base, j) => {
    parts.push(el("text", { x: 14, y: 20 + size * (j + 0.5) + 4, class: "small" }, LETTERS[base]));
    strands.t.forEach((_, i) => {
      if (C[j][i] === NONE) return;
      const isChosen = i === chosen.i && j === chosen.j;
      const isPair = pairs.some(([a, b]) => a === i && b === j);
      const cell = el("rect", { x: 26 + size * i, y: 20 + size * j, width: size - 1, height: size - 1, class: `cell${isPair ? " pair" : ""}${isChosen ? " chosen" : ""}`, click: () => press(i, j) });
      cell.style.setProperty("--share", `${Math.round(Math.max(6, (100 * C[j][i]) / least))}%`);
      parts.push(cell);
    });
  });
  svg.setAttribute("viewBox", `0 0 ${30 + size * n} ${24 + size * m}`);
  svg.replaceChildren(...parts);
}
