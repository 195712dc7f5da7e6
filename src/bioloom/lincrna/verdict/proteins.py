"""The user's own proteins, with which transcripts are compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bioloom.errors import BadFasta, MissingFile
from bioloom.run.words import counted
from bioloom.seq.fasta import Record, read_fasta
from bioloom.seq.letters import unknown_share

ROLE = "protein FASTA such as uniprot_sprot.fasta.gz"
_OTHER_LETTERS = 0.1  # a nucleotide sequence has fewer that are not A, C, G, T or U
_AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
# what each byte is read as: an amino acid, or X
_LETTERS = bytes(
    ord(letter) if (letter := chr(byte).upper()) in _AMINO_ACIDS else ord("X")
    for byte in range(128)
).ljust(256, b"X")


@dataclass(frozen=True, slots=True)
class Protein:
    """A protein of the file; `length_aa` counts its amino acids."""

    name: str
    description: str
    length_aa: int


class ProteinFile:
    """Proteins in FASTA, checked once and read from their file at each search.

    Parameters
    ----------
    path
        FASTA, plain or gzip.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If it is not FASTA, holds nucleotides or nothing, or a name twice.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise MissingFile(path, role=ROLE)
        self.path = path
        self.proteins: tuple[Protein, ...] = tuple(self._checked())

    def __len__(self) -> int:
        return len(self.proteins)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was left out, in sentences."""
        if not self._n_left_out:
            return ()
        n_left_out = counted(self._n_left_out, "record")
        return (
            f"{n_left_out} of {self.path.name} left out of the proteins: without "
            "letters, or nucleotides.",
        )

    def sequences(self) -> Iterator[str]:
        """Sequence of each protein, in order; X is whatever is no amino acid."""
        for record in read_fasta(self.path):
            if _is_protein(record):
                letters = record.sequence.rstrip("*").encode("ascii")
                yield letters.translate(_LETTERS).decode("ascii")

    def _checked(self) -> Iterator[Protein]:
        names: set[str] = set()
        self._n_left_out = n_nucleotides = 0
        for record in read_fasta(self.path):
            if not _is_protein(record):
                self._n_left_out += 1
                n_nucleotides += bool(record.sequence)
                continue
            if record.name in names:
                found = f"two proteins called {record.name!r}"
                raise _bad(self.path, found, "Rename one: explanations name proteins.")
            names.add(record.name)
            length = len(record.sequence.rstrip("*"))
            yield Protein(record.name, record.description, length)
        if n_nucleotides > len(names):
            n_all = counted(len(names) + self._n_left_out, "record")
            found = f"nucleotides in {n_nucleotides:,} of {n_all}"
            raise _bad(self.path, found, "Give the proteins, not their mRNAs or CDS.")
        if not names:
            found = "no protein"
            raise _bad(self.path, found, "Check that the file is complete.")


def _bad(path: Path, found: str, advice: str) -> BadFasta:
    return BadFasta(
        where=path,
        found=found,
        expected="proteins with distinct names",
        advice=advice,
    )


def _is_protein(record: Record) -> bool:
    """Whether a record has letters, and not those of nucleotides."""
    letters = record.sequence.upper().replace("N", "").replace("*", "")
    return bool(letters) and unknown_share(letters) >= _OTHER_LETTERS
