"""The workflows on a real Slurm of one node; `make slurm-test`, as root."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from bioloom.lincrna.simulate import Simulation, simulate
from bioloom.lincrna.simulate.long_reads import LongLibrary
from tests.lincrna.alignments.sam import aligned_by_hisat2
from tests.lincrna.test_workflow import results
from tests.shell import BIOLOOM, bioloom

pytestmark = pytest.mark.slurm

SCRIPT = Path(__file__).parents[2] / "scripts" / "slurm-local.sh"


@pytest.fixture(scope="module", autouse=True)
def cluster():
    if "BIOLOOM_SLURM_TEST" not in os.environ:
        pytest.skip("starts a Slurm as root: `make slurm-test`")
    subprocess.run([SCRIPT, "up"], check=True)
    yield
    subprocess.run([SCRIPT, "down"], check=True)


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> Simulation:
    long_reads = [LongLibrary("L", "ont_cdna")]
    return simulate(tmp_path_factory.mktemp("example"), long_reads=long_reads)


@pytest.fixture(scope="module")
def sheet(example, tmp_path_factory) -> Path:
    """The example's sheet, sample C as alignments; L is of long reads."""
    folder, reads = tmp_path_factory.mktemp("aligned"), example.folder / "reads"
    sam = aligned_by_hisat2(example.genome_path, reads / "C.fastq.gz", folder)
    (folder / "C.sam").write_text(sam)
    lines = [
        "sample\tfastq_1\tfastq_2\tbam\tkind",
        *(f"{s}\t{reads}/{s}_1.fastq.gz\t{reads}/{s}_2.fastq.gz\t\t" for s in "AB"),
        f"E\t{reads}/E.fastq.gz\t\t\t",
        f"C\t\t\t{folder}/C.sam\t",
        f"L\t{reads}/L.ont_cdna.fastq.gz\t\t\tont_cdna",
    ]
    path = folder / "samples.tsv"
    path.write_text("\n".join(lines) + "\n")
    return path


def configure(
    example: Simulation, folder: Path, blocks: int = 1, samples: Path | None = None
) -> Path:
    folder.mkdir()
    path = folder / "config.yaml"
    path.write_text(
        f"samples: {samples or example.samples_path}\n"
        f"genome: {example.genome_path}\n"
        f"annotation: {example.annotation_path}\n"
        f"domains: {example.domains_path}\n"
        "out: run\n"
        f"blocks: {blocks}\n"
    )
    return path


def run(config: Path, *more: object, **options: object):
    return bioloom("lincrna", "run", "--config", config, *more, **options)


def queue() -> set[str]:
    """Jobs that are queued or running, those of others too."""
    asked = ["squeue", "-h", "-t", "PENDING,RUNNING,SUSPENDED", "-o", "%i"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return set(told.split())


def test_the_result_is_that_of_a_local_run(example, sheet, tmp_path):
    here = configure(example, tmp_path / "here", samples=sheet)
    there = configure(example, tmp_path / "there", blocks=3, samples=sheet)
    local = run(here)
    assert local.returncode == 0, local.stderr
    on_slurm = run(there, "--profile", "slurm")
    assert on_slurm.returncode == 0, on_slurm.stderr
    assert "SLURM jobid" in (there.parent / "run/log.txt").read_text()
    assert results(there.parent / "run") == results(here.parent / "run")


def test_a_failed_job_is_told_with_its_own_log(example, tmp_path):
    config = configure(example, tmp_path / "failing")
    broken = tmp_path / "bin" / "trim_galore"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho no adapters today >&2\nexit 7\n")
    broken.chmod(0o755)
    path = f"{broken.parent}{os.pathsep}{os.environ['PATH']}"
    failed = run(config, "--profile", "slurm", env=os.environ | {"PATH": path})
    assert failed.returncode == 1
    assert "step trim" in failed.stderr
    assert "no adapters today" in failed.stderr


def test_an_interrupt_leaves_no_job_behind(example, tmp_path):
    config = configure(example, tmp_path / "interrupted")
    command = [*BIOLOOM, "lincrna", "run", "--config", str(config)]
    before = queue()
    started = subprocess.Popen([*command, "--profile", "slurm"], start_new_session=True)
    deadline = time.monotonic() + 120
    while not queue() - before:
        assert started.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.5)
    started.send_signal(signal.SIGINT)
    assert started.wait(timeout=120) == 130
    assert not queue() - before


def test_a_prediction_in_blocks_is_that_of_one_command(tmp_path):
    folder = tmp_path / "demo"
    assert bioloom("mirna", "demo", "--out", folder).returncode == 0
    config = tmp_path / "config.yaml"
    config.write_text(
        f"mirnas: {folder / 'mirnas.fa'}\n"
        f"targets: {folder / 'targets.fa'}\n"
        "out: run\n"
        "blocks: 2\n"
        "rules: {top: 3}\n"
        "p_values: 3utr_fly\n"
    )
    done = bioloom("mirna", "run", "--config", config, "--profile", "slurm")
    assert done.returncode == 0, done.stderr
    assert "SLURM jobid" in (tmp_path / "run/log.txt").read_text()
    table = (tmp_path / "run/tables/sites.tsv").read_bytes()
    assert table == (folder / "sites.tsv").read_bytes()
