"""Long reads drawn from spliced transcripts, with what is true of them.

A simple model: errors fall independently on the bases (substitutions, insertions of one
random base, deletions), reads end where the RNA ends and some begin too late, as where
synthesis of the cDNA stopped. Base calls of homopolymers and chimeras are not modelled.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from bioloom.lincrna.inputs.primers import KITS
from bioloom.lincrna.simulate.genome import Genome
from bioloom.lincrna.simulate.reads import write_gzip
from bioloom.seq.alphabet import SeqCodes, decode, encode

LongKind = Literal["ont_cdna", "ont_drna", "pacbio"]
_TAIL_NT = (20, 80)
_LATEST_START = 0.8
_QUALITY = "5"
_LETTERS = {"V": (0, 1, 2), "N": (0, 1, 2, 3)}
"""Codes of the bases that ambiguity letters of primers stand for."""


class ErrorRates(NamedTuple):
    """Share of the bases with each error."""

    substituted: float
    inserted: float
    deleted: float


class Chemistry(NamedTuple):
    """What a kind of long reads is like.

    `cut_share` of the reads lack their 5' end; `has_tail` says whether the poly-A tail
    is in the read; `primers` is the kit of reads that have them, of which half are
    antisense.
    """

    errors: ErrorRates
    cut_share: float
    has_tail: bool = False
    primers: str = ""


CHEMISTRIES: Mapping[LongKind, Chemistry] = {
    "ont_cdna": Chemistry(
        ErrorRates(0.02, 0.01, 0.02), 0.3, has_tail=True, primers="pcs109"
    ),
    "ont_drna": Chemistry(ErrorRates(0.03, 0.02, 0.04), 0.5, has_tail=True),
    "pacbio": Chemistry(ErrorRates(0.001, 0.001, 0.001), 0.1),
}
"""Not fitted to data: rates of the order that each platform's users report."""


@dataclass(frozen=True, slots=True)
class LongLibrary:
    """A sample of long reads.

    Parameters
    ----------
    sample
        Its name; that of a sample of short reads for the same RNA.
    kind
        As in the sample sheet.
    depth
        Factor on the coverage that the loci ask for; reads are whole RNAs but for those
        cut, so it is about the number of reads, too.
    condition
        In the sample sheet.
    primers
        Kit whose primers and tail the reads have; empty for the usual of the kind.
    bare_share
        Share of the reads of a library with primers that lost them and the tail.
    """

    sample: str
    kind: LongKind
    depth: float = 1.0
    condition: str = "control"
    primers: str = ""
    bare_share: float = 0.0

    @property
    def chemistry(self) -> Chemistry:
        """Of its kind, with its own primers."""
        usual = CHEMISTRIES[self.kind]
        if not self.primers:
            return usual
        return usual._replace(primers=self.primers, has_tail=True)

    @property
    def file(self) -> str:
        """Its FASTQ file, relative to the sample sheet."""
        return f"reads/{self.sample}.{self.kind}.fastq.gz"


class LongTruth(NamedTuple):
    """What is true of one transcript in one sample: reads, those not cut, coverage."""

    library: LongLibrary
    transcript_id: str
    n_reads: int
    n_whole: int
    coverage: float


def simulate_long_reads(
    rng: np.random.Generator, genome: Genome, library: LongLibrary, folder: Path
) -> list[LongTruth]:
    """Write the reads of a sample in random order.

    Parameters
    ----------
    rng
        Source of all randomness.
    genome
        With its loci: each transcript gets as many reads as the coverage that its
        locus asks for in the short-read samples that have most of it, times the depth.
    library
        The sample.
    folder
        Where the sample sheet lies.

    Returns
    -------
    The truth, one for each transcript with reads.
    """
    reads: list[_Read] = []
    truth = []
    for locus in genome.loci:
        for transcript, folds in zip(locus.transcripts, locus.folds, strict=True):
            n_reads = round(max(folds) * library.depth)
            if not n_reads:
                continue
            rna = genome.rna(transcript)
            starts = _starts(rng, n_reads, len(rna), library.chemistry)
            reads += [_read(rng, rna[start:], library) for start in starts]
            n_bases = int((len(rna) - starts).sum())
            whole = int((starts == 0).sum())
            name = transcript.transcript_id
            truth.append(LongTruth(library, name, n_reads, whole, n_bases / len(rna)))
    order = rng.permutation(len(reads))
    write_gzip(
        folder / library.file, _records(library.sample, [reads[row] for row in order])
    )
    return truth


def write_long_truth(truth: Sequence[LongTruth], path: Path) -> None:
    """Write one row per sample and transcript: reads, uncut reads, mean coverage."""
    lines = ["sample\tkind\ttranscript_id\tn_reads\tn_whole\tcoverage"]
    for row in truth:
        words = (row.library.sample, row.library.kind, row.transcript_id)
        numbers = (row.n_reads, row.n_whole, f"{row.coverage:.2f}")
        lines.append("\t".join(map(str, (*words, *numbers))))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _starts(
    rng: np.random.Generator, n_reads: int, length: int, chemistry: Chemistry
) -> np.ndarray:
    """First base of each read on the RNA."""
    is_cut = rng.random(n_reads) < chemistry.cut_share
    late = (rng.random(n_reads) * _LATEST_START * length).astype(np.int64)
    return np.where(is_cut, late, 0)


class _Read(NamedTuple):
    """Bases of a read, and the strand of the RNA that it is of."""

    codes: SeqCodes
    strand: str = "+"


def _read(rng: np.random.Generator, rna: SeqCodes, library: LongLibrary) -> _Read:
    """One read of an RNA from some base on: tail, primers, errors, strand."""
    chemistry, parts = library.chemistry, [rna]
    # a number is drawn only where it is asked for: other libraries stay as they are
    is_bare = library.bare_share > 0 and rng.random() < library.bare_share
    if chemistry.has_tail and not is_bare:
        parts.append(np.zeros(int(rng.integers(*_TAIL_NT)), np.uint8))
    if chemistry.primers and not is_bare:
        pair = KITS[chemistry.primers]
        parts = [_primer(rng, pair.front), *parts, 3 - _primer(rng, pair.back)[::-1]]
    codes = with_errors(rng, np.concatenate(parts), chemistry.errors)
    if chemistry.primers and rng.random() < 0.5:
        return _Read((3 - codes[::-1]).astype(np.uint8), "-")
    return _Read(codes)


def _primer(rng: np.random.Generator, letters: str) -> SeqCodes:
    """Bases of a primer; each ambiguity letter, as of a UMI, is one that it allows."""
    codes = encode(letters)
    for place, letter in enumerate(letters):
        if letter in _LETTERS:
            codes[place] = rng.choice(_LETTERS[letter])
    return codes


def with_errors(
    rng: np.random.Generator, codes: SeqCodes, rates: ErrorRates
) -> SeqCodes:
    """Bases with substitutions, single inserted bases and deletions, independently."""
    n = len(codes)
    is_wrong = rng.random(n) < rates.substituted
    shifted = (codes + rng.integers(1, 4, n)) % 4
    bases = np.where(is_wrong, shifted, codes).astype(np.uint8)
    copies = np.ones(n, np.int64)
    copies[rng.random(n) < rates.deleted] = 0
    is_before = rng.random(n) < rates.inserted
    # each place is an inserted base, if there is one, then the base unless deleted
    pairs = np.stack([rng.integers(0, 4, n).astype(np.uint8), bases], axis=1).ravel()
    kept = np.stack([is_before, copies.astype(bool)], axis=1).ravel()
    return np.asarray(pairs[kept], np.uint8)


def _records(sample: str, reads: Sequence[_Read]) -> Iterator[bytes]:
    for number, read in enumerate(reads, 1):
        bases = decode(read.codes)
        name = f"@{sample}:long:{number} strand={read.strand}"
        yield f"{name}\n{bases}\n+\n{_QUALITY * len(bases)}\n".encode("ascii")
