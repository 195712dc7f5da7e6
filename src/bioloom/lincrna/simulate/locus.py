"""Loci, and blocks of genome that hold them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from bioloom.genome.transcript import Span, Strand, Transcript
from bioloom.lincrna.simulate.kinds import KINDS, Kind
from bioloom.lincrna.simulate.sequence import longest_orf
from bioloom.seq.alphabet import SeqCodes


class Fold(NamedTuple):
    """Mean coverage wanted in each stranded sample, and in the unstranded one."""

    stranded: float
    unstranded: float


_FLIPPED: dict[Strand, Strand] = {"+": "-", "-": "+", ".": "."}


@dataclass(frozen=True, slots=True)
class Locus:
    """One simulated gene with its truth.

    Parameters
    ----------
    kind
        What it is and what should become of it.
    transcripts
        Its isoforms, the main one first; gene_id is the name of the locus.
    longest_orf_aa
        Longest ORF of the main isoform, aa.
    folds
        For each isoform the mean coverage wanted in each stranded sample and in the
        unstranded one.
    note
        What makes it special.
    """

    kind: Kind
    transcripts: tuple[Transcript, ...]
    longest_orf_aa: int
    folds: tuple[Fold, ...]
    note: str

    @property
    def locus_id(self) -> str:
        """Name of the locus."""
        return self.transcripts[0].gene_id

    @property
    def start(self) -> int:
        """Leftmost base, 0-based."""
        return min(transcript.start for transcript in self.transcripts)

    @property
    def end(self) -> int:
        """One past the rightmost base."""
        return max(transcript.end for transcript in self.transcripts)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of genome and the loci on it, all in its own coordinates."""

    codes: SeqCodes
    loci: tuple[Locus, ...]

    def flipped(self) -> "Block":
        """The same block on the opposite strand."""
        return Block(
            (3 - self.codes[::-1]).astype(np.uint8),
            tuple(_mapped(locus, length_nt=len(self.codes)) for locus in self.loci),
        )

    def placed(self, chrom: str, offset: int) -> tuple[Locus, ...]:
        """Its loci in coordinates of a chromosome."""
        return tuple(_mapped(locus, chrom=chrom, offset=offset) for locus in self.loci)


def make_locus(
    kind: str,
    number: int,
    exons: Sequence[Span],
    rna: SeqCodes,
    *,
    fold: float,
    strand: Strand = "+",
    note: str = "",
) -> Locus:
    """A locus with one isoform.

    Parameters
    ----------
    kind
        Its kind, a key of `KINDS`.
    number
        Its number among those of the kind.
    exons
        Half-open spans in the block, ascending.
    rna
        The spliced transcript, 5'→3'.
    fold
        Mean coverage wanted in each stranded sample.
    strand
        Strand in the block.
    note
        Added to the note of the kind.
    """
    what = KINDS[kind]
    name = f"{kind}_{number:02d}"
    orf = longest_orf(rna, both_strands=kind == "novel_unstranded")
    transcript = Transcript(
        transcript_id=f"{name}.1",
        gene_id=name,
        chrom="",
        strand=strand,
        exons=tuple(exons),
        biotype=what.biotype,
        gene_biotype=what.biotype,
        gene_name=f"SIM-{kind.replace('_', '-').upper()}-{number}",
    )
    return Locus(
        kind=what,
        transcripts=(transcript,),
        longest_orf_aa=orf.n_aa if orf else 0,
        folds=(_folds(what, fold),),
        note="; ".join(filter(None, (what.note, note))),
    )


def _folds(kind: Kind, fold: float) -> Fold:
    if kind.name == "novel_unstranded":
        return Fold(0.0, fold)
    return Fold(fold, fold * kind.unstranded_share)


def add_isoform(locus: Locus, exons: Sequence[Span], *, share: float) -> Locus:
    """The locus with one more isoform, its coverage a share of the first's."""
    main = locus.transcripts[0]
    number = len(locus.transcripts) + 1
    isoform = replace(
        main, transcript_id=f"{main.gene_id}.{number}", exons=tuple(exons)
    )
    stranded, unstranded = locus.folds[0]
    return replace(
        locus,
        transcripts=(*locus.transcripts, isoform),
        folds=(*locus.folds, Fold(stranded * share, unstranded * share)),
    )


def with_cds(locus: Locus, cds: Sequence[Span]) -> Locus:
    """The locus with the coding part of its isoform, stop codon included."""
    (main,) = locus.transcripts
    return replace(locus, transcripts=(replace(main, cds=tuple(cds)),))


def with_biotype(locus: Locus, biotype: str) -> Locus:
    """The locus with another biotype."""
    renamed = tuple(
        replace(transcript, biotype=biotype, gene_biotype=biotype)
        for transcript in locus.transcripts
    )
    return replace(locus, transcripts=renamed)


def shifted(spans: Sequence[Span], offset: int) -> tuple[Span, ...]:
    """Spans moved to the right."""
    return tuple((start + offset, end + offset) for start, end in spans)


def mirrored(spans: Sequence[Span], length_nt: int) -> tuple[Span, ...]:
    """Spans counted from the other end, ascending."""
    return tuple((length_nt - end, length_nt - start) for start, end in spans[::-1])


def _mapped(
    locus: Locus, *, chrom: str = "", offset: int = 0, length_nt: int | None = None
) -> Locus:
    def mapped(transcript: Transcript) -> Transcript:
        if length_nt is None:
            return replace(
                transcript,
                chrom=chrom,
                exons=shifted(transcript.exons, offset),
                cds=shifted(transcript.cds, offset),
            )
        return replace(
            transcript,
            strand=_FLIPPED[transcript.strand],
            exons=mirrored(transcript.exons, length_nt),
            cds=mirrored(transcript.cds, length_nt),
        )

    return replace(locus, transcripts=tuple(map(mapped, locus.transcripts)))
