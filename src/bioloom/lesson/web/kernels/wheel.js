// De Bruijn sequences on a wheel: the kernel of the lesson, held to bioloom.debruijn by
// tests.

// The lexicographically least sequence: Lyndon words whose length divides the order.
export function leastSequence(letters, order) {
  const size = letters.length;
  const word = new Array(order + 1).fill(0);
  const places = [];
  function extend(t, period) {
    if (t > order) {
      if (order % period === 0) places.push(...word.slice(1, period + 1));
      return;
    }
    word[t] = word[t - period];
    extend(t + 1, period);
    for (let letter = word[t - period] + 1; letter < size; letter += 1) {
      word[t] = letter;
      extend(t + 1, t);
    }
  }
  extend(1, 1);
  return places.map((place) => letters[place]).join("");
}

// The word in the window at each turn. Letters stand clockwise on the wheel, and the
// window is read clockwise. A wheel that turns counterclockwise brings the next letter;
// one that turns clockwise brings the letter before.
export function windows(text, order, direction) {
  const n = text.length;
  return Array.from({ length: n }, (_, turn) => {
    const start = direction === "clockwise" ? n - turn : turn;
    return Array.from({ length: order }, (_, k) => text[(start + k) % n]).join("");
  });
}

// Place of the first turn whose word was seen before, going round; null if none.
export function firstRepeat(text, order) {
  const seen = new Set();
  const all = windows(text, order, "counterclockwise");
  for (let turn = 0; turn < all.length; turn += 1) {
    if (seen.has(all[turn])) return turn;
    seen.add(all[turn]);
  }
  return null;
}

// Letters by which a cycle must be rotated to give another; null if none does.
export function turnedBy(text, other) {
  if (text.length !== other.length) return null;
  const place = (text + text).indexOf(other);
  return place < 0 ? null : place;
}

// Number of different cyclic sequences, rotations counted once: (k!)^(k^(n-1)) / k^n.
export function countSequences(size, order) {
  let factorial = 1n;
  for (let k = 2n; k <= BigInt(size); k += 1n) factorial *= k;
  return factorial ** BigInt(size ** (order - 1)) / BigInt(size) ** BigInt(order);
}
