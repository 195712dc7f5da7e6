"""Train on a generated graph in mini-batches, with the memory that it takes.

    python benchmarks/graph_large.py [--nodes 1000000] [--degree 40] [--model sage]

A million nodes with 40 neighbours each are 40 million entries, as many as 20 million
undirected edges have. Seven of ten neighbours are of a node's class, and each feature
says the class in one of three nodes, so that neighbours are worth asking. A tenth of
the nodes trains, a hundredth validates, a tenth tests. Prints the figures of
`docs/graph.md`.
"""

import argparse
import resource
import time
from dataclasses import replace

import numpy as np
import torch
from scipy.sparse import csr_array

from bioloom.graph.data.graph import Graph
from bioloom.graph.models.adjacency import mean
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.fit import fit
from bioloom.graph.training.sampler import NeighbourSampler, batches

N_CLASSES, N_FEATURES, N_OWN = 10, 120, 8


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def rows_of(columns: np.ndarray, n_columns: int) -> csr_array:
    n, width = columns.shape
    ones = np.ones(columns.size, dtype=np.float32)
    begins = np.arange(0, columns.size + 1, width, dtype=np.int32)
    return csr_array((ones, columns.ravel(), begins), shape=(n, n_columns))


def generated(n: int, degree: int) -> Graph:
    rng = np.random.default_rng(0)
    y = np.arange(n) % N_CLASSES
    alike = rng.integers(n // N_CLASSES, size=(n, degree), dtype=np.int32)
    alike = alike * N_CLASSES + y[:, None].astype(np.int32)
    other = rng.integers(n, size=(n, degree), dtype=np.int32)
    links = np.where(rng.random((n, degree), dtype=np.float32) < 0.7, alike, other)
    del alike, other
    words = rng.integers(N_FEATURES, size=(n, N_OWN), dtype=np.int32)
    own = words // N_CLASSES * N_CLASSES + y[:, None].astype(np.int32)
    words = np.where(rng.random((n, N_OWN)) < 1 / (3 * N_OWN), own, words)
    lot = rng.random(n)
    return Graph(
        name="generated",
        adjacency=rows_of(links, n),
        x=rows_of(words, N_FEATURES),
        y=y,
        class_names=tuple("abcdefghij"),
        node_ids=(),
        train_mask=lot < 0.1,
        val_mask=(lot >= 0.1) & (lot < 0.11),
        test_mask=lot >= 0.9,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--degree", type=int, default=40)
    parser.add_argument("--model", choices=["gcn", "sage"], default="sage")
    parser.add_argument("--epochs", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(1)
    settings = replace(
        SETTINGS[options.model], batch_size=1_000, max_epochs=options.epochs
    )
    fit(generated(1_000, 5), replace(settings, batch_size=50), rng_seed=0)  # compile
    graph = generated(options.nodes, options.degree)
    print(
        f"{graph.num_nodes:,} nodes, {graph.adjacency.nnz:,} entries, "
        f"{int(graph.train_mask.sum()):,} training nodes; peak {peak_mb():,.0f} MB"
    )
    sampler = NeighbourSampler(mean(graph.adjacency), graph.x, fanouts=[10, 10])
    rng = np.random.default_rng(1)
    train = np.flatnonzero(graph.train_mask)
    begin, n_drawn = time.process_time(), 0
    for nodes in batches(train, size=1_000, rng=rng):
        part = sampler.draw(nodes, rng=rng)
        n_drawn += sum(len(block.indices) for block in part.blocks)
    seconds = time.process_time() - begin
    print(
        f"sampler: {n_drawn / seconds / 1e6:.1f} M drawn edges/s, "
        f"{len(train) / seconds / 1e3:.1f} k nodes/s with their features; "
        f"peak {peak_mb():,.0f} MB"
    )
    del sampler
    begin = time.process_time()
    fitted = fit(graph, settings, rng_seed=0)
    seconds = time.process_time() - begin
    right = (fitted.scores.argmax(axis=1) == graph.y)[graph.test_mask].mean()
    print(
        f"{options.model}: {seconds / options.epochs:.1f} CPU s an epoch (validation "
        f"on the whole graph included), test accuracy {right:.3f} after "
        f"{options.epochs} epochs; peak {peak_mb():,.0f} MB"
    )


if __name__ == "__main__":
    main()
