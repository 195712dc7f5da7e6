"""Blocks of genome with non-coding loci and decoys that resemble them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.simulate.draw import Draw
from bioloom.lincrna.simulate.locus import (
    Block,
    Locus,
    make_locus,
    shifted,
    with_biotype,
)
from bioloom.lincrna.simulate.sequence import (
    coding_signal,
    coding_weights,
    flank_orf,
    innocent_rna,
    noncoding_weights,
    open_frame,
    random_protein,
)
from bioloom.lincrna.simulate.splicing import intron, lay_out, splice
from bioloom.seq.alphabet import SeqCodes

EDGE_LENGTH_NT = 200
EDGE_ORF_AA = 100
_DECOY_LENGTHS_NT = (EDGE_LENGTH_NT, 150, 176)
_DECOY_ORFS_AA = (EDGE_ORF_AA, 118, 140)
_SMALL_RNAS = (("rRNA", 156), ("tRNA", 73), ("snRNA", 164), ("snoRNA", 88))
_HOUSEKEEPING = (("snRNA", 190), ("rRNA", 320), ("rRNA", 520))
_LEADER_NT = 60
_CODING_BIAS = 2.0
# of this many ORFs the one that looks most, or least, coding is taken
_N_DRAWN = 40
# an ORF that fills a short RNA looks coding
_SHORT_MAX_AA = 30


def known_lincrna(draw: Draw) -> Block:
    """A known lincRNA; the first has exactly 201 nt."""
    if draw.is_next_first("known_lincrna"):
        rna = innocent_rna(draw.rng, EDGE_LENGTH_NT + 1, max_aa=_SHORT_MAX_AA)
        return draw.single("known_lincrna", rna, 2, note="exactly 201 nt")
    return _plain(draw, "known_lincrna")


def novel_lincrna(draw: Draw) -> Block:
    """A novel lincRNA; the first has an ORF of exactly 99 aa."""
    if draw.is_next_first("novel_lincrna"):
        rna = _rna_with_noncoding_orf(draw, EDGE_ORF_AA - 1)
        return draw.single("novel_lincrna", rna, 3, note="ORF of exactly 99 aa")
    return _plain(draw, "novel_lincrna")


def novel_low(draw: Draw) -> Block:
    """A novel lincRNA with few reads."""
    return _plain(draw, "novel_low")


def known_monoexonic(draw: Draw) -> Block:
    """A known lincRNA of one exon of 3 to 5 kb, as Malat1."""
    rna = innocent_rna(draw.rng, draw.between(3200, 4800))
    return draw.single("known_monoexonic", rna, 1)


def novel_monoexonic(draw: Draw) -> Block:
    """A novel lincRNA of one exon."""
    rna = innocent_rna(draw.rng, draw.between(900, 1500))
    return draw.single("novel_monoexonic", rna, 1)


def novel_unstranded(draw: Draw) -> Block:
    """A novel lincRNA of one exon without stranded reads."""
    rna = innocent_rna(draw.rng, draw.between(800, 1200), both_strands=True)
    return draw.single("novel_unstranded", rna, 1)


def known_host(draw: Draw) -> Block:
    """A known lincRNA with snoRNAs in its introns, as GAS5."""
    return _snorna_host(draw, "known_host")


def known_silent(draw: Draw) -> Block:
    """A known lincRNA that these samples do not express."""
    return _plain(draw, "known_silent")


def novel_host(draw: Draw) -> Block:
    """A novel lincRNA with annotated snoRNAs in its introns."""
    return _snorna_host(draw, "novel_host")


def small_rna(draw: Draw) -> Block:
    """An annotated housekeeping RNA by itself."""
    biotype, length_nt = _SMALL_RNAS[draw.between(0, len(_SMALL_RNAS) - 1)]
    codes = innocent_rna(draw.rng, length_nt)
    return Block(codes, (_small(draw, codes, 0, len(codes), biotype=biotype),))


def decoy_length(draw: Draw) -> Block:
    """A known lncRNA that is too short; the first has exactly 200 nt."""
    length_nt = draw.cycled("decoy_length", _DECOY_LENGTHS_NT)
    rna = innocent_rna(draw.rng, length_nt, max_aa=_SHORT_MAX_AA)
    return draw.single("decoy_length", rna, 2, note=f"exactly {length_nt} nt")


def decoy_orf(draw: Draw) -> Block:
    """A long ORF that looks non-coding; the first has exactly 100 aa."""
    n_aa = draw.cycled("decoy_orf", _DECOY_ORFS_AA)
    rna = _rna_with_noncoding_orf(draw, n_aa)
    return draw.single("decoy_orf", rna, 3, note=f"exactly {n_aa} aa")


def decoy_coding(draw: Draw) -> Block:
    """A short ORF that looks coding and fills a short transcript."""
    n_aa, weights = draw.between(93, 97), coding_weights(bias=_CODING_BIAS)

    def protein() -> str:
        return "M" + random_protein(draw.rng, n_aa - 1, weights)

    def make() -> SeqCodes:
        orf = max(_drawn_orfs(draw, protein, weights), key=coding_signal)
        return flank_orf(draw.rng, orf, utr5_nt=40, utr3_nt=45)

    return draw.single("decoy_coding", draw.checked(make, n_aa=n_aa), 2)


def decoy_domain(draw: Draw) -> Block:
    """A short ORF in a long transcript, with a domain in codons of non-coding RNA."""
    weights = noncoding_weights()
    family = draw.families[draw.between(0, 1)]
    linker_aa = draw.between(6, 9)
    n_aa = 1 + 2 * linker_aa + len(family.consensus)

    def protein() -> str:
        left, right = (random_protein(draw.rng, linker_aa, weights) for _ in range(2))
        return "M" + left + family.member(draw.rng) + right

    def make() -> SeqCodes:
        orf = min(_drawn_orfs(draw, protein, weights), key=coding_signal)
        return flank_orf(draw.rng, orf, utr5_nt=600, utr3_nt=draw.between(700, 900))

    rna = draw.checked(make, n_aa=n_aa)
    return draw.single("decoy_domain", rna, 3, note=family.name)


def decoy_housekeeping(draw: Draw) -> Block:
    """A spliced precursor, mostly an annotated RNA; the third covers 70 % of it."""
    biotype, small_nt = draw.cycled("decoy_housekeeping", _HOUSEKEEPING)
    is_partial = small_nt == _HOUSEKEEPING[2][1]
    # an assembler may extend the precursor over the rest of the known RNA
    before_nt = round(0.3 * small_nt) if is_partial else 0
    at = 0 if is_partial else _LEADER_NT
    first_nt = at + small_nt - before_nt + 20
    length_nt = before_nt + first_nt + draw.between(50, 70)
    extended = innocent_rna(draw.rng, length_nt, max_aa=_SHORT_MAX_AA)
    before, rna = extended[:before_nt], extended[before_nt:]
    pieces = [(0, first_nt), (first_nt, len(rna))]
    body, exons = lay_out(rna, pieces, [intron(draw.rng, draw.between(300, 900))])
    codes, exons = np.concatenate([before, body]), shifted(exons, before_nt)
    kind = "decoy_housekeeping"
    precursor = make_locus(
        kind,
        draw.number(kind),
        exons,
        rna,
        fold=draw.fold(kind),
        note=f"covers {0.7 if is_partial else 1:.0%} of an annotated {biotype}",
    )
    small = _small(draw, codes, at, at + small_nt, biotype=biotype)
    return Block(codes, (precursor, small))


def _plain(draw: Draw, kind: str) -> Block:
    rna = innocent_rna(draw.rng, draw.between(500, 1500))
    return draw.single(kind, rna, draw.between(2, 4))


def _rna_with_noncoding_orf(draw: Draw, n_aa: int) -> SeqCodes:
    weights = noncoding_weights()

    def protein() -> str:
        return "M" + random_protein(draw.rng, n_aa - 1, weights)

    def make() -> SeqCodes:
        orf = min(_drawn_orfs(draw, protein, weights), key=coding_signal)
        return flank_orf(draw.rng, orf, utr5_nt=600, utr3_nt=draw.between(700, 900))

    return draw.checked(make, n_aa=n_aa)


def _drawn_orfs(
    draw: Draw, protein: Callable[[], str], weights: NDArray[np.float64]
) -> list[SeqCodes]:
    return [open_frame(draw.rng, protein(), weights) for _ in range(_N_DRAWN)]


def _snorna_host(draw: Draw, kind: str) -> Block:
    rna = innocent_rna(draw.rng, draw.between(600, 800))
    pieces = [(0, 150), (150, 290), (290, 450), (450, len(rna))]
    gaps = [intron(draw.rng, draw.between(350, 600)) for _ in range(3)]
    codes, exons = lay_out(rna, pieces, gaps)
    number, fold = draw.number(kind), draw.fold(kind)
    host = make_locus(kind, number, exons, rna, fold=fold)
    inside = [
        _small(draw, codes, end + 120, end + 120 + 88, biotype="snoRNA")
        for _, end in exons[:2]
    ]
    return Block(codes, (host, *inside))


def _small(draw: Draw, codes: SeqCodes, start: int, end: int, *, biotype: str) -> Locus:
    exons = ((start, end),)
    number = draw.number("small_rna")
    locus = make_locus("small_rna", number, exons, splice(codes, exons), fold=0.0)
    return with_biotype(locus, biotype)
