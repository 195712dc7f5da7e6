"""Time training against PyTorch Geometric's layers and settings, in one run.

    python benchmarks/graph_speed.py [--data FOLDER] [--repeats 3]

FOLDER holds Planetoid's raw files. CPU seconds of one thread for 200 epochs with a
validation after each; the compiler's work and reading the data are left out on both
sides. Prints the figures of `docs/graph.md`.
"""

import argparse
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import graph_peers
import torch

from bioloom.graph.planetoid import read_planetoid
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training import fit

DATA = Path(__file__).parents[2] / "shared" / "data" / "graph" / "planetoid"


def cpu_seconds(work) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    graph = read_planetoid("cora", options.data)
    data = graph_peers.read(options.data, "cora")
    print("model      PyG, s   bioloom, s   ratio   (CPU, 200 epochs, best of each)")
    for model in ("gcn", "sage", "gat"):
        settings = replace(SETTINGS[model], max_epochs=200, patience=200)
        fit(graph, replace(settings, max_epochs=2), rng_seed=0)  # compile
        theirs, ours = [], []
        for rng_seed in range(options.repeats):
            peer = partial(graph_peers.train, data, model, rng_seed=rng_seed)
            theirs.append(cpu_seconds(peer))
            ours.append(cpu_seconds(partial(fit, graph, settings, rng_seed=rng_seed)))
        best = min(theirs), min(ours)
        print(f"{model:8s} {best[0]:8.2f} {best[1]:12.3f} {best[0] / best[1]:7.1f}")


if __name__ == "__main__":
    main()
