"""Evidence from a transcript's sequence that each one gets: ORFs, coding potential.

No number depends on which transcripts are measured together, so the work is split over
processors here, and over the jobs of a cluster by writing the transcripts in blocks.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar, cast

from bioloom.genome.transcript import Strand
from bioloom.lincrna.coding.orf import STANDARD_CODE, LongestOrfs
from bioloom.lincrna.coding.potential import (
    CodingModel,
    CodingScore,
    scores_and_orfs,
)
from bioloom.run.batches import batches
from bioloom.run.output import open_aside, open_text
from bioloom.run.progress import OnStep, silent
from bioloom.seq.genetic_code import GeneticCode

BLOCK = 2000  # transcripts read at a time: bounds the memory
PARALLEL_FROM = 20_000  # fewer are done before a second process has started
AHEAD = 8  # blocks that wait for each process, so that none waits for a block


Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Spliced:
    """A transcript as its sequence, 5'→3' on its strand (the forward one for ".")."""

    transcript_id: str
    strand: Strand
    sequence: str


class SplicedTranscripts(Protocol):
    """Transcripts with distinct names that can be read more than once."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Spliced]: ...


@dataclass(frozen=True, slots=True)
class SequenceEvidence:
    """Evidence from the sequence of one transcript; `n_fraction` is that of N."""

    coding: CodingScore
    orfs: LongestOrfs
    n_fraction: float = 0.0


@dataclass(frozen=True, slots=True)
class Measurer:
    """Measures sequences by a coding model; `code` is the genetic code of the ORFs."""

    model: CodingModel
    code: GeneticCode = STANDARD_CODE

    def measure(
        self,
        transcripts: Iterable[Spliced],
        *,
        n: int,
        threads: int = 1,
        on_step: OnStep = silent,
    ) -> list[SequenceEvidence]:
        """Evidence on each transcript, in order.

        Parameters
        ----------
        transcripts
            With distinct names; read block by block.
        n
            How many there are.
        threads
            Processors; the result does not depend on it.
        on_step
            Called after each block.
        """
        read = partial(_read, model=self.model, code=self.code)
        processes = threads if n >= PARALLEL_FROM else 1
        evidence: list[SequenceEvidence] = []
        for readings in mapped(read, batches(transcripts, BLOCK), processes):
            on_step("transcripts", len(evidence), n)
            evidence += readings
        on_step("transcripts", n, n)
        return evidence


def _read(
    block: Sequence[Spliced], model: CodingModel, code: GeneticCode
) -> list[SequenceEvidence]:
    sequences = [tx.sequence for tx in block]
    readings = scores_and_orfs(sequences, [tx.strand for tx in block], model, code)
    return [
        SequenceEvidence(reading.score, reading.orfs, n_fraction(sequence))
        for reading, sequence in zip(readings, sequences, strict=True)
    ]


def n_fraction(sequence: str) -> float:
    """Fraction of N among the bases of a sequence in upper case.

    Examples
    --------
    >>> n_fraction("ACNN")
    0.5
    """
    return sequence.count("N") / len(sequence) if sequence else 0.0


def mapped(
    function: Callable[[list[Item]], Outcome],
    blocks: Iterable[list[Item]],
    processes: int,
) -> Iterator[Outcome]:
    """Outcome of each block, in order, only a few blocks in memory at a time."""
    if processes == 1:
        yield from map(function, blocks)
        return
    from joblib import Parallel, delayed

    run = Parallel(processes, return_as="generator", pre_dispatch=f"{AHEAD} * n_jobs")
    yield from run(delayed(function)(block) for block in blocks)


def write_spliced(
    transcripts: Iterable[Spliced], paths: Sequence[Path], *, n: int
) -> None:
    """Write `n` transcripts in order over files of nearly equal numbers.

    One transcript a line: name, strand and sequence, tab-separated.
    """
    waiting = iter(transcripts)
    for number, path in enumerate(paths):
        size = (number + 1) * n // len(paths) - number * n // len(paths)
        with open_aside(path) as stream:
            for tx in islice(waiting, size):
                stream.write(f"{tx.transcript_id}\t{tx.strand}\t{tx.sequence}\n")


def read_spliced(path: Path) -> list[Spliced]:
    """Read back one file of `write_spliced`."""
    with open_text(path) as stream:
        rows = [line.rstrip("\n").split("\t") for line in stream]
    return [
        Spliced(name, cast(Strand, strand), sequence) for name, strand, sequence in rows
    ]


def write_evidence(evidence: Iterable[SequenceEvidence], path: Path) -> None:
    """Write evidence unrounded, one transcript a line (JSON)."""
    with open_aside(path) as stream:
        for row in evidence:
            stream.write(json.dumps(asdict(row)) + "\n")


def read_evidence(path: Path) -> list[SequenceEvidence]:
    """Read back one file of `write_evidence`."""
    from pydantic import TypeAdapter

    adapter = TypeAdapter(SequenceEvidence)
    with open_text(path) as stream:
        return [adapter.validate_python(json.loads(line)) for line in stream]
