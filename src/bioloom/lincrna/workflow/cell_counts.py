"""The step that counts molecules by cell and gene, and calls the cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bioloom.errors import BadInput
from bioloom.genome.gtf import read_annotation
from bioloom.lincrna.cells.alignments import unique_alignments
from bioloom.lincrna.cells.calling import CalledCells, call_cells, chosen_cells
from bioloom.lincrna.cells.counting import (
    CellReads,
    GeneFinder,
    GeneModel,
    count_reads,
    genes_of,
)
from bioloom.lincrna.cells.doublets import doublet_scores
from bioloom.lincrna.cells.facts import cell_facts
from bioloom.lincrna.cells.matrix import (
    GeneFacts,
    GeneKind,
    SampleMatrix,
    build_matrix,
    sample_matrix,
    write_matrix,
)
from bioloom.lincrna.cells.mtx import write_mtx
from bioloom.lincrna.cells.umis import NO_UMI_CODE
from bioloom.lincrna.inputs.cell_facts import (
    BARCODES,
    CELLS,
    BarcodeFacts,
    CellFacts,
    read_counts,
    read_facts,
    write_facts,
)
from bioloom.lincrna.inputs.chemistry import SMARTSEQ3
from bioloom.lincrna.inputs.reference import sort_reference
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.inputs.samples import read_strand_check
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.settings import RunConfig
from bioloom.lincrna.verdict.judged import Judged


def count_samples(
    samples: Sequence[Sample],
    result: FilterResult,
    config: RunConfig,
    *,
    working: Path,
    out: Path,
) -> None:
    """Count every single-cell sample of a run and write the matrices.

    Genes are the annotated ones and novel loci. A novel model that overlaps a coding
    gene on its strand, or lies in an intron of another RNA, does not count: mostly it
    is that gene's RNA before splicing, and would take the gene's reads.

    Parameters
    ----------
    samples
        Those of kind cell and nucleus.
    result, config, working
        The run, and its working folder.
    out
        Folder for ``cells.h5ad``, ``cells_raw.h5ad`` and ``cells/SAMPLE``.
    """
    finder, genes = _genes(result, working)
    counted = [
        _count_sample(sample, finder, config, working=working) for sample in samples
    ]
    for each in counted:
        write_facts(each.facts, working / f"cells/{each.raw.sample}" / CELLS)
        _write_folders(each, genes, out / f"cells/{each.raw.sample}")
    write_matrix(
        build_matrix([each.cells for each in counted], genes), out / "cells.h5ad"
    )
    droplets = {sample.name for sample in samples if sample.is_droplets}
    raw = [each.raw for each in counted if each.raw.sample in droplets]
    if raw:
        write_matrix(build_matrix(raw, genes), out / "cells_raw.h5ad")


def _write_folders(counted: "_Counted", genes: Sequence[GeneFacts], out: Path) -> None:
    """Write a sample's matrices in CellRanger's layout."""
    for name, matrix in (("raw", counted.raw), ("filtered", counted.cells)):
        write_mtx(
            matrix.umis,
            out / f"{name}_feature_bc_matrix",
            barcodes=matrix.barcodes,
            gene_ids=[gene.gene_id for gene in genes],
            gene_names=[gene.gene_name for gene in genes],
        )


class _Genes(NamedTuple):
    """What to count, and the columns of the matrix."""

    finder: GeneFinder
    genes: Sequence[GeneFacts]


def _genes(result: FilterResult, working: Path) -> _Genes:
    annotation = read_annotation(working / "reference/annotation.gtf")
    coding = {tx.gene_id for tx in sort_reference(annotation, result.settings).coding}
    novel = [
        GeneModel(row.locus_id, row.collected.transcript)
        for row in result.rows
        if row.collected.origin == "novel" and not _is_piece(row)
    ]
    models = [GeneModel(tx.gene_id, tx) for tx in annotation.transcripts] + novel
    names = {tx.gene_id: tx.gene_name for _, tx in models if tx.gene_name}
    gene_ids = list(dict.fromkeys(gene_id for gene_id, _ in models))
    kinds = _kinds(result)
    genes = [
        _gene_facts(gene_id, names, kinds, is_coding=gene_id in coding)
        for gene_id in gene_ids
    ]
    return _Genes(GeneFinder(genes_of(models), gene_ids), genes)


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


@dataclass(frozen=True, slots=True)
class _Counted:
    """A sample's counts: of all barcodes, of its cells, and facts on both."""

    raw: SampleMatrix
    cells: SampleMatrix
    facts: CellFacts


def _count_sample(
    sample: Sample, finder: GeneFinder, config: RunConfig, *, working: Path
) -> _Counted:
    barcodes = read_facts(working / f"cells/{sample.name}" / BARCODES, BarcodeFacts)
    reads = _reads_of(sample, finder, working)
    if not reads.barcodes:
        raise _nothing_counted(sample, reads)
    raw = sample_matrix(
        sample.name,
        reads,
        len(finder.gene_ids),
        is_nucleus=sample.kind == "nucleus",
        multi_gene=config.cells.multi_gene_umis,
        barcodes=sorted(barcodes.above) if sample.is_plate else None,
    )
    called = _called(raw, barcodes, config)
    with_calls = replace(raw, columns=_columns(called, barcodes.how))
    folder = working / f"cells/{sample.name}"
    facts = cell_facts(
        raw,
        called,
        reads,
        by_barcode={} if sample.is_plate else read_counts(folder),
        n_reads=barcodes.n_reads,
    )
    cells = with_calls.only(called.is_cell)
    if sample.is_plate:
        return _Counted(with_calls, cells, facts)
    doublets = doublet_scores(cells.umis, rng_seed=config.rng_seed)
    scored = {**cells.columns, "doublet_score": doublets.scores.tolist()}
    note = " ".join(filter(None, (facts.note, doublets.note)))
    return _Counted(
        with_calls, replace(cells, columns=scored), replace(facts, note=note)
    )


def _called(
    raw: SampleMatrix, barcodes: BarcodeFacts, config: RunConfig
) -> CalledCells:
    """Which barcodes are cells: those chosen, and with a knee those like cells."""
    settings = config.cells
    is_above = np.isin(raw.barcodes, barcodes.above)
    if barcodes.how != "knee" or settings.max_q == 0:
        return chosen_cells(is_above)
    return call_cells(
        raw.umis,
        np.flatnonzero(is_above),
        lower=settings.max_ambient_umis,
        max_q=settings.max_q,
        rng_seed=config.rng_seed,
    )


def _columns(called: CalledCells, how: str) -> dict[str, Sequence[object]]:
    """Columns of `obs`: why a barcode is a cell, and the test of its profile."""
    why = np.where(called.why == "knee", how, called.why)
    return {"called_by": why.tolist(), "p": called.p.tolist(), "q": called.q.tolist()}


def _reads_of(sample: Sample, finder: GeneFinder, working: Path) -> CellReads:
    """Count a sample's reads; of Smart-seq3 those with a UMI, which are sense."""
    check = read_strand_check(working / f"strandness/{sample.name}.json")
    alignments = unique_alignments(working / f"aligned/{sample.name}.bam")
    if sample.chemistry == SMARTSEQ3:
        with_umi = (row for row in alignments if row.umi != NO_UMI_CODE)
        return count_reads(with_umi, finder, "forward")
    return count_reads(alignments, finder, check.strandness)


def _nothing_counted(sample: Sample, reads: CellReads) -> BadInput:
    n, against = reads.outcomes.total(), reads.outcomes["antisense"]
    return BadInput(
        where=f"sample {sample.name}",
        found=f"{n:,} uniquely aligned reads, none on a gene of the RNA's strand "
        f"({against:,} on the other strand)",
        expected="reads on genes",
        advice="Check that the annotation is that of the genome, and strandness in the "
        "sample sheet (auto measures it).",
    )
