"""Accuracy of the tuned classics on Cora, on its public split and on random ones.

    python benchmarks/graph_tuned.py [--data FOLDER] [--models gcn,sage,gat]
        [--public-runs 3] [--random-runs 3] [--epochs 500]

Settings of "Classic GNNs are strong baselines" (Luo et al. 2024): three convolutions
and a linear head on raw 0/1 features, 512 hidden (GraphSAGE 256), dropout 0.7 (GAT 0.2
and residual terms) but not on the input, learning rate 0.001, L2 5e-4 on all weights,
at most 500 epochs, patience 100. Random splits have 20 training nodes a class, 500
validation and 1,000 test nodes, a new one for each run. The validation nodes alone
choose the epoch, by accuracy. Prints the figures of `docs/graph.md`.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from bioloom.graph.data.planetoid import read_planetoid
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.fit import fit
from bioloom.statistics.runs import mean_of_runs

DATA = Path(__file__).parents[2] / "shared" / "data" / "graph" / "planetoid"
RECIPE = {
    "learning_rate": 1e-3,
    "weight_decay": 5e-4,
    "decay_all": True,
    "n_layers": 3,
    "linear_head": True,
    "p_input_dropout": 0.0,
    "best_by": "accuracy",
}
RECIPES = {
    "gcn": RECIPE | {"hidden": 512, "p_dropout": 0.7},
    "sage": RECIPE | {"hidden": 256, "p_dropout": 0.7},
    "gat": RECIPE | {"hidden": 512, "n_heads": 1, "p_dropout": 0.2, "residual": True},
}


def random_split(graph, rng_seed: int):
    rng = np.random.default_rng(rng_seed)
    split = np.full(graph.num_nodes, "", dtype="U5")
    for label in range(graph.num_classes):
        members = rng.permutation(np.flatnonzero(graph.y == label))
        split[members[:20]] = "train"
    rest = rng.permutation(np.flatnonzero((split == "") & (graph.y >= 0)))
    split[rest[:500]], split[rest[500:1500]] = "val", "test"
    return graph.with_split(split)


def accuracy(graph, settings, rng_seed: int) -> float:
    fitted = fit(graph, settings, rng_seed=rng_seed)
    is_right = fitted.scores.argmax(axis=1) == graph.y
    return is_right[graph.test_mask].mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--models", default="gcn,sage,gat")
    parser.add_argument("--public-runs", type=int, default=3)
    parser.add_argument("--random-runs", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=500)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cora = read_planetoid("cora", options.data, scale="none")
    for model in options.models.split(","):
        tuned = replace(
            SETTINGS[model],
            **RECIPES[model],
            max_epochs=options.epochs,
            patience=100,
        )
        begin = time.process_time()
        for split, n_runs in (
            ("public", options.public_runs),
            ("random", options.random_runs),
        ):
            shares = []
            for seed in range(n_runs):
                graph = cora if split == "public" else random_split(cora, seed)
                shares.append(accuracy(graph, tuned, seed))
            if shares:
                print(f"{model:5s} {split:7s} {mean_of_runs(shares)}", flush=True)
        seconds = (time.process_time() - begin) / (
            options.public_runs + options.random_runs
        )
        print(f"{model:5s} {seconds:.0f} CPU s a run", flush=True)


if __name__ == "__main__":
    main()
