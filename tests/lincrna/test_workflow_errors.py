"""Bad input to a run: one clear message, exit code 1, no traceback."""

import gzip
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bioloom.lincrna.simulate import Simulation
from bioloom.run.external import TOOLS
from tests.shell import bioloom

pytestmark = [pytest.mark.tools, pytest.mark.usefixtures("tools")]

Configure = Callable[..., Path]


def sheet(path: Path, *rows: tuple[object, ...]) -> Path:
    """Write a sample sheet of (sample, fastq_1, fastq_2, strandness)."""
    lines = [("sample", "fastq_1", "fastq_2", "strandness"), *rows]
    path.write_text("".join("\t".join(map(str, line)) + "\n" for line in lines))
    return path


def failed(config: Path, **options: object) -> str:
    """Message of a run that must fail."""
    done = bioloom("lincrna", "run", "--config", config, **options)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("bioloom: error: ")
    assert done.stderr.count("bioloom: error") == 1
    return done.stderr


def only_tools_but(missing: str, folder: Path) -> dict[str, str]:
    """An environment with the programs that a run needs, one of them missing."""
    folder.mkdir()
    for tool in TOOLS:
        if tool.name != missing:
            (folder / tool.name).symlink_to(shutil.which(tool.name) or "")
    return os.environ | {"PATH": str(folder)}


def reads(small: Simulation, name: str) -> Path:
    return small.folder / "reads" / name


def test_missing_fastq(configure: Configure, tmp_path: Path) -> None:
    samples = sheet(tmp_path / "s.tsv", ("liver", "gone.fastq.gz", "", "auto"))
    told = failed(configure(samples=samples))
    assert "gone.fastq.gz: found no such file" in told
    assert f"{samples}: line 2" in told


def test_proteins_that_are_none_are_told_before_the_run_starts(
    configure: Configure, small: Simulation, tmp_path: Path
) -> None:
    told = failed(configure(proteins=small.genome_path))
    assert "Give the proteins, not their mRNAs or CDS." in told
    assert not (tmp_path / "out/run.json").exists()
    (tmp_path / "p.fa").write_text(">a\nMKVLAAGIVGLCDEFW\n")
    filters = "{homology_tool: mmseqs}"
    config = configure(proteins=tmp_path / "p.fa", filters=filters)
    told = failed(config, env=only_tools_but("mmseqs", tmp_path / "bin"))
    assert "mmseqs: found no such program on PATH" in told
    assert "apt-get install mmseqs2" in told


def test_truncated_fastq(
    configure: Configure, small: Simulation, tmp_path: Path
) -> None:
    whole = reads(small, "C.fastq.gz").read_bytes()
    cut = tmp_path / "cut.fastq.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    samples = sheet(tmp_path / "s.tsv", ("liver", cut, "", "unstranded"))
    told = failed(configure(samples=samples))
    assert f"{cut}: found" in told
    assert "truncated" in told


def test_fastq_that_ends_inside_a_record(
    configure: Configure, small: Simulation, tmp_path: Path
) -> None:
    lines = gzip.decompress(reads(small, "C.fastq.gz").read_bytes()).splitlines()
    cut = tmp_path / "cut.fastq"
    cut.write_bytes(b"\n".join(lines[:42]))
    samples = sheet(tmp_path / "s.tsv", ("liver", cut, "", "unstranded"))
    told = failed(configure(samples=samples))
    assert f"{cut}: found" in told
    assert "after 10 good records" in told


def test_wrong_strandness_prints_both_numbers(
    configure: Configure, small: Simulation, tmp_path: Path
) -> None:
    mates = (reads(small, "A_1.fastq.gz"), reads(small, "A_2.fastq.gz"))
    samples = sheet(tmp_path / "s.tsv", ("liver", *mates, "forward"))
    told = failed(configure(samples=samples))
    assert "sample liver: found" in told
    assert "sense reads" in told
    assert "antisense reads" in told
    assert "which is reverse; expected forward" in told


def test_sample_without_reads(configure: Configure, tmp_path: Path) -> None:
    empty = tmp_path / "empty.fastq.gz"
    empty.write_bytes(gzip.compress(b""))
    samples = sheet(tmp_path / "s.tsv", ("liver", empty, "", "auto"))
    told = failed(configure(samples=samples))
    assert f"sample liver: {empty}: found no reads in the file" in told


def test_sample_with_adapters_alone(configure: Configure, tmp_path: Path) -> None:
    adapter = "AGATCGGAAGAGCACACGTCTGAACTCCAGTCA"
    record = f"@r{{}}\n{adapter}\n+\n{'I' * len(adapter)}\n"
    fastq = tmp_path / "dimers.fastq"
    fastq.write_text("".join(record.format(i) for i in range(100)))
    samples = sheet(tmp_path / "s.tsv", ("liver", fastq, "", "auto"))
    assert "found no reads after trimming" in failed(configure(samples=samples))


def test_chromosome_names_that_differ(
    configure: Configure, small: Simulation, tmp_path: Path
) -> None:
    renamed = tmp_path / "renamed.gtf"
    renamed.write_text(small.annotation_path.read_text().replace("chrS", ""))
    told = failed(configure(annotation=renamed))
    assert "expected names of" in told
    assert "'chrS1'" in told
    assert "only the prefix 'chr' differs" in told
    assert not (tmp_path / "out/run.json").exists()  # told before the first step


def test_missing_tool(configure: Configure, tmp_path: Path) -> None:
    told = failed(configure(), env=only_tools_but("stringtie", tmp_path / "bin"))
    assert "stringtie: found no such program on PATH" in told
    assert "apt-get install stringtie" in told


def test_failing_tool_shows_its_command_and_its_last_words(
    configure: Configure, tmp_path: Path
) -> None:
    broken = tmp_path / "bin" / "trim_galore"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho no adapters today >&2\nexit 7\n")
    broken.chmod(0o755)
    path = f"{broken.parent}{os.pathsep}{os.environ['PATH']}"
    told = failed(configure(), env=os.environ | {"PATH": path})
    assert "step trim" in told
    assert "no adapters today" in told
    assert "--gzip --quality 20" in told


def test_two_runs_do_not_share_a_folder(configure: Configure) -> None:
    import fcntl

    config = configure()
    lock = config.parent / "out" / "working" / ".lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "another run at work" in failed(config)


def test_reads_that_assemble_nothing(
    configure: Configure, small: Simulation, tmp_path: Path
) -> None:
    few = tmp_path / "few.fastq"
    lines = gzip.decompress(reads(small, "C.fastq.gz").read_bytes()).splitlines()
    few.write_bytes(b"\n".join(lines[:8]) + b"\n")
    samples = sheet(tmp_path / "s.tsv", ("liver", few, "", "auto"))
    told = failed(configure(samples=samples))
    assert "found no transcript in any of 1 samples" in told


def test_annotation_without_cds_and_biotypes_says_what_it_weakens(
    small: Simulation, tmp_path: Path
) -> None:
    exons = [
        line.split("gene_type")[0]
        for line in small.annotation_path.read_text().splitlines()
        if "\texon\t" in line
    ]
    bare = tmp_path / "bare.gtf"
    bare.write_text("\n".join(exons) + "\n")
    merged = small.models_path
    done = bioloom(
        *("lincrna", "filter", "--gtf", merged, "--genome", small.genome_path),
        *("--annotation", bare, "--out", tmp_path / "out"),
    )
    assert done.returncode == 0, done.stderr
    assert "says of no gene what it is" in done.stderr
    assert "no CDS rows either" in done.stderr
    assert "housekeeping filter sees only the extra file" in done.stderr
    assert "domain filter was not applied" in done.stderr


def test_usage_errors_exit_with_2() -> None:
    assert bioloom("lincrna", "run").returncode == 2
    assert isinstance(bioloom("--help"), subprocess.CompletedProcess)
