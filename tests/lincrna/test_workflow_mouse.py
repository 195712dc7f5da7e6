"""Real reads: four ENCODE samples of mouse E14 and E18, a slice of chromosome 15."""

import csv
import subprocess
from pathlib import Path

import pytest

from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.output.working import read_working
from bioloom.lincrna.verdict.judged import Judged
from tests.shell import bioloom

pytestmark = [pytest.mark.tools, pytest.mark.data, pytest.mark.slow]

SAMPLES = ("E14_Rep1", "E14_Rep2", "E18_Rep1", "E18_Rep2")
RRM_RETROCOPY = ("chr15", 753_599, 755_085)
GPBP1_RETROCOPY = ("chr15", 863_096, 863_817)


@pytest.fixture(scope="module")
def run(tools: None, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the four samples."""
    folder = tmp_path_factory.mktemp("mouse")
    data = data_dir / "lincrna"
    rows = ["sample\tfastq_1\tfastq_2\tstrandness\tstage"]
    for sample in SAMPLES:
        mates = (data / f"mouse_mini/bulk/{sample}_R{mate}.fastq.gz" for mate in (1, 2))
        stage = sample.partition("_")[0]
        rows.append("\t".join([sample, *map(str, mates), "auto", stage]))
    (folder / "samples.tsv").write_text("\n".join(rows) + "\n")
    (folder / "domains.hmm").write_bytes((data / "pfam/RRM_1.hmm").read_bytes())
    (folder / "config.yaml").write_text(
        "samples: samples.tsv\n"
        f"genome: {data / 'mouse_mini/ref/genome.fa.gz'}\n"
        f"annotation: {data / 'mouse_mini/ref/annotation.gtf.gz'}\n"
        "domains: domains.hmm\n"
        "out: run\n"
        "filters:\n"
        "  domain_search: all\n"
        "comparison:\n"
        "  design: ~ stage\n"
    )
    done = bioloom("lincrna", "run", "--config", folder / "config.yaml")
    assert done.returncode == 0, done.stderr
    return folder / "run"


@pytest.fixture(scope="module")
def result(run: Path) -> FilterResult:
    return read_working(run)


def test_two_novel_ones_are_left_one_beside_a_pseudogene(result: FilterResult) -> None:
    found = [row.collected.transcript for row in result.candidates]
    places = [(tx.start, tx.end, tx.strand) for tx in found]
    assert places == [(864_110, 864_815, "-"), (898_680, 899_095, "-")]
    end = max(row.collected.transcript.end for row in novel_in(result, GPBP1_RETROCOPY))
    assert found[0].start - end == 293


def novel_in(result: FilterResult, place: tuple[str, int, int]) -> list[Judged]:
    """Novel transcripts that overlap a place."""
    chrom, start, end = place
    return [
        row
        for row in result.rows
        if (tx := row.collected.transcript).chrom == chrom
        and tx.start < end
        and tx.end > start
        and row.collected.origin == "novel"
    ]


def test_the_rrm_retrocopy_is_rejected_with_all_its_isoforms(
    result: FilterResult,
) -> None:
    rows = novel_in(result, RRM_RETROCOPY)
    assert len(rows) >= 5
    assert {row.verdict for row in rows} == {"rejected"}
    assert len({row.locus_id for row in rows}) == 1
    longest = max(rows, key=lambda row: row.evidence.longest_orf_aa)
    assert longest.evidence.longest_orf_aa == 343
    assert longest.evidence.domain is not None
    assert longest.evidence.domain.model == "RRM_1"
    assert longest.failed == ("orf", "coding", "domain")
    # isoforms that the rule of 100 aa would pass are seen by the coding model
    short = [row for row in rows if row.evidence.longest_orf_aa < 100]
    assert short
    criteria = {name for row in short for name in row.failed}
    assert "coding" in criteria
    assert not {"orf", "domain"} & criteria


def test_the_gpbp1_retrocopy_falls_without_a_domain(result: FilterResult) -> None:
    rows = novel_in(result, GPBP1_RETROCOPY)
    assert rows
    assert {row.verdict for row in rows} == {"rejected"}
    assert max(row.evidence.longest_orf_aa for row in rows) == 202
    assert all(row.judgements["domain"].is_passed for row in rows)


def test_the_headline_names_candidates_that_have_reads(
    run: Path, result: FilterResult
) -> None:
    for row in result.candidates:
        assert row.evidence.tpm_in(1) >= 0.5
        assert row.evidence.expressed is not None
        assert row.evidence.expressed.weakest_junction in (None, *range(3, 10**6))
    silent = result.unexpressed
    assert len(silent) > len(result.candidates)
    assert {row.collected.origin for row in silent} == {"known"}
    page = (run / "report.html").read_text()
    assert f"Known, not expressed here: {len(silent)}" in page
    assert f"known, not expressed here: {len(silent)}" in result.summary()


def test_strandness_is_inferred_from_the_reads(run: Path) -> None:
    with (run / "tables/samples.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert [row["sample"] for row in rows] == [*SAMPLES]
    assert {row["strandness"] for row in rows} == {"forward"}
    assert all(float(row["sense_fraction"]) > 0.9 for row in rows)
    assert all(float(row["mapped_percent"]) > 98 for row in rows)


def test_attrition_adds_up_to_the_candidates(run: Path, result: FilterResult) -> None:
    with (run / "tables/attrition.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    steps = [row for row in rows if row["level"] == "transcript"]
    for origin in ("known", "novel"):
        own = [row for row in steps if row["origin"] == origin]
        total = sum(row.collected.origin == origin for row in result.rows)
        dropped = sum(int(row["n_dropped"]) for row in own)
        left = sum(row.collected.origin == origin for row in result.candidates)
        assert total - dropped == left == int(own[-1]["n_after"])


def test_every_candidate_can_be_explained(run: Path, result: FilterResult) -> None:
    assert result.candidates
    for row in result.candidates:
        told = bioloom("lincrna", "explain", row.transcript_id, "--run", run)
        assert told.returncode == 0, told.stderr
        assert "lincRNA candidate" in told.stdout
        assert f"{row.evidence.longest_orf_aa} aa" in told.stdout


def test_counts_hold_all_genes_not_candidates_alone(run: Path) -> None:
    tables = {}
    for name in ("gene_counts", "transcript_counts", "counts"):
        with (run / f"tables/{name}.tsv").open() as stream:
            rows = csv.DictReader(stream, delimiter="\t")
            tables[name] = [[int(row[sample]) for sample in SAMPLES] for row in rows]
    columns = {
        name: [sum(column) for column in zip(*rows, strict=True)]
        for name, rows in tables.items()
    }
    assert columns["gene_counts"] == columns["transcript_counts"]
    in_all = [row for row in tables["gene_counts"] if all(row)]
    assert len(in_all) > len([row for row in tables["counts"] if all(row)])


def test_four_samples_of_a_slice_are_compared_with_doubts(run: Path) -> None:
    with (run / "tables/comparisons.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert {row["contrast"] for row in rows} == {"stage: E18 vs E14"}
    page = (run / "report.html").read_text()
    assert "Size factors rest on only 5 genes" in page
    assert "4 samples in 2 groups have 4 permutations" in page


DESEQ2 = """
suppressMessages(library(DESeq2))
table_of <- function(name) read.delim(file.path("RUN/tables", name), row.names = 1,
  check.names = FALSE)
counts <- as.matrix(table_of("gene_counts.tsv"))
fitted <- DESeq(DESeqDataSetFromMatrix(counts[rowSums(counts) >= 10, ],
  table_of("samples.tsv"), ~stage), quiet = TRUE)
table <- as.data.frame(results(fitted, contrast = c("stage", "E18", "E14")))
table$sizes <- paste(sizeFactors(fitted), collapse = ",")
write.table(table, "theirs.tsv", sep = "\\t", quote = FALSE)
"""


@pytest.mark.r
def test_size_factors_and_fold_changes_are_deseq2s(run: Path, tmp_path: Path) -> None:
    """p-values are not: seven genes make no trend of dispersions.

    PyDESeq2 then moderates with their mean, 2.0, and calls none; DESeq2 fits a local
    curve and calls three. The report doubts both.
    """
    (tmp_path / "deseq2.R").write_text(DESEQ2.replace("RUN", str(run)))
    subprocess.run(["Rscript", "deseq2.R"], cwd=tmp_path, check=True)
    with (tmp_path / "theirs.tsv").open() as stream:
        header, *lines = [line.rstrip("\n").split("\t") for line in stream]
    theirs = {name: dict(zip(header, row, strict=True)) for name, *row in lines}
    with (run / "tables/size_factors.tsv").open() as stream:
        ours = [
            float(row["size_factor"]) for row in csv.DictReader(stream, delimiter="\t")
        ]
    sizes = next(iter(theirs.values()))["sizes"].split(",")
    assert ours == pytest.approx([float(size) for size in sizes], rel=1e-5)
    with (run / "tables/comparisons.tsv").open() as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            change = float(theirs[row["gene_id"]]["log2FoldChange"])
            assert float(row["log2_fold_change"]) == pytest.approx(change, abs=0.05)
