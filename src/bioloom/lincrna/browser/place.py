"""The genome that a browser shows, and the place where it opens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bioloom.genome.transcript import Transcript
from bioloom.run.packing import PACKED_SUFFIX

_MIN_FLANK_NT = 1000


@dataclass(frozen=True, slots=True)
class ShownGenome:
    """The genome of a session or hub.

    Parameters
    ----------
    name
        UCSC's name, such as mm39, or that of the FASTA file.
    locus
        Where the browser opens, such as ``chr1:101-200``.
    two_bit
        The genome itself, relative to the session; empty if browsers know it by name.
    """

    name: str
    locus: str
    two_bit: str = ""

    @property
    def identifier(self) -> str:
        """The name in letters, digits and underscores."""
        return re.sub(r"\W+", "_", self.name, flags=re.ASCII).strip("_") or "genome"


def genome_name(path: Path) -> str:
    """Name of a genome by its file, without the suffixes.

    Examples
    --------
    >>> genome_name(Path("GRCm39.primary.fa.gz"))
    'GRCm39.primary'
    """
    name = re.sub(PACKED_SUFFIX, "", path.resolve().name)
    return re.sub(r"\.(fa|fasta|fna|fas)$", "", name) or "genome"


def opening_locus(transcripts: Sequence[Transcript], lengths: Mapping[str, int]) -> str:
    """The first transcript with as much again on both sides, 1-based and closed.

    Without transcripts it is the first chromosome, at most 100 kb of it.

    Examples
    --------
    >>> tx = Transcript("t", "g", "1", "+", ((5000, 8000),))
    >>> opening_locus([tx], {"1": 10_000}), opening_locus([], {"1": 10_000})
    ('1:2001-10000', '1:1-10000')
    """
    if not transcripts:
        chrom, length = next(iter(lengths.items()))
        return f"{chrom}:1-{min(length, 100_000)}"
    first = min(transcripts, key=lambda tx: (tx.chrom.encode(), tx.start, tx.end))
    flank = max(_MIN_FLANK_NT, first.end - first.start)
    end = min(first.end + flank, lengths[first.chrom])
    return f"{first.chrom}:{max(first.start - flank, 0) + 1}-{end}"
