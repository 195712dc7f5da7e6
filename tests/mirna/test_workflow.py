"""Scattered predictions: the same bytes whatever the split, here and after a kill."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from bioloom.errors import BadConfig, MissingFile
from bioloom.mirna.chance import laws
from bioloom.mirna.workflow.config import read_mirna_config
from bioloom.mirna.workflow.steps import gather, plan_blocks, read_block, search_block
from bioloom.seq.alphabet import decode

MIRNAS = ">dme-let-7\nUGAGGUAGUAGGUUGUAUAGU\n>dme-bantam\nUGAGAUCAUUUUGAAAGCUGAUU\n"


@pytest.fixture
def configured(tmp_path):
    """Write a configuration with some entries; targets are noise and one odd record."""
    rng = np.random.default_rng(9)
    (tmp_path / "m.fa").write_text(MIRNAS)
    with (tmp_path / "t.fa").open("w") as stream:
        for number, length in enumerate(rng.integers(60, 500, 25).tolist()):
            letters = decode(rng.integers(0, 4, length).astype(np.uint8))
            stream.write(f">t{number}\n{letters}\n")
            if number == 11:
                stream.write(">gone\nSequence unavailable\n")

    def write(out, **entries):
        path = tmp_path / f"{out}.yaml"
        files = {"mirnas": "m.fa", "targets": "t.fa", "out": out}
        path.write_text(yaml.safe_dump({"p_values": "3utr_fly"} | files | entries))
        return path

    return write


def by_steps(path, folder):
    """Run the steps of a configuration one after the other; the file of sites."""
    run = read_mirna_config(path)
    folder.mkdir()
    plan_blocks(run, folder / "plan.json")
    rows = []
    for number in range(1, run.blocks + 1):
        rows.append(folder / f"{number}.rows")
        search_block(run, read_block(folder / "plan.json", number), rows[-1])
    gather(run, rows, folder / f"sites.{run.form}")
    return folder / f"sites.{run.form}"


@pytest.mark.parametrize("form", ["tsv", "jsonl", "bed", "gff3", "rnahybrid"])
@pytest.mark.filterwarnings("ignore::bioloom.errors.InputWarning")
def test_the_result_does_not_depend_on_the_split(configured, bioloom, tmp_path, form):
    rules = {"max_mfe": -12}
    sites = [
        by_steps(
            configured(f"r{blocks}", rules=rules, blocks=blocks, form=form),
            tmp_path / f"r{blocks}",
        ).read_bytes()
        for blocks in (1, 4, 40)
    ]
    assert sites[0] == sites[1] == sites[2]
    given = ("predict", tmp_path / "m.fa", tmp_path / "t.fa", "--max-mfe", -12)
    done = bioloom(*given, "--p-values", "3utr_fly", "--format", form)
    assert done.stdout.encode() == sites[0]
    assert len(sites[0].splitlines()) > 25


@pytest.mark.filterwarnings("ignore::bioloom.errors.InputWarning")
def test_laws_are_simulated_once_for_all_blocks(
    configured, bioloom, tmp_path, monkeypatch
):
    """A rule that the surface does not cover: the blocks share one simulation."""
    calls = []
    fit = laws.fit_calibration
    monkeypatch.setattr(
        laws, "fit_calibration", lambda *a, **k: calls.append(1) or fit(*a, **k)
    )
    path = configured("r", rules={"max_loop": 5}, blocks=3, p_values="auto")
    whole = by_steps(path, tmp_path / "r").read_text()
    assert len(calls) == 1
    given = ("predict", tmp_path / "m.fa", tmp_path / "t.fa", "--max-loop", 5)
    assert bioloom(*given).stdout == whole
    assert all(line.split("\t")[13] for line in whole.splitlines()[1:])


@pytest.mark.filterwarnings("ignore::bioloom.errors.InputWarning")
def test_odd_records_are_listed_once(configured, tmp_path):
    by_steps(configured("r", blocks=3), tmp_path / "r")
    odd = (tmp_path / "r" / "odd_records.tsv").read_text().splitlines()
    assert len(odd) == 2
    assert odd[1].endswith("'Sequence unavailable'\tskipped")


def test_a_wrong_entry_is_told(configured):
    with pytest.raises(BadConfig, match="rules.max_loop"):
        read_mirna_config(configured("r", rules={"max_loop": 99}))
    with pytest.raises(BadConfig, match="an unknown entry"):
        read_mirna_config(configured("r", rule={}))
    with pytest.raises(MissingFile, match="no.gtf"):
        read_mirna_config(configured("r", gtf="no.gtf"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::bioloom.errors.InputWarning")
def test_a_killed_run_resumes(configured, tmp_path):
    path = configured("run", rules={"max_mfe": -12}, blocks=6)
    command = [Path(sys.executable).with_name("bioloom"), "mirna", "run"]
    command = [*command, "--config", path, "--cores", "1"]
    process = subprocess.Popen(command, start_new_session=True)
    blocks = tmp_path / "run" / "working" / "blocks"
    deadline = time.monotonic() + 300
    while len(list(blocks.glob("*.npz"))) < 2:  # so the first one is registered as done
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "run" / "tables").exists()
    first = min(blocks.glob("*.npz"), key=lambda path: path.stat().st_mtime_ns)
    done_at = first.stat().st_mtime_ns
    subprocess.run(command, check=True, capture_output=True)
    assert first.stat().st_mtime_ns == done_at  # a finished block is not done again
    whole = by_steps(path, tmp_path / "by_steps").read_bytes()
    assert (tmp_path / "run" / "tables" / "sites.tsv").read_bytes() == whole
