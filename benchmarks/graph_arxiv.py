"""Train on a generated graph of ogbn-arxiv's size, with time and memory.

    python benchmarks/graph_arxiv.py [--models sage,gcn] [--epochs 100] [--threads 2]
        [--peer-epochs 2] [--hidden 256] [--layers 3]

169,343 nodes, 1.17 million undirected edges with degrees that follow a power law, 128
dense features, 40 classes of very different size; about 0.65 of the edges join a class,
labels of a tenth of the nodes are drawn anew, and 54 % of the nodes train, 18 %
validate, 28 % test. Logistic regression on the features alone is fitted beside. Three
layers with batch norm, over the whole graph in each step; the peer has the same layers
of PyTorch Geometric in the same process, for a few epochs. Prints the figures of
`docs/graph.md`.
"""

import argparse
import resource
import time
import warnings
from dataclasses import replace

import numpy as np
import torch
from graph_peers import Data, GCNConv, SAGEConv
from scipy.sparse import csr_array
from torch import nn
from torch.nn import functional

from bioloom.graph.data.graph import Graph
from bioloom.graph.models.hardware import Hardware
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.fit import fit

N_NODES, N_EDGES, N_FEATURES, N_CLASSES = 169_343, 1_166_243, 128, 40
HOMOPHILY, P_REDRAWN, NOISE = 0.79, 0.1, 5.0
SHARES = (0.54, 0.18, 0.28)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def picked(weights, starts, ends, rng):
    """For each pair of bounds, a number between them, drawn by weight."""
    total = np.concatenate([[0], np.cumsum(weights)])
    draws = total[starts] + rng.random(len(starts)) * (total[ends] - total[starts])
    return np.clip(np.searchsorted(total, draws, side="right") - 1, starts, ends - 1)


def generated(n: int = N_NODES, n_edges: int = N_EDGES) -> Graph:
    rng = np.random.default_rng(0)
    shares = 1 / np.arange(2, N_CLASSES + 2) ** 1.1
    y = np.sort(rng.choice(N_CLASSES, size=n, p=shares / shares.sum()))
    bounds = np.searchsorted(y, np.arange(N_CLASSES + 1))
    weights = (1 - rng.random(n)) ** (-1 / 1.8)  # Pareto
    weights = np.minimum(weights, n**0.5)
    n_drawn = int(1.06 * n_edges)  # some are drawn twice
    zeros = np.zeros(n_drawn, dtype=np.int64)
    source = picked(weights, zeros, zeros + n, rng)
    near = picked(weights, bounds[y[source]], bounds[y[source] + 1], rng)
    far = picked(weights, zeros, zeros + n, rng)
    target = np.where(rng.random(n_drawn) < HOMOPHILY, near, far)
    pairs = np.unique(np.sort(np.column_stack([source, target]), axis=1), axis=0)
    pairs = rng.permutation(pairs[pairs[:, 0] != pairs[:, 1]])[:n_edges]
    ends = np.concatenate([pairs, pairs[:, ::-1]]).T
    ones = np.ones(ends.shape[1], dtype=np.float32)
    means = rng.normal(size=(N_CLASSES, 16)) @ rng.normal(size=(16, N_FEATURES)) / 4
    x = means[y] + NOISE * rng.normal(size=(n, N_FEATURES))
    is_redrawn = rng.random(n) < P_REDRAWN
    y[is_redrawn] = rng.permutation(y)[is_redrawn]
    lot = rng.random(n)
    train, val = SHARES[0], SHARES[0] + SHARES[1]
    return Graph(
        name="like arxiv",
        adjacency=csr_array((ones, ends), shape=(n, n)),
        x=csr_array(x.astype(np.float32)),
        y=y,
        class_names=tuple(f"{number:02d}" for number in range(N_CLASSES)),
        node_ids=(),
        train_mask=lot < train,
        val_mask=(lot >= train) & (lot < val),
        test_mask=lot >= val,
    )


def describe(graph: Graph) -> None:
    links = graph.adjacency.tocoo()
    degree = np.diff(graph.adjacency.indptr)
    sizes = np.bincount(graph.y)
    alike = (graph.y[links.row] == graph.y[links.col]).mean()
    print(
        f"{graph.num_nodes:,} nodes, {links.nnz // 2:,} edges, degree median "
        f"{np.median(degree):.0f}, largest {degree.max():,}; classes of "
        f"{sizes.min():,} to {sizes.max():,} nodes; {alike:.2f} of the edges join a "
        f"class; peak {peak_mb():,.0f} MB",
        flush=True,
    )


def features_alone(graph: Graph) -> float:
    """Test accuracy of linear softmax regression, 100 steps of L-BFGS."""
    x, y = torch.from_numpy(graph.x.toarray()), torch.from_numpy(graph.y)
    train, test = torch.from_numpy(graph.train_mask), torch.from_numpy(graph.test_mask)
    model = nn.Linear(N_FEATURES, N_CLASSES)
    optimiser = torch.optim.LBFGS(model.parameters(), max_iter=100)

    def step():
        optimiser.zero_grad()
        loss = functional.cross_entropy(model(x[train]), y[train])
        loss.backward()
        return loss

    optimiser.step(step)
    return (model(x[test]).argmax(dim=1) == y[test]).float().mean().item()


class Peer(nn.Module):
    """The same layers of PyTorch Geometric, as in OGB's example."""

    def __init__(self, kind, settings) -> None:
        super().__init__()
        depth, width = settings.n_layers, settings.hidden
        widths = [N_FEATURES, *[width] * (depth - 1), N_CLASSES]
        self.convs = nn.ModuleList(
            kind(*pair) for pair in zip(widths[:-1], widths[1:], strict=True)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(depth - 1))

    def forward(self, data: Data) -> torch.Tensor:
        rows = functional.dropout(data.x, 0.5, self.training)
        for conv, norm in zip(self.convs[:-1], self.norms, strict=True):
            rows = norm(conv(rows, data.edge_index)).relu()
            rows = functional.dropout(rows, 0.5, self.training)
        return self.convs[-1](rows, data.edge_index)


def peer_epoch(graph: Graph, settings, n_epochs: int) -> float:
    """Wall seconds of an epoch with its validation."""
    links = graph.adjacency.tocoo()
    edge_index = torch.from_numpy(np.array([links.col, links.row], dtype=np.int64))
    data = Data(x=torch.from_numpy(graph.x.toarray()), edge_index=edge_index)
    y = torch.from_numpy(graph.y)
    masks = [torch.from_numpy(mask) for mask in (graph.train_mask, graph.val_mask)]
    model = Peer({"gcn": GCNConv, "sage": SAGEConv}[settings.model], settings)
    optimiser = torch.optim.Adam(model.parameters(), lr=settings.learning_rate)
    begin = time.perf_counter()
    for _ in range(n_epochs):
        model.train()
        optimiser.zero_grad()
        functional.cross_entropy(model(data)[masks[0]], y[masks[0]]).backward()
        optimiser.step()
        model.eval()
        with torch.no_grad():
            functional.cross_entropy(model(data)[masks[1]], y[masks[1]]).item()
    return (time.perf_counter() - begin) / n_epochs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", default="sage,gcn")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--peer-epochs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--layers", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore", FutureWarning)
    torch.set_num_threads(options.threads)
    hardware = Hardware(threads=options.threads)
    graph = generated()
    describe(graph)
    print(f"features alone: test accuracy {features_alone(graph):.3f}", flush=True)
    for model in options.models.split(","):
        settings = replace(
            SETTINGS[model],
            hidden=options.hidden,
            n_layers=options.layers,
            norm="batch",
            weight_decay=0.0,
            max_epochs=options.epochs,
            patience=50,
        )
        begin, begin_cpu = time.perf_counter(), time.process_time()
        fitted = fit(graph, settings, rng_seed=0, hardware=hardware)
        wall, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
        n_epochs = len(fitted.history)
        is_right = (fitted.scores.argmax(axis=1) == graph.y)[graph.test_mask]
        print(
            f"{model}: test accuracy {is_right.mean():.3f}, best epoch "
            f"{fitted.best_epoch + 1} of {n_epochs}, validation loss "
            f"{fitted.history[fitted.best_epoch, 1]:.3f}; {wall:.0f} s wall, {cpu:.0f} "
            f"s CPU, {wall / n_epochs:.2f} s an epoch; peak {peak_mb():,.0f} MB",
            flush=True,
        )
        if options.peer_epochs:
            theirs = peer_epoch(graph, settings, options.peer_epochs)
            print(
                f"{model}: PyG {theirs:.2f} s an epoch ({options.peer_epochs} epochs), "
                f"{theirs / (wall / n_epochs):.1f} times as long; peak "
                f"{peak_mb():,.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    main()
