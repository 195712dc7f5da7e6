"""Scores of transcripts, block by block, in the memory of a few blocks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.transcript import Strand
from bioloom.lincrna.coding.model import CodingModel
from bioloom.lincrna.coding.orf import Orf
from bioloom.lincrna.coding.potential import Reading, scores_and_orfs
from bioloom.lincrna.models import thresholds_in_force
from bioloom.lincrna.scoring.records import Transcript
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.criteria import (
    UNSURE,
    Judgement,
    coding_call,
    may_encode_micropeptide,
)
from bioloom.lincrna.verdict.sequences import BLOCK, PARALLEL_FROM, mapped
from bioloom.seq.genetic_code import genetic_code
from bioloom.statistics.forest import MILLION

Strandedness = Literal["sense", "both"]
BLOCK_NT = 4_000_000  # a block of long transcripts holds fewer

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Scored:
    """What is measured of a transcript.

    Parameters
    ----------
    reading
        Coding potential, and the longest ORFs in the genetic code asked for.
    call
        Whether it passes for noncoding, and how sure that is.
    parts
        What each feature adds to the log-odds, in the order of `FEATURES`, millionths.
    may_be_micropeptide
        Whether it is noncoding by the threshold, but may encode a micropeptide.
    """

    reading: Reading
    call: Judgement
    parts: NDArray[np.int64]
    may_be_micropeptide: bool

    @property
    def contributions(self) -> tuple[float, ...]:
        """What each feature adds to the log-odds, in the order of `FEATURES`."""
        return tuple((self.parts / MILLION).tolist())


@dataclass(frozen=True, slots=True)
class Row:
    """A transcript of the input and its score; None where it was not scored."""

    transcript: Transcript
    scored: Scored | None

    @property
    def orf(self) -> Orf | None:
        """The longest ORF of the strand that was scored."""
        return self.scored.reading.scored_orfs.longest if self.scored else None


@dataclass(frozen=True, slots=True)
class Counts:
    """Transcripts by what came out; unsure ones and micropeptides are of the others."""

    n_records: int = 0
    n_skipped: int = 0
    n_coding: int = 0
    n_noncoding: int = 0
    n_unsure: int = 0
    n_micropeptides: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.n_records + other.n_records,
            self.n_skipped + other.n_skipped,
            self.n_coding + other.n_coding,
            self.n_noncoding + other.n_noncoding,
            self.n_unsure + other.n_unsure,
            self.n_micropeptides + other.n_micropeptides,
        )


@dataclass(frozen=True, slots=True)
class Scorer:
    """A coding model, and how it is asked.

    Parameters
    ----------
    model
        The model.
    settings
        Genetic code, threshold, and from which probability a call is sure.
    strand
        sense: transcripts are read as given; both: the opposite strand too.
    """

    model: CodingModel
    settings: FilterSettings
    strand: Strandedness = "sense"

    @property
    def in_force(self) -> FilterSettings:
        """The settings, with the model's thresholds where none were set."""
        return thresholds_in_force(self.settings, self.model)

    @property
    def threshold(self) -> float:
        """Probability from which a transcript is coding."""
        return self.in_force.coding_threshold or 0.0

    def rows(self, transcripts: Sequence[Transcript]) -> list[Row]:
        """Score transcripts; no score depends on the others."""
        fit = [each for each in transcripts if each.is_scored]
        scored = iter(self._scored([each.sequence for each in fit]))
        return [
            Row(one, next(scored) if one.is_scored else None) for one in transcripts
        ]

    def _scored(self, sequences: Sequence[str]) -> Iterator[Scored]:
        if not sequences:
            return
        strand: Strand = "+" if self.strand == "sense" else "."
        code = genetic_code(self.settings.genetic_code)
        settings = self.in_force
        strands = [strand] * len(sequences)
        for reading in scores_and_orfs(
            sequences, strands, self.model, code, with_parts=True
        ):
            yield Scored(
                reading,
                coding_call(reading.score, settings),
                np.asarray(reading.parts),
                may_be_micropeptide=may_encode_micropeptide(reading.score, settings),
            )


@dataclass(frozen=True, slots=True)
class ScoredBlock(Generic[Content]):
    """Some transcripts in a form that was asked for, and their counts."""

    content: Content
    counts: Counts


def scored_blocks(
    transcripts: Iterable[Transcript],
    scorer: Scorer,
    form: Callable[[Sequence[Row], CodingModel], Content],
    *,
    threads: int = 1,
) -> Iterator[ScoredBlock[Content]]:
    """Score transcripts as they come, in order.

    Parameters
    ----------
    transcripts
        Of a file.
    scorer
        Scores them.
    form
        Makes what is wanted of the rows of a block; it runs where they are scored.
    threads
        Processors, used from 20,000 transcripts on; the result does not depend on it.
    """
    work = partial(_block, scorer=scorer, form=form)
    blocks = _blocks(transcripts)
    processes = 1
    if threads > 1:
        few = list(islice(blocks, PARALLEL_FROM // BLOCK))
        following = next(blocks, None)
        if following is not None:
            few, processes = [*few, following], threads
        blocks = chain(few, blocks)
    yield from mapped(work, blocks, processes)


def _block(
    transcripts: list[Transcript],
    scorer: Scorer,
    form: Callable[[Sequence[Row], CodingModel], Content],
) -> ScoredBlock[Content]:
    rows = scorer.rows(transcripts)
    return ScoredBlock(form(rows, scorer.model), _counts(rows))


def _counts(rows: Sequence[Row]) -> Counts:
    scored = [row.scored for row in rows if row.scored]
    calls = [one.call for one in scored]
    n_noncoding = sum(call.value < call.threshold for call in calls)
    return Counts(
        len(rows),
        len(rows) - len(calls),
        len(calls) - n_noncoding,
        n_noncoding,
        sum(call.note == UNSURE for call in calls),
        sum(one.may_be_micropeptide for one in scored),
    )


def _blocks(transcripts: Iterable[Transcript]) -> Iterator[list[Transcript]]:
    block: list[Transcript] = []
    n_letters = 0
    for transcript in transcripts:
        block.append(transcript)
        n_letters += len(transcript.sequence)
        if len(block) == BLOCK or n_letters >= BLOCK_NT:
            yield block
            block, n_letters = [], 0
    if block:
        yield block
