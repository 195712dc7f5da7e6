"""Sentences that were made in English, in the language in force.

Errors, notes and sentences that a run has stored are English in Python, in logs and in
files, so that they can be searched for and do not depend on who ran it. Where they are
shown they are translated: each is an English phrase with its gaps filled, so it is held
against the phrases of the catalogue ``phrases``, and its gaps are translated likewise.
What no phrase fits stays as it is.
"""

import gettext
import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from bioloom.run.language import CATALOGUES, Language, language_in_force, mark, tr
from bioloom.run.words import listed_in_words, together

DOMAIN = "phrases"
_DOMAINS = ("bioloom", DOMAIN)  # what was made in English may be a message of `tr`
GAP = re.compile(r"\{(\w+)(?:[!:][^{}]*)?\}")
_NUMERIC_GAP = re.compile(r"\{(\w+):[^{}]*[,efg%d][^{}]*\}")
_SENTENCE_END = re.compile(r"(?<=[a-z)\]`]\.) (?=[A-Z`])")
_COMMA_OR_AND = re.compile(r", and |, | and ")
_NUMBER = r"[-+]?[\d,.]+(?:e[-+]?\d+)?%?"
_HOLDS_NUMBER = re.compile("n|n_.*|len|low|high|line|number")
_FEW_LETTERS = 4  # as in "{value} of {whole}", which would fit too much
# gaps that hold a phrase; any other that is one word is a name of the user's
_PHRASES = frozenset(
    (
        "found",
        "expected",
        "advice",
        "role",
        "kind",
        "reason",
        "hint",
        "problem",
        "more",
        "meaning",
        "measure",
        "baseline",
    )
)


class Phrase(NamedTuple):
    """A phrase of the catalogue."""

    english: str
    words: str  # in the language
    longest: str  # its longest part without a gap

    def gaps_of(self, text: str) -> dict[str, str] | None:
        """What fills its gaps in a text; None if it is not that phrase."""
        if self.longest not in text:
            return None
        fit = _pattern(self.english).fullmatch(text)
        return fit.groupdict() if fit else None


def told(message: str) -> str:
    """A sentence of bioloom's own in the language in force.

    Parameters
    ----------
    message
        As bioloom made it, in English.

    Examples
    --------
    >>> from bioloom.run.language import use_language
    >>> with use_language("zh"):
    ...     told("no base")
    '没有任何碱基'
    """
    language = language_in_force()
    return message if language == "en" else _told(message, language)


def _told(text: str, language: Language) -> str:
    for exact in (text, text[:1].lower() + text[1:]):  # a phrase may begin a sentence
        if exact in _translations(language):
            return _translations(language)[exact]
    for phrase in _phrases(language):
        gaps = phrase.gaps_of(text)
        if gaps is not None:
            return _filled(phrase.words, gaps, language)
    return _told_in_parts(text, language)


def _told_in_parts(text: str, language: Language) -> str:
    """Several sentences, a sentence after the place that it is about, parts of a cell.

    It is told as a whole or not at all: half a sentence in each language helps nobody.
    """
    first, *others = _SENTENCE_END.split(text, maxsplit=1)
    if others:
        both = [_told(first, language), _told(others[0], language)]
        return text if first == both[0] or others == both[1:] else together(both)
    if text.endswith("."):
        sentence = _told(text[:-1], language)
        return text if sentence == text[:-1] else tr("{sentence}.", sentence=sentence)
    colon, semicolon = mark("{place}: {sentence}"), mark("{place}; {sentence}")
    for sign, form in ((": ", colon), ("; ", semicolon)):
        first, found, rest = text.partition(sign)
        if not found:
            continue
        place, sentence = _told(first, language), _told(rest, language)
        is_name = form == colon and " " not in first
        if sentence != rest and (place != first or is_name):
            return tr(form, place=place, sentence=sentence)
    return text


def _filled(words: str, gaps: Mapping[str, str], language: Language) -> str:
    """Chinese may leave a gap out, such as an English plural's ``s``."""
    return GAP.sub(lambda gap: _of_gap(gap[1], gaps[gap[1]], language), words)


def _of_gap(name: str, text: str, language: Language) -> str:
    name = name.rstrip("_0123456789")
    if name not in _PHRASES and " " not in text:
        return text
    words = _told(text, language)
    return _told_list(text, language) if words == text else words


def _told_list(text: str, language: Language) -> str:
    """A list of things, all of them told or none."""
    parts = _COMMA_OR_AND.split(text)
    words = [_told(part, language) for part in parts]
    is_told = all(told != part for told, part in zip(words, parts, strict=True))
    return listed_in_words(words) if is_told else text


@cache
def _phrases(language: Language) -> list[Phrase]:
    """Phrases with gaps; those with more words of their own come first."""
    with_gaps = [
        Phrase(english, words, max(_parts(english), key=len))
        for english, words in _translations(language).items()
        if GAP.search(english) and _is_distinct(english)
    ]
    return sorted(with_gaps, key=lambda phrase: -sum(map(len, _parts(phrase.english))))


def _numeric_gaps(phrase: str) -> set[str]:
    """Names of the gaps that hold a number."""
    named = {gap for gap in GAP.findall(phrase) if _HOLDS_NUMBER.fullmatch(gap)}
    return named.union(_NUMERIC_GAP.findall(phrase))


def _is_distinct(phrase: str) -> bool:
    """Whether little else than the phrase can fit it."""
    n_letters = sum(letter.isalpha() for part in _parts(phrase) for letter in part)
    are_numbers = _numeric_gaps(phrase).issuperset(GAP.findall(phrase))
    return n_letters > (0 if are_numbers else _FEW_LETTERS)


def _parts(phrase: str) -> list[str]:
    """A phrase's words between its gaps."""
    return GAP.split(phrase)[::2]


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    pieces, numeric = GAP.split(phrase), _numeric_gaps(phrase)
    pattern = "".join(
        f"(?P<{piece}>{_NUMBER if piece in numeric else '.*?'})"
        if place % 2
        else re.escape(piece)
        for place, piece in enumerate(pieces)
    )
    return re.compile(pattern, re.DOTALL)


@cache
def _translations(language: Language) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for domain in _DOMAINS:
        catalogue = gettext.translation(domain, CATALOGUES, [language])
        # a translation is asked for by its message; to know them all is not public
        for message, words in vars(catalogue)["_catalog"].items():
            found[message if isinstance(message, str) else message[0]] = words
    del found[""]  # the header
    return found
