"""Base codes and translation.

Bases are uint8 codes A=0, C=1, G=2, T=3 (U shares T's code) and 4 for anything else,
always 5'→3'.
"""

import numpy as np
from numpy.typing import NDArray

SeqCodes = NDArray[np.uint8]

UNKNOWN = 4
BASES = "ACGT"
STOP = "*"
# standard genetic code (NCBI translation table 1), codon index 16a + 4b + c over ACGT
AMINO_ACIDS = "KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF"
START_CODON = 14  # ATG
STOP_CODONS = (48, 50, 56)  # TAA, TAG, TGA

_CODE_OF = np.full(256, UNKNOWN, dtype=np.uint8)
for _code, _letters in enumerate(("Aa", "Cc", "Gg", "TtUu")):
    _CODE_OF[[ord(letter) for letter in _letters]] = _code
CODE_TABLE = _CODE_OF.tobytes()
"""For `bytes.translate`: letters to codes."""

_LETTER_OF = np.frombuffer(b"ACGTN", dtype=np.uint8)
_COMPLEMENT = str.maketrans(
    "ACGTUNRYSWKMBDHVacgtunryswkmbdhv", "TGCAANYRSWMKVHDBtgcaanyrswmkvhdb"
)


def encode(sequence: str) -> SeqCodes:
    """Base codes of a sequence.

    Parameters
    ----------
    sequence
        Letters in any case; U is T, ambiguity letters become 4.

    Returns
    -------
    Codes, shape (n,), uint8.

    Examples
    --------
    >>> encode("ACGTUn").tolist()
    [0, 1, 2, 3, 3, 4]
    """
    return _CODE_OF[np.frombuffer(sequence.encode("latin-1"), dtype=np.uint8)]


def decode(codes: SeqCodes) -> str:
    """Letters ACGTN of base codes; the inverse of `encode`."""
    return _LETTER_OF[codes].tobytes().decode("ascii")


def reverse_complement(sequence: str) -> str:
    """Opposite strand, 5'→3', ambiguity letters and case kept.

    Examples
    --------
    >>> reverse_complement("AACRn")
    'nYGTT'
    """
    return sequence.translate(_COMPLEMENT)[::-1]


def codon_indices(codes: SeqCodes) -> NDArray[np.int64]:
    """Index 0-63 of the codon that starts at each base, -1 where a base is unknown.

    Shape (n - 2,), empty for fewer than three bases.
    """
    if len(codes) < 3:
        return np.empty(0, dtype=np.int64)
    first, second, third = (codes[i : len(codes) - 2 + i].astype(int) for i in range(3))
    indices: NDArray[np.int64] = 16 * first + 4 * second + third
    indices[(first > 3) | (second > 3) | (third > 3)] = -1
    return indices


def translate(codes: SeqCodes, amino_acids: str = AMINO_ACIDS) -> str:
    """Protein of a reading frame that starts at the first base.

    A stop is "*", a codon with an unknown base "X", a remainder of one or two bases is
    not translated.

    Parameters
    ----------
    codes
        Base codes.
    amino_acids
        Meaning of each codon: `GeneticCode.amino_acids`; the standard code unless
        given.

    Examples
    --------
    >>> translate(encode("ATGGCNTAA"))
    'MX*'
    """
    letters = np.frombuffer(f"{amino_acids}X".encode(), dtype=np.uint8)
    # index -1, of an unknown codon, is the X at the end
    return letters[codon_indices(codes)[::3]].tobytes().decode("ascii")
