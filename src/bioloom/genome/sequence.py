"""A genome FASTA with random access."""

import os
import re
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from bioloom.errors import BadFasta, MissingFile
from bioloom.genome.transcript import Span, Strand, Transcript
from bioloom.run.output import UNREADABLE, is_gzip, open_aside, open_text
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.fasta import first_line


class Genome:
    """A genome FASTA with random access.

    Parameters
    ----------
    path
        Plain or gzip-compressed FASTA. A gzip file is unpacked into `cache`.
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
        index = cache / f"{self.path.name}.{_mark(self.path)}.fai"
        try:
            self._fasta = pyfaidx.Fasta(
                str(self.path), indexname=str(index), as_raw=True, build_index=True
            )
        except (pyfaidx.FastaIndexingError, ValueError, UnicodeDecodeError) as problem:
            index.unlink(missing_ok=True)
            raise BadFasta(
                where=path,
                found=first_line(problem),
                expected="a genome in FASTA with lines of equal length",
                advice="Write it again with `samtools faidx` or `seqkit seq -w 60`.",
            ) from None

    @property
    def lengths(self) -> dict[str, int]:
        """Length of each chromosome, nt."""
        return {name: len(self._fasta[name]) for name in self._fasta.keys()}  # noqa: SIM118

    def fetch(self, chrom: str, span: Span) -> str:
        """Bases of the forward strand, upper case."""
        return str(self._fasta[chrom][span[0] : span[1]]).upper()

    def spliced(self, transcript: Transcript, *, strand: Strand | None = None) -> str:
        """Spliced sequence of a transcript, 5'→3' on its strand ("." is forward)."""
        forward = "".join(
            self.fetch(transcript.chrom, span) for span in transcript.exons
        )
        if (strand or transcript.strand) == "-":
            return reverse_complement(forward)
        return forward

    def close(self) -> None:
        """Close the file."""
        self._fasta.close()

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


def unpacked_genome(path: Path, cache: Path) -> Path:
    """Path of a plain FASTA with the same content; a plain file is its own."""
    if not path.is_file():
        raise MissingFile(path, role="the genome in FASTA")
    cache.mkdir(parents=True, exist_ok=True)
    if not is_gzip(path):
        return path
    target = cache / re.sub(r"\.gz$", "", path.name)
    # the unpacked file bears the time of its source, so that another source is seen
    time_ns = path.stat().st_mtime_ns
    if not target.exists() or target.stat().st_mtime_ns != time_ns:
        _unpack(path, target)
        os.utime(target, ns=(time_ns, time_ns))
    return target


def _mark(path: Path) -> str:
    """Eight letters that differ where the file or its content may differ."""
    state = path.stat()
    told = f"{path.resolve()} {state.st_size} {state.st_mtime_ns}"
    return sha256(told.encode()).hexdigest()[:8]


def _unpack(path: Path, target: Path) -> None:
    try:
        with open_text(path) as packed, open_aside(target) as plain:
            while block := packed.read(1 << 22):
                plain.write(block)
    except UNREADABLE as problem:
        raise BadFasta(
            where=path,
            found=first_line(problem),
            expected="a complete gzip file",
            advice="The file is probably truncated: copy or download it again.",
        ) from None
