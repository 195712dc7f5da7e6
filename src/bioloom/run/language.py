"""The language of explanations, and their messages in it.

A message stands in the code in English, whole and with named gaps: `tr` gives it in
the language in force, from the catalogue ``locale/<language>/LC_MESSAGES/bioloom.mo``,
and `trn` gives the singular or the plural. Words that a table holds are marked by
`mark` and looked up by `tr` later. ``make messages`` collects all of them.
"""

import gettext
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar, get_args

from bioloom.errors import UnknownName

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
HTML_TAGS: Mapping[Language, str] = {"en": "en", "zh": "zh-Hans"}
"""What HTML calls the languages."""

CATALOGUES = Path(__file__).parents[1] / "locale"
_LOCALE_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set counts
_UNTRANSLATED = ("", "C", "POSIX")
Word = TypeVar("Word", bound=str)
_in_force: ContextVar[Language] = ContextVar("language", default="en")


def language_in_force() -> Language:
    """Language that `tr` gives; English unless `use_language` says otherwise."""
    return _in_force.get()


@contextmanager
def use_language(language: Language) -> Iterator[None]:
    """Make and show explanations in a language; the one before it comes back after.

    Parameters
    ----------
    language
        "en" or "zh".

    Raises
    ------
    UnknownName
        If there is no such language.

    Examples
    --------
    >>> with use_language("zh"):
    ...     tr("unpaired")
    '未配对'
    """
    if language not in LANGUAGES:
        raise UnknownName(
            language, kind="language", where="bioloom's catalogues", known=LANGUAGES
        )
    before = _in_force.set(language)
    try:
        yield
    finally:
        _in_force.reset(before)


def language_of(environment: Mapping[str, str]) -> Language:
    """Language that the user's locale asks for; English where it is none of ours.

    Parameters
    ----------
    environment
        Environment variables.

    Notes
    -----
    As GNU gettext does: the first of LC_ALL, LC_MESSAGES and LANG that is set names the
    locale; unless that is C, LANGUAGE may list others to try before it.

    Examples
    --------
    >>> language_of({"LANG": "zh_CN.UTF-8"}), language_of({"LANG": "de_DE.UTF-8"})
    ('zh', 'en')
    """
    locales = (environment[name] for name in _LOCALE_NAMES if environment.get(name))
    locale = next(locales, "")
    if locale.partition(".")[0] in _UNTRANSLATED:
        return "en"
    wanted = [*environment.get("LANGUAGE", "").split(":"), locale]
    known = (
        language for name in wanted for language in LANGUAGES if _is(name, language)
    )
    return next(known, "en")


def _is(locale: str, language: Language) -> bool:
    """Whether a locale, e.g. ``zh_CN.UTF-8@pinyin``, is of a language."""
    return locale.replace("_", ".").replace("@", ".").partition(".")[0] == language


def mark(message: Word) -> Word:
    """Return a message as it is: words of a table that `tr` will be asked for later."""
    return message


def tr(message: str, **values: object) -> str:
    """Give a message in the language in force, its gaps filled.

    Parameters
    ----------
    message
        In English: a string as it stands here (never put together), or one that `mark`
        has marked. Gaps are named and may say how a value is shown:
        ``"{share:.0%} of the exons"``.
    values
        What fills the gaps. Without any, braces are left as they are.

    Examples
    --------
    >>> tr("{margin} to spare", margin="37 aa")
    '37 aa to spare'
    """
    # gettext answers "" with the catalogue's header
    words = _catalogue(language_in_force()).gettext(message) if message else ""
    return words.format_map(values) if values else words


def trn(singular: str, plural: str, n: int, **values: object) -> str:
    """Give the singular or the plural of a message in the language in force.

    Parameters
    ----------
    singular, plural
        In English, as for `tr`.
    n
        The number that decides; it also fills the gap ``{n}``.
    values
        What fills the other gaps.

    Examples
    --------
    >>> [trn("{n} path", "{n:,} paths", n) for n in (1, 2000)]
    ['1 path', '2,000 paths']
    """
    words = _catalogue(language_in_force()).ngettext(singular, plural, n)
    return words.format_map({"n": n, **values})


def listed(words: Iterable[str]) -> str:
    """Words one after another, between them what the language puts there."""
    return tr(", ").join(words)


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    if language == "en":  # what the code says
        return gettext.NullTranslations()
    return gettext.translation("bioloom", CATALOGUES, languages=[language])
