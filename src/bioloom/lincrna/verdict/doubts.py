"""Reasons to doubt a transcript that no filter drops.

Droplet reads come from the 3' ends of RNAs, and oligo-dT also primes inside them, on
runs of A. So a model that only droplet samples support is rarely complete, and an end
before a run of A in the genome may not be a real end. One exon within an intron of
another RNA is mostly that RNA before splicing, as in nuclei. Doubts are shown;
they do not reject.
"""

from collections.abc import Iterator

from bioloom.lincrna.inputs.collect import Collected
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.criteria import may_encode_micropeptide
from bioloom.lincrna.verdict.evidence import Evidence


def doubts(
    collected: Collected, evidence: Evidence, settings: FilterSettings
) -> tuple[str, ...]:
    """Reasons to doubt a transcript, in words.

    Of a known lncRNA only masking and micropeptides; of another annotated transcript
    that was assembled, such as a pseudogene's, also what it touches.
    """
    reasons = [*_masked(evidence, settings), *_micropeptide(evidence, settings)]
    if collected.is_known_lncrna:
        return tuple(reasons)
    if collected.origin == "known":
        return (*reasons, *_touch_doubts(evidence, settings))
    if evidence.a_fraction_behind >= settings.priming_a_fraction:
        reasons.append(
            f"internal priming: {evidence.a_fraction_behind:.0%} A in the genome "
            "after its 3' end"
        )
    if collected.n_bulk_samples == 0 and collected.n_samples:
        shape = "spliced" if collected.transcript.is_spliced else "one exon"
        reasons.append(
            f"droplet reads only, {shape}: likely a piece of an RNA's 3' end"
        )
    if collected.host:
        reasons.append(f"in an intron of {collected.host}: likely its unspliced RNA")
    reasons += _touch_doubts(evidence, settings)
    nearest = evidence.neighbours.nearest_same_strand
    if nearest and nearest.distance_nt < settings.near_gene_nt:
        name = nearest.gene_name or nearest.gene_id
        reasons.append(f"near gene: {name}, {nearest.distance_nt} nt on its strand")
    return tuple(reasons)


def _masked(evidence: Evidence, settings: FilterSettings) -> Iterator[str]:
    if evidence.n_fraction >= settings.max_n_fraction:
        yield (
            f"masked: {evidence.n_fraction:.0%} of it is N, which hides ORFs and "
            "coding sequence"
        )


def _micropeptide(evidence: Evidence, settings: FilterSettings) -> Iterator[str]:
    scored = evidence.coding
    if may_encode_micropeptide(scored, settings) and scored.orf:
        yield (
            f"may encode a micropeptide: ORF of {scored.orf.length_aa} aa, coding "
            f"probability {scored.probability:.3f}, from "
            f"{settings.micropeptide_threshold:.3f} on few such RNAs are non-coding"
        )


def _touch_doubts(evidence: Evidence, settings: FilterSettings) -> Iterator[str]:
    """What the annotation has where the transcript lies."""
    touches = evidence.touches
    if touch := touches.get("pseudogene"):
        yield f"pseudogene: {touch.name}, {touch.overlap_nt} nt in common"
    if touch := touches.get("immune segment"):
        yield f"immunoglobulin or T-cell receptor segment: {touch.name}"
    if touch := touches.get("small RNA"):
        what = f"{touch.name} ({touch.rna_class})" if touch.rna_class else touch.name
        yield f"small RNA: {what}, {touch.of_transcript:.0%} of it"
    if touch := touches.get("other gene"):
        what = f"{touch.name} ({touch.rna_class})" if touch.rna_class else touch.name
        yield f"annotated gene: {what}, {touch.overlap_nt} nt in common"
    touch = touches.get("transposable element")
    if touch and touch.of_transcript >= settings.repeat_fraction:
        yield f"transposable element: {touch.name}, {touch.of_transcript:.0%} of it"
