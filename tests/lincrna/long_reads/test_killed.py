"""A run over alignments and long reads, killed ten times at random points."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from bioloom.lincrna.simulate import Simulation, simulate
from bioloom.lincrna.simulate.long_reads import LongLibrary
from tests.lincrna.alignments.sam import aligned_by_hisat2
from tests.lincrna.test_workflow import results
from tests.programs import needed
from tests.shell import BIOLOOM

pytestmark = [pytest.mark.tools, pytest.mark.killed]
N_KILLED = 10


@pytest.fixture(scope="module")
def example(tools: None, tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    needed("minimap2", "salmon")
    return simulate(
        tmp_path_factory.mktemp("example"),
        scale=0.2,
        long_reads=[LongLibrary("L", "ont_cdna"), LongLibrary("C", "ont_drna")],
    )


@pytest.fixture(scope="module")
def sheet(example: Simulation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Short reads of C as alignments, long ones of the same RNA, and long ones of L."""
    folder, reads = tmp_path_factory.mktemp("aligned"), example.folder / "reads"
    sam = aligned_by_hisat2(example.genome_path, reads / "C.fastq.gz", folder)
    (folder / "C.sam").write_text(sam)
    lines = [
        "sample\treads\tbam\tkind",
        f"C\t\t{folder}/C.sam\tbulk",
        f"C\t{reads}/C.ont_drna.fastq.gz\t\tont_drna",
        f"L\t{reads}/L.ont_cdna.fastq.gz\t\tont_cdna",
    ]
    path = folder / "samples.tsv"
    path.write_text("\n".join(lines) + "\n")
    return path


def configured(example: Simulation, sheet: Path, folder: Path) -> list[str]:
    """The command of a run in a folder."""
    folder.mkdir()
    (folder / "config.yaml").write_text(
        f"samples: {sheet}\n"
        f"genome: {example.genome_path}\n"
        f"annotation: {example.annotation_path}\n"
        f"domains: {example.domains_path}\n"
        "out: run\n"
        "blocks: 2\n"
        "quantifier: salmon\n"
    )
    return [*BIOLOOM, "lincrna", "run", "--config", str(folder / "config.yaml")]


def finish(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_killed_at_random_points_it_resumes_to_the_same_tables(
    example: Simulation, sheet: Path, tmp_path: Path
) -> None:
    started = time.monotonic()
    finish(configured(example, sheet, tmp_path / "whole"))
    took = time.monotonic() - started
    wanted = results(tmp_path / "whole/run")
    rng = random.Random(7)  # noqa: S311 (no secret)
    n_killed = 0
    for number in range(N_KILLED):
        folder = tmp_path / f"killed_{number}"
        command = configured(example, sheet, folder)
        run = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            run.wait(timeout=took * rng.uniform(0.05, 0.6))
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            assert run.wait() == -signal.SIGKILL
            n_killed += 1
            finish(command)
        assert results(folder / "run") == wanted
    assert n_killed >= N_KILLED // 2  # the machine may be quicker than before
