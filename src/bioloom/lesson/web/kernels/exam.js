// A sample's loss beside that of all data: the kernel of the lesson, held to
// bioloom.bounds by tests. Epsilon is in thousandths, so that its edge is exact.

let logFactorials = [0];

// ln(n!) by adding up, the rounding carried along (Kahan).
export function logFactorial(n) {
  let carried = 0;
  if (n >= logFactorials.length) {
    const sums = [0];
    for (let k = 1; k <= n; k += 1) {
      const term = Math.log(k) - carried;
      const sum = sums[k - 1] + term;
      carried = sum - sums[k - 1] - term;
      sums.push(sum);
    }
    logFactorials = sums;
  }
  return logFactorials[n];
}

function logChoose(n, k) {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

// Whether a share of the sample is off that of all data by more than epsilon.
export function isOff(nSeen, n, nMistakes, population, epsilonMille) {
  return Math.abs(nSeen * population - nMistakes * n) * 1000 > epsilonMille * n * population;
}

// Exact chance of that, when n of all are drawn without replacement.
export function exactTail(nMistakes, n, population, epsilonMille) {
  logFactorial(population);
  const all = logChoose(population, n);
  let sum = 0;
  for (let k = Math.max(0, n + nMistakes - population); k <= Math.min(n, nMistakes); k += 1) {
    if (isOff(k, n, nMistakes, population, epsilonMille)) {
      sum += Math.exp(logChoose(nMistakes, k) + logChoose(population - nMistakes, n - k) - all);
    }
  }
  return sum;
}

// Hoeffding's bound for one hypothesis, at most 1.
export function hoeffdingTail(n, epsilonMille) {
  return Math.min(1, 2 * Math.exp(-2 * n * (epsilonMille / 1000) ** 2));
}

// Independent examples that Hoeffding's bound asks for.
export function hoeffdingSize(epsilonMille, failureProb, nHypotheses) {
  return Math.ceil(Math.log((2 * nHypotheses) / failureProb) / (2 * (epsilonMille / 1000) ** 2));
}

// Mistakes among n drawn without replacement.
export function drawMistakes(random, nMistakes, n, population) {
  let left = nMistakes;
  for (let drawn = 0; drawn < n; drawn += 1) {
    if (random() * (population - drawn) < left) left -= 1;
  }
  return nMistakes - left;
}
