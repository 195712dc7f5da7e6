"""What an explanation in Chinese may hold of Latin letters."""

import re

from bioloom.run.language import use_language

# names, units, symbols and file formats are the same in every language
KEPT = frozenset(
    (
        *("lincRNA", "lncRNA", "mRNA", "miRNA", "snoRNA", "mer", "RNAhybrid"),
        *("aa", "nt", "bits", "kcal", "mol"),
        *("ln", "lnr", "E_perfect", "m8"),
        "bioloom",
        *("gathering", "threshold"),  # Pfam's own name, beside the Chinese one
        *("Serfling", "Sauer", "PyTorch", "ReLU", "GraphSAGE"),
        *("h_train", "h_all"),
    )
)
_WORD = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z][A-Za-z0-9_]+")
# sources, gaps, sequences, symbols with an index
_NO_WORDS = re.compile(
    r"doi:\S+|\{[^{}]*\}|\b[ACGTUacgtu]{6,}\b|\b\w+_\w\b"
    r"|(?<![A-Za-z0-9_])[A-Za-z](_[a-z]{1,2}|_?\d+)(?![A-Za-z0-9_])"
)


def english_words(text, kept=()):
    """Words with a small letter in a text that are neither kept nor of a sequence."""
    found = _WORD.findall(_NO_WORDS.sub(" ", text))
    return {word for word in found if not word.isupper()} - KEPT - set(kept)


_NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def in_both(make):
    """What `make` makes, in English and in Chinese."""
    made = []
    for language in ("en", "zh"):
        with use_language(language):
            made.append(make())
    return made


def only_words_differ(make, kept=()):
    """Assert that `make` gives an explanation in Chinese with the English numbers.

    Parameters
    ----------
    make
        Makes the explanation in the language in force.
    kept
        Words that may stay: names that come from data, symbols of formulas.

    Returns
    -------
    The Chinese text.
    """
    english, chinese = in_both(make)
    text = chinese.to_text()
    unnamed = text
    for theirs, ours in zip(english.steps, chinese.steps, strict=True):
        for one in ("claim", "substitution", "detail"):
            told = (str(getattr(step, one)) for step in (theirs, ours))
            english_numbers, chinese_numbers = map(_numbers, told)
            assert english_numbers == chinese_numbers, ours.claim
        assert theirs.formula == ours.formula
        assert ours.claim[-1] in "。？：", ours.claim
        if ours.source == theirs.source:  # authors and journals
            unnamed = unnamed.replace(f"出处：{ours.source}\n", "")
    assert _numbers(english.to_text()) == _numbers(text)
    left = english_words(unnamed, kept)
    assert not left, left
    for form in (chinese.to_markdown(), chinese.to_html(), chinese.to_json()):
        assert form
    return text


def _numbers(text):
    return sorted(_NUMBER.findall(text))
