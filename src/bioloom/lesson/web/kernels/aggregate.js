// Aggregation A·H in a graph: the kernel of the lesson, held to bioloom.graph by tests.

// 0/1 matrix of undirected edges [i, j].
export function adjacency(n, edges) {
  const A = Array.from({ length: n }, () => new Array(n).fill(0));
  for (const [i, j] of edges) {
    A[i][j] = 1;
    A[j][i] = 1;
  }
  return A;
}

// The same with one self-loop per node; one that is there keeps its weight.
export function withSelfLoops(A) {
  return A.map((row, i) => row.map((a, j) => (i === j && a === 0 ? 1 : a)));
}

// Kind: "sum" A, "self-loops" A + I, "mean" rows averaged, "gcn" D^-1/2 (A + I) D^-1/2.
export function normalise(A, kind) {
  if (kind === "sum") return A.map((row) => row.slice());
  if (kind === "self-loops") return withSelfLoops(A);
  if (kind === "mean") {
    return A.map((row) => {
      const count = row.filter((a) => a !== 0).length;
      return row.map((a) => (a !== 0 ? 1 / count : 0));
    });
  }
  if (kind !== "gcn") throw new RangeError(kind);
  const looped = withSelfLoops(A);
  const degree = looped.map((row) => row.reduce((sum, a) => sum + a, 0));
  return looped.map((row, i) => row.map((a, j) => a / Math.sqrt(degree[i] * degree[j])));
}

export function multiply(A, H) {
  return A.map((row) =>
    H[0].map((_, f) => row.reduce((sum, a, j) => sum + a * H[j][f], 0)));
}

// H after each round: rounds + 1 matrices, the first is H itself.
export function aggregate(A, H, kind, rounds) {
  const weights = normalise(A, kind);
  const states = [H];
  for (let round = 0; round < rounds; round += 1) {
    states.push(multiply(weights, states[round]));
  }
  return states;
}
