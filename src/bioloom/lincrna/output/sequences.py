"""Spliced sequences of judged transcripts, read again when they are shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from bioloom.genome.sequence import Genome
from bioloom.lincrna.verdict.judged import Judged
from bioloom.seq.fasta import Record, read_fasta

FOLDER = "working/filtered"
SEQUENCES = "transcripts.fa"


class SequenceReader(Protocol):
    """Reads sequences of transcripts of a result."""

    def __call__(self, rows: Sequence[Judged]) -> Mapping[str, str]:
        """Spliced sequences of these transcripts, 5'→3', by name."""


@dataclass(frozen=True, slots=True)
class GenomeSequences:
    """Sequences spliced from the genome.

    Parameters
    ----------
    genome
        FASTA, plain or gzip.
    cache
        Folder of the genome's index; if it is gone, the genome is indexed again.
    """

    genome: Path
    cache: Path

    def __call__(self, rows: Sequence[Judged]) -> Mapping[str, str]:
        """Spliced sequences of these transcripts, 5'→3', by name."""
        if self.cache.is_dir():
            return self._spliced(rows, self.cache)
        with TemporaryDirectory() as cache:
            return self._spliced(rows, Path(cache))

    def _spliced(self, rows: Sequence[Judged], cache: Path) -> Mapping[str, str]:
        with Genome(self.genome, cache=cache) as genome:
            return {
                row.transcript_id: genome.spliced(row.collected.transcript)
                for row in rows
            }


@dataclass(frozen=True, slots=True)
class RunSequences:
    """Sequences of a run folder.

    Parameters
    ----------
    run
        The run folder.
    """

    run: Path

    def __call__(self, rows: Sequence[Judged]) -> Mapping[str, str]:
        """Spliced sequences of these transcripts, 5'→3', by name."""
        return sequences_of(self.run, {row.transcript_id for row in rows})


def sequences_of(run: Path, names: Collection[str]) -> dict[str, str]:
    """Spliced sequences of these transcripts of a run, by name."""
    records = read_fasta(run / FOLDER / SEQUENCES)
    by_name = ((full_name(record), record.sequence) for record in records)
    return {name: sequence for name, sequence in by_name if name in names}


def full_name(record: Record) -> str:
    """Name of a transcript; only its first word if it contains a space."""
    return f"{record.name} {record.description}".strip()
