"""What the letters of a sequence say: nucleotides or amino acids, known or not."""

_BASES = b"ACGTUacgtu"
# ambiguity letters, gaps of alignments, and X, by which old programs mask
_NUCLEOTIDES = b"ACGTUNRYSWKMBDHVXacgtunryswkmbdhvx-."
_MOSTLY_OTHER = 0.1  # a third of the letters of most proteins are none of these


def unknown_share(sequence: str) -> float:
    """Share of the letters that are no base: ambiguity letters, gaps, masks.

    Examples
    --------
    >>> unknown_share("ACGUN"), unknown_share("")
    (0.2, 0.0)
    """
    return _share_without(sequence, _BASES)


def is_protein(sequence: str) -> bool:
    """Whether a sequence is of amino acids: 10 % of its letters name no nucleotide.

    Examples
    --------
    >>> is_protein("MKVLAAGIVG"), is_protein("ACGUNRY-X"), is_protein("")
    (True, False, False)
    """
    return _share_without(sequence, _NUCLEOTIDES) >= _MOSTLY_OTHER


def _share_without(sequence: str, letters: bytes) -> float:
    others = sequence.encode("latin-1", "replace").translate(None, letters)
    return len(others) / max(len(sequence), 1)
