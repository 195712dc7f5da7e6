"""Salmon in place of StringTie measures expression."""

import csv
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bioloom.errors import BadConfig, BadInput
from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.expression import (
    Abundance,
    quantified_path,
    quantifier_name,
    read_abundances,
)
from bioloom.lincrna.output.methods import methods_of
from bioloom.lincrna.simulate import Simulation, simulate
from bioloom.lincrna.simulate.long_reads import LongLibrary
from bioloom.lincrna.simulate.simulation import DROPLETS
from bioloom.lincrna.workflow.salmon_steps import (
    salmon_options,
    write_transcript_sequences,
)
from bioloom.run.record import read_record
from bioloom.seq.fasta import read_fasta
from tests.lincrna.alignments.test_workflow_bam import models
from tests.lincrna.test_workflow import results
from tests.lincrna.test_workflow_errors import only_tools_but
from tests.programs import needed
from tests.shell import bioloom

TABLE = """\
Name\tLength\tEffectiveLength\tTPM\tNumReads
a\t900\t900.000\t12.250000\t3.500
b\t300\t300.000\t0.000000\t0.000
"""


def test_what_salmon_wrote_is_read(tmp_path: Path) -> None:
    path = quantified_path(tmp_path, "s", "salmon")
    path.parent.mkdir()
    path.write_text(TABLE)
    found = read_abundances(path)
    assert found == {"a": Abundance(12.25, 0.0, 3.5), "b": Abundance(0.0, 0.0, 0.0)}
    # whatever the lengths: nothing is divided by them
    assert [each.n_reads(900, 75.0) for each in found.values()] == [3.5, 0]
    assert Abundance(1.0, 0.0, 3.4).n_reads(900, None) == 3.4
    assert quantifier_name([path]) == "Salmon"
    assert quantifier_name([quantified_path(tmp_path, "s", "stringtie")]) == "StringTie"


def fastq(path: Path, *, is_empty: bool = False) -> Path:
    path.write_text("" if is_empty else "@r\nACGT\n+\nIIII\n")
    return path


@pytest.mark.parametrize(
    ("strandness", "letter"),
    [("forward", "SF"), ("reverse", "SR"), ("unstranded", "U")],
)
def test_salmon_is_told_the_library(tmp_path: Path, strandness, letter) -> None:
    check = tmp_path / "s.json"
    check.write_text(
        f'{{"n_sense": 9, "n_antisense": 1, "strandness": "{strandness}", '
        '"stated": "auto", "note": ""}'
    )
    one, two, single = (fastq(tmp_path / f"{name}.fq") for name in "12s")
    none = fastq(tmp_path / "none.fq", is_empty=True)
    pairs = f"-l I{letter} -1 {one} -2 {two}"
    assert salmon_options(check, []) == f"-l {letter}"
    assert salmon_options(check, [single]) == f"-l {letter} -r {single}"
    assert salmon_options(check, [one, two]) == pairs
    # of alignments
    with pytest.raises(BadInput, match="1 pairs and of 1 single"):
        salmon_options(check, [one, two, single])
    two.write_text(two.read_text() * 20)
    one.write_text(one.read_text() * 20)
    assert salmon_options(check, [one, two, single]) == pairs
    assert salmon_options(check, [none, none, single]) == f"-l {letter} -r {single}"


def test_sequences_of_transcripts_are_those_of_gffread(
    small: Simulation, tmp_path: Path
) -> None:
    needed("gffread")
    genome = tmp_path / "g.fa"
    genome.symlink_to(small.genome_path)
    write_transcript_sequences(small.models_path, genome, tmp_path / "t.fa")
    command = ["gffread", "-w", tmp_path / "w.fa", "-g", genome, small.models_path]
    subprocess.run(command, check=True, capture_output=True)
    found, wanted = (
        {record.name: record.sequence.upper() for record in read_fasta(path)}
        for path in (tmp_path / "t.fa", tmp_path / "w.fa")
    )
    assert found == wanted
    assert len(found) > 20


def test_a_slip_of_the_quantifiers_name_is_told(configure: Callable[..., Path]) -> None:
    with pytest.raises(BadConfig, match="'stringtie' or 'salmon'"):
        read_run_config(configure(quantifier="kallisto"))


@pytest.mark.tools
def test_a_missing_salmon_is_told_before_the_run(
    configure: Callable[..., Path], tmp_path: Path, tools: None
) -> None:
    env = only_tools_but("salmon", tmp_path / "bin")
    config = configure(quantifier="salmon")
    told = bioloom("lincrna", "run", "--config", config, env=env).stderr
    assert "apt-get install salmon" in told


Rows = list[dict[str, str]]


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


@pytest.fixture(scope="module")
def example(tools: None, tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    """Pairs, single reads, three kinds of long reads, and droplets."""
    needed("salmon", "minimap2")
    kinds = ("ont_cdna", "ont_drna", "pacbio")
    long_reads = [
        LongLibrary(name, kind) for name, kind in zip("LRP", kinds, strict=True)
    ]
    return simulate(
        tmp_path_factory.mktemp("example"),
        scale=0.3,
        with_cells=True,
        droplets=DROPLETS[:1],
        long_reads=long_reads,
    )


def ran(example: Simulation, folder: Path, *more: str, cores: int = 2, **bams) -> Path:
    """A run on the example, some samples as alignments."""
    rows = rows_of(example.samples_path)
    for row in rows:
        for name in ("fastq_1", "fastq_2"):
            row[name] = str(example.folder / row[name]) if row[name] else ""
        if row["sample"] in bams:
            row.update(fastq_1="", fastq_2="", bam=str(bams[row["sample"]]))
    columns = [*dict.fromkeys([*rows[0], "bam"])]
    lines = ["\t".join(row.get(name, "") for name in columns) for row in rows]
    folder.mkdir()
    (folder / "samples.tsv").write_text("\n".join(["\t".join(columns), *lines]) + "\n")
    entries = {
        "samples": "samples.tsv",
        "genome": example.genome_path,
        "annotation": example.annotation_path,
        "domains": example.domains_path,
        "out": "run",
    }
    config = folder / "config.yaml"
    config.write_text(
        "".join(f"{key}: {value}\n" for key, value in entries.items()) + "\n".join(more)
    )
    done = bioloom("lincrna", "run", "--config", config, "--cores", cores)
    assert done.returncode == 0, done.stderr
    return folder / "run"


@pytest.fixture(scope="module")
def plain(example: Simulation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ran(example, tmp_path_factory.mktemp("plain") / "p")


@pytest.fixture(scope="module")
def by_salmon(
    example: Simulation, plain: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A run by Salmon, pairs of B and long reads of P as alignments."""
    bams = {name: plain / f"working/aligned/{name}.bam" for name in "BP"}
    folder = tmp_path_factory.mktemp("salmon") / "s"
    return ran(example, folder, "quantifier: salmon", cores=1, **bams)


@pytest.mark.tools
@pytest.mark.slow
def test_salmon_finds_the_same_candidates(plain: Path, by_salmon: Path) -> None:
    assert models(by_salmon) == models(plain)
    assert read_record(by_salmon)["tools"].keys() >= {"salmon", "minimap2"}
    assert "was measured with Salmon 1." in methods_of(by_salmon).text
    assert "Salmon" not in methods_of(plain).text
    words = (by_salmon / "tables/README.md").read_text()
    assert "Measured by Salmon. Counts are Salmon's estimates" in words
    columns = [rows_of(run / "tables/tpm.tsv")[0].keys() for run in (plain, by_salmon)]
    assert [*columns[0]] == [*columns[1]]


def correlation(pairs: list[tuple[float, float]]) -> float:
    return float(np.corrcoef(np.array(pairs).T)[0, 1])


def counts_of(run: Path) -> dict[str, dict[str, float]]:
    return {
        row.pop("transcript_id"): {name: float(n) for name, n in row.items()}
        for row in rows_of(run / "tables/transcript_counts.tsv")
    }


@pytest.mark.tools
@pytest.mark.slow
def test_salmons_counts_are_those_of_the_truth(
    example: Simulation, by_salmon: Path
) -> None:
    counts = counts_of(by_salmon)
    # short reads: all samples together, of annotated genes with one isoform
    ends = {"A": 2, "B": 2, "C": 1, "E": 1}
    pairs = [
        (
            sum(counts[name][sample] * n for sample, n in ends.items()) * 100 / length,
            float(row["coverage_total"]),
        )
        for row in rows_of(example.truth_path)
        for name, length in [(f"{row['locus_id']}.1", int(row["length_nt"]))]
        if row["annotated"] == "yes" and f"{row['locus_id']}.2" not in counts
    ]
    assert len(pairs) > 20
    assert correlation(pairs) > 0.9995  # StringTie 0.999
    for sample in "LRP":
        pairs = [
            (counts[row["transcript_id"]][sample], float(row["n_reads"]))
            for row in rows_of(example.folder / "long_truth.tsv")
            if row["sample"] == sample and row["transcript_id"] in counts
        ]
        assert len(pairs) > 15
        # reads of RNA of 150 nt, cut at the 5' end, are too short for minimap2
        assert correlation(pairs) > (0.85 if sample == "R" else 0.98)
    assert all(row["D"] >= 0 for row in counts.values())
    assert sum(row["D"] for row in counts.values()) > 100


@pytest.mark.tools
@pytest.mark.slow
def test_reads_of_alignments_count_as_reads_do(
    example: Simulation, by_salmon: Path, tmp_path: Path
) -> None:
    # on two cores, and B as FASTQ: only the order of the reads differs
    whole = ran(example, tmp_path / "w", "quantifier: salmon")
    some, others = counts_of(by_salmon), counts_of(whole)
    assert some.keys() == others.keys()
    for name, row in some.items():
        for sample, n in row.items():
            limit = 1 + 0.02 * n if sample in "BP" else 0
            assert abs(n - others[name][sample]) <= limit, (name, sample)


@pytest.mark.tools
@pytest.mark.slow
def test_salmon_needs_no_luck(
    example: Simulation, plain: Path, by_salmon: Path, tmp_path: Path
) -> None:
    bams = {name: plain / f"working/aligned/{name}.bam" for name in "BP"}
    again = ran(example, tmp_path / "a", "quantifier: salmon", cores=2, **bams)
    assert results(again) == results(by_salmon)


@pytest.mark.tools
@pytest.mark.slow
def test_salmons_counts_have_their_working(by_salmon: Path) -> None:
    name = "coding_01"
    told = bioloom(
        *("lincrna", "explain", name, "--run", by_salmon, "--about", "expression")
    )
    assert "those that Salmon estimates" in told.stdout
    count = int(counts_of(by_salmon)[f"{name}.1"]["A"])
    assert f"→ {count} reads" in told.stdout
