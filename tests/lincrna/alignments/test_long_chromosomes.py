"""Chromosomes over 512 Mb, where BAI and TBI indexes end."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from bioloom.genome.gtf import read_annotation
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.browser.coverage import write_coverage
from bioloom.lincrna.simulate import Simulation
from bioloom.lincrna.workflow.runner import SNAKEFILE
from bioloom.seq.fasta import read_fasta
from tests.lincrna.alignments.sam import aligned_by_hisat2
from tests.shell import bioloom

pysam = pytest.importorskip("pysam")
FAR, LONG, WIDTH = 580_000_000, 600_000_000, 10_000


def test_indexes_of_alignments_reach_beyond_512_mb(tmp_path: Path) -> None:
    pybigtools = pytest.importorskip("pybigtools")
    bam = tmp_path / "s.bam"
    header = {"HD": {"SO": "coordinate"}, "SQ": [{"SN": "1", "LN": LONG}]}
    with pysam.AlignmentFile(str(bam), "wb", header=header) as out:
        for place in (100, FAR, FAR + 5):
            fields = f"r\t0\t1\t{place + 1}\t60\t10M\t*\t0\t0\t{'A' * 10}\t{'F' * 10}"
            out.write(pysam.AlignedSegment.fromstring(fields, out.header))
    with pytest.raises(pysam.SamtoolsError):
        pysam.index(str(bam))  # BAI
    bam.with_name("s.bam.bai").unlink(missing_ok=True)
    pysam.index("-c", str(bam))
    write_coverage(bam, tmp_path, sample="s", strandness="unstranded")
    found = [*pybigtools.open(str(tmp_path / "s.bw")).records("1", FAR - 1, FAR + 20)]
    assert [row for row in found if row[2]] == [
        *((FAR, FAR + 5, 1.0), (FAR + 5, FAR + 10, 2.0), (FAR + 10, FAR + 15, 1.0)),
    ]


def test_every_rule_that_indexes_alignments_writes_csi() -> None:
    rules = "".join(path.read_text() for path in SNAKEFILE.parent.rglob("*.smk"))
    indexing = re.findall(r"samtools index( -c)?", rules)
    assert len(indexing) >= 4
    assert all(indexing)
    assert ".bai" not in rules


def lines_of_genome(genome: Path) -> Iterator[str]:
    """A genome whose first contig stands behind 580 Mb of N, in one of 600 Mb."""
    unknown = "N" * WIDTH + "\n"
    first, *others = read_fasta(genome)
    yield f">{first.name}\n"
    yield from [unknown] * (FAR // WIDTH)
    padded = first.sequence + "N" * (-len(first.sequence) % WIDTH)
    yield from wrapped(padded)
    yield from [unknown] * ((LONG - FAR - len(padded)) // WIDTH)
    for record in others:
        yield f">{record.name}\n"
        yield from wrapped(record.sequence)


def wrapped(sequence: str) -> Iterator[str]:
    for start in range(0, len(sequence), WIDTH):
        yield sequence[start : start + WIDTH] + "\n"


def moved(line: str, chrom: str, *columns: int) -> str:
    """A row whose positions on the chromosome are 580 Mb further on."""
    fields = line.rstrip("\n").split("\t")
    if chrom in fields[:3]:
        for column in columns:
            fields[column] = str(int(fields[column]) + FAR)
    return "\t".join(fields) + "\n"


def first_contig(genome: Path) -> str:
    return next(read_fasta(genome)).name


def moved_alignments(small: Simulation, folder: Path) -> list[str]:
    """HISAT2's alignments of sample C, in SAM, those on the first contig moved."""
    chrom = first_contig(small.genome_path)
    reads = small.folder / "reads/C.fastq.gz"
    sam = aligned_by_hisat2(small.genome_path, reads, folder)
    sam = re.sub(rf"SN:{chrom}\tLN:\d+", f"SN:{chrom}\tLN:{LONG}", sam)
    return [
        f"{line}\n" if line.startswith("@") else moved(line, chrom, 3)
        for line in sam.splitlines()
    ]


@pytest.fixture
def far(small: Simulation, tmp_path: Path) -> Path:
    """The small simulation, its first chromosome moved; sample C is alignments."""
    with (tmp_path / "g.fa").open("w") as out:
        out.writelines(lines_of_genome(small.genome_path))
    chrom = first_contig(small.genome_path)
    rows = small.annotation_path.read_text().splitlines()
    (tmp_path / "a.gtf").write_text("".join(moved(row, chrom, 3, 4) for row in rows))
    (tmp_path / "C.sam").write_text("".join(moved_alignments(small, tmp_path)))
    reads = small.folder / "reads"
    lines = [f"{s}\t{reads}/{s}_1.fastq.gz\t{reads}/{s}_2.fastq.gz\t" for s in "AB"]
    lines += [f"E\t{reads}/E.fastq.gz\t\t", "C\t\t\tC.sam"]
    sheet = "\n".join(["sample\tfastq_1\tfastq_2\tbam", *lines])
    (tmp_path / "s.tsv").write_text(f"{sheet}\n")
    return tmp_path


@pytest.mark.heavy
@pytest.mark.tools
def test_a_chromosome_of_600_mb_runs_from_reads_to_report(
    small: Simulation, far: Path, configure: Callable[..., Path], tmp_path: Path
) -> None:
    plain = bioloom("lincrna", "run", "--config", configure())
    assert plain.returncode == 0, plain.stderr
    wanted = read_annotation(tmp_path / "out/candidates.gtf").transcripts
    config = configure(
        samples=far / "s.tsv",
        genome=far / "g.fa",
        annotation=far / "a.gtf",
        out=tmp_path / "far",
        browser="{coverage: true}",
    )
    done = bioloom("lincrna", "run", "--config", config)
    assert done.returncode == 0, done.stderr
    found = read_annotation(tmp_path / "far/candidates.gtf").transcripts
    assert places(found, FAR, first_contig(small.genome_path)) == places(wanted, 0)
    assert any(tx.start > FAR for tx in found)
    aligned = tmp_path / "far/working/aligned"
    assert not [*aligned.glob("*.bai")]
    assert len([*aligned.glob("*.bam.csi")]) == 4


def places(
    transcripts: Sequence[Transcript], shift: int, chrom: str = ""
) -> set[tuple[str, int, str]]:
    """Where transcripts start, those on one contig shifted back."""
    return {
        (tx.chrom, tx.start - shift * (tx.chrom == chrom), tx.strand)
        for tx in transcripts
    }
