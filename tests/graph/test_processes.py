"""Two processes train as one does."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from bioloom.errors import BadConfig
from bioloom.graph.data.formats import karate_club
from bioloom.graph.data.splits import split_of
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.fit import fit
from bioloom.processes import ALONE, Processes
from bioloom.run.arrays import load_arrays

COMMAND = (sys.executable, "-c", "from bioloom.cli import main; main()")
TORCHRUN = (
    *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
    *("--nproc-per-node", "2", "--no-python"),
)


def trained(words, *, by=()):
    done = subprocess.run(
        [*by, *COMMAND, "graph", "train", *map(str, words)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def cora(data_dir):
    folder = data_dir / "graph" / "planetoid"
    return ("--dataset", "cora", "--data", folder, "--no-tsne")


@pytest.mark.data
def test_two_processes_follow_the_loss_of_one(cora, tmp_path):
    # nothing is drawn: no dropout, all neighbours; batches of 33 have an odd share
    words = (*cora, "--model", "sage", "--dropout", 0, "--fanout", 200, "--epochs", 12)
    words = (*words, "--batch-size", 33, "--runs", 2)
    one, two = tmp_path / "one", tmp_path / "two"
    trained((*words, "--out", one))
    told = trained((*words, "--out", two), by=TORCHRUN)
    assert told.count("written: ") == 1
    single, shared = (
        pd.read_csv(out / "tables" / "curves.tsv", sep="\t").drop(columns="model")
        for out in (one, two)
    )
    assert shared.to_numpy() == pytest.approx(single.to_numpy(), abs=2e-3)
    first = single["epoch"] < 3  # what rounding has not yet spread
    assert shared[first].to_numpy() == pytest.approx(
        single[first].to_numpy(), rel=1e-5, abs=1e-6
    )
    weights = [
        load_arrays(out / "best_sage.safetensors", command="")[0] for out in (one, two)
    ]
    for name, value in weights[0].items():
        assert weights[1][name] == pytest.approx(value, abs=1e-2)


@pytest.mark.data
def test_two_processes_draw_apart_and_learn(cora, tmp_path):
    words = (*cora, "--batch-size", 35, "--epochs", 60, "--out", tmp_path / "o")
    told = trained(words, by=TORCHRUN)
    accuracy = float(told.split("test accuracy ")[1].split()[0])
    assert accuracy > 78
    # as if killed before its end: all processes skip the runs that are done
    (tmp_path / "o" / "run.json").unlink()
    assert trained(words, by=TORCHRUN) == told


def test_shares_are_all_and_none_twice():
    nodes = np.arange(11)
    shares = [Processes(rank, 3).share(nodes) for rank in range(3)]
    assert sorted(np.concatenate(shares).tolist()) == nodes.tolist()
    assert ALONE.share(nodes).tolist() == nodes.tolist()


def test_several_processes_need_batches():
    camps = split_of(karate_club(), "random", rng_seed=5)
    with pytest.raises(BadConfig, match="found no batches for 2 processes"):
        fit(camps, SETTINGS["gcn"], rng_seed=0, processes=Processes(0, 2))
