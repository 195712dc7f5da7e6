"""Coding potential of transcripts: from sequence to a calibrated probability.

Features of the sequence (`features`) go through boosted trees (`forest`); every part
of the log-odds belongs to a feature.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.transcript import Strand
from bioloom.lincrna.coding.blocks import block_of
from bioloom.lincrna.coding.features import FEATURES, measure
from bioloom.lincrna.coding.frames import longest_orfs_of_many
from bioloom.lincrna.coding.model import (
    PACKAGED,
    CodingModel,
    by_group,
    load_model,
    logistic,
    save_model,
)
from bioloom.lincrna.coding.orf import STANDARD_CODE, LongestOrfs, Orf
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.genetic_code import GeneticCode

__all__ = [
    "FEATURES",
    "PACKAGED",
    "CodingModel",
    "CodingScore",
    "Reading",
    "by_group",
    "feature_contributions",
    "load_model",
    "save_model",
    "score",
    "score_many",
    "scores_and_orfs",
]

CHUNK_NT = 1_000_000  # read at a time: few enough for the cache, and few calls


@dataclass(frozen=True, slots=True)
class CodingScore:
    """Coding potential of one transcript.

    Parameters
    ----------
    probability
        Of being coding, by the model, in [0, 1].
    features
        Of the strand that was scored, in the order of `FEATURES`.
    orf
        The longest ORF of that strand; None if there is none.
    """

    probability: float
    features: tuple[float, ...]
    orf: Orf | None


class Reading(NamedTuple):
    """Coding potential of a transcript, and the longest ORFs found in it.

    Of both strands where its own is unknown; `strand` is the one with the higher
    potential, and `scored_orfs` are the longest ORFs of that. `parts` is what each
    feature adds to the log-odds, in millionths; None where nobody asked.
    """

    score: CodingScore
    orfs: LongestOrfs
    strand: Strand
    scored_orfs: LongestOrfs
    parts: NDArray[np.int64] | None = None


def score(sequence: str, strand: Strand, model: CodingModel) -> CodingScore:
    """Coding potential of a spliced transcript.

    Parameters
    ----------
    sequence
        5'→3' on its strand; the forward strand for ".".
    strand
        Where ".", both strands are scored and the higher probability is taken.
    model
        The model.
    """
    return score_many([sequence], [strand], model)[0]


def score_many(
    sequences: Sequence[str], strands: Sequence[Strand], model: CodingModel
) -> list[CodingScore]:
    """Coding potential of transcripts; each score equals that of `score`.

    Parameters
    ----------
    sequences, strands, model
        As for `score`.
    """
    return [each.score for each in scores_and_orfs(sequences, strands, model)]


def scores_and_orfs(
    sequences: Sequence[str],
    strands: Sequence[Strand],
    model: CodingModel,
    code: GeneticCode = STANDARD_CODE,
    *,
    with_parts: bool = False,
) -> list[Reading]:
    """Coding potential of transcripts, and the ORFs that `longest_orfs` finds in them.

    Parameters
    ----------
    sequences, strands, model
        As for `score`.
    code
        Genetic code of the ORFs and of the model's features.
    with_parts
        Whether to return what each feature adds.
    """
    readings = list(sequences)
    is_double = [strand == "." for strand in strands]
    readings += [
        reverse_complement(sequence)
        for sequence, both in zip(sequences, is_double, strict=True)
        if both
    ]
    scored = [
        reading
        for part in _chunks(readings)
        for reading in _read(part, model, code, with_parts=with_parts)
    ]
    opposite = iter(scored[len(sequences) :])
    return [
        _better(pair, next(opposite)) if both else pair
        for pair, both in zip(scored[: len(sequences)], is_double, strict=True)
    ]


def feature_contributions(scored: CodingScore, model: CodingModel) -> list[float]:
    """What each feature of a score adds to the log-odds, in the order of `FEATURES`."""
    added: list[float] = model.contributions(np.array(scored.features)).tolist()
    return added


def _chunks(readings: Sequence[str]) -> Iterator[Sequence[str]]:
    part: list[str] = []
    size = 0
    for reading in readings:
        part.append(reading)
        size += len(reading)
        if size >= CHUNK_NT:
            yield part
            part, size = [], 0
    if part:
        yield part


def _read(
    readings: Sequence[str], model: CodingModel, code: GeneticCode, *, with_parts: bool
) -> Iterator[Reading]:
    block = block_of(readings, code)
    features = measure(block, model.usage.read_as(block.table))
    parts: Iterable[NDArray[np.int64] | None] = repeat(None, len(readings))
    if with_parts:
        parts = model.forest.parts(features)
        log_odds = model.forest.sums_of(parts)
    else:
        log_odds = model.log_odds(features)
    orfs = longest_orfs_of_many(block.orfs, len(readings))
    columns = (orfs, log_odds.tolist(), features.tolist(), parts)
    for longest, z, values, added in zip(*columns, strict=True):
        score = CodingScore(logistic(z), tuple(values), longest.longest)
        yield Reading(score, longest, "+", longest, added)


def _better(forward: Reading, backward: Reading) -> Reading:
    """The higher score of two strands, and the longer of their ORFs."""
    turned = LongestOrfs(
        _turned(backward.orfs.complete), _turned(backward.orfs.open_end)
    )
    orfs = LongestOrfs(
        _longer(forward.orfs.complete, turned.complete),
        _longer(forward.orfs.open_end, turned.open_end),
    )
    score = backward.score
    if score.probability > forward.score.probability:
        score = replace(score, orf=_turned(score.orf))
        return Reading(score, orfs, "-", turned, backward.parts)
    return Reading(forward.score, orfs, "+", forward.orfs, forward.parts)


def _turned(orf: Orf | None) -> Orf | None:
    return orf and replace(orf, strand="-")


def _longer(forward: Orf | None, backward: Orf | None) -> Orf | None:
    """The longer of two ORFs, the first of two equal ones."""
    if forward is None or backward is None:
        return forward or backward
    return backward if backward.length_aa > forward.length_aa else forward
