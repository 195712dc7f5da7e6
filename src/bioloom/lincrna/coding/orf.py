"""Open reading frames of a transcript.

An ORF starts with ATG. It is *complete* if an in-frame stop codon ends it and
*3'-open* if it runs off the end of the transcript. Its length counts amino acids from
the start codon, without the stop.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.transcript import Strand
from bioloom.seq.alphabet import (
    START_CODON,
    STOP,
    SeqCodes,
    codon_indices,
    decode,
    encode,
    reverse_complement,
    translate,
)
from bioloom.seq.genetic_code import STANDARD, GeneticCode, genetic_code

STANDARD_CODE = genetic_code(STANDARD)


@dataclass(frozen=True, slots=True)
class Orf:
    """One open reading frame.

    Parameters
    ----------
    start, end
        Half-open span of its codons in the transcript, stop codon not in it, counted
        from the 5' end of the strand it lies on.
    strand
        "+" on the transcript as given, "-" on its reverse complement.
    is_complete
        Whether a stop codon follows.
    """

    start: int
    end: int
    strand: Strand
    is_complete: bool

    @property
    def length_aa(self) -> int:
        """Amino acids, stop not counted."""
        return (self.end - self.start) // 3

    @property
    def frame(self) -> int:
        """Reading frame 1, 2 or 3 on its strand."""
        return self.start % 3 + 1

    @property
    def length_nt(self) -> int:
        """Codons with the stop codon, if there is one, nt."""
        return self.end - self.start + 3 * self.is_complete


@dataclass(frozen=True, slots=True)
class LongestOrfs:
    """Longest complete and longest 3'-open ORF of a transcript; None where absent."""

    complete: Orf | None
    open_end: Orf | None

    @property
    def longest(self) -> Orf | None:
        """The longer of the two; the complete one of two equal ones."""
        complete, open_end = self.complete, self.open_end
        if complete is None or open_end is None:
            return complete or open_end
        return open_end if open_end.length_aa > complete.length_aa else complete


def longest_orfs(
    sequence: str, strand: Strand, code: GeneticCode = STANDARD_CODE
) -> LongestOrfs:
    """Longest ORFs of a transcript.

    Parameters
    ----------
    sequence
        Spliced transcript, 5'→3' on its strand; the forward strand for ".".
    strand
        Where "." both strands are searched (six frames), else the sequence as given
        (three frames).
    code
        The genetic code: its stop codons end an ORF.

    Notes
    -----
    Of ORFs of equal length the upstream one on the given strand is taken.

    Examples
    --------
    >>> longest_orfs("CATGGCTTAAATGC", "+").longest
    Orf(start=1, end=7, strand='+', is_complete=True)
    """
    orfs = [
        orf
        for side, codes in strands_to_read(sequence, strand)
        for orf in _orfs(codes, side, code)
    ]
    orfs.sort(key=lambda orf: (orf.strand == "-", orf.start))
    return LongestOrfs(
        _longest([orf for orf in orfs if orf.is_complete]),
        _longest([orf for orf in orfs if not orf.is_complete]),
    )


class StrandCodes(NamedTuple):
    """Codes of a sequence on a strand."""

    strand: Strand
    codes: SeqCodes


def strands_to_read(sequence: str, strand: Strand) -> Iterator[StrandCodes]:
    """Codes of each strand that may be translated: one, or both where unknown."""
    yield StrandCodes("+", encode(sequence))
    if strand == ".":
        yield StrandCodes("-", encode(reverse_complement(sequence)))


def protein_of(orf: Orf, sequence: str, code: GeneticCode = STANDARD_CODE) -> str:
    """Amino acids of an ORF of this sequence, without the stop."""
    return translate(encode(codons_of(orf, sequence)), code.amino_acids)


def codons_of(orf: Orf, sequence: str) -> str:
    """Bases of an ORF of this sequence, without the stop codon."""
    on_strand = sequence if orf.strand == "+" else reverse_complement(sequence)
    return on_strand[orf.start : orf.end]


def open_segments(
    sequence: str, strand: Strand, *, min_aa: int, code: GeneticCode = STANDARD_CODE
) -> dict[str, str]:
    """Translations between stop codons in every allowed frame.

    These need no start codon, so that a protein whose 5' end was not assembled is
    seen too.

    Parameters
    ----------
    sequence, strand
        As for `longest_orfs`.
    min_aa
        Shortest segment kept, amino acids.
    code
        The genetic code.

    Returns
    -------
    Protein by name ``<strand><frame>:<start>`` with the 0-based start of the segment.
    """
    segments = {}
    for side, codes in strands_to_read(sequence, strand):
        for frame in range(3):
            start = frame
            for protein in translate(codes[frame:], code.amino_acids).split(STOP):
                if len(protein) >= min_aa:
                    segments[f"{side}{frame + 1}:{start}"] = protein
                start += 3 * (len(protein) + 1)
    return segments


def _orfs(codes: SeqCodes, strand: Strand, code: GeneticCode) -> Iterator[Orf]:
    codons = codon_indices(codes)
    is_start, is_stop = codons == START_CODON, np.isin(codons, code.stop_indices)
    for frame in range(3):
        n_codons = len(codons[frame::3])
        starts = np.flatnonzero(is_start[frame::3])
        stops = np.flatnonzero(is_stop[frame::3])
        ends = np.append(stops, n_codons)
        first = _first_start_of_each(starts, ends)
        for number in np.flatnonzero(first < ends):
            begin, end = int(first[number]), int(ends[number])
            span = (frame + 3 * begin, frame + 3 * end)
            yield Orf(*span, strand, is_complete=bool(number < len(stops)))


def _first_start_of_each(
    starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """First ATG after each segment's left stop; a large number where there is none."""
    left = np.concatenate(([0], ends[:-1] + 1))
    padded = np.append(starts, np.iinfo(np.int64).max)
    return padded[np.searchsorted(starts, left)]


def _longest(orfs: list[Orf]) -> Orf | None:
    """First of the longest, None for an empty list."""
    return max(orfs, key=lambda orf: orf.length_aa, default=None)


def shown_sequence(orf: Orf, sequence: str) -> str:
    """The transcript with the ORF in upper case and the rest in lower case."""
    on_strand = sequence if orf.strand == "+" else reverse_complement(sequence)
    upper = on_strand[orf.start : orf.start + orf.length_nt].upper()
    return (
        decode(encode(on_strand[: orf.start])).lower()
        + upper
        + decode(encode(on_strand[orf.start + orf.length_nt :])).lower()
    )
