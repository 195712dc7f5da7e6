"""Long reads of others: Nanopore direct RNA (real), Nanopore cDNA (simulated)."""

import csv
import subprocess
from pathlib import Path

import dnaio
import pytest

from bioloom.genome.gtf import read_annotation
from bioloom.lincrna.alignments.matching import PrimerMatcher
from bioloom.lincrna.alignments.orienting import chosen_primers
from bioloom.lincrna.alignments.read_ends import ReadEnds
from bioloom.lincrna.inputs.collect import twins_of
from bioloom.lincrna.inputs.primers import KITS
from tests.programs import needed
from tests.shell import bioloom

pysam = pytest.importorskip("pysam")


def test_tails_tell_the_strand_that_the_simulator_read(data_dir: Path) -> None:
    # NanoSim names its reads by transcript and strand: ONT.1.14_ENSMUST…_F_20_746_56
    reads = data_dir / "lincrna/long_reads/mouse_chr9.ont_sim.fq.gz"
    with dnaio.open(reads) as reader:
        found = [
            (read.name.split("_")[2], ReadEnds("ont_cdna").of(read.sequence).strand)
            for read in reader
        ]
    told = [pair for pair in found if pair[1]]
    assert len(told) > 200
    assert set(told) == {("F", "+"), ("R", "-")}


@pytest.mark.parametrize("name", ["mouse_chr9.ont_sim.fq", "mapt_mouse.ont_sim.fastq"])
def test_reads_of_others_without_primers_show_no_kit(data_dir: Path, name: str) -> None:
    reads = data_dir / f"lincrna/long_reads/{name}.gz"
    assert chosen_primers([reads], "ont_cdna", "auto") is None


def test_real_reads_hold_no_primers_by_chance(data_dir: Path) -> None:
    # direct RNA has none
    bam = data_dir / "lincrna/long_reads/human_chr9.ont_drna.bam"
    with pysam.AlignmentFile(str(bam)) as reader:
        reads = [read.query_sequence for read in reader if read.query_sequence]
    assert len(reads) > 100
    for pair in KITS.values():
        look = ReadEnds("ont_cdna", PrimerMatcher(pair))
        assert not any(look.of(read).told_by == "primers" for read in reads)


def ran(folder: Path, reads: Path, kind: str, genome: Path, annotation: Path) -> Path:
    """A run on one sample."""
    (folder / "s.tsv").write_text(f"sample\treads\tkind\nS\t{reads}\t{kind}\n")
    (folder / "config.yaml").write_text(
        f"samples: s.tsv\ngenome: {genome}\nannotation: {annotation}\nout: run\n"
    )
    done = bioloom("lincrna", "run", "--config", folder / "config.yaml")
    assert done.returncode == 0, done.stderr
    return folder / "run"


def sample_of(run: Path) -> dict[str, str]:
    with (run / "tables/samples.tsv").open(encoding="utf-8", newline="") as stream:
        [row] = csv.DictReader(stream, delimiter="\t")
    return row


@pytest.mark.tools
def test_the_isoforms_of_mapt_are_assembled(
    tools: None, data_dir: Path, tmp_path: Path
) -> None:
    needed("minimap2")
    folder = data_dir / "lincrna/long_reads"
    annotation = folder / "mapt_mouse.gtf.gz"
    run = ran(
        tmp_path,
        folder / "mapt_mouse.ont_sim.fastq.gz",
        "ont_cdna",
        folder / "mapt_mouse.fa.gz",
        annotation,
    )
    annotated = read_annotation(annotation).transcripts
    assembled = read_annotation(run / "working/assembled/S.gtf").transcripts
    found = set(twins_of(assembled, annotated).values())
    # 12 isoforms of about 10 reads, 10 % errors
    assert len(annotated) == 12
    assert len(found) >= 11
    rows = (run / "working/full_length/S.tsv").read_text().splitlines()[1:]
    whole = {row.split("\t")[0]: int(row.split("\t")[1]) for row in rows}
    truth: dict[str, int] = {}
    with dnaio.open(folder / "mapt_mouse.ont_sim.fastq.gz") as reader:
        for read in reader:
            name = read.name.split("_")[1]
            truth[name] = truth.get(name, 0) + 1
    # an errorless rule would give each its own; none may get another's
    assert all(n <= truth[name] for name, n in whole.items() if name in truth)
    assert sum(whole.get(name, 0) for name in found) > 50


@pytest.mark.tools
def test_real_direct_rna_is_sense_and_lies_where_its_makers_have_it(
    tools: None, data_dir: Path, tmp_path: Path
) -> None:
    needed("minimap2")
    theirs = data_dir / "lincrna/long_reads/human_chr9.ont_drna.bam"
    fastq = tmp_path / "r.fastq"
    with fastq.open("w") as out:
        subprocess.run(
            ["samtools", "fastq", "-F", "0x900", theirs],
            stdout=out,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    folder = data_dir / "lincrna/human_chr9"
    genome = folder / "chr9_1_1000000.fa.gz"
    annotation = folder / "chr9_1_1000000.ensembl91.gtf.gz"
    run = ran(tmp_path, fastq, "ont_drna", genome, annotation)
    told = sample_of(run)
    assert (told["n_reads"], told["strandness"]) == ("129", "forward")
    assert float(told["sense_fraction"]) > 0.95  # SG-NEx's direct RNA
    assert float(told["mapped_percent"]) == 100
    wanted, found = places(theirs), places(run / "working/aligned/S.bam")
    assert wanted.keys() == found.keys()
    moved = [name for name in found if abs(found[name][1] - wanted[name][1]) > 50]
    assert len(moved) <= 6
    assert all(found[name][0] == wanted[name][0] for name in found)


def places(bam: Path) -> dict[str, tuple[bool, int]]:
    """Strand and end of the primary alignment of each read."""
    with pysam.AlignmentFile(str(bam)) as reader:
        return {
            read.query_name: (read.is_reverse, read.reference_end)
            for read in reader.fetch(until_eof=True)
            if not (read.is_unmapped or read.is_secondary or read.is_supplementary)
        }
