"""Sequencing reads drawn from spliced transcripts."""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.seq.alphabet import SeqCodes, encode

READ_NT = 100
# Illumina TruSeq adapters as a read runs into them, index included (document
# 1000000002694, Illumina Adapter Sequences)
ADAPTERS = (
    "AGATCGGAAGAGCACACGTCTGAACTCCAGTCACATCACGATATCTCGTATGCCGTCTTCTGCTTG",
    "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGTAGATCTCGGTGGTCGCCGTATCATT",
)
_FRAGMENT_NT = (220.0, 30.0)
_SHORT_NT = (75.0, 14.0)
_SHORT_SHARE = 0.04
_QUALITY = (2, 40)
_WORN_SHARE = 0.04
_LETTERS = np.frombuffer(b"ACGTN", dtype=np.uint8)

Strandness = Literal["reverse", "unstranded"]


@dataclass(frozen=True, slots=True)
class Library:
    """How a sample was sequenced.

    Parameters
    ----------
    sample
        Its name.
    strandness
        "reverse" where read 1 is antisense (dUTP), else "unstranded".
    is_paired
        Whether both ends of a fragment were read.
    condition
        "control" or "treated".
    depth
        Factor on the coverage that the loci ask for.
    dispersion
        Of the fragments of a well-covered transcript over replicates.
    """

    sample: str
    strandness: Strandness
    is_paired: bool
    condition: Literal["control", "treated"] = "control"
    depth: float = 1.0
    dispersion: float = 0.03

    @property
    def layout(self) -> str:
        """The word for it in the sample sheet."""
        return "paired" if self.is_paired else "single"


@dataclass(frozen=True, slots=True)
class Fragments:
    """Pieces of one transcript, with the reads of both ends, sense and antisense.

    Parameters
    ----------
    sense, antisense
        Reads from the 5' and, on the opposite strand, from the 3' end, shape
        (n, 100), base codes; past the fragment 255.
    n_bases
        Read bases inside the fragment for one end, shape (n,).
    """

    sense: SeqCodes
    antisense: SeqCodes
    n_bases: NDArray[np.int64]

    def of(self, rows: NDArray[np.int64]) -> "Fragments":
        """Some of them."""
        return Fragments(self.sense[rows], self.antisense[rows], self.n_bases[rows])


def joined_fragments(parts: Sequence[Fragments]) -> Fragments:
    """Fragments of several parts, one part after another."""
    return Fragments(
        sense=np.concatenate([part.sense for part in parts]),
        antisense=np.concatenate([part.antisense for part in parts]),
        n_bases=np.concatenate([part.n_bases for part in parts]),
    )


def cut_fragments(rng: np.random.Generator, rna: SeqCodes, n: int) -> Fragments:
    """Cut fragments from a transcript, evenly over its length.

    Lengths are normal, 220 ± 30 nt, and 4 % of them 75 ± 14 nt. A fragment that
    would reach over an end of the transcript is cut there, so the ends are as well
    covered as the middle.

    Parameters
    ----------
    rng
        Source of randomness.
    rna
        The spliced transcript, at least 100 nt.
    n
        How many.
    """
    is_short = rng.random(n) < _SHORT_SHARE
    length = np.where(is_short, rng.normal(*_SHORT_NT, n), rng.normal(*_FRAGMENT_NT, n))
    length = np.clip(length, np.where(is_short, 40, 120), np.where(is_short, 99, 400))
    length = length.astype(np.int64)
    least = np.minimum(length, READ_NT)
    first = least - length
    start = first + (rng.random(n) * (len(rna) - least - first + 1)).astype(np.int64)
    end = np.minimum(start + length, len(rna))
    start = np.maximum(start, 0)
    return Fragments(
        sense=_read_end(rna, start, end),
        antisense=_read_end(3 - rna[::-1], len(rna) - end, len(rna) - start),
        n_bases=np.minimum(end - start, READ_NT),
    )


def write_fastq(
    rng: np.random.Generator,
    library: Library,
    fragments: Sequence[Fragments],
    paths: Sequence[Path],
) -> None:
    """Write the reads of a sample in random order.

    Parameters
    ----------
    rng
        Source of order, strand, quality and sequencing errors.
    library
        The sample.
    fragments
        Those of each transcript.
    paths
        One gzip file, or two of a paired sample.
    """
    mixed = joined_fragments(fragments)
    order = rng.permutation(len(mixed.n_bases))
    sense, antisense = mixed.sense[order], mixed.antisense[order]
    if library.strandness == "unstranded":
        swap = rng.random(len(sense)) < 0.5
        sense[swap], antisense[swap] = antisense[swap], sense[swap]
    for mate, path in enumerate(paths):
        codes = (antisense, sense)[mate]
        reads, quality = _sequence(rng, codes, mate=mate)
        write_gzip(path, _records(library.sample, reads, quality, mate=mate + 1))


def _read_end(
    rna: SeqCodes, start: NDArray[np.int64], end: NDArray[np.int64]
) -> SeqCodes:
    position = start[:, None] + np.arange(READ_NT)
    inside = position < end[:, None]
    bases = rna[np.minimum(position, len(rna) - 1)]
    return np.where(inside, bases, 255).astype(np.uint8)


class _Sequenced(NamedTuple):
    """Bases and Phred scores of reads."""

    reads: SeqCodes
    quality: NDArray[np.uint8]


def _sequence(rng: np.random.Generator, codes: SeqCodes, *, mate: int) -> _Sequenced:
    """Read fragments: adapter past their end, qualities, errors to match them."""
    reads = _with_adapter(codes, encode(ADAPTERS[mate]))
    quality = _qualities(rng, len(reads), mate=mate)
    wrong = rng.random(reads.shape) < 10.0 ** (quality / -10.0)
    shift = rng.integers(1, 4, size=reads.shape)
    reads = np.where(wrong, (reads + shift) % 4, reads).astype(np.uint8)
    return _Sequenced(reads, quality)


def _with_adapter(codes: SeqCodes, adapter: SeqCodes) -> SeqCodes:
    inside = (codes != 255).sum(axis=1)
    past = np.arange(READ_NT) - inside[:, None]
    padded = np.concatenate([adapter, np.zeros(READ_NT, np.uint8)])
    return np.where(past < 0, codes, padded[np.maximum(past, 0)]).astype(np.uint8)


def _qualities(rng: np.random.Generator, n: int, *, mate: int) -> NDArray[np.uint8]:
    """Phred scores: rising over the first bases, falling to the end, worse in read 2.

    In 4 % of the reads quality drops from a random base to the end.
    """
    cycle = np.arange(READ_NT)
    mean = 38 - 6 * np.exp(-cycle / 3) - (5 + 2 * mate) * (cycle / READ_NT) ** 2
    quality = mean + rng.normal(0, 1.5, (n, 1)) + rng.normal(0, 1.5, (n, READ_NT))
    worn_from = np.where(
        rng.random(n) < _WORN_SHARE, rng.integers(60, READ_NT, n), READ_NT
    )
    quality -= np.where(cycle >= worn_from[:, None], 22, 0)
    return np.clip(np.rint(quality), *_QUALITY).astype(np.uint8)


def _records(
    sample: str, reads: SeqCodes, quality: NDArray[np.uint8], *, mate: int
) -> Iterator[bytes]:
    letters, scores = _LETTERS[reads], quality + np.uint8(33)
    for number in range(len(reads)):
        name = f"@{sample}:{number + 1} {mate}:N:0:ATCACGAT\n".encode("ascii")
        yield name + letters[number].tobytes() + b"\n+\n"
        yield scores[number].tobytes() + b"\n"


def write_gzip(path: Path, records: Iterator[bytes]) -> None:
    """Write FASTQ records, the same bytes for the same records."""
    # neither name nor time in the header: the same reads are the same bytes
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as file,
    ):
        file.write(b"".join(records))
