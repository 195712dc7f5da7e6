"""What an explanation in Chinese may hold of Latin letters."""

import re

# names, units, symbols and file formats are the same in every language
KEPT = frozenset(
    (
        *("lincRNA", "lncRNA", "mRNA", "miRNA", "snoRNA", "mer", "RNAhybrid"),
        *("aa", "nt", "bits", "kcal", "mol"),
        *("ln", "lnr", "E_perfect", "m8"),
        *("gathering", "threshold"),  # Pfam's own name, beside the Chinese one
    )
)
_WORD = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z][A-Za-z0-9_]+")
# sources, gaps, sequences, symbols with an index
_NO_WORDS = re.compile(r"doi:\S+|\{[^{}]*\}|\b[ACGTUacgtu]{6,}\b|\b\w+_\w\b")


def english_words(text, kept=()):
    """Words with a small letter in a text that are neither kept nor of a sequence."""
    found = _WORD.findall(_NO_WORDS.sub(" ", text))
    return {word for word in found if not word.isupper()} - KEPT - set(kept)
