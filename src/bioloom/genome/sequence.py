"""A genome FASTA with random access."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from bioloom.errors import BadFasta, MissingFile
from bioloom.genome.transcript import Span, Strand, Transcript
from bioloom.run.output import (
    UNREADABLE,
    is_plain,
    open_aside,
    open_bytes,
    open_text,
)
from bioloom.run.packing import PACKED_SUFFIX, damage_advice
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.fasta_lines import first_line

if TYPE_CHECKING:
    import pyfaidx


class Genome:
    """A genome FASTA with random access.

    Parameters
    ----------
    path
        FASTA, plain or packed (gzip, bgzip, bzip2, xz, zstd). A packed file, or one
        with a byte-order mark or old line ends, is written plain into `cache`.
    cache
        Folder for the index (and the unpacked file); the input is never touched.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If it is not FASTA.
    """

    def __init__(self, path: str | Path, *, cache: Path) -> None:
        import pyfaidx

        self.path = unpacked_genome(Path(path), cache)
        try:
            indexed = self._indexed(cache)
        except UnicodeDecodeError:  # a header that is not UTF-8
            target = cache / f"utf8.{_mark(self.path)}.{self.path.name}"
            if not target.exists():
                _unpack(self.path, target)
            self.path = target
            indexed = self._indexed(cache)
        except (pyfaidx.FastaIndexingError, ValueError) as problem:
            raise BadFasta(
                where=path,
                found=first_line(problem).replace(str(self.path), str(path)),
                expected="a genome in FASTA with lines of equal length",
                advice="Write it again with `samtools faidx` or `seqkit seq -w 60`.",
            ) from None
        with closing(indexed):
            self._places: Mapping[str, _Place] = dict(indexed.index)
        self._file = self.path.open("rb")
        self._descriptor = self._file.fileno()

    def _indexed(self, cache: Path) -> "pyfaidx.Faidx":
        """Index of the plain file, made where there is none."""
        import pyfaidx

        index = cache / f"{self.path.name}.{_mark(self.path)}.fai"
        try:
            return pyfaidx.Faidx(str(self.path), indexname=str(index))
        except (pyfaidx.FastaIndexingError, ValueError):
            index.unlink(missing_ok=True)
            raise

    @property
    def lengths(self) -> dict[str, int]:
        """Length of each chromosome, nt."""
        return {name: place.rlen for name, place in self._places.items()}

    def fetch(self, chrom: str, span: Span) -> str:
        """Bases of the forward strand, upper case; none beyond the chromosome's end."""
        return _bases(self._lines(chrom, span))

    def spliced(self, transcript: Transcript, *, strand: Strand | None = None) -> str:
        """Spliced sequence of a transcript, 5'→3' on its strand ("." is forward)."""
        lines = [self._lines(transcript.chrom, span) for span in transcript.exons]
        forward = _bases(b"".join(lines))
        if (strand or transcript.strand) == "-":
            return reverse_complement(forward)
        return forward

    def _lines(self, chrom: str, span: Span) -> bytes:
        """What stands in the file, line ends included; any thread may ask."""
        place = self._places[chrom]
        start, end = span[0], min(span[1], place.rlen)
        if start >= end:
            return b""
        first, last = _offset(place, start), _offset(place, end - 1)
        return os.pread(self._descriptor, last - first + 1, first)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        """Open as a context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close at the end of the context."""
        self.close()


class _Place(Protocol):
    """A row of the index: bases, where they start, bases and bytes of a line."""

    rlen: int
    offset: int
    lenc: int
    lenb: int


def _bases(lines: bytes) -> str:
    return lines.translate(None, b"\r\n").decode().upper()


def _offset(place: _Place, base: int) -> int:
    """Byte at which a base stands in the file."""
    line, column = divmod(base, place.lenc)
    return place.offset + line * place.lenb + column


def contig_names(path: Path) -> Iterator[str]:
    """Names of the contigs of a FASTA, plain or packed, as they are come to.

    Raises
    ------
    BadFasta
        If it is damaged.
    """
    try:
        with open_bytes(path) as lines:
            for line in lines:
                if line.startswith(b">"):
                    yield _name(line)
    except UNREADABLE as problem:
        raise _damaged(path, problem) from None


def _name(header: bytes) -> str:
    return b" ".join(header[1:].split()[:1]).decode()


def contig_lengths(path: Path) -> dict[str, int]:
    """Bases of each contig of a FASTA, plain or packed; nothing is written.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If it is damaged.
    """
    if not path.is_file():
        raise MissingFile(path, role="the genome in FASTA")
    lengths: dict[str, int] = {}
    name = ""
    try:
        with open_bytes(path) as lines:
            for line in lines:
                if line.startswith(b">"):
                    name = _name(line)
                    lengths[name] = 0
                elif name:
                    lengths[name] += len(line.rstrip())
    except UNREADABLE as problem:
        raise _damaged(path, problem) from None
    return lengths


def unpacked_genome(path: Path, cache: Path) -> Path:
    """Path of a plain FASTA with the same content; a plain file is its own."""
    if not path.is_file():
        raise MissingFile(path, role="the genome in FASTA")
    cache.mkdir(parents=True, exist_ok=True)
    if is_plain(path):
        return path
    target = cache / re.sub(PACKED_SUFFIX, "", path.name)
    # the unpacked file bears the time of its source, so that another source is seen
    time_ns = path.stat().st_mtime_ns
    if not target.exists() or target.stat().st_mtime_ns != time_ns:
        _unpack(path, target)
        os.utime(target, ns=(time_ns, time_ns))
    return target


def _mark(path: Path) -> str:
    """Eight letters that differ where the file or its content may differ."""
    state = path.stat()
    identity = f"{path.resolve()} {state.st_size} {state.st_mtime_ns}"
    return sha256(identity.encode()).hexdigest()[:8]


def _unpack(path: Path, target: Path) -> None:
    try:
        with open_text(path) as packed, open_aside(target) as plain:
            while block := packed.read(1 << 22):
                plain.write(block)
    except UNREADABLE as problem:
        raise _damaged(path, problem) from None


def _damaged(path: Path, problem: Exception) -> BadFasta:
    return BadFasta(
        where=path,
        found=first_line(problem),
        expected="a complete text or packed file",
        advice=damage_advice(problem),
    )
