"""The workflow on simulated long reads, alone and beside short ones, with the tools."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bioloom.lincrna.output.working import read_working
from bioloom.lincrna.simulate import Simulation, simulate
from bioloom.lincrna.simulate.long_reads import LongLibrary
from bioloom.lincrna.workflow.demo import DemoResult, judge, read_truth
from bioloom.run.record import read_record
from tests.lincrna.test_workflow import results
from tests.programs import needed
from tests.shell import bioloom

pytest.importorskip("pysam")
pytestmark = pytest.mark.tools
MIN_COVERAGE = 5.0
LONG = (
    LongLibrary("L", "ont_cdna"),
    LongLibrary("R", "ont_drna"),
    LongLibrary("P", "pacbio"),
)

PRIMED = (
    LongLibrary("K", "ont_cdna", primers="pcs114", bare_share=0.1),
    LongLibrary("W", "pacbio", primers="isoseq_neb", bare_share=0.1),
)
"""Reads as they leave the instrument: of PacBio nobody has cut or turned them."""


@pytest.fixture(scope="module")
def example(tools: None, tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    """Long reads of three kinds, and long reads of the RNA of sample A."""
    needed("minimap2")
    folder = tmp_path_factory.mktemp("long")
    beside = LongLibrary("A", "ont_cdna", depth=0.5)
    return simulate(folder, scale=0.5, long_reads=(*LONG, beside, *PRIMED))


Rows = list[dict[str, str]]


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def configured(
    example: Simulation, folder: Path, wanted: Callable[[dict[str, str]], bool], **more
) -> Path:
    """A configuration on some samples of the example."""
    rows = [row for row in rows_of(example.samples_path) if wanted(row)]
    for row in rows:
        for name in ("fastq_1", "fastq_2"):
            row[name] = str(example.folder / row[name]) if row[name] else ""
        row.update(more.get(f"{row['sample']} {row['kind']}", {}))
    columns = [*dict.fromkeys(name for row in rows for name in row)]
    folder.mkdir(exist_ok=True)
    lines = ["\t".join(row.get(name, "") for name in columns) for row in rows]
    (folder / "samples.tsv").write_text("\n".join(["\t".join(columns), *lines]) + "\n")
    path = folder / "config.yaml"
    path.write_text(
        "samples: samples.tsv\n"
        f"genome: {example.genome_path}\n"
        f"annotation: {example.annotation_path}\n"
        f"domains: {example.domains_path}\n"
        "out: run\n"
    )
    return path


def is_long(row: dict[str, str]) -> bool:
    return row["kind"] != "bulk"


def ran(config: Path, *options: object) -> Path:
    done = bioloom("lincrna", "run", "--config", config, *options)
    assert done.returncode == 0, done.stderr
    return config.parent / "run"


def judged(run: Path, example: Simulation, *, samples: set[str]) -> DemoResult:
    """The result against the truth: what some samples cover well must be found."""
    coverage: dict[str, float] = defaultdict(float)
    for row in rows_of(example.folder / "long_truth.tsv"):
        if row["sample"] in samples:
            name = row["transcript_id"].rpartition(".")[0]
            coverage[name] = max(coverage[name], float(row["coverage"]))
    truth = [
        replace(
            locus,
            is_expected_in=locus.is_expected_in
            if not samples
            else locus.is_expected_in and coverage[locus.locus_id] >= MIN_COVERAGE,
        )
        for locus in read_truth(example.folder)
    ]
    return judge(read_working(run), truth)


@pytest.fixture(scope="module")
def alone(example: Simulation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on long reads of each kind and nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    config = configured(
        example, folder, lambda row: is_long(row) and row["sample"] in "LRP"
    )
    return ran(config)


def test_long_reads_find_every_lincrna_and_no_decoy(
    alone: Path, example: Simulation
) -> None:
    verdict = judged(alone, example, samples={"L", "R", "P"})
    assert verdict.to_text().endswith(": as expected")
    kinds = Counter(locus.truth.kind for locus in verdict.loci)
    assert kinds["novel_lincrna"] >= 6
    assert {"novel_monoexonic", "decoy_domain", "retrocopy"} <= kinds.keys()
    assert "minimap2" in read_record(alone)["tools"]


@pytest.mark.parametrize("sample", ["L", "R", "P"])
def test_each_kind_alone_finds_them(
    example: Simulation, tmp_path: Path, sample: str
) -> None:
    config = configured(example, tmp_path, lambda row: row["sample"] == sample)
    verdict = judged(ran(config), example, samples={sample})
    assert verdict.to_text().endswith(": as expected")


def test_full_length_reads_are_those_of_the_truth(
    alone: Path, example: Simulation
) -> None:
    whole: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for row in rows_of(example.folder / "long_truth.tsv"):
        if row["sample"] in {"L", "R", "P"}:
            whole[row["transcript_id"]] += int(row["n_whole"])
            every[row["transcript_id"]] += int(row["n_reads"])
    known = [
        row
        for row in rows_of(alone / "tables/transcripts.tsv")
        if row["transcript_id"] in whole
    ]
    assert len(known) >= 6
    for row in known:
        name, found = row["transcript_id"], int(row["full_length_reads"])
        # errors cost some, and a read cut within 50 nt of the end counts
        assert 0.8 * whole[name] <= found <= min(1.1 * whole[name] + 3, every[name])
    found = {row["transcript_id"]: row["full_length_reads"] for row in known}
    name = known[0]["transcript_id"]
    told = bioloom("lincrna", "explain", name, "--run", alone)
    assert f"full-length reads: {found[name]}" in told.stdout
    assert "Full-length reads" in (alone / "report.html").read_text()
    assert "full_length_reads" in (alone / "tables/README.md").read_text()


def test_counts_and_working_of_long_reads_are_those_of_the_truth(
    alone: Path, example: Simulation
) -> None:
    # of genes with one isoform; reads that lack their 5' end count for less than one
    reads = {
        (row["sample"], row["transcript_id"]): float(row["coverage"])
        for row in rows_of(example.folder / "long_truth.tsv")
    }
    counted = rows_of(alone / "tables/transcript_counts.tsv")
    pairs = [
        (int(row[name]), reads[name, row["transcript_id"]])
        for row in counted
        for name in "LRP"
        if row["transcript_id"].startswith(("coding", "known"))
        and (name, row["transcript_id"]) in reads
    ]
    assert len(pairs) > 40
    # StringTie loses one where loci of two strands overlap, and that is told
    n_lost = sum(not found for found, _ in pairs)
    assert n_lost <= 2
    told = (alone / "report.html").read_text()
    assert ("No expression was measured in sample" in told) == bool(n_lost)
    pairs = [pair for pair in pairs if pair[0]]
    assert all(0.6 * true - 2 <= found <= 1.4 * true + 2 for found, true in pairs)
    found = {row["transcript_id"]: row for row in counted}["coding_01.1"]["L"]
    shown = bioloom(
        *("lincrna", "explain", "coding_01"),
        *("--run", alone, "--about", "expression"),
    )
    assert "L: a long read covers the transcript" in shown.stdout
    assert f"⌉ = {found}" in shown.stdout


def test_the_table_of_samples_says_what_became_of_the_reads(alone: Path) -> None:
    told = {row["sample"]: row for row in rows_of(alone / "tables/samples.tsv")}
    assert [told[name]["kind"] for name in "LRP"] == [each.kind for each in LONG]
    assert [told[name]["strandness"] for name in "LRP"] == [
        *("unstranded", "forward", "forward")
    ]
    for name in "LRP":
        assert float(told[name]["sense_fraction"]) > 0.98
        assert float(told[name]["mapped_percent"]) > 95
        assert told[name]["reads_from"] == "FASTQ"
    note = told["L"]["note"]
    assert "turned to the RNA's strand" in note
    assert "alignments without introns" in note
    assert "strand of each read by itself" in note


def test_reads_that_primers_turn_find_every_lincrna(
    example: Simulation, tmp_path: Path
) -> None:
    run = ran(configured(example, tmp_path, lambda row: row["sample"] in "KW"))
    verdict = judged(run, example, samples={"K", "W"})
    assert verdict.to_text().endswith(": as expected")
    told = {row["sample"]: row for row in rows_of(run / "tables/samples.tsv")}
    for name, kit in (("K", "pcs114"), ("W", "isoseq_neb")):
        assert f"oriented by the primers of {kit}" in told[name]["note"]
        assert float(told[name]["sense_fraction"]) > 0.98
        assert float(told[name]["mapped_percent"]) > 95
    # a PacBio read of unknown strand would be taken for one of the RNA's
    assert "of these left out" in told["W"]["note"]
    assert "of these left out" not in told["K"]["note"]
    assert int(told["W"]["n_trimmed"]) < int(told["W"]["n_reads"])


def test_raw_pacbio_reads_without_primers_stop_the_run(
    example: Simulation, tmp_path: Path
) -> None:
    config = configured(example, tmp_path, lambda row: row["sample"] == "W")
    config.write_text(config.read_text() + "long_reads: {primers: none}\n")
    done = bioloom("lincrna", "run", "--config", config)
    assert done.returncode == 1
    assert "orient them (PacBio: isoseq refine)" in done.stderr


def test_short_and_long_reads_of_one_rna_are_assembled_together(
    example: Simulation, tmp_path: Path
) -> None:
    config = configured(example, tmp_path, lambda row: row["sample"] in "ACL")
    run = ran(config, "--cores", 1)
    verdict = judged(run, example, samples=set())
    assert verdict.to_text().endswith(": as expected")
    told = {row["sample"]: row for row in rows_of(run / "tables/samples.tsv")}
    assert list(told) == ["A", "C", "L", "A.ont_cdna"]
    assert told["A"]["n_assembled"] == told["A.ont_cdna"]["n_assembled"]
    assembled = {path.name for path in (run / "working/assembled").iterdir()}
    assert assembled == {"A.gtf", "C.gtf", "L.gtf"}
    # one RNA counts once, however many libraries there are of it
    rows = rows_of(run / "tables/transcripts.tsv")
    assert max(int(row["n_samples"]) for row in rows) == 3
    columns = rows_of(run / "tables/tpm.tsv")[0].keys()
    assert list(columns) == ["transcript_id", "A", "C", "L", "A.ont_cdna"]
    again = configured(example, tmp_path / "two", lambda row: row["sample"] in "ACL")
    assert results(ran(again, "--cores", 2)) == results(run)


def test_alignments_of_long_reads_give_the_candidates_of_the_reads(
    alone: Path, example: Simulation, tmp_path: Path
) -> None:
    given = {
        f"{name} {kind}": {"fastq_1": "", "bam": f"{alone}/working/aligned/{name}.bam"}
        for name, kind in (("R", "ont_drna"), ("P", "pacbio"))
    }
    config = configured(example, tmp_path, lambda row: row["sample"] in "LRP", **given)
    run = ran(config)
    for name in ("candidates.gtf", "candidates.fa", "tables/transcripts.tsv"):
        assert (run / name).read_bytes() == (alone / name).read_bytes()
    told = {row["sample"]: row for row in rows_of(run / "tables/samples.tsv")}
    assert told["R"]["reads_from"].startswith("BAM of minimap2 2.")


def test_reads_of_either_strand_are_no_direct_rna(
    example: Simulation, tmp_path: Path
) -> None:
    wrong = {"L ont_cdna": {"kind": "ont_drna"}}
    config = configured(example, tmp_path, lambda row: row["sample"] == "L", **wrong)
    done = bioloom("lincrna", "run", "--config", config)
    assert done.returncode == 1
    assert "Set the kind to ont_cdna for reads of either strand" in done.stderr
