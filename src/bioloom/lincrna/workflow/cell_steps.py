"""The steps of the workflow for droplet samples."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from subprocess import PIPE, Popen
from typing import NamedTuple

from bioloom.errors import BadFastq, PackageMissing
from bioloom.genome.gtf import read_annotation
from bioloom.lincrna.cells.barcodes import (
    CellBarcodes,
    choose_cells,
    count_barcodes,
    read_barcode_list,
    write_whitelist,
)
from bioloom.lincrna.cells.counting import GeneFinder, GeneModel, count_reads, genes_of
from bioloom.lincrna.cells.facts import BarcodeFacts, read_facts
from bioloom.lincrna.cells.matrix import (
    GeneFacts,
    GeneKind,
    SampleCells,
    build_matrix,
    write_matrix,
)
from bioloom.lincrna.inputs.chemistry import tell_chemistry
from bioloom.lincrna.inputs.reference import sort_reference
from bioloom.lincrna.inputs.sample_sheet import Sample
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.settings import CellSettings
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.external import find
from bioloom.run.output import write_text

INSTALL_UMI_TOOLS = (
    "pip install 'setuptools<81' wheel cython numpy pysam && "
    "pip install --no-build-isolation umi_tools (needs a C compiler)"
)


def find_cells(sample: Sample, settings: CellSettings, out: Path) -> BarcodeFacts:
    """Find the cells of a sample; write whitelist, pattern and facts for the workflow.

    Raises
    ------
    BioloomError
        If the files do not fit the chemistry, or no cell stands out.
    """
    read_1, read_2 = sample.reads
    chemistry = tell_chemistry(read_1, read_2, settings.chemistry)
    listed = read_barcode_list(settings.barcodes) if settings.barcodes else None
    counts = count_barcodes(read_1, chemistry)
    cells = choose_cells(sample.name, counts, n_cells=settings.n_cells, listed=listed)
    write_whitelist(cells, out / "whitelist.tsv")
    write_text(out / "pattern.txt", chemistry.pattern + "\n")
    facts = _facts(cells, chemistry.name)
    write_text(out / "barcodes.json", json.dumps(asdict(facts)) + "\n")
    return facts


def _facts(cells: CellBarcodes, chemistry: str) -> BarcodeFacts:
    return BarcodeFacts(
        chemistry=chemistry,
        cells=sorted(cells.counts),
        n_exact=cells.n_exact,
        n_corrected=cells.n_corrected,
        n_reads=cells.n_reads,
        ranked=cells.all_counts[:10_000],
    )


def count_samples(
    samples: Sequence[Sample],
    result: FilterResult,
    *,
    working: Path,
    out: Path,
) -> None:
    """Count every droplet sample of a run and write the matrix.

    Genes are the annotated ones and novel loci. A novel model that overlaps a coding
    gene on its strand, or lies in an intron of another RNA, does not count: mostly it
    is that gene's RNA before splicing, and would take the gene's reads.
    """
    annotation = read_annotation(working / "reference/annotation.gtf")
    coding = {tx.gene_id for tx in sort_reference(annotation, result.settings).coding}
    novel = [
        GeneModel(row.locus_id, row.collected.transcript)
        for row in result.rows
        if row.collected.origin == "novel" and not _is_piece(row)
    ]
    models = [GeneModel(tx.gene_id, tx) for tx in annotation.transcripts] + novel
    finder = GeneFinder(genes_of(models))
    names = {tx.gene_id: tx.gene_name for _, tx in models if tx.gene_name}
    gene_ids = list(dict.fromkeys(gene_id for gene_id, _ in models))
    kinds = _kinds(result)
    genes = [
        _gene_facts(gene_id, names, kinds, is_coding=gene_id in coding)
        for gene_id in gene_ids
    ]
    counted = [_count_sample(sample, finder, working) for sample in samples]
    write_matrix(build_matrix(counted, genes), out)


def _is_piece(row: Judged) -> bool:
    """Whether a model's reads belong to a gene that it lies in, introns included."""
    return row.evidence.gap_nt == 0 or bool(row.collected.host)


class _JudgedKind(NamedTuple):
    """Kind of a gene, and whether it holds a candidate."""

    kind: GeneKind
    is_candidate: bool


def _kinds(result: FilterResult) -> dict[str, _JudgedKind]:
    """Kind of each judged locus or known lncRNA gene."""
    kinds: dict[str, _JudgedKind] = {}
    for row in result.rows:
        is_known = row.collected.origin == "known"
        gene_id = row.collected.transcript.gene_id if is_known else row.locus_id
        _, before = kinds.get(gene_id, _JudgedKind("other", is_candidate=False))
        is_candidate = before or row.verdict == "candidate"
        novel: GeneKind = (
            "novel lincRNA candidate" if is_candidate else "novel rejected"
        )
        kind = "known lncRNA" if is_known else novel
        kinds[gene_id] = _JudgedKind(kind, is_candidate)
    return kinds


def _gene_facts(
    gene_id: str,
    names: Mapping[str, str],
    kinds: Mapping[str, _JudgedKind],
    *,
    is_coding: bool,
) -> GeneFacts:
    default: GeneKind = "coding" if is_coding else "other"
    kind, is_candidate = kinds.get(gene_id, _JudgedKind(default, is_candidate=False))
    return GeneFacts(gene_id, names.get(gene_id, gene_id), kind, is_candidate)


def _count_sample(sample: Sample, finder: GeneFinder, working: Path) -> SampleCells:
    facts = read_facts(working / f"cells/{sample.name}/barcodes.json")
    bam = working / f"aligned/{sample.name}.bam"
    with Popen([find("samtools"), "view", bam], stdout=PIPE, text=True) as reader:
        assert reader.stdout is not None  # noqa: S101 (PIPE was asked for)
        counts = count_reads(reader.stdout, finder)
    if reader.returncode:
        raise BadFastq(
            where=bam,
            found="an alignment file that samtools cannot read",
            expected="a BAM file",
            advice="Remove it and run again.",
        )
    return SampleCells(sample.name, sample.kind == "nucleus", facts.cells, counts)


def check_packages() -> None:
    """Check that what droplet samples need is installed.

    Raises
    ------
    PackageMissing
        If AnnData or umi_tools is not.
    """
    from importlib.util import find_spec

    for package, install in (("anndata", ""), ("umi_tools", INSTALL_UMI_TOOLS)):
        if find_spec(package) is None:
            raise PackageMissing(package, extra="cells", install=install)
