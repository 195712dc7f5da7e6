// The best duplex of a miRNA and a target by dynamic programming: the kernel of the
// lesson, held to bioloom.mirna by tests. Energies E are whole numbers of 0.01 kcal/mol.
// The target t is read 5'→3', the miRNA q 3'→5', so that t[i] pairs with q[j]; a move
// [a, b] leaves a bases of the target and b of the miRNA unpaired before the next pair.

const NONE = 15000; // no duplex
const LETTERS = "ACGU";
const LONGEST_LOOP = 15;

function numbersOf(text) {
  return [...text].map((letter) => LETTERS.indexOf(letter));
}

// Number of a pair in the tables; -1 if the bases do not pair.
function pairOf(E, first, second) {
  return E.pairs.indexOf(`${LETTERS[first]}${LETTERS[second]}`);
}

function dangle(table, pair, base) {
  return base === undefined ? 0 : table[pair][base];
}

// Energy of a loop that opens at pair (i, j); null stands for the open end.
export function loopEnergy(E, strands, i, j, move) {
  const { t, q } = strands;
  const outer = pairOf(E, t[i], q[j]);
  if (move === null) {
    return dangle(E.dangle3, pairOf(E, q[j], t[i]), t[i + 1]) + dangle(E.dangle5, outer, q[j + 1]);
  }
  const [a, b] = move;
  const [x, y] = [t[i + 1 + a], q[j + 1 + b]];
  const inner = pairOf(E, x, y);
  if (a === 0 || b === 0) return (a + b < 2 ? E.stack[outer][inner] : 0) + (a + b ? E.bulge[a + b] : 0);
  if (a <= 2 && b <= 2) {
    const unpaired = [...t.slice(i + 1, i + 1 + a), ...q.slice(j + 1, j + 1 + b)];
    return E[`int${a}${b}`][unpaired.reduce((at, base) => 4 * at + base, outer) * E.pairs.length + inner];
  }
  return E.interior[a + b] + E.asymmetry[Math.abs(a - b)]
    + E.mismatch[outer][t[i + 1]][q[j + 1]] + E.mismatch[pairOf(E, y, x)][q[j + b]][t[i + a]];
}

// Energy of the bases that dangle outside the outermost pair.
export function startEnergy(E, { t, q }, i, j) {
  return dangle(E.dangle5, pairOf(E, q[j], t[i]), t[i - 1]) + dangle(E.dangle3, pairOf(E, t[i], q[j]), q[j - 1]);
}

// Every move, and the open end.
const MOVES = [null, [0, 0]];
for (let n = 1; n <= LONGEST_LOOP; n += 1) MOVES.push([n, 0], [0, n]);
for (let a = 1; a <= LONGEST_LOOP; a += 1) for (let b = 1; b <= LONGEST_LOOP; b += 1) MOVES.push([a, b]);

export function kindOf(move) {
  if (move === null) return "end";
  const [a, b] = move;
  if (a + b === 0) return "stack";
  if (b === 0) return "target_bulge";
  return a === 0 ? "mirna_bulge" : "interior_loop";
}

// C[j][i]: lowest energy of a duplex whose outermost pair is (i, j); best[j][i] the move.
export function duplexTable(E, mirna, target) {
  const strands = { t: numbersOf(target), q: numbersOf(mirna).reverse() };
  const [n, m] = [strands.t.length, strands.q.length];
  const C = Array.from({ length: m }, () => new Array(n).fill(NONE));
  const best = Array.from({ length: m }, () => new Array(n).fill(null));
  for (let j = m - 1; j >= 0; j -= 1) {
    for (let i = n - 1; i >= 0; i -= 1) {
      if (pairOf(E, strands.t[i], strands.q[j]) < 0) continue;
      for (const { move, energy } of options(E, { strands, C }, i, j)) {
        if (energy < C[j][i]) [C[j][i], best[j][i]] = [energy, move];
      }
    }
  }
  return { strands, C, best };
}

// Energies of all ways to go on from a pair.
export function options(E, { strands, C }, i, j) {
  const found = [];
  for (const move of MOVES) {
    if (move === null) {
      found.push({ move, energy: loopEnergy(E, strands, i, j, null) });
      continue;
    }
    const row = C[j + 1 + move[1]];
    const rest = row === undefined ? undefined : row[i + 1 + move[0]];
    if (rest === undefined || rest === NONE) continue;
    found.push({ move, energy: rest + loopEnergy(E, strands, i, j, move) });
  }
  return found;
}

// Lowest energy with the bases that dangle outside, by the outermost pair; NONE where
// the bases do not pair.
export function startTable(E, { strands, C }) {
  return C.map((row, j) => row.map((energy, i) => (energy === NONE ? NONE : energy + startEnergy(E, strands, i, j))));
}

// The outermost pair of the duplex of least energy, of equal ones that with the first
// target base; null if nothing is below 0.
export function bestStart(starts) {
  const least = Math.min(0, ...starts.flat());
  if (least === 0) return null;
  const i = starts[0].findIndex((_, at) => starts.some((row) => row[at] === least));
  return { i, j: starts.findIndex((row) => row[i] === least), energy: least };
}

// The duplex that begins with a pair: its pairs, and its loops with their energies.
export function duplexFrom(E, table, start) {
  const { strands, best } = table;
  let { i, j } = start;
  const pairs = [[i, j]];
  const loops = [{ kind: "start", energy: startEnergy(E, strands, i, j) }];
  for (;;) {
    const move = best[j][i];
    loops.push({ kind: kindOf(move), energy: loopEnergy(E, strands, i, j, move) });
    if (move === null) return { pairs, loops };
    [i, j] = [i + 1 + move[0], j + 1 + move[1]];
    pairs.push([i, j]);
  }
}

// Class of the seed: bases 2 to 8 of the miRNA, counted from 5'.
export function seedKind(strands, pairs) {
  const { t, q } = strands;
  const partner = new Map(pairs.map(([i, j]) => [q.length - j, i]));
  const isStrict = (place) => partner.has(place) && t[partner.get(place)] + q[q.length - place] === 3;
  const isHelix = (first, last, test) => {
    for (let place = first; place <= last; place += 1) {
      if (!test(place)) return false;
      if (place > first && partner.get(place - 1) - partner.get(place) !== 1) return false;
    }
    return true;
  };
  const isPaired = (place) => partner.has(place);
  const isBulged = (last) => {
    const steps = [];
    for (let place = 2; place <= last; place += 1) {
      if (!isPaired(place)) return false;
      if (place > 2) steps.push(partner.get(place - 1) - partner.get(place));
    }
    return steps.every((step) => step === 1 || step === 2) && steps.filter((step) => step === 2).length === 1;
  };
  const hasA = isPaired(2) && t[partner.get(2) + 1] === 0;
  const [m8, m7] = [isHelix(2, 8, isStrict), isHelix(2, 7, isStrict)];
  if (m8) return hasA ? "8mer" : "7mer-m8";
  if (m7) return hasA ? "7mer-A1" : "6mer";
  if (isHelix(3, 8, isStrict)) return "offset 6mer";
  if (isHelix(2, 8, isPaired) || isHelix(2, 7, isPaired)) return "GU";
  return isBulged(8) || isBulged(7) ? "bulged" : "none";
}
