// The filters of lincRNAs: the kernel of the lesson, held to bioloom.lincrna by tests.

// Criteria in the order of the attrition, each with what passes.
export const CRITERIA = {
  intergenic: (tx) => tx.isIntergenic,
  distance: (tx, limits) => tx.gap === null || tx.gap >= (tx.isSpliced ? limits.gapMulti : limits.gapMono),
  length: (tx, limits) => tx.length > limits.minLength,
  orf: (tx, limits) => tx.orf < limits.maxOrf,
  coding: (tx, limits) => tx.coding < limits.coding,
  housekeeping: (tx, limits) => tx.housekeeping < limits.housekeeping,
  domain: (tx, limits) => !(limits.searchDomains && tx.isMember),
};

// Criteria that each transcript fails, and the reason why it is no candidate: the first
// of them, "locus" where only another isoform fails, else "".
export function verdicts(transcripts, limits) {
  const failed = transcripts.map((tx) => Object.keys(CRITERIA).filter((name) => !CRITERIA[name](tx, limits)));
  const spoiled = new Set(transcripts.filter((_, k) => failed[k].some((name) => limits.locusCriteria.includes(name))).map((tx) => tx.locus));
  return transcripts.map((tx, k) => ({
    failed: failed[k],
    reason: failed[k][0] || (limits.isLocusRule && spoiled.has(tx.locus) ? "locus" : ""),
  }));
}

// What each criterion drops of what is left before it.
export function attrition(judged) {
  let left = judged.length;
  return [...Object.keys(CRITERIA), "locus"].map((name) => {
    const dropped = judged.filter((one) => one.reason === name).length;
    const before = left;
    left -= dropped;
    return { name, before, dropped, after: left };
  });
}
