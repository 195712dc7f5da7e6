"""Long reads before they are aligned: of the RNA's strand, and nothing beside it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import dnaio

from bioloom.errors import BadInput
from bioloom.lincrna.alignments.matching import PrimerMatcher
from bioloom.lincrna.alignments.read_ends import Ends, ReadEnds
from bioloom.lincrna.inputs.primers import AUTO, KITS, primers_of
from bioloom.lincrna.inputs.sample import SampleKind
from bioloom.run.words import counted
from bioloom.seq.fastq_writer import fastq_writer

ORIENTED = "os"
"""Tag of alignments of reads that were of the RNA's strand, or were turned to it."""
_TAGS = f"{ORIENTED}:i:1\tTS:A:+"
"""In SAM's form; TS as dorado writes it, which IsoQuant reads."""
MIN_LEFT_NT = 30
"""Bases that must be left of a read without its tail and primers."""
N_LOOKED_AT = 2_000
"""Reads by which the kit is found."""
MIN_SHARE = 0.2
"""Of these reads, those that the primers of the kit must tell the strand of."""


@dataclass(frozen=True, slots=True)
class OrientedReads:
    """What became of the reads of a sample.

    Parameters
    ----------
    kind
        Of the sample.
    primers
        Name of the primers; empty if none were looked for, or no kit's were found.
    n_reads
        In all.
    n_by_primers, n_by_tail
        Whose strand primers told; of the others, those whose tail told it.
    n_full
        With both primers.
    n_tails
        Whose poly-A tail was found and cut off.
    n_turned
        Read from the other strand and turned.
    n_short
        Left out: hardly anything but tail and primers.
    n_untold
        Left out: PacBio reads of a library with primers whose strand nothing tells.
    """

    kind: SampleKind
    primers: str = ""
    n_reads: int = 0
    n_by_primers: int = 0
    n_by_tail: int = 0
    n_full: int = 0
    n_tails: int = 0
    n_turned: int = 0
    n_short: int = 0
    n_untold: int = 0

    @property
    def n_left(self) -> int:
        """Written."""
        return self.n_reads - self.n_short - self.n_untold

    @property
    def note(self) -> str:
        """In words."""
        words = [self._strands, self._tails]
        if self.n_short:
            what = "tail and primers" if self.primers else "tail"
            words.append(f"{counted(self.n_short, 'read')} of {what} only left out")
        return "; ".join(filter(None, words))

    @property
    def _strands(self) -> str:
        if not self.primers:
            return ""
        n_neither = self.n_reads - self.n_by_primers - self.n_by_tail
        left_out = f" ({self.n_untold:,} of these left out)" if self.n_untold else ""
        return (
            f"of {counted(self.n_reads, 'read')} {self.n_by_primers:,} were oriented "
            f"by the primers of {self.primers} ({self.n_full:,} full-length, with "
            f"both), {self.n_by_tail:,} by their poly-A tail alone, "
            f"{n_neither:,} by neither{left_out}"
        )

    @property
    def _tails(self) -> str:
        words = f"poly-A tail cut off {self.n_tails:,} of {self.n_reads:,} reads"
        if self.n_turned:
            of_them = "" if self.primers else " of them"
            words += f", {self.n_turned:,}{of_them} turned to the RNA's strand"
        return words


def chosen_primers(
    paths: Sequence[Path], kind: SampleKind, setting: str
) -> PrimerMatcher | None:
    """Primers to look for in the reads of a sample.

    Parameters
    ----------
    paths
        FASTQ files.
    kind
        Of the sample; direct RNA has no primers.
    setting
        A kit or a file; "none"; or "auto": the kit whose primers, those that told a
        strand, match the first reads best, if they tell that of `MIN_SHARE` of them.
    """
    if kind == "ont_drna":
        return None
    if setting != AUTO:
        pair = primers_of(setting)
        return None if pair is None else PrimerMatcher(pair)
    reads = [record.sequence for record in islice(_records(paths), N_LOOKED_AT)]
    matchers = [PrimerMatcher(pair) for pair in KITS.values()]
    scores = [_score(matcher, reads) for matcher in matchers]
    best = max(scores)
    return matchers[scores.index(best)] if best else None


def _score(matcher: PrimerMatcher, reads: Sequence[str]) -> int:
    """Sum of the scores of primers that tell a strand; 0 if they tell too few."""
    ends = [ReadEnds("ont_cdna", matcher).of(read) for read in reads]
    told = [each.score for each in ends if each.told_by == "primers"]
    return sum(told) if len(told) >= MIN_SHARE * len(reads) else 0


def orient_reads(
    paths: Sequence[Path], out: Path, kind: SampleKind, primers: str = AUTO
) -> OrientedReads:
    """Write the reads of a sample, of the RNA's strand, without tails and primers.

    What is behind the name of a read is replaced by the tags `ORIENTED` and TS,
    where the strand of a Nanopore cDNA read is known: ``minimap2 -y`` copies it.

    Parameters
    ----------
    paths
        FASTQ files, one after another.
    out
        FASTQ to write, gzip.
    kind
        Of the sample.
    primers
        As `chosen_primers` has it.

    Raises
    ------
    BadInput
        If primers are named and no read has them.
    """
    matcher = chosen_primers(paths, kind, primers)
    name = "" if matcher is None else matcher.name
    look, counts = ReadEnds(kind, matcher), Counter[str]()
    has_strand = kind != "pacbio" or matcher is None
    with fastq_writer(out) as writer:
        for record in _records(paths):
            ends = look.of(record.sequence)
            written = _oriented(record, ends, kind)
            is_short = (ends.n_start or ends.n_end) and len(written) < MIN_LEFT_NT
            is_untold = not (ends.strand or has_strand or is_short)
            if not (is_short or is_untold):
                writer.write(written)
            counts.update(_facts(ends, is_short=bool(is_short), is_untold=is_untold))
        if matcher is not None and not counts["n_by_primers"]:
            raise _without_primers(paths, name)
    return OrientedReads(kind, name, **counts)


def _facts(ends: Ends, *, is_short: bool, is_untold: bool) -> Iterator[str]:
    """Names of the counts that a read adds to."""
    yield "n_reads"
    facts = {
        "n_by_primers": ends.told_by == "primers",
        "n_by_tail": ends.told_by == "tail",
        "n_full": ends.is_full,
        "n_tails": ends.has_tail,
        "n_turned": ends.strand == "-",
        "n_short": is_short,
        "n_untold": is_untold,
    }
    yield from (name for name, holds in facts.items() if holds)


def _records(paths: Iterable[Path]) -> Iterator[dnaio.SequenceRecord]:
    return chain.from_iterable(map(_records_of, paths))


def _records_of(path: Path) -> Iterator[dnaio.SequenceRecord]:
    with dnaio.open(path, fileformat="fastq") as reader:
        yield from reader


def _oriented(
    record: dnaio.SequenceRecord, ends: Ends, kind: SampleKind
) -> dnaio.SequenceRecord:
    name = record.name.split(maxsplit=1)[0] if record.name.strip() else "read"
    record = record[ends.n_start : max(ends.n_start, len(record) - ends.n_end)]
    if ends.strand == "-":
        record = record.reverse_complement()
    is_told = kind == "ont_cdna" and bool(ends.strand)
    record.name = f"{name}\t{_TAGS}" if is_told else name
    return record


def _without_primers(paths: Sequence[Path], name: str) -> BadInput:
    return BadInput(
        where=", ".join(map(str, paths)),
        found=f"no read with the primers of {name}",
        expected="primers near the ends of reads",
        advice="Set long_reads.primers to auto (finds a known kit) or none (tails "
        "alone).",
    )
