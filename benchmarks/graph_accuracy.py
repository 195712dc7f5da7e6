"""Accuracy over many seeds, PyTorch Geometric's layers and settings beside it.

    python benchmarks/graph_accuracy.py [--data FOLDER] [--runs 20] [--peer-runs 20]
        [--datasets cora,citeseer] [--models gcn,gat,sage,grand,gcnii] [--same-settings]

FOLDER holds Planetoid's raw files. Public split: 20 labelled nodes a class, 500
validation and 1,000 test nodes; features row-normalised. Every seed counts; the
validation nodes alone choose the epoch. Prints the figures of `docs/graph.md`. GCNII
takes two to three minutes a seed, and with its authors' settings for CiteSeer several
times that; its peer, many times that again, is left out.
"""

import argparse
from pathlib import Path

import graph_peers
import torch

from bioloom.graph.data.planetoid import read_planetoid
from bioloom.graph.settings import settings_for
from bioloom.graph.training.result import ModelResult, ensemble
from bioloom.graph.training_run import Plan, train_model
from bioloom.statistics.runs import mean_of_runs

DATA = Path(__file__).parents[2] / "shared" / "data" / "graph" / "planetoid"
PEERS = ("gcn", "gat", "sage")
JOBS = (
    *(("cora", model) for model in ("gcn", "gat", "sage", "grand", "gcnii")),
    *(("citeseer", model) for model in ("gcn", "gat", "gcnii")),
)
AUTHORS = {
    ("citeseer", "gcnii"): {
        "n_layers": 32,
        "hidden": 256,
        "p_dropout": 0.7,
        "identity": 0.6,
    }
}
"""Settings that the authors use for one data set only."""


def report(what: tuple[str, ...], values) -> None:
    words = " ".join(f"{word:13s}" for word in what)
    print(words, mean_of_runs(list(values)), flush=True)


def report_together(result: ModelResult, what: tuple[str, ...], size: int) -> None:
    """Disjoint groups of runs, each averaged to one prediction."""
    starts = range(0, len(result.runs) - size + 1, size)
    groups = [result.runs[start : start + size] for start in starts]
    rows = [ensemble(group).measures() for group in groups]
    for measure in rows[0]:
        words = (*what, f"mean of {size}", measure)
        report(words, (row[measure] for row in rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--datasets", default="cora,citeseer")
    parser.add_argument("--models", default="gcn,gat,sage,grand,gcnii")
    parser.add_argument(
        "--same-settings", action="store_true", help="those for Cora, everywhere"
    )
    parser.add_argument("--together", type=int, help="runs to average as one")
    parser.add_argument("--peer-runs", type=int, help="as many as --runs; 0: none")
    options = parser.parse_args()
    torch.set_num_threads(1)
    models, datasets = options.models.split(","), options.datasets.split(",")
    for dataset, model in JOBS:
        if model not in models or dataset not in datasets:
            continue
        graph = read_planetoid(dataset, options.data)
        changes = AUTHORS.get((dataset, model), {})
        if options.same_settings:
            changes = {}
        settings = settings_for(model, changes)
        result = train_model(graph, settings, Plan(n_runs=options.runs, rng_seed=0))
        for measure, values in result.to_frame().items():
            if measure != "rng_seed" and measure.startswith(("test", "val")):
                report((dataset, model, "bioloom", measure), values)
        if options.together:
            report_together(result, (dataset, model), options.together)
        n_peer = options.runs if options.peer_runs is None else options.peer_runs
        if model in PEERS and n_peer:
            data = graph_peers.read(options.data, dataset)
            runs = range(n_peer)
            theirs = (graph_peers.train(data, model, rng_seed=seed) for seed in runs)
            report((dataset, model, "PyG", "test_accuracy"), theirs)


if __name__ == "__main__":
    main()
