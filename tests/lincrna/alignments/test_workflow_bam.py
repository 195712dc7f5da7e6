"""The workflow on alignments in place of reads, with the real tools."""

import csv
import subprocess
from pathlib import Path

import pytest

from bioloom.genome.gtf import read_annotation
from bioloom.lincrna.workflow.demo import DESIGN, DemoResult
from tests.lincrna.test_workflow import results
from tests.programs import needed
from tests.shell import bioloom

pytest.importorskip("pysam")
pytestmark = pytest.mark.tools
SHEET = "tables/samples.tsv"
OF_COUNTS = {
    f"tables/{name}.tsv"
    for name in (
        *("counts", "gene_counts", "transcript_counts"),
        *("comparisons", "size_factors"),
    )
}
"""Tables that the mean length of the reads is a factor of."""


def run(*words: object, **options: object) -> None:
    subprocess.run([*map(str, words)], check=True, capture_output=True, **options)  # type: ignore[call-overload]


def configured(folder: Path, inputs: Path, bams: dict[str, Path]) -> Path:
    """A configuration on the demo's inputs, some samples given as alignments."""
    with (inputs / "samples.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    lines = []
    for row in rows:
        given = {"bam": bams.get(row["sample"], "")}
        for name in ("fastq_1", "fastq_2"):
            file = inputs / row[name] if row[name] else ""
            given[name] = "" if given["bam"] else file
        lines.append("\t".join(map(str, (row | given).values())))
    folder.mkdir(exist_ok=True)
    sheet = folder / "samples.tsv"
    sheet.write_text("\n".join(["\t".join([*rows[0], "bam"]), *lines]) + "\n")
    config = folder / "config.yaml"
    config.write_text(
        f"samples: {sheet}\n"
        f"genome: {inputs / 'genome.fa'}\n"
        f"annotation: {inputs / 'annotation.gtf'}\n"
        f"domains: {inputs / 'domains.hmm'}\n"
        "out: run\n"
        "comparison:\n"
        f"  design: {DESIGN}\n"
        "browser:\n"
        "  coverage: true\n"
    )
    return config


def done(config: Path, *options: object) -> str:
    """What a run that must end well says."""
    told = bioloom("lincrna", "run", "--config", config, *options)
    assert told.returncode == 0, told.stderr
    return told.stderr


def by_sample(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "run" / SHEET).open() as stream:
        return {row["sample"]: row for row in csv.DictReader(stream, delimiter="\t")}


@pytest.fixture(scope="module")
def mixed(
    demo: tuple[Path, DemoResult], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The demo's reads as FASTQ, sorted by name, as CRAM, and without strands."""
    folder = tmp_path_factory.mktemp("mixed")
    aligned, genome = demo[0] / "run/working/aligned", folder / "genome.fa"
    genome.write_bytes((demo[0] / "input/genome.fa").read_bytes())
    bams = {"A": folder / "A.bam", "B": folder / "B.cram", "E": folder / "E.bam"}
    run("samtools", "sort", "-n", "-o", bams["A"], aligned / "A.bam")
    run("samtools", "view", "-C", "-T", genome, "-o", bams["B"], aligned / "B.bam")
    run("samtools", "view", "-b", "-x", "XS", "-o", bams["E"], aligned / "E.bam")
    config = configured(folder / "project", demo[0] / "input", bams)
    return config.parent, done(config, "--cores", 1)


def test_alignments_give_the_same_candidates_as_their_reads(
    demo: tuple[Path, DemoResult], mixed: tuple[Path, str]
) -> None:
    wanted, found = results(demo[0] / "run"), results(mixed[0] / "run")
    # the other run had two cores
    assert wanted.keys() == found.keys()
    unlike = {name for name in wanted if wanted[name] != found[name]}
    assert unlike <= {SHEET} | OF_COUNTS
    for name in OF_COUNTS & {name for name in unlike if name.endswith("counts.tsv")}:
        assert largest_difference(wanted[name], found[name]) <= 1


def largest_difference(wanted: bytes, found: bytes) -> int:
    """Between two tables of counts with the same rows and columns."""
    pairs = zip(
        *(table.decode().splitlines() for table in (wanted, found)), strict=True
    )
    cells = [
        pair
        for rows in pairs
        for pair in zip(*(row.split("\t") for row in rows), strict=True)
    ]
    return max(abs(int(a) - int(b)) for a, b in cells if a != b)


def test_the_table_of_samples_tells_where_each_came_from(
    demo: tuple[Path, DemoResult], mixed: tuple[Path, str]
) -> None:
    rows, reads = by_sample(mixed[0]), by_sample(demo[0])
    assert [rows[name]["reads_from"] for name in "ABCE"] == [
        "BAM of hisat2 2.2.1: A.bam",
        "CRAM of hisat2 2.2.1: B.cram",
        "FASTQ",
        "BAM of hisat2 2.2.1: E.bam",
    ]
    for name in "ABE":  # unaligned reads are not in these files
        assert rows[name]["mapped_percent"] == ""
        missing = int(reads[name]["n_reads"]) - int(rows[name]["n_reads"])
        assert 0 <= missing <= 0.002 * int(reads[name]["n_reads"])
        assert rows[name]["strandness"] == reads[name]["strandness"]
    assert "sorted by place for the run" in rows["A"]["note"]
    assert "spliced alignments came without a strand" in rows["E"]["note"]
    page = (mixed[0] / "run/report.html").read_text()
    assert "CRAM of hisat2 2.2.1: B.cram" in page


def test_what_will_be_done_is_said_before(mixed: tuple[Path, str]) -> None:
    assert mixed[1].count("not sorted by place: the run sorts a copy") == 1
    assert mixed[1].count("have no strand (tag XS or ts") == 1


def test_inputs_are_not_touched(mixed: tuple[Path, str]) -> None:
    names = {path.name for path in mixed[0].parent.iterdir() if path.is_file()}
    # samtools itself wrote the index of the genome that it made the CRAM with
    assert names == {"A.bam", "B.cram", "E.bam", "genome.fa", "genome.fa.fai"}


@pytest.fixture(scope="module")
def star(
    demo: tuple[Path, DemoResult], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The demo's reads as STAR aligns them by default, without strands."""
    needed("STAR")
    folder, inputs = tmp_path_factory.mktemp("star"), demo[0] / "input"
    run(
        *("STAR", "--runMode", "genomeGenerate", "--genomeDir", folder / "index"),
        *("--genomeFastaFiles", inputs / "genome.fa", "--genomeSAindexNbases", 8),
        *("--sjdbGTFfile", inputs / "annotation.gtf", "--sjdbOverhang", 99),
        *("--outFileNamePrefix", folder / "index."),
    )
    for name in "ABCE":
        run(
            *("STAR", "--genomeDir", folder / "index", "--readFilesCommand", "zcat"),
            *("--outSAMtype", "BAM", "SortedByCoordinate"),
            *("--outFileNamePrefix", folder / f"{name}."),
            *("--readFilesIn", *sorted((inputs / "reads").glob(f"{name}[._]*"))),
        )
    return {name: folder / f"{name}.Aligned.sortedByCoord.out.bam" for name in "ABCE"}


def models(run: Path) -> set[tuple[object, ...]]:
    """Candidates, by strand and introns; single exons by their neighbourhood."""
    return {
        (tx.chrom, tx.strand, tx.introns or ("at", tx.start // 1000))
        for tx in read_annotation(run / "candidates.gtf").transcripts
    }


def test_the_alignments_of_star_give_the_same_candidates(
    demo: tuple[Path, DemoResult], star: dict[str, Path], tmp_path: Path
) -> None:
    config = configured(tmp_path / "project", demo[0] / "input", star)
    told = done(config)
    assert told.count("have no strand") == 4
    assert models(config.parent / "run") == models(demo[0] / "run")
    rows, reads = by_sample(config.parent), by_sample(demo[0])
    assert rows["C"]["reads_from"].startswith("BAM of STAR 2.")
    assert {n: row["strandness"] for n, row in rows.items()} == {
        n: row["strandness"] for n, row in reads.items()
    }


def refused(config: Path) -> str:
    """The one message of a run that must stop before its first step."""
    told = bioloom("lincrna", "run", "--config", config)
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert told.stderr.count("bioloom: error: ") == 1
    assert not (config.parent / "run/run.json").exists()
    return told.stderr


def test_alignments_to_another_genome_stop_the_run_before_it_starts(
    demo: tuple[Path, DemoResult], tmp_path: Path
) -> None:
    aligned, renamed = demo[0] / "run/working/aligned/C.bam", tmp_path / "C.bam"
    with renamed.open("wb") as out:
        change = ["samtools", "reheader", "-c", "sed s/SN:chr/SN:/", str(aligned)]
        subprocess.run(change, check=True, stdout=out)
    config = configured(tmp_path / "project", demo[0] / "input", {"C": renamed})
    told = refused(config)
    assert "contigs 'S1', 'S2'" in told
    assert "those of the genome: 'chrS1', 'chrS2'" in told
    assert "samtools reheader -c 'sed s/SN:/SN:chr/' C.bam" in told


def test_a_cut_file_stops_the_run_before_it_starts(
    demo: tuple[Path, DemoResult], tmp_path: Path
) -> None:
    whole = (demo[0] / "run/working/aligned/C.bam").read_bytes()
    (tmp_path / "C.bam").write_bytes(whole[: len(whole) // 2])
    given = {"C": tmp_path / "C.bam"}
    told = refused(configured(tmp_path / "project", demo[0] / "input", given))
    assert f"{tmp_path}/C.bam: found an alignment file that cannot be read" in told
