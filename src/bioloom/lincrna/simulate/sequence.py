"""Random RNA and protein sequences whose coding character is known.

The ORF search here is deliberately separate: the truth of a simulation must not
depend on the code that is judged by it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.errors import NoSuchSequence
from bioloom.seq.alphabet import AMINO_ACIDS, STOP, SeqCodes, codon_indices, encode

INNOCENT_MAX_AA = 69
_GC = 0.42
_CPG_DECAY = 0.75
_ATTEMPTS = 2000

# Human codon usage per thousand, codon index 16a + 4b + c over ACGT; Nakamura Y. et
# al. (2000) Nucleic Acids Res 28:292, doi:10.1093/nar/28.1.292
_HUMAN_PER_THOUSAND = (
    (24.4, 19.1, 31.9, 17.0, 15.1, 18.9, 6.1, 13.1),  # AAN ACN
    (12.2, 19.5, 12.0, 12.1, 7.5, 20.8, 22.0, 16.0),  # AGN ATN
    (12.3, 15.1, 34.2, 10.9, 16.9, 19.8, 6.9, 17.5),  # CAN CCN
    (6.2, 10.4, 11.4, 4.5, 7.2, 19.6, 39.6, 13.2),  # CGN CTN
    (29.0, 25.1, 39.6, 21.8, 15.8, 27.7, 7.4, 18.4),  # GAN GCN
    (16.5, 22.2, 16.5, 10.8, 7.1, 14.5, 28.1, 11.0),  # GGN GTN
    (1.0, 15.3, 0.8, 12.2, 12.2, 17.7, 4.4, 15.2),  # TAN TCN
    (1.6, 12.6, 13.2, 10.6, 7.7, 20.3, 12.9, 17.6),  # TGN TTN
)
_AMINO = np.array(list(AMINO_ACIDS))
_IS_STOP = _AMINO == STOP
_ATG = 14
_STOPS = ("TAA", "TAG", "TGA")


@dataclass(frozen=True, slots=True)
class Orf:
    """An open reading frame: from the first ATG to a stop or the 3' end.

    Parameters
    ----------
    start
        First base of the ATG, 0-based.
    n_aa
        Amino acids, the stop not counted.
    is_complete
        Whether a stop codon ends it.
    """

    start: int
    n_aa: int
    is_complete: bool


def coding_weights(*, bias: float = 1.0) -> NDArray[np.float64]:
    """Codon weights of human coding sequence, shape (64,), stops 0.

    Parameters
    ----------
    bias
        Exponent on the usage: 1 as in the human genome, more for stronger bias.
    """
    return _without_stops(np.array(_HUMAN_PER_THOUSAND).ravel() ** bias)


def noncoding_weights() -> NDArray[np.float64]:
    """Codon weights that avoid what coding sequence prefers, shape (64,), stops 0.

    AT-rich, CpG-poor and the rarer in human coding sequence the likelier.
    """
    base = np.array([0.3, 0.2, 0.2, 0.3])
    composition = np.einsum("i,j,k->ijk", base, base, base)
    composition[1, 2, :] *= 0.25
    composition[:, 1, 2] *= 0.25
    usage = np.array(_HUMAN_PER_THOUSAND).ravel()
    return _without_stops(composition.ravel() / np.sqrt(usage))


def random_bases(rng: np.random.Generator, length_nt: int) -> SeqCodes:
    """Random sequence, 42 % GC before most CpG decay to TpG or CpA as in mammals."""
    at, gc = (1 - _GC) / 2, _GC / 2
    codes = rng.choice(4, size=length_nt, p=[at, gc, gc, at]).astype(np.uint8)
    cpg = np.flatnonzero((codes[:-1] == 1) & (codes[1:] == 2))
    decayed = cpg[rng.random(len(cpg)) < _CPG_DECAY]
    on_this_strand = rng.random(len(decayed)) < 0.5
    codes[decayed[on_this_strand]] = 3
    codes[decayed[~on_this_strand] + 1] = 0
    return codes


def random_protein(
    rng: np.random.Generator, n_aa: int, weights: NDArray[np.float64]
) -> str:
    """Amino acids as drawn by codon weights."""
    return "".join(_AMINO[rng.choice(64, size=n_aa, p=weights)])


def back_translate(
    rng: np.random.Generator, protein: str, weights: NDArray[np.float64]
) -> SeqCodes:
    """A coding sequence of a protein, synonymous codons chosen by their weights."""
    indices = np.empty(len(protein), dtype=np.int64)
    for amino in sorted(set(protein)):
        wanted = np.flatnonzero(np.array(list(protein)) == amino)
        synonyms = np.flatnonzero(amino == _AMINO)
        chance = weights[synonyms] / weights[synonyms].sum()
        indices[wanted] = rng.choice(synonyms, size=len(wanted), p=chance)
    codons = np.stack([indices // 16, indices // 4 % 4, indices % 4], axis=1)
    return codons.ravel().astype(np.uint8)


def longest_orf(codes: SeqCodes, *, both_strands: bool = False) -> Orf | None:
    """Longest ORF over the frames of one or both strands, the leftmost of equals.

    Positions of the opposite strand count from its own 5' end.
    """
    strands = [codes, 3 - codes[::-1]] if both_strands else [codes]
    orfs = [orf for strand in strands for orf in _orfs(strand)]
    return max(orfs, key=lambda orf: orf.n_aa, default=None)


def innocent_rna(
    rng: np.random.Generator,
    length_nt: int,
    *,
    max_aa: int = INNOCENT_MAX_AA,
    both_strands: bool = False,
) -> SeqCodes:
    """Random RNA without a long ORF, open 3' ends counted.

    Parameters
    ----------
    rng
        Source of randomness.
    length_nt
        Its length, nt.
    max_aa
        Longest ORF that may stay, aa.
    both_strands
        Whether the opposite strand must be free of them too.
    """
    codes = random_bases(rng, length_nt)
    for _ in range(_ATTEMPTS):
        is_broken = _break_longest(rng, codes, max_aa=max_aa)
        if both_strands and not is_broken:
            opposite = (3 - codes[::-1]).astype(np.uint8)
            is_broken = _break_longest(rng, opposite, max_aa=max_aa)
            codes = (3 - opposite[::-1]).astype(np.uint8)
        if not is_broken:
            return codes
    raise NoSuchSequence(longest_orf_aa=max_aa, tries=_ATTEMPTS)


def open_frame(
    rng: np.random.Generator, protein: str, weights: NDArray[np.float64]
) -> SeqCodes:
    """ATG-to-stop sequence of a protein that begins with M."""
    stop = encode(_STOPS[rng.integers(3)])
    start = encode("ATG")
    return np.concatenate([start, back_translate(rng, protein[1:], weights), stop])


def coding_signal(orf: SeqCodes) -> float:
    """How much an ORF looks coding by its composition; no unit.

    Mean ln of the human usage of its codons, plus how unevenly each base is spread
    over the three codon positions (the idea of Fickett's TESTCODE).

    References
    ----------
    Fickett J.W. (1982) Nucleic Acids Res 10:5303. doi:10.1093/nar/10.17.5303
    """
    usage = np.array(_HUMAN_PER_THOUSAND).ravel()[codon_indices(orf)[::3]]
    counts = np.stack([np.bincount(orf[phase::3], minlength=4) for phase in range(3)])
    unevenness = (counts.max(axis=0) / (counts.min(axis=0) + 1)).mean()
    return float(np.log(usage).mean() + unevenness)


def flank_orf(
    rng: np.random.Generator, orf: SeqCodes, *, utr5_nt: int, utr3_nt: int
) -> SeqCodes:
    """RNA around an ORF; a stop just before the ATG keeps the ORF from extending.

    Parameters
    ----------
    rng
        Source of randomness.
    orf
        ATG to stop, stop included.
    utr5_nt, utr3_nt
        Lengths of the untranslated ends, nt; at least 3 before the ORF.
    """
    utr5, utr3 = innocent_rna(rng, utr5_nt), innocent_rna(rng, utr3_nt)
    utr5[-3:] = encode("TAA")
    return np.concatenate([utr5, orf, utr3])


def _without_stops(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.where(_IS_STOP, 0.0, weights)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _orfs(codes: SeqCodes) -> list[Orf]:
    codons = codon_indices(codes)
    is_stop = _IS_STOP[codons]
    orfs = []
    for frame in range(min(3, len(codons))):
        starts = np.flatnonzero(codons[frame::3] == _ATG)
        stops = np.flatnonzero(is_stop[frame::3])
        n_codons = len(codons[frame::3])
        ends = np.append(stops, n_codons)[np.searchsorted(stops, starts)]
        orfs += [
            Orf(frame + 3 * int(start), int(end - start), bool(end < n_codons))
            for start, end in zip(starts, ends, strict=True)
        ]
    return orfs


def _break_longest(rng: np.random.Generator, codes: SeqCodes, *, max_aa: int) -> bool:
    """Put a stop into the longest ORF if it is too long; True if it was."""
    orf = longest_orf(codes)
    if orf is None or orf.n_aa <= max_aa:
        return False
    codon = orf.start + 3 * int(rng.integers(max_aa // 4 + 1, max_aa + 1))
    codes[codon : codon + 3] = encode(_STOPS[rng.integers(3)])
    return True
