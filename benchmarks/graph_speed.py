"""Time training against PyTorch Geometric's layers and settings, in one run.

    python benchmarks/graph_speed.py [--data FOLDER] [--repeats 3]
        [--models gcn,sage,gat,gcnii]

FOLDER holds Planetoid's raw files. CPU seconds of one thread for 200 epochs (of GCNII
20) with a validation after each; the compiler's work and reading the data are left out
on both sides. Prints the figures of `docs/graph.md`.
"""

import argparse
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import graph_peers
import torch

from bioloom.graph.data.planetoid import read_planetoid
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.fit import fit

DATA = Path(__file__).parents[2] / "shared" / "data" / "graph" / "planetoid"


def cpu_seconds(work) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--models", default="gcn,sage,gat,gcnii")
    options = parser.parse_args()
    torch.set_num_threads(1)
    graph = read_planetoid("cora", options.data)
    graph = graph.scaled_by(graph.scaling())
    data = graph_peers.read(options.data, "cora")
    print("model      PyG, s   bioloom, s   ratio   epochs   (CPU, best of each)")
    for model in options.models.split(","):
        n_epochs = 20 if model == "gcnii" else 200
        settings = replace(SETTINGS[model], max_epochs=n_epochs, patience=n_epochs)
        fit(graph, replace(settings, max_epochs=2), rng_seed=0)  # compile
        theirs, ours = [], []
        for rng_seed in range(options.repeats):
            how = {"rng_seed": rng_seed, "n_epochs": n_epochs}
            theirs.append(cpu_seconds(partial(graph_peers.train, data, model, **how)))
            ours.append(cpu_seconds(partial(fit, graph, settings, rng_seed=rng_seed)))
        best = min(theirs), min(ours)
        ratio = best[0] / best[1]
        print(f"{model:8s} {best[0]:8.2f} {best[1]:12.3f} {ratio:7.1f} {n_epochs:8d}")


if __name__ == "__main__":
    main()
