"""What an explanation in Chinese may hold of Latin letters."""

import re

# names, units, symbols and file formats are the same in every language
KEPT = frozenset(
    (
        *("lincRNA", "lncRNA", "mRNA", "miRNA", "snoRNA", "mer", "RNAhybrid"),
        *("aa", "nt", "bits", "kcal", "mol", "ln", "perfect"),
        *("gathering", "threshold"),  # Pfam's own name, beside the Chinese one
    )
)
_WORD = re.compile(r"[A-Za-z]{2,}")
_NO_WORDS = re.compile(r"doi:\S+|\{[^{}]*\}|\b[ACGTUacgtu]{6,}\b")


def english_words(text, kept=()):
    """Words with a small letter in a text that are neither kept nor of a sequence."""
    found = _WORD.findall(_NO_WORDS.sub(" ", text))
    return {word for word in found if not word.isupper()} - KEPT - set(kept)
