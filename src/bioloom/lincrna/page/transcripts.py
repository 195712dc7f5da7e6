"""Candidates and near misses of the report, with their workings."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bioloom.explain import Explanation
from bioloom.lincrna.coding.potential import CodingScore, by_group
from bioloom.lincrna.output.explain import explain
from bioloom.lincrna.output.figures import drop_reasons
from bioloom.lincrna.output.outputs import RunTables
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.page.locus import LocusViews
from bioloom.lincrna.page.model import (
    NEAR_SHARE,
    Candidate,
    LogOdds,
    NearestGene,
    NearMiss,
    Unexpressed,
)
from bioloom.lincrna.verdict.criteria import CRITERIA
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.language import tr

MAX_NEAR_MISSES = 20


class TranscriptRows(NamedTuple):
    """Rows of the two tables, and how many near and farther misses there are."""

    candidates: tuple[Candidate, ...]
    near_misses: tuple[NearMiss, ...]
    n_near_misses: int
    n_far_misses: int


def transcript_rows(
    result: FilterResult, tables: RunTables, views: LocusViews, *, max_workings: int
) -> TranscriptRows:
    """Build the rows; the first `max_workings` candidates have their working."""
    candidates, missed = result.candidates, misses(result)
    near = [row for row in missed if closeness(row) <= NEAR_SHARE]
    nearest = near[:MAX_NEAR_MISSES]
    workings = _workings(result, [*candidates[:max_workings], *nearest])
    tpm = _tpm(tables)
    reasons = drop_reasons(result.settings)
    rows = [
        _candidate(row, tpm.get(row.transcript_id, ()), workings.get(row.transcript_id))
        for row in candidates
    ]
    drawn = [
        replace(row, locus=views(judged), odds=log_odds(judged.evidence.coding, result))
        for row, judged in zip(rows, candidates[:max_workings], strict=False)
    ]
    return TranscriptRows(
        (*drawn, *rows[len(drawn) :]),
        tuple(
            replace(
                _near_miss(row, reasons, workings[row.transcript_id]), locus=views(row)
            )
            for row in nearest
        ),
        len(near),
        len(missed) - len(near),
    )


def log_odds(scored: CodingScore, result: FilterResult) -> LogOdds:
    """What each group of features adds to the log-odds of being coding."""
    model, threshold = result.model, result.settings.coding_threshold
    groups = by_group(model.contributions(np.array(scored.features)))
    strongest = sorted(groups, key=lambda group: -abs(groups[group]))
    limit = None if threshold is None else math.log(threshold / (1 - threshold))
    return LogOdds(
        start=model.intercept,
        parts={tr(group): groups[group] for group in strongest},
        threshold=limit,
    )


def _workings(result: FilterResult, rows: Sequence[Judged]) -> dict[str, Explanation]:
    sequences = result.sequences(rows)
    return {
        row.transcript_id: explain(
            row, sequences[row.transcript_id], result.model, result.settings
        )
        for row in rows
    }


def _tpm(tables: RunTables) -> dict[str, tuple[float, ...]]:
    """Expression in each sample, by transcript."""
    if tables.tpm is None:
        return {}
    rows = tables.tpm.itertuples(index=False, name=None)
    return {str(name): tuple(map(float, values)) for name, *values in rows}


def _candidate(
    row: Judged, tpm: Sequence[float], working: Explanation | None
) -> Candidate:
    tx = row.collected.transcript
    return Candidate(
        transcript_id=row.transcript_id,
        name=row.name,
        named_in=[*map(str, row.named_in)],
        locus_id=row.locus_id,
        chrom=tx.chrom,
        start=tx.start,
        region=tx.region,
        strand=tx.strand,
        n_exons=len(tx.exons),
        length_nt=tx.length_nt,
        origin=row.collected.origin,
        known_as=row.collected.known_as,
        known_gene=getattr(row.evidence.touches.get("lncRNA"), "name", ""),
        n_samples=row.collected.n_samples,
        n_full_length=row.evidence.n_full_length,
        orf_aa=row.evidence.longest_orf_aa,
        coding_probability=row.evidence.coding.probability,
        nearest=_nearest(row),
        doubts=row.doubts,
        tpm=tpm,
        working=working,
    )


def _nearest(row: Judged) -> NearestGene | None:
    gene = row.evidence.neighbours.nearest
    if gene is None:
        return None
    return NearestGene(
        gene.gene_name or gene.gene_id, tr(gene.relation), gene.distance_nt
    )


def unexpressed_rows(result: FilterResult) -> tuple[Unexpressed, ...]:
    """Known lncRNAs that fail nothing but expression in these samples."""
    return tuple(
        Unexpressed(
            transcript_id=row.transcript_id,
            locus_id=row.locus_id,
            chrom=row.collected.transcript.chrom,
            start=row.collected.transcript.start,
            region=row.collected.transcript.region,
            strand=row.collected.transcript.strand,
            n_exons=len(row.collected.transcript.exons),
            max_tpm=row.evidence.tpm_in(1),
            junction_reads=getattr(row.evidence.expressed, "weakest_junction", None),
        )
        for row in result.unexpressed
    )


def misses(result: FilterResult) -> list[Judged]:
    """Rejected transcripts that fail one criterion that has a margin, closest first.

    Overlap with a coding gene is a yes or no, so that nothing is near it.
    """
    missed = [
        row
        for row in result.rows
        if len(row.failed) == 1 and math.isfinite(closeness(row))
    ]
    return sorted(missed, key=closeness)


def closeness(row: Judged) -> float:
    """How far a transcript is from its one threshold, as a fraction of the threshold.

    Infinite where that cannot be said. E-values count in powers of ten.
    """
    name = row.failed[0]
    judgement = row.judgements[name]
    if name == "intergenic" or not math.isfinite(judgement.margin):
        return math.inf
    size = judgement.threshold
    if _is_by_evalue(row):
        size = math.log10(size)
    return abs(judgement.margin / size) if size else math.inf


def _is_by_evalue(row: Judged) -> bool:
    name = row.failed[0]
    return name == "domain" and row.judgements[name].threshold < 1


def _near_miss(
    row: Judged, reasons: Mapping[str, str], working: Explanation
) -> NearMiss:
    tx, name = row.collected.transcript, row.failed[0]
    judgement = row.judgements[name]
    failing = {failure.split(":", 1)[1] for failure in row.spoiled_by}
    return NearMiss(
        transcript_id=row.transcript_id,
        chrom=tx.chrom,
        start=tx.start,
        region=tx.region,
        strand=tx.strand,
        origin=row.collected.origin,
        reason=reasons[name],
        unit=CRITERIA[name].unit,
        value=judgement.value,
        threshold=judgement.threshold,
        margin=abs(judgement.margin),
        closeness=closeness(row),
        is_by_evalue=_is_by_evalue(row),
        n_failing_isoforms=len(failing - {row.transcript_id}),
        working=working,
    )
