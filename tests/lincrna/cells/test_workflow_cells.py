"""The workflow on simulated and real droplet reads, with the real tools."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from bioloom.genome.intervals import exonic_overlap_nt
from bioloom.lincrna.output.working import read_working
from bioloom.lincrna.workflow.demo import DemoResult, read_truth, run_demo
from tests.shell import bioloom

anndata = pytest.importorskip("anndata")
pytestmark = [pytest.mark.tools, pytest.mark.slow]


@pytest.fixture(scope="module")
def demo_cells(tools, tmp_path_factory) -> tuple[Path, DemoResult]:
    out = tmp_path_factory.mktemp("demo_cells")
    return out, run_demo(out, with_cells=True)


def columns_of_truth(out: Path) -> dict[str, str]:
    """Column of the matrix for each simulated locus that is not annotated."""
    found = {}
    for locus in read_truth(out / "input"):
        for row in read_working(out / "run").rows:
            tx = row.collected.transcript
            for model in locus.transcripts:
                if (tx.chrom, tx.strand) == (model.chrom, model.strand) and (
                    row.collected.origin == "novel"
                    and exonic_overlap_nt(tx.exons, model.exons)
                ):
                    found[locus.locus_id] = row.locus_id
    return found


def test_cells_change_nothing_in_the_verdict(demo_cells):
    assert demo_cells[1].to_text().endswith("as expected")


def counted(out: Path, sample: str) -> list[dict[str, object]]:
    """True UMIs of a sample beside those of the matrix, by cell and locus."""
    matrix = anndata.read_h5ad(out / "run/cells.h5ad")
    columns = columns_of_truth(out)
    layers = {name: matrix.to_df(layer=name) for name in ("exonic", "full")}
    with (out / "input/cells_truth.tsv").open() as stream:
        truth = list(csv.DictReader(stream, delimiter="\t"))
    rows = []
    for row in truth:
        if row["sample"] == sample:
            cell = f"{sample}_{row['barcode']}"
            gene = columns.get(row["locus_id"], row["locus_id"])
            got = {name: layer.at[cell, gene] for name, layer in layers.items()}
            rows.append(row | got)
    cells = matrix.obs["barcode"][matrix.obs["sample"] == sample]
    assert set(cells) == {row["barcode"] for row in rows}
    return rows


def n_unaligned(out: Path, sample: str) -> int:
    """Reads are free of errors, but HISAT2 leaves a few over short junctions."""
    summary = (out / f"run/working/aligned/{sample}.summary.txt").read_text()
    return int(re.search(r"Aligned 0 time: (\d+)", summary)[1])


def test_umi_counts_are_those_that_were_simulated(demo_cells):
    rows = counted(demo_cells[0], "D")
    wanted = np.array([int(row["n_umis"]) for row in rows])
    got = np.array([row["exonic"] for row in rows])
    assert n_unaligned(demo_cells[0], "D") <= 5
    assert (got <= wanted).all()
    assert (wanted - got).sum() <= n_unaligned(demo_cells[0], "D")
    is_lincrna = np.array([row["kind"] != "coding" for row in rows])
    assert is_lincrna.sum() > 300
    assert np.corrcoef(wanted[is_lincrna], got[is_lincrna])[0, 1] >= 0.999


def test_of_nuclei_the_unspliced_rnas_are_counted_too(demo_cells):
    rows = counted(demo_cells[0], "N")
    n_umis, n_intronic = (
        np.array([int(row[name]) for row in rows]) for name in ("n_umis", "n_intronic")
    )
    full = np.array([row["full"] for row in rows])
    exonic = np.array([row["exonic"] for row in rows])
    lost = n_unaligned(demo_cells[0], "N")
    assert 0.3 < n_intronic.sum() / n_umis.sum() < 0.6
    assert lost <= 5
    assert (full <= n_umis).all()
    # an unspliced read over a snoRNA in its host's intron belongs to two genes
    is_host = np.array([row["kind"].endswith("_host") for row in rows])
    missing = n_umis - full
    assert missing[~is_host].sum() <= lost
    assert missing[is_host].sum() <= 0.1 * n_umis[is_host].sum() + lost
    # where a retained intron was assembled, it is an exon of the locus
    assert (exonic >= n_umis - n_intronic - lost).all()
    assert exonic.sum() < 0.6 * n_umis.sum()


def test_barcodes_with_one_error_are_recovered(demo_cells):
    with (demo_cells[0] / "run/tables/samples.tsv").open() as stream:
        row = next(
            r for r in csv.DictReader(stream, delimiter="\t") if r["kind"] != "bulk"
        )
    assert (row["n_cells"], row["kind"]) == ("40", "cell")
    # one read in twenty has an error; what is left are the empty droplets
    assert float(row["percent_in_cells"]) > 97


def test_scanpy_opens_the_matrix(demo_cells):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scanpy's own
        import scanpy

        matrix = scanpy.read_h5ad(demo_cells[0] / "run/cells.h5ad")
        scanpy.pp.calculate_qc_metrics(matrix, inplace=True, percent_top=None)
    assert matrix.shape[0] == 80
    assert set(matrix.layers) == {"exonic", "full"}
    assert {"coding", "known lncRNA", "novel lincRNA candidate"} <= set(
        matrix.var["kind"]
    )
    assert (matrix.obs["total_counts"] == matrix.obs["n_umis"]).all()
    assert matrix.obs["fraction_lincrna"].between(0.1, 0.6).all()


def test_the_report_shows_knee_and_candidates(demo_cells):
    page = (demo_cells[0] / "run/report.html").read_text()
    assert "Reads of each barcode" in page
    assert "Candidates with most UMIs" in page


@pytest.fixture(scope="module")
def mouse(tools, data_dir, tmp_path_factory) -> Path:
    """Four bulk and two 10x samples of mouse in one run."""
    folder, data = tmp_path_factory.mktemp("mouse"), data_dir / "lincrna"
    rows = ["sample\tfastq_1\tfastq_2\tstrandness\tkind"]
    for name in ("E14_Rep1", "E14_Rep2", "E18_Rep1", "E18_Rep2"):
        mates = [data / f"mouse_mini/bulk/{name}_R{n}.fastq.gz" for n in (1, 2)]
        rows.append("\t".join([name, *map(str, mates), "auto", "bulk"]))
    for number in (58, 59):
        stem = f"MACA_24m_M_BLADDER_{number}_S1_L001"
        mates = [data / f"mouse_mini/sc/{stem}_R{n}_001.fastq.gz" for n in (1, 2)]
        rows.append("\t".join([f"MACA{number}", *map(str, mates), "auto", "cell"]))
    (folder / "samples.tsv").write_text("\n".join(rows) + "\n")
    (folder / "config.yaml").write_text(
        "samples: samples.tsv\n"
        f"genome: {data / 'mouse_mini/ref/genome.fa.gz'}\n"
        f"annotation: {data / 'mouse_mini/ref/annotation.gtf.gz'}\n"
        f"domains: {data / 'pfam/RRM_1.hmm'}\n"
        "out: run\n"
    )
    done = bioloom("lincrna", "run", "--config", folder / "config.yaml")
    assert done.returncode == 0, done.stderr
    return folder / "run"


@pytest.mark.data
@pytest.mark.parametrize(
    ("start", "end"), [(5_845_718, 5_852_700), (5_874_736, 5_895_506)]
)
def test_malat1_and_neat1_are_novel_candidates(mouse, start, end):
    """Both are absent from the annotation, and have one exon."""
    found = [
        row
        for row in read_working(mouse).candidates
        if (tx := row.collected.transcript).chrom == "chr19"
        and tx.strand == "-"
        and tx.start < end
        and tx.end > start
    ]
    assert found
    assert {row.collected.origin for row in found} == {"novel"}
    assert all("droplet reads only" in " ".join(row.doubts) for row in found)


@pytest.mark.data
def test_retrocopies_fall_and_pieces_near_genes_are_doubted(mouse):
    rows = read_working(mouse).rows
    for start, end in ((753_599, 755_085), (863_096, 863_817)):
        there = [
            row
            for row in rows
            if (tx := row.collected.transcript).chrom == "chr15"
            and row.collected.origin == "novel"
            and tx.start < end
            and tx.end > start
        ]
        assert there
        assert {row.verdict for row in there} == {"rejected"}
    from_cells = [row for row in rows if row.collected.n_bulk_samples == 0]
    doubted = [row for row in from_cells if row.collected.origin == "novel"]
    assert doubted
    assert all(row.doubts for row in doubted if row.collected.n_samples)
    assert any("near gene: " in doubt for row in doubted for doubt in row.doubts)


@pytest.mark.data
def test_droplet_reads_map_once_oligo_and_poly_a_are_gone(mouse):
    with (mouse / "tables/samples.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert all(float(row["mapped_percent"]) >= 95 for row in rows)


def sheet(folder: Path, *cells: object) -> Path:
    lines = [("sample", "fastq_1", "fastq_2", "strandness", "kind"), cells]
    path = folder / "samples.tsv"
    path.write_text("".join("\t".join(map(str, line)) + "\n" for line in lines))
    return path


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("D_R2", "D_R1", "The two files look swapped"),
        ("A_1", "A_2", "found reads of 100 nt, expected 26 nt (10xv2) or 28 nt"),
    ],
)
def test_wrong_files_are_one_clear_error(
    demo_cells, configure, tmp_path, first, second, told
):
    reads = demo_cells[0] / "input/reads"
    mates = (reads / f"{name}.fastq.gz" for name in (first, second))
    samples = sheet(tmp_path, "liver", *mates, "auto", "cell")
    failed = bioloom("lincrna", "run", "--config", configure(samples=samples))
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    assert told in failed.stderr
