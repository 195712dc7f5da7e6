"""The working behind a transcript's likeness to a protein, in words."""

from collections.abc import Iterator
from textwrap import shorten

from bioloom.explain import Quantity, Step
from bioloom.lincrna.output.verdicts import verdict_of
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.homology import HomologyHit
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.language import tr, trn

LINE = 72


def homology_steps(row: Judged, settings: FilterSettings) -> Iterator[Step]:
    """The protein that it resembles most, where proteins were given."""
    hit, is_searched = row.evidence.homology, row.evidence.is_homology_searched
    if is_searched is None:
        return
    verdict = verdict_of(row, "homology", 3)
    if not is_searched:
        yield Step(
            claim=tr("Not compared with proteins: the verdict stands without them."),
            verdict=verdict,
        )
        return
    if hit is None:
        yield Step(
            claim=tr(
                "None of its translated frames resembles a protein of the file with an "
                "E-value of {limit:.2g} or less.",
                limit=settings.max_homology_evalue,
            ),
            verdict=verdict,
        )
        return
    yield Step(
        claim=tr(
            "A lincRNA resembles less than {limit:.0%} of any protein. The most "
            "similar one is {protein}: its alignments cover {coverage:.1%} of it.",
            limit=settings.min_homology_coverage,
            protein=hit.protein,
            coverage=hit.coverage,
        ),
        value=Quantity(hit.coverage, "", 3),
        verdict=verdict,
        detail=_protein_lines(hit),
    )


def _protein_lines(hit: HomologyHit) -> tuple[str, ...]:
    """What the protein is, and where the transcript resembles it."""
    described = (shorten(hit.description, LINE, placeholder=" …"),)
    return (
        *(described if hit.description else ()),
        tr(
            "segment {segment} (frame:start), aa {span}, with aa {protein_span} of the "
            "protein: {identity:.1%} identical, {score:.1f} bits, E-value {evalue:.2g}",
            segment=hit.segment,
            span=f"{hit.start_aa + 1}-{hit.end_aa}",
            protein_span=f"{hit.protein_start + 1}-{hit.protein_end}",
            identity=hit.identity,
            score=hit.score_bits,
            evalue=hit.evalue,
        ),
        trn("{n} segment resembles it", "{n:,} segments resemble it", hit.n_segments),
    )
