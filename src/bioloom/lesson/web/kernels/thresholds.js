// Thresholds on one number: the kernel of the lesson, held to bioloom.bounds by tests.

// Distinct values, ascending: "positive above each", and "positive up to each".
export function cutsOf(values) {
  return [...new Set(values)].sort((a, b) => a - b);
}

// Mistakes of "positive above the cut", for each cut.
export function mistakesAbove(values, isPositive, cuts) {
  return cuts.map((cut) => values.filter((value, k) => (value > cut) !== isPositive[k]).length);
}

// The hypothesis with the fewest mistakes, the first of equal ones: those above come
// before those up to a cut.
export function bestThreshold(values, isPositive, cuts) {
  const above = mistakesAbove(values, isPositive, cuts);
  const all = [...above, ...above.map((wrong) => values.length - wrong)];
  const number = all.indexOf(Math.min(...all));
  return { cut: cuts[number % cuts.length], isAbove: number < cuts.length, mistakes: all[number] };
}

// Share of right answers of one hypothesis; null where there is nothing to judge.
export function accuracy(values, isPositive, { cut, isAbove }) {
  if (values.length === 0) return null;
  const right = values.filter((value, k) => ((value > cut) === isAbove) === isPositive[k]);
  return right.length / values.length;
}
