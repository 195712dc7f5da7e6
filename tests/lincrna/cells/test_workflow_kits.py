"""Samples of many protocols in one run, with the real tools, against what was drawn."""

import csv
import gzip
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from bioloom.genome.intervals import exonic_overlap_nt
from bioloom.lincrna.api import explain
from bioloom.lincrna.output.working import read_working
from bioloom.lincrna.simulate import simulation
from bioloom.lincrna.simulate.cells import DropletPlan, simulate_droplets
from bioloom.lincrna.simulate.plate import simulate_plate
from bioloom.lincrna.workflow.demo import read_truth
from tests.shell import bioloom

anndata = pytest.importorskip("anndata")
pysam = pytest.importorskip("pysam")
pytestmark = [pytest.mark.tools, pytest.mark.slow]

PLANS = (
    DropletPlan("V2", "cell", "10xv2"),
    DropletPlan("V3", "cell", "10xv3", n_shallow=20, depth=3),
    DropletPlan("FIVE", "cell", "10x5v2"),
    DropletPlan("N", "nucleus", "10xv3"),
    DropletPlan("V1", "cell", "10xv1"),
    DropletPlan("DROP", "cell", "dropseq"),
    DropletPlan("BD", "cell", "bdrhapsody-enhanced"),
    DropletPlan("INDROP", "cell", "indropv2"),
    DropletPlan("SPLIT", "cell", "splitseq"),
    DropletPlan("FREE", "cell", "1{u[8]b[10]x:}2{r:}"),
)
TOLD_BY_READ_1 = {"V2", "V3", "FIVE", "N"}
COLUMNS = "sample fastq_1 fastq_2 fastq_3 kind chemistry cell bam"


def split_in_lanes(path: Path) -> str:
    """Two files with the first and the last reads of one, as a sheet names them."""
    with gzip.open(path, "rb") as stream:
        lines = stream.readlines()
    middle = len(lines) // 8 * 4
    names = []
    for number, part in enumerate((lines[:middle], lines[middle:]), 1):
        names.append(path.with_name(f"L{number}_{path.name}"))
        names[-1].write_bytes(gzip.compress(b"".join(part)))
    return ",".join(map(str, names))


class Run:
    """A run over simulated samples, and the truth on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.truth: dict[str, dict[tuple[str, str], int]] = {}

    def start(self, rows: list[dict[str, object]], name: str = "run") -> None:
        """Run the workflow on the rows of a sample sheet."""
        columns = COLUMNS.split()
        lines = ["\t".join(columns)] + [
            "\t".join(str(row.get(column, "")) for column in columns) for row in rows
        ]
        (self.folder / f"{name}.tsv").write_text("\n".join(lines) + "\n")
        config = self.folder / f"{name}.yaml"
        config.write_text(
            f"samples: {name}.tsv\ngenome: genome.fa\nannotation: annotation.gtf\n"
            f"out: {name}\n"
        )
        done = bioloom("lincrna", "run", "--config", config)
        assert done.returncode == 0, done.stderr
        self.out = self.folder / name
        self.matrix = anndata.read_h5ad(self.out / "cells.h5ad")
        with (self.out / "tables/samples.tsv").open() as stream:
            rows_ = csv.DictReader(stream, delimiter="\t")
            self.samples = {row["sample"]: row for row in rows_}

    def columns(self) -> Mapping[str, str]:
        """Column of the matrix for each simulated locus that is not annotated."""
        novel = [
            row
            for row in read_working(self.out).rows
            if row.collected.origin == "novel"
        ]
        return {
            locus.locus_id: row.locus_id
            for locus in read_truth(self.folder)
            for row in novel
            for model in locus.transcripts
            if (tx := row.collected.transcript).chrom == model.chrom
            and tx.strand == model.strand
            and exonic_overlap_nt(tx.exons, model.exons)
        }

    def counts(self, sample: str) -> tuple[np.ndarray, np.ndarray]:
        """True and counted molecules of each cell and locus that has any."""
        columns, matrix = self.columns(), self.matrix.to_df()
        true, got = [], []
        for (barcode, locus), n in self.truth[sample].items():
            true.append(n)
            cell, gene = f"{sample}_{barcode}", columns.get(locus, locus)
            got.append(matrix.at[cell, gene] if gene in matrix else 0)
        return np.array(true), np.array(got)


@pytest.fixture(scope="module")
def run(tools, tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("kits")
    run = Run(folder)
    genomes = []

    def remembered(rng, genome, out, plan):
        genomes.append(genome)
        return simulate_droplets(rng, genome, out, plan)

    patch = pytest.MonkeyPatch()
    patch.setattr(simulation, "simulate_droplets", remembered)
    simulation.simulate(folder, scale=0.4, with_cells=True, droplets=PLANS)
    patch.undo()
    with (folder / "cells_truth.tsv").open() as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            key = row["barcode"], row["locus_id"]
            run.truth.setdefault(row["sample"], {})[key] = int(row["n_umis"])
    rows = [
        {
            "sample": plan.name,
            "kind": plan.kind,
            "chemistry": "" if plan.name in TOLD_BY_READ_1 else plan.chemistry,
            **{
                f"fastq_{n}": path
                for n in (1, 2, 3)
                if (path := folder / f"reads/{plan.name}_R{n}.fastq.gz").is_file()
            },
        }
        for plan in PLANS
    ]
    for name, chemistry in (("PLATE", "smartseq2"), ("PLATE3", "smartseq3")):
        plate = simulate_plate(
            np.random.default_rng(len(name)),
            genomes[0],
            folder,
            name=name,
            n_cells=6,
            has_umis=chemistry == "smartseq3",
        )
        run.truth[name] = plate.counts
        rows += [
            {
                "sample": name,
                "kind": "cell",
                "chemistry": chemistry,
                "cell": cell.name,
                "fastq_1": cell.files[0],
                "fastq_2": cell.files[1],
            }
            for cell in plate.cells
        ]
    for row in rows[:1]:
        row.update({name: split_in_lanes(row[name]) for name in ("fastq_1", "fastq_2")})
    mates = [folder / f"reads/A_{mate}.fastq.gz" for mate in (1, 2)]
    lanes = [split_in_lanes(path).split(",") for path in mates]
    rows += [
        {"sample": "BULK", "kind": "bulk", "fastq_1": first, "fastq_2": second}
        for first, second in zip(*lanes, strict=True)
    ]
    run.start(rows)
    return run


DROPLETS = [plan.name for plan in PLANS]


@pytest.mark.parametrize("sample", [*DROPLETS, "PLATE", "PLATE3"])
def test_molecules_are_those_that_were_simulated(run, sample):
    true, got = run.counts(sample)
    assert true.sum() > 1000
    assert (got <= true).all()
    # a few reads over short junctions are not aligned; unspliced reads over a snoRNA
    # in its host's intron belong to two genes
    assert (true - got).sum() <= (0.03 if sample == "N" else 0.002) * true.sum() + 2


@pytest.mark.parametrize("sample", DROPLETS)
def test_all_cells_are_found_and_no_empty_droplet(run, sample):
    row = run.samples[sample]
    assert row["n_cells"] == "40"
    cells = run.matrix.obs[run.matrix.obs["sample"] == sample]
    assert set(cells["barcode"]) == {barcode for barcode, _ in run.truth[sample]}
    assert float(row["percent_in_cells"]) > 90
    assert float(row["percent_ambient"]) < 10


def test_cells_with_a_tenth_of_the_reads_are_found_below_the_knee(run):
    called = run.matrix.obs.loc[run.matrix.obs["sample"] == "V3", "called_by"]
    assert (called == "knee").sum() == 20
    assert called.isin(["gap", "profile"]).sum() == 20
    assert run.samples["V3"]["n_rescued"] == "20"


def test_the_strand_is_the_measured_one(run):
    strands = {name: row["strandness"] for name, row in run.samples.items()}
    assert strands.pop("FIVE") == strands.pop("BULK") == "reverse"
    assert strands.pop("PLATE") == strands.pop("PLATE3") == "unstranded"
    assert set(strands.values()) == {"forward"}
    assert "measured reverse, though" in run.samples["FIVE"]["note"]
    assert "only reads with a UMI" in run.samples["PLATE3"]["note"]
    antisense = {row["percent_antisense"] for row in run.samples.values()}
    assert max(map(float, antisense - {""})) < 2  # bulk samples have none


def test_lanes_are_joined(run):
    for sample in ("V2", "BULK"):
        assert run.samples[sample]["note"].startswith("2 lanes joined")
    with gzip.open(run.folder / "reads/A_1.fastq.gz", "rb") as stream:
        assert int(run.samples["BULK"]["n_reads"]) == len(stream.readlines()) / 4
    assert run.samples["BULK"]["n_cells"] == ""


def test_each_cell_says_why_it_is_one(run):
    for name, row in run.matrix.obs.iterrows():
        if row["sample"] in {"V3", "PLATE"} and row["barcode"] < "C":
            steps = explain(str(name), run=run.out, about="cells").steps
            outcomes = [step.verdict.outcome for step in steps if step.verdict]
            assert "pass" in outcomes
            assert (outcomes[0] == "pass") == (row["called_by"] in {"knee", "plate"})


def test_no_plate_has_ambient_rna(run):
    assert run.samples["PLATE"]["percent_ambient"] == ""
    assert run.samples["PLATE"]["n_cells"] == "6"


def test_matrices_in_cellranger_s_layout_are_those_of_the_h5ad(run):
    import scanpy

    raw = anndata.read_h5ad(run.out / "cells_raw.h5ad")
    for sample in ("V3", "N"):
        for name, matrix in (("raw", raw), ("filtered", run.matrix)):
            folder = run.out / f"cells/{sample}/{name}_feature_bc_matrix"
            read = scanpy.read_10x_mtx(folder, var_names="gene_ids")
            own = matrix[matrix.obs["sample"] == sample]
            assert list(read.obs_names) == [f"{word}-1" for word in own.obs["barcode"]]
            assert set(read.var["feature_types"]) == {"Gene Expression"}
            assert (read.X != own.X).nnz == 0
    assert raw.n_obs > 10 * 40


def write_tagged(source: Path, target: Path) -> None:
    """A sample's alignments as CellRanger writes them: barcode and UMI as tags."""
    with (
        pysam.AlignmentFile(str(source)) as reader,
        pysam.AlignmentFile(str(target), "wb", template=reader) as writer,
    ):
        for read in reader:
            name, barcode, umi = read.query_name.rsplit("_", 2)
            read.query_name = name
            read.set_tag("CB", f"{barcode}-1")
            read.set_tag("UB", umi)
            read.set_tag("XS", None)
            writer.write(read)


def test_alignments_with_tags_give_the_counts_of_their_reads(run):
    bam = run.folder / "tagged.bam"
    write_tagged(run.out / "working/aligned/FIVE.bam", bam)
    other = Run(run.folder)
    other.truth = {"BAM": run.truth["FIVE"]}
    other.start([{"sample": "BAM", "kind": "cell", "bam": bam}], name="of_bam")
    true, got = other.counts("BAM")
    assert (got <= true).all()
    assert (true - got).sum() <= 0.002 * true.sum() + 2
    assert other.samples["BAM"]["strandness"] == "reverse"
    assert other.samples["BAM"]["n_cells"] == "40"
