"""Time training on dense features beside PyTorch Geometric's layers, in one run.

    python benchmarks/graph_dense.py [--nodes 5000] [--features 768] [--repeats 2]
        [--models gcn,sage,gat] [--epochs 200]

A generated graph of 5,000 nodes in seven classes with 10 neighbours each, seven of ten
of the node's class, and 768 dense features, as embeddings have: a mean per class and
noise. 60 % of the nodes train, 20 % validate, 20 % test. CPU seconds of one thread,
with a validation after each epoch; compilation is left out. Test accuracy beside.
Prints the figures of `docs/graph.md`.
"""

import argparse
import time
from dataclasses import replace
from functools import partial

import graph_peers
import numpy as np
import torch
from graph_peers import Data
from scipy.sparse import csr_array

from bioloom.graph.data.graph import NodeTable, assemble
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.fit import fit

N_CLASSES, DEGREE, HOMOPHILY, NOISE = 7, 10, 0.7, 12.0


def generated(n_nodes: int, n_features: int):
    rng = np.random.default_rng(0)
    y = rng.integers(N_CLASSES, size=n_nodes)
    x = rng.normal(size=(N_CLASSES, n_features))[y]
    x += NOISE * rng.normal(size=x.shape)
    members = [np.flatnonzero(y == label) for label in range(N_CLASSES)]
    links = rng.integers(n_nodes, size=(n_nodes, DEGREE // 2))
    for node in range(n_nodes):
        is_alike = rng.random(DEGREE // 2) < HOMOPHILY
        links[node, is_alike] = rng.choice(members[y[node]], is_alike.sum())
    ends = np.repeat(np.arange(n_nodes), DEGREE // 2), links.ravel()
    one_way = csr_array((np.ones(len(ends[0])), ends), shape=(n_nodes, n_nodes))
    both = ((one_way + one_way.T) > 0).astype(np.float32)
    lot = rng.random(n_nodes)
    nodes = NodeTable(
        ids=[str(number) for number in range(n_nodes)],
        labels=[str(label) for label in y],
        splits=np.select([lot < 0.6, lot < 0.8], ["train", "val"], "test").tolist(),
        features=csr_array(x.astype(np.float32) / NOISE),
    )
    return assemble("dense", nodes, csr_array(both), scale="none")


def as_data(graph) -> Data:
    links = graph.adjacency.tocoo()
    edge_index = torch.from_numpy(np.array([links.col, links.row], dtype=np.int64))
    masks = {
        name: torch.from_numpy(getattr(graph, name))
        for name in ("train_mask", "val_mask", "test_mask")
    }
    x, y = torch.from_numpy(graph.x.toarray()), torch.from_numpy(graph.y)
    return Data(x=x, edge_index=edge_index, y=y, **masks)


def timed(work):
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=5_000)
    parser.add_argument("--features", type=int, default=768)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--models", default="gcn,sage,gat")
    parser.add_argument("--epochs", type=int, default=200)
    options = parser.parse_args()
    torch.set_num_threads(1)
    graph = generated(options.nodes, options.features)
    data, n_epochs = as_data(graph), options.epochs
    print("model     PyG, s   bioloom, s   ratio   test accuracy (PyG, bioloom)")
    for model in options.models.split(","):
        settings = replace(SETTINGS[model], max_epochs=n_epochs, patience=n_epochs)
        fit(graph, replace(settings, max_epochs=2), rng_seed=0)  # compile
        theirs, ours = [], []
        for seed in range(options.repeats):
            ours.append(timed(partial(fit, graph, settings, rng_seed=seed)))
            how = {"rng_seed": seed, "n_epochs": n_epochs}
            theirs.append(timed(partial(graph_peers.train, data, model, **how)))
        is_right = ours[-1][1].scores.argmax(axis=1) == graph.y
        slow, fast = min(theirs)[0], min(ours)[0]
        print(
            f"{model:6s} {slow:9.2f} {fast:12.2f} {slow / fast:7.1f}   "
            f"{theirs[-1][1]:.3f}, {is_right[graph.test_mask].mean():.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
