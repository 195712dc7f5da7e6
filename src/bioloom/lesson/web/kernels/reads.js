// Reads, k-mers, unitigs and their cleaning: the kernel of the lesson, held to
// bioloom.debruijn by tests. With `both` strands, letters are A, C, G, T, a k-mer and its
// reverse complement are one, and k is odd; else letters are any, read one way.

const OTHER = { A: "T", C: "G", G: "C", T: "A" };
const MOST_ROUNDS = 30;
const WEAK = 0.1; // of the usual coverage
const ISLAND = 0.5; // the same for a short unitig that nothing joins
const LONGEST = 4; // times k: k-mers of a weak unitig, or of a branch of a bubble

export function turned(word) {
  return [...word].reverse().map((letter) => OTHER[letter]).join("");
}

function named(word, both) {
  if (!both) return word;
  const other = turned(word);
  return word < other ? word : other;
}

// Counts of k-mers, by k-mer in order.
export function kmerCounts(reads, k, both) {
  const counts = new Map();
  for (const read of reads) {
    for (let at = 0; at + k <= read.length; at += 1) {
      const kmer = named(read.slice(at, at + k), both);
      counts.set(kmer, (counts.get(kmer) || 0) + 1);
    }
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

// Longest paths without a branch. Each is {sequence, kmers, coverage}; the first of its
// k-mers in order is read as it stands.
export function unitigs(counts, k, both) {
  const letters = [...new Set([...counts.keys()].join(""))].concat(both ? [..."ACGT"] : []);
  const alphabet = [...new Set(letters)];
  const has = (word) => counts.has(named(word, both));
  const after = (word) => alphabet.map((letter) => word.slice(1) + letter).filter(has);
  const before = (word) => alphabet.map((letter) => letter + word.slice(0, -1)).filter(has);
  const only = (from, back, word) => {
    const next = from(word);
    if (next.length !== 1 || named(next[0], both) === named(word, both)) return null;
    return back(next[0]).length === 1 ? next[0] : null;
  };
  const isDone = new Set();
  const follow = (word, from, back) => {
    const path = [];
    for (let next = only(from, back, word); next !== null; next = only(from, back, next)) {
      if (isDone.has(named(next, both))) break;
      isDone.add(named(next, both));
      path.push(next);
    }
    return path;
  };
  const found = [];
  for (const kmer of counts.keys()) {
    if (isDone.has(kmer)) continue;
    isDone.add(kmer);
    const right = follow(kmer, after, before);
    const words = [...follow(kmer, before, after).reverse(), kmer, ...right];
    const kmers = words.map((word) => named(word, both));
    const sum = kmers.reduce((total, one) => total + counts.get(one), 0);
    found.push({ sequence: words[0] + words.slice(1).map((word) => word[k - 1]).join(""), kmers, sum, coverage: sum / kmers.length });
  }
  return found;
}

// Unitigs as they may be walked: {unitig, source, target}, with both strands each way.
function walks(graph, k, both) {
  return graph.flatMap(({ sequence }, unitig) => {
    const [source, target] = [sequence.slice(0, k - 1), sequence.slice(1 - k)];
    const along = { unitig, source, target };
    return both ? [along, { unitig, source: turned(target), target: turned(source) }] : [along];
  });
}

// Number of dead ends of each unitig, tips, and bubbles as groups of unitigs.
export function shape(graph, k, both) {
  const all = walks(graph, k, both);
  const leaving = new Set(all.map((one) => one.source));
  const entering = new Set(all.map((one) => one.target));
  const ends = graph.map(({ sequence }) => [!entering.has(sequence.slice(0, k - 1)), !leaving.has(sequence.slice(1 - k))]);
  const groups = new Map();
  graph.forEach(({ sequence }, unitig) => {
    const [source, target] = [sequence.slice(0, k - 1), sequence.slice(1 - k)];
    const keys = [`${source}>${target}`].concat(both ? [`${turned(target)}>${turned(source)}`] : []).sort();
    groups.set(keys[0], [...(groups.get(keys[0]) || []), unitig]);
  });
  const isLoop = (unitig) => graph[unitig].sequence.slice(0, k - 1) === graph[unitig].sequence.slice(1 - k);
  return {
    all,
    ends,
    isShort: graph.map(({ sequence }) => sequence.length < 2 * k),
    bubbles: [...groups.values()].filter((group) => group.length > 1 && !isLoop(group[0])),
  };
}

function nDead([begin, end]) {
  return Number(begin) + Number(end);
}

// Tips: short, with one dead end. (To be clipped, another must have more coverage.)
export function tipsOf(graph, k, both) {
  const { ends, isShort } = shape(graph, k, both);
  return graph.flatMap((_, unitig) => (isShort[unitig] && nDead(ends[unitig]) === 1 ? [unitig] : []));
}

function clippedTips(graph, k, both) {
  const { all, ends } = shape(graph, k, both);
  return tipsOf(graph, k, both).filter((unitig) => {
    const side = ends[unitig][0] ? "target" : "source";
    const { sequence, coverage } = graph[unitig];
    const node = side === "target" ? sequence.slice(1 - k) : sequence.slice(0, k - 1);
    return all.some((one) => one[side] === node && graph[one.unitig].coverage > coverage);
  });
}

// Median coverage of the unitigs, weighted by the counts of their k-mers.
export function usualCoverage(graph) {
  const sorted = [...graph].sort((a, b) => a.coverage - b.coverage);
  const half = sorted.reduce((total, one) => total + one.sum, 0) / 2;
  let sum = 0;
  for (const one of sorted) {
    sum += one.sum;
    if (sum >= half) return one.coverage;
  }
  return 0;
}

function weakOnes(graph, k, both) {
  const { ends, isShort } = shape(graph, k, both);
  const usual = usualCoverage(graph);
  return graph.flatMap(({ kmers, coverage }, unitig) => {
    const isWeak = kmers.length <= LONGEST * k && coverage < WEAK * usual;
    const isIsland = isShort[unitig] && nDead(ends[unitig]) === 2 && coverage < ISLAND * usual;
    return isWeak || isIsland ? [unitig] : [];
  });
}

function weakerBranches(graph, k, both) {
  return shape(graph, k, both).bubbles.flatMap((group) => {
    const branches = group.filter((unitig) => graph[unitig].kmers.length <= LONGEST * k);
    const most = Math.max(...branches.map((unitig) => graph[unitig].coverage));
    const best = branches.find((unitig) => graph[unitig].coverage === most);
    return branches.filter((unitig) => unitig !== best);
  });
}

// Clip tips, drop weak unitigs, pop bubbles, until there are none; what went by kind.
export function cleaned(counts, k, both) {
  let left = counts;
  let graph = unitigs(left, k, both);
  const removed = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const nBefore = removed.length;
    for (const [kind, choose] of [["tip", clippedTips], ["weak", weakOnes], ["bubble", weakerBranches]]) {
      const chosen = choose(graph, k, both);
      if (chosen.length === 0) continue;
      const gone = new Set(chosen.flatMap((unitig) => graph[unitig].kmers));
      removed.push({ kind, nUnitigs: chosen.length, nKmers: gone.size });
      left = new Map([...left].filter(([kmer]) => !gone.has(kmer)));
      graph = unitigs(left, k, both);
    }
    if (removed.length === nBefore) break;
  }
  return { graph, removed };
}

// Reads at even chance from anywhere in a text, but for the first two, which lie at its
// ends; each letter is wrong at a rate; with both strands, half of them are turned. Each
// is {at, isTurned, wrong, forward, sequence}: `wrong` are places along the text.
export function drawReads(random, text, { length, nReads, errorRate, both }) {
  const alphabet = both ? [..."ACGT"] : [...new Set(text)].sort();
  const size = Math.min(length, text.length);
  const last = text.length - size;
  return Array.from({ length: nReads }, (_, number) => {
    const anywhere = Math.floor(random() * (last + 1));
    const at = number < 2 ? number * last : anywhere;
    const isTurned = random() < 0.5 && both;
    const wrong = [];
    const letters = [...text.slice(at, at + size)].map((letter, place) => {
      const [chance, pick] = [random(), random()];
      const others = alphabet.filter((one) => one !== letter);
      if (chance >= errorRate || others.length === 0) return letter;
      wrong.push(place);
      return others[Math.floor(pick * others.length)];
    });
    const forward = letters.join("");
    return { at, isTurned, wrong, forward, sequence: isTurned ? turned(forward) : forward };
  });
}
