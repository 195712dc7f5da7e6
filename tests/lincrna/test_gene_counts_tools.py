"""Counts of all genes of the demo, against an independent count of its alignments."""

import subprocess
from pathlib import Path

import pandas as pd
import pytest

from bioloom.genome.gtf import read_annotation
from bioloom.genome.intervals import overlapping_pairs
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.workflow.demo import DemoResult
from tests.programs import needed

pytestmark = pytest.mark.tools

FEATURE_COUNTS_STRAND = {"unstranded": "0", "forward": "1", "reverse": "2"}


@pytest.fixture
def run(demo: tuple[Path, DemoResult]) -> Path:
    return demo[0] / "run"


def frame(run: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(run / f"tables/{name}.tsv", sep="\t", index_col=0)


def models(run: Path) -> tuple[Transcript, ...]:
    return read_annotation(run / "working/measured/union.gtf").transcripts


def test_every_transcript_that_stringtie_measured_is_in_the_tables(run: Path) -> None:
    names = {tx.transcript_id for tx in models(run)}
    assert set(frame(run, "transcript_counts").index) == names
    assert set(frame(run, "tx2gene").index) == names
    assert list(frame(run, "gene_counts").index) == list(frame(run, "genes").index)


def test_sums_of_genes_and_transcripts_are_equal(run: Path) -> None:
    genes, transcripts = frame(run, "gene_counts"), frame(run, "transcript_counts")
    assert genes.sum().equals(transcripts.sum())
    tpm = frame(run, "gene_tpm").sum()
    assert tpm.to_list() == pytest.approx([1e6] * len(tpm), rel=1e-4)


def test_the_read_length_is_the_mean_of_the_trimmed_reads(run: Path) -> None:
    for sample, row in frame(run, "samples").iterrows():
        # the BAM lacks reads that did not align, which may be shorter or longer
        n_unaligned = 1 - row["mapped_percent"] / 100
        length = row["trimmed_length_nt"]
        bam = run / f"working/aligned/{sample}.bam"
        sam = subprocess.run(
            ["samtools", "view", "-F", "256", bam],
            capture_output=True,
            text=True,
            check=True,
        )
        reads = [len(line.split("\t")[9]) for line in sam.stdout.splitlines()]
        most = 0.005 + 100 * n_unaligned
        assert length == pytest.approx(sum(reads) / len(reads), abs=most)


def test_counts_agree_with_those_of_featurecounts(run: Path, tmp_path: Path) -> None:
    """On genes with one isoform, on a strand, that overlap no other gene.

    featureCounts gives a read to a gene if it overlaps it by a base; StringTie spreads
    the bases of reads and counts those that both mates cover once, so counts of
    pairs come out lower: by 5.8 % here, where 7.5 % of the bases are covered twice.
    """
    needed("featureCounts")
    transcripts = models(run)
    gene_of = frame(run, "tx2gene")["gene_id"].to_dict()
    _write_saf(tmp_path / "genes.saf", transcripts, gene_of)
    clear = _clear_genes(transcripts, gene_of, frame(run, "genes"))
    assert len(clear) > 80
    samples, ours = frame(run, "samples"), frame(run, "gene_counts")
    for sample in samples.index:
        is_paired = _has_pairs(run / f"working/aligned/{sample}.bam")
        theirs = _feature_counts(
            run / f"working/aligned/{sample}.bam",
            tmp_path,
            strand=FEATURE_COUNTS_STRAND[samples.loc[sample, "strandness"]],
            is_paired=is_paired,
        )
        left, right = ours.loc[clear, sample], theirs.loc[clear]
        assert left.corr(right) > 0.999
        lowest, highest = (0.92, 1.0) if is_paired else (0.99, 1.01)
        assert lowest < left.sum() / right.sum() < highest
        assert ((left == 0) == (right == 0)).all()


def _write_saf(
    path: Path, transcripts: tuple[Transcript, ...], gene_of: dict[str, str]
) -> None:
    with path.open("w") as stream:
        stream.write("GeneID\tChr\tStart\tEnd\tStrand\n")
        for tx in transcripts:
            strand = "+" if tx.strand == "." else tx.strand
            for start, end in tx.exons:
                gene = gene_of[tx.transcript_id]
                stream.write(f"{gene}\t{tx.chrom}\t{start + 1}\t{end}\t{strand}\n")


def _clear_genes(
    transcripts: tuple[Transcript, ...], gene_of: dict[str, str], genes: pd.DataFrame
) -> list[str]:
    unclear = {gene_of[tx.transcript_id] for tx in transcripts if tx.strand == "."}
    for left, right in overlapping_pairs(transcripts, transcripts).tolist():
        pair = {gene_of[transcripts[i].transcript_id] for i in (left, right)}
        unclear |= pair if len(pair) == 2 else set()
    single = genes.index[genes["n_transcripts"] == 1]
    return [gene for gene in single if gene not in unclear]


def _has_pairs(bam: Path) -> bool:
    """Whether the alignments hold second mates."""
    counted = subprocess.run(
        ["samtools", "view", "-c", "-f", "128", bam],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(counted.stdout) > 0


def _feature_counts(
    bam: Path, folder: Path, *, strand: str, is_paired: bool
) -> "pd.Series[int]":
    """Reads by gene; mates count apart."""
    out = folder / f"{bam.stem}.txt"
    subprocess.run(
        [
            *("featureCounts", "-F", "SAF", "-a", folder / "genes.saf"),
            *("-s", strand, *(["-p"] if is_paired else []), "-o", out, bam),
        ],
        capture_output=True,
        check=True,
    )
    table = pd.read_csv(out, sep="\t", comment="#", index_col=0)
    return table.iloc[:, -1]


def test_the_matrix_and_the_index_are_written(run: Path) -> None:
    anndata = pytest.importorskip("anndata")
    matrix = anndata.read_h5ad(run / "expression.h5ad")
    assert (frame(run, "gene_counts") == matrix.to_df().T).all(axis=None)
    pysam = pytest.importorskip("pysam")
    lines = (run / "candidates.bed").read_text().splitlines()
    with pysam.TabixFile(str(run / "candidates.bed.gz")) as packed:
        assert list(packed.fetch()) == lines


def test_the_report_lists_the_new_files(run: Path) -> None:
    page = (run / "report.html").read_text("utf-8")
    for name in ("tables/gene_counts.tsv", "candidates.gtf.gz", "expression.h5ad"):
        assert name in page
