"""Blocks of genome around coding genes, and decoys next to or inside one."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bioloom.genome.transcript import Span
from bioloom.lincrna.simulate.draw import Draw
from bioloom.lincrna.simulate.locus import (
    Block,
    Locus,
    add_isoform,
    make_locus,
    mirrored,
    shifted,
    with_cds,
)
from bioloom.lincrna.simulate.sequence import (
    coding_weights,
    flank_orf,
    innocent_rna,
    open_frame,
    random_bases,
    random_protein,
)
from bioloom.lincrna.simulate.splicing import (
    ACCEPTOR_NT,
    DONOR_NT,
    cut_exons,
    intron,
    lay_out,
    project,
    short_introns,
)
from bioloom.seq.alphabet import SeqCodes

_ANTISENSE_OVERLAP_NT = 160
_UTR5_NT = 120


def coding(draw: Draw) -> Block:
    """A known coding gene of 3 to 6 exons."""
    rna, cds = _coding_rna(draw)
    return _gene(draw, rna, cds)


def compact_gene(draw: Draw, utr3_nt: int) -> Block:
    """A known coding gene of 3 exons with a 3' UTR of this length."""
    rna, cds = _coding_rna(draw, utr3_nt=utr3_nt)
    return _gene(draw, rna, cds, pieces=cut_exons(draw.rng, len(rna), 3))


def unannotated_coding(draw: Draw) -> Block:
    """A coding gene that the annotation lacks."""
    rna, _ = _coding_rna(draw)
    return draw.single("unannotated_coding", rna, draw.between(3, 6))


def decoy_distance(draw: Draw) -> Block:
    """A coding gene and, 300 to 800 nt after it, a run-on fragment."""
    gene = coding(draw)
    gap = random_bases(draw.rng, draw.between(300, 800))
    rna = innocent_rna(draw.rng, draw.between(450, 800))
    start = len(gene.codes) + len(gap)
    fragment = _decoy(draw, "decoy_distance", [(start, start + len(rna))], rna)
    codes = np.concatenate([gene.codes, gap, rna])
    return Block(codes, (*gene.loci, fragment))


def decoy_intronic(draw: Draw) -> Block:
    """A coding gene with a spliced decoy in a long intron, on either strand."""
    rna = innocent_rna(draw.rng, draw.between(400, 700))
    inner, exons = draw.spliced(rna, 2)
    host_rna, cds = _coding_rna(draw)
    pieces = cut_exons(draw.rng, len(host_rna), 4)
    gaps = short_introns(draw.rng, 3)
    at = draw.between(1500, 2200)
    gaps[1] = intron(draw.rng, 2 * at + len(inner))
    is_sense = draw.cycled("decoy_intronic", (True, False))
    if not is_sense:
        inner, exons = (3 - inner[::-1]).astype(np.uint8), mirrored(exons, len(inner))
    gaps[1][at : at + len(inner)] = inner
    gene = _gene(draw, host_rna, cds, pieces=pieces, introns=gaps)
    left = gene.loci[0].transcripts[0].exons[1][1] + at
    decoy = _decoy(draw, "decoy_intronic", shifted(exons, left), rna, is_sense=is_sense)
    return Block(gene.codes, (*gene.loci, decoy))


def decoy_antisense(draw: Draw) -> Block:
    """A coding gene and a spliced transcript across its end on the other strand.

    The first exon begins after the gene and reaches into its last exon, the second
    lies in its last intron.
    """
    rna = innocent_rna(draw.rng, draw.between(600, 800))
    first_nt = _ANTISENSE_OVERLAP_NT + draw.between(150, 220)
    host_rna, cds = _coding_rna(draw, utr3_nt=400)
    pieces = _last_exon_of(draw, cds, len(host_rna))
    gaps = short_introns(draw.rng, len(pieces) - 1)
    gaps[-1] = intron(draw.rng, 1600)
    gene = _gene(draw, host_rna, cds, pieces=pieces, introns=gaps)
    # the intron of the decoy begins in the last exon and ends in the last intron
    last_start = gene.loci[0].transcripts[0].exons[-1][0]
    gene_end = len(gene.codes)
    right = gene_end - _ANTISENSE_OVERLAP_NT
    left_nt = len(rna) - first_nt
    left = last_start - 1000
    gap = intron(draw.rng, right - left - left_nt)
    decoy_codes, exons = lay_out(rna, [(0, first_nt), (first_nt, len(rna))], [gap])
    codes, exons = _overlay_antisense(gene.codes, decoy_codes, exons, left)
    decoy = _decoy(draw, "decoy_antisense", exons, rna, is_sense=False)
    return Block(codes, (*gene.loci, decoy))


def retrocopy(draw: Draw) -> Block:
    """An unannotated gene of two isoforms, the shorter one without the ORF.

    The middle exon holds an ORF of 250 to 343 aa with a domain; skipping it leaves
    an RNA that looks non-coding.
    """
    kind = "retrocopy"
    skipped = innocent_rna(draw.rng, draw.between(520, 640))
    edge = len(skipped) // 2
    n_aa = draw.between(250, 343)
    protein = _protein(draw, n_aa)

    def make() -> SeqCodes:
        orf = open_frame(draw.rng, protein, coding_weights())
        middle = flank_orf(draw.rng, orf, utr5_nt=60, utr3_nt=80)
        return np.concatenate([skipped[:edge], middle, skipped[edge:]])

    rna = draw.checked(make, n_aa=n_aa)
    tail = len(rna) - (len(skipped) - edge)
    pieces = [(0, edge), (edge, tail), (tail, len(rna))]
    gaps = [intron(draw.rng, draw.between(300, 900)) for _ in range(2)]
    codes, exons = lay_out(rna, pieces, gaps)
    number, fold = draw.number(kind), draw.fold(kind)
    locus = make_locus(kind, number, exons, rna, fold=fold)
    return Block(codes, (add_isoform(locus, (exons[0], exons[2]), share=0.7),))


def _protein(draw: Draw, n_aa: int | None = None) -> str:
    weights = coding_weights()
    domain = draw.family().member(draw.rng)
    spare = n_aa - 1 - len(domain) if n_aa else draw.between(100, 280)
    left, right = spare // 2, spare - spare // 2
    before, after = (random_protein(draw.rng, n, weights) for n in (left, right))
    return "M" + before + domain + after


class _CodingRna(NamedTuple):
    """A messenger RNA and its coding part."""

    rna: SeqCodes
    cds: Span


def _coding_rna(draw: Draw, *, utr3_nt: int | None = None) -> _CodingRna:
    """A messenger RNA and its coding part, stop codon included."""
    protein = _protein(draw)

    def make() -> SeqCodes:
        orf = open_frame(draw.rng, protein, coding_weights())
        after_nt = utr3_nt or draw.between(180, 480)
        return flank_orf(draw.rng, orf, utr5_nt=_UTR5_NT, utr3_nt=after_nt)

    rna = draw.checked(make, n_aa=len(protein))
    return _CodingRna(rna, (_UTR5_NT, _UTR5_NT + 3 * len(protein) + 3))


def _gene(
    draw: Draw,
    rna: SeqCodes,
    cds: Span,
    *,
    pieces: Sequence[Span] | None = None,
    introns: Sequence[SeqCodes] | None = None,
) -> Block:
    pieces = pieces or cut_exons(draw.rng, len(rna), draw.between(3, 6))
    introns = introns or short_introns(draw.rng, len(pieces) - 1)
    codes, exons = lay_out(rna, pieces, introns)
    number, fold = draw.number("coding"), draw.fold("coding")
    locus = make_locus("coding", number, exons, rna, fold=fold)
    return Block(codes, (with_cds(locus, project(exons, *cds)),))


def _last_exon_of(draw: Draw, cds: Span, length_nt: int) -> tuple[Span, ...]:
    """Three exons, the last of which begins with the last codons."""
    last = cds[1] - 60
    return (*cut_exons(draw.rng, last, 2), (last, length_nt))


def _decoy(
    draw: Draw,
    kind: str,
    exons: Sequence[Span],
    rna: SeqCodes,
    *,
    is_sense: bool = True,
) -> Locus:
    return make_locus(
        kind,
        draw.number(kind),
        exons,
        rna,
        fold=draw.fold(kind),
        strand="+" if is_sense else "-",
        note="" if kind == "decoy_distance" else ("antisense", "sense")[is_sense],
    )


class Overlay(NamedTuple):
    """Sequence of a gene with another transcript on it, and that one's exons."""

    codes: SeqCodes
    exons: tuple[Span, ...]


def _overlay_antisense(
    codes: SeqCodes, other: SeqCodes, exons: Sequence[Span], at: int
) -> Overlay:
    """Write exons and splice sites on the opposite strand of a gene's sequence.

    Parameters
    ----------
    codes
        Sequence of the gene.
    other, exons
        Genomic sequence of the other transcript, two exons, on its own strand.
    at
        Where its 3' end lies; it reaches over the end of the gene.

    Returns
    -------
    The sequence, as long as needed, and the exons on it.
    """
    exons = shifted(mirrored(exons, len(other)), at)
    other = (3 - other[::-1]).astype(np.uint8)
    codes = np.concatenate([codes, other[len(codes) - at :]])
    (first, inner), (outer, last) = exons
    written = (
        (first, inner + ACCEPTOR_NT),
        (outer - DONOR_NT, last),
    )
    for start, end in written:
        codes[start:end] = other[start - at : end - at]
    return Overlay(codes, exons)
