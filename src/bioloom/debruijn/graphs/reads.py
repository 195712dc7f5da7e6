"""Base codes of reads, many reads at a time."""

from collections.abc import Iterator, Sequence
from typing import IO, TypeAlias

import numpy as np

from bioloom.debruijn.graphs import _reads
from bioloom.seq.alphabet import SeqCodes, encode
from bioloom.seq.fasta import TEXT, read_sequences
from bioloom.seq.fasta_lines import open_fasta
from bioloom.seq.sources import SequenceSource, is_path, sequences_of

CHUNK = 1 << 20  # letters cut at a time
LETTERS = encode("".join(map(chr, range(256))))  # code of each byte
START = _reads.State(is_line_start=True, is_header=False, blanks=0)
NO_BASES = np.zeros(0, dtype=np.uint8)

ReadSource: TypeAlias = "SequenceSource | Sequence[SequenceSource]"
"""Reads: files of FASTA or FASTQ (one, or a list), texts, dictionaries, records."""


class ReadTotals:
    """Sequences and letters read so far."""

    def __init__(self) -> None:
        self.n_sequences = self.n_letters = 0


def code_pieces(reads: ReadSource, k: int, totals: ReadTotals) -> Iterator[SeqCodes]:
    """Base codes of many reads at a time, an unknown base between any two.

    Parameters
    ----------
    reads
        Files or sequences.
    k
        Each k-mer is in one piece; pieces overlap by k - 1 bases.
    totals
        Counts what is read.

    Notes
    -----
    FASTA files are read in blocks, without a text for each record.
    """
    for source in sources_of(reads):
        path = str(source) if is_path(source) else "-"
        if _is_fasta(path):
            yield from _fasta_pieces(path, k, totals)
        else:
            yield from _text_pieces(source, k, totals)


def sources_of(reads: ReadSource) -> list[ReadSource]:
    """Files one by one; all else as it is."""
    if isinstance(reads, Sequence) and reads and all(map(is_path, reads)):
        return [reads] if isinstance(reads, str) else list(reads)
    return [reads]


def _is_fasta(path: str) -> bool:
    """Whether a file begins with a header; standard input can be read once only."""
    if path == "-":
        return False
    with open_fasta(path, TEXT, role="a FASTA or FASTQ file") as stream:
        return bool(stream.read(1) == b">")


def _fasta_pieces(path: str, k: int, totals: ReadTotals) -> Iterator[SeqCodes]:
    before, state = NO_BASES, START
    with open_fasta(path, TEXT) as stream:
        for block in _blocks(stream):
            room = np.empty(len(before) + len(block) + state.blanks, dtype=np.uint8)
            room[: len(before)] = before
            found = _reads.read_block(block, LETTERS, state, room[len(before) :])
            if found.n_codes < 0:
                break
            state = found.state
            totals.n_sequences += found.n_records
            totals.n_letters += found.n_codes - found.n_records
            piece = room[: len(before) + found.n_codes]
            yield piece
            before = piece[max(0, len(piece) - k + 1) :]
        else:
            return
    for _ in read_sequences(path):  # raises the error that names the line
        pass


def _blocks(stream: IO[bytes]) -> Iterator[SeqCodes]:
    while block := stream.read(CHUNK // 2):
        yield np.frombuffer(block, dtype=np.uint8)


def _text_pieces(reads: ReadSource, k: int, totals: ReadTotals) -> Iterator[SeqCodes]:
    waiting: list[str] = []
    n_waiting = 0
    for sequence in sequences_of(reads):
        totals.n_sequences += 1
        totals.n_letters += len(sequence)
        waiting.append(sequence)
        n_waiting += len(sequence) + 1
        if n_waiting >= CHUNK // 2:
            yield from _pieces("N".join(waiting), k)
            waiting, n_waiting = [], 0
    yield from _pieces("N".join(waiting), k)


def _pieces(text: str, k: int) -> Iterator[SeqCodes]:
    """A long text in overlapping pieces that contain each k-mer once."""
    step = CHUNK - k
    for begin in range(0, max(1, len(text) - k + 1), step):
        yield encode(text[begin : begin + step + k - 1])
