"""Which annotated non-coding loci a transcript touches.

A novel transcript that shares exonic bases with a known lncRNA is an isoform of it, not
a new locus; one on a pseudogene, a small RNA or a transposable element may be that and
nothing else. Everything but a transposable element must lie on the transcript's strand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

from bioloom.genome.intervals import exonic_overlap_nt, overlapping_pairs
from bioloom.genome.kinds import Kind, gene_key
from bioloom.genome.repeats import Repeats, repeat_overlap
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.inputs.collect import Collected, same_strand
from bioloom.lincrna.inputs.reference import Reference
from bioloom.run.language import mark

TouchKind = Literal[
    "lncRNA",
    "pseudogene",
    "small RNA",
    "immune segment",
    "transposable element",
    "other gene",
]
TOUCH_KINDS: Mapping[Kind, TouchKind] = {
    "lncRNA": "lncRNA",
    "pseudogene": "pseudogene",
    "housekeeping": "small RNA",
    "small RNA": "small RNA",
    "immune segment": "immune segment",
    "transposable element": "transposable element",
    "other": "other gene",
}

TOUCH_MEANING: Mapping[TouchKind, str] = MappingProxyType(
    {
        "lncRNA": mark("It is an isoform or a piece of the known lncRNA gene {name}."),
        "pseudogene": mark("It shares exonic bases with the pseudogene {name}."),
        "small RNA": mark("The small RNA {name} lies in its exons."),
        "immune segment": mark(
            "It shares exonic bases with the immunoglobulin or T-cell receptor segment "
            "{name}."
        ),
        "transposable element": mark(
            "It holds sequence of transposable elements: {name}."
        ),
        "other gene": mark(
            "It shares exonic bases with {name}, which the annotation calls neither "
            "coding nor a lncRNA."
        ),
    }
)
"""What a touch of each kind says, in a sentence."""


@dataclass(frozen=True, slots=True)
class Touch:
    """The annotated locus of one kind that a transcript shares most bases with.

    Parameters
    ----------
    name
        Gene name, or gene_id; of repeats the one that covers most.
    rna_class
        What it is in the annotation's words or the table's, e.g. "snoRNA".
    overlap_nt
        Shared exonic bases.
    of_transcript
        The same as a fraction of the transcript, 0 to 1.
    """

    name: str
    rna_class: str
    overlap_nt: int
    of_transcript: float


Touches = Mapping[TouchKind, Touch]


class _Feature(NamedTuple):
    """An annotated transcript and what it is."""

    transcript: Transcript
    kind: TouchKind
    rna_class: str


def touches(
    collected: Sequence[Collected], reference: Reference
) -> list[dict[TouchKind, Touch]]:
    """What each transcript touches, the largest overlap of each kind, in order.

    A known lncRNA is not said to touch known lncRNAs. Of transposable elements counts
    what covers most: one gene of the annotation, all its rows of elements, or all
    elements of the repeat file.
    """
    features = _features(reference)
    touched: list[dict[TouchKind, Touch]] = [{} for _ in collected]
    transcripts = [item.transcript for item in collected]
    on = [feature.transcript for feature in features]
    for left, right in overlapping_pairs(transcripts, on).tolist():
        tx, feature = transcripts[left], features[right]
        if feature.kind == "lncRNA" and collected[left].origin == "known":
            continue
        if touch := _touch(tx, feature):
            before = touched[left].get(feature.kind)
            if before is None or touch.overlap_nt > before.overlap_nt:
                touched[left][feature.kind] = touch
    for repeats in (reference.annotation.elements, reference.repeats):
        if repeats is not None:
            _add_repeats(touched, transcripts, repeats)
    return touched


def _add_repeats(
    touched: Sequence[dict[TouchKind, Touch]],
    transcripts: Sequence[Transcript],
    repeats: Repeats,
) -> None:
    kind: TouchKind = "transposable element"
    overlaps = repeat_overlap(transcripts, repeats)
    for touches_of, overlap in zip(touched, overlaps, strict=True):
        before = touches_of.get(kind)
        if overlap.overlap_nt > (before.overlap_nt if before else 0):
            name = overlap.name or overlap.class_ or "unnamed"
            touches_of[kind] = Touch(
                name, overlap.class_, overlap.overlap_nt, overlap.fraction
            )


def _features(reference: Reference) -> list[_Feature]:
    pairs = zip(reference.annotation.transcripts, reference.meanings, strict=True)
    features = [
        _Feature(tx, TOUCH_KINDS[meaning.kind], meaning.rna_class or meaning.word)
        for tx, meaning in pairs
        if meaning.kind in TOUCH_KINDS
    ]
    features += [_Feature(tx, "lncRNA", "") for tx in reference.extra_lncrna]
    return features + [
        _Feature(tx, "small RNA", rna_class)
        for tx, rna_class in zip(
            reference.extra_housekeeping, reference.extra_classes, strict=True
        )
    ]


def _touch(tx: Transcript, feature: _Feature) -> Touch | None:
    other = feature.transcript
    if feature.kind != "transposable element" and not same_strand(tx, other):
        return None
    shared = exonic_overlap_nt(tx.exons, other.exons)
    if not shared:
        return None
    name = other.gene_name or gene_key(other)
    return Touch(name, feature.rna_class, shared, shared / tx.length_nt)
