"""Evidence from a transcript's sequence: ORFs, coding potential, protein domains.

No number depends on which transcripts are measured together, so the work is split over
processors here, and over the jobs of a cluster by writing the transcripts in blocks.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, cast

from bioloom.genome.transcript import Strand
from bioloom.lincrna.coding.orf import STANDARD_CODE, LongestOrfs, open_segments
from bioloom.lincrna.coding.potential import (
    CodingModel,
    CodingScore,
    Reading,
    scores_and_orfs,
)
from bioloom.lincrna.verdict.domains import DomainHit, DomainLibrary
from bioloom.run.output import open_aside, open_text
from bioloom.run.progress import OnStep, silent
from bioloom.seq.genetic_code import GeneticCode

BLOCK = 2000  # transcripts read at a time: bounds the memory
PARALLEL_FROM = 20_000  # fewer are done before a second process has started
AHEAD = 8  # blocks that wait for each process, so that none waits for a block


@dataclass(frozen=True, slots=True)
class Spliced:
    """A transcript as its sequence, 5'→3' on its strand (the forward one for ".")."""

    transcript_id: str
    strand: Strand
    sequence: str


@dataclass(frozen=True, slots=True)
class SequenceEvidence:
    """Evidence from the sequence of one transcript.

    `domain` is the best hit, a near miss included; None where there is none or no
    library was given.
    """

    coding: CodingScore
    orfs: LongestOrfs
    domain: DomainHit | None


@dataclass(frozen=True, slots=True)
class Measurer:
    """Measures sequences with a coding model and a domain library.

    `library` is None where no domain models were given; `min_segment_aa` is the length
    of the shortest translated segment searched for domains; `code` is the genetic code
    of the ORFs and segments.
    """

    model: CodingModel
    library: DomainLibrary | None
    min_segment_aa: int
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
        for block, readings in _mapped(read, _blocks(transcripts), processes):
            on_step("transcripts", len(evidence), n)
            hits = self._domain_hits(block, threads)
            evidence += [
                SequenceEvidence(score, orfs, hits.get(tx.transcript_id))
                for tx, (score, orfs) in zip(block, readings, strict=True)
            ]
        on_step("transcripts", n, n)
        return evidence

    def _domain_hits(
        self, block: Sequence[Spliced], threads: int
    ) -> dict[str, DomainHit]:
        if self.library is None:
            return {}
        segments = {
            tx.transcript_id: open_segments(
                tx.sequence, tx.strand, min_aa=self.min_segment_aa, code=self.code
            )
            for tx in block
        }
        return self.library.search(segments, threads=threads)


class _Measured(NamedTuple):
    """A block of transcripts and what was read in each."""

    block: list[Spliced]
    readings: list[Reading]


def _read(
    block: Sequence[Spliced], model: CodingModel, code: GeneticCode
) -> list[Reading]:
    return scores_and_orfs(
        [tx.sequence for tx in block], [tx.strand for tx in block], model, code
    )


def _blocks(transcripts: Iterable[Spliced]) -> Iterator[list[Spliced]]:
    waiting = iter(transcripts)
    while block := list(islice(waiting, BLOCK)):
        yield block


def _mapped(
    function: Callable[[Sequence[Spliced]], list[Reading]],
    blocks: Iterable[list[Spliced]],
    processes: int,
) -> Iterator[_Measured]:
    """Blocks and their readings, only a few of them in memory at a time."""
    if processes == 1:
        yield from (_Measured(block, function(block)) for block in blocks)
        return
    from joblib import Parallel, delayed

    sent: deque[list[Spliced]] = deque()

    def remembered() -> Iterator[list[Spliced]]:
        for block in blocks:
            sent.append(block)
            yield block

    run = Parallel(processes, return_as="generator", pre_dispatch=f"{AHEAD} * n_jobs")
    for readings in run(delayed(function)(block) for block in remembered()):
        yield _Measured(sent.popleft(), readings)


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
