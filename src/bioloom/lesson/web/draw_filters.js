// A strip for each threshold: the transcripts along its values, and the threshold.

const STRIPS = {
  gapMono: { name: "strip_gap_mono", of: (tx) => (tx.isSpliced || tx.gap === null ? null : tx.gap), most: 250000, bend: 500 },
  gapMulti: { name: "strip_gap_multi", of: (tx) => (tx.isSpliced && tx.gap !== null ? tx.gap : null), most: 250000, bend: 500 },
  minLength: { name: "strip_length", of: (tx) => tx.length, most: 5000, bend: 150 },
  maxOrf: { name: "strip_orf", of: (tx) => tx.orf, most: 450, bend: 60 },
  coding: { name: "strip_coding", of: (tx) => tx.coding, most: 1, bend: 0.02 },
  housekeeping: { name: "strip_housekeeping", of: (tx) => tx.housekeeping, most: 1, bend: 10 },
};

function drawStrips(svg, transcripts, judged, limits) {
  const parts = [];
  Object.entries(STRIPS).forEach(([key, { name, of, most, bend }], row) => {
    const top = 52 * row;
    const x = (value) => 20 + (420 * Math.log1p(value / bend)) / Math.log1p(most / bend);
    parts.push(el("text", { x: 20, y: top + 14, class: "small start" }, say(name, { value: short(Number(limits[key].toPrecision(3))) })), el("line", { x1: 20, x2: 440, y1: top + 34, y2: top + 34, class: "thin" }));
    transcripts.forEach((tx, k) => {
      if (of(tx) === null) return;
      const kind = `${tx.isLincrna ? "seen" : "unseen"}${judged[k].reason === "" ? "" : " faded"}`;
      parts.push(el("circle", { cx: x(Math.min(of(tx), most)), cy: top + 34 + ((k * 7) % 19) - 9, r: 4, class: kind }, el("title", {}, `${tx.name}: ${short(of(tx))}`)));
    });
    const at = x(Math.min(limits[key], most));
    parts.push(el("line", { x1: at, x2: at, y1: top + 20, y2: top + 48, class: "lit" }));
  });
  svg.replaceChildren(...parts);
}
