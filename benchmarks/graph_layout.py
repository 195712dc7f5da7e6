"""Time the force layout against networkx's on Cora, in one run, with its quality.

    python benchmarks/graph_layout.py [--data FOLDER] [--large 100000]

FOLDER holds Planetoid's raw files. CPU seconds of one thread; the compiler's work is
left out. Quality: mean length of an edge over the mean distance of two nodes (lower is
better), and the share of a node's ten nearest in its class (higher is better). Then a
generated graph of `--large` nodes is laid out and drawn. Prints the figures of
`docs/graph.md`.
"""

import argparse
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from bioloom.graph.data.graph import NodeTable, assemble
from bioloom.graph.data.planetoid import read_planetoid
from bioloom.graph.drawing.view import View, draw_graph
from bioloom.network.layout import force_layout

DATA = Path(__file__).parents[2] / "shared" / "data" / "graph" / "planetoid"


def cpu_seconds(work):
    begin = time.process_time()
    found = work()
    return time.process_time() - begin, found


def quality(places, graph) -> tuple[float, float]:
    source, target = graph.adjacency.nonzero()
    edge = np.linalg.norm(places[source] - places[target], axis=1).mean()
    one, other = np.triu_indices(len(places), 1)
    pair = np.linalg.norm(places[one] - places[other], axis=1).mean()
    nearest = KDTree(places).query(places, k=11)[1][:, 1:]
    return edge / pair, (graph.y[nearest] == graph.y[:, None]).mean()


def told(name, seconds, measures) -> None:
    print(f"{name:22s} {seconds:8.3f} {measures[0]:8.3f} {measures[1]:8.3f}")


def generated(n: int):
    """A graph of communities of 100, some links between them."""
    rng = np.random.default_rng(0)
    source = rng.integers(n, size=4 * n)
    near = source // 100 * 100 + rng.integers(100, size=4 * n)
    target = np.where(rng.random(4 * n) < 0.95, np.minimum(near, n - 1), source[::-1])
    ones = np.ones(4 * n, dtype=np.float32)
    links = csr_array((ones, (source, target)), shape=(n, n))
    labels = [str(node // 100 % 10) for node in range(n)]
    nodes = NodeTable(ids=[str(node) for node in range(n)], labels=labels)
    return assemble(f"generated_{n}", nodes, csr_array(links.maximum(links.T)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--large", type=int, default=100_000)
    options = parser.parse_args()
    graph = read_planetoid("cora", options.data)
    force_layout(graph.adjacency, rng_seed=0, n_steps=1)  # compile
    print("Cora                    CPU, s  edge/pair  same class")
    ours = []
    for seed in range(5):
        work = cpu_seconds(lambda s=seed: force_layout(graph.adjacency, rng_seed=s))
        ours.append(work[0])
        told(f"bioloom, seed {seed}", work[0], quality(work[1], graph))
    network = nx.from_scipy_sparse_array(graph.adjacency)
    theirs, peer = cpu_seconds(lambda: nx.spring_layout(network, seed=42))
    places = np.array([peer[node] for node in range(graph.num_nodes)])
    told("networkx spring_layout", theirs, quality(places, graph))
    print(f"ratio {theirs / np.median(ours):.0f} (median of ours)")
    large = generated(options.large)
    seconds, _ = cpu_seconds(lambda: force_layout(large.adjacency, rng_seed=0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with TemporaryDirectory() as folder:
        drawn, path = cpu_seconds(lambda: draw_graph(large, View(), out=Path(folder)))
        size = path.stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{large.num_nodes:,} nodes, {large.adjacency.nnz // 2:,} edges: layout "
        f"{seconds:.1f} s, layout and drawing {drawn:.1f} s, PNG {size:.1f} MB, "
        f"peak {peak:.0f} MB ({before:.0f} before drawing)"
    )


if __name__ == "__main__":
    main()
