"""Labels and predictions that are the same classes in different writing.

``1`` and ``1.0``, ``True`` and ``1``, ``Cat`` and ``cat``, surrounding blanks: matched
where there is no doubt, with a note; two sets of names without a common class are
refused.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from bioloom.bounds.notes import Note, note_of, quoted, shortened
from bioloom.errors import BadInput, BadTable
from bioloom.label_sets import SEPARATOR, cell_of, labels_in
from bioloom.run.language import mark
from bioloom.run.table_reader import MISSING

_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d*)?([eE][+-]?\d{1,3})?")
_LEADING_ZEROS = re.compile(r"0+(?=\d)")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_])[\s_\-]+(?=[^\W\d_])|(?<=\w)\s+(?=\w)")
_TRUTH_VALUES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("1", "true", "t", "yes", "y", "是"), "1"),
        **dict.fromkeys(("0", "false", "f", "no", "n", "否"), "0"),
    }
)

Spellings = dict[str, str]


class Matched(NamedTuple):
    """Labels and predictions in one writing, and what was said of it.

    Parameters
    ----------
    labels, predictions
        In the order given.
    notes
        One sentence each on what was matched, or looks odd and was not.
    """

    labels: list[str]
    predictions: list[str]
    notes: tuple[Note, ...]


def same_name(name: str) -> str:
    """What names that are surely the same have in common.

    Examples
    --------
    >>> same_name(" 1.0"), same_name("1"), same_name("007"), same_name("b|a")
    ('1', '1', '007', 'a|b')
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", name)).strip()
    if SEPARATOR in plain:
        return cell_of(labels_in(plain))
    if _NUMBER.fullmatch(plain):
        number = Decimal(plain).normalize()
        return f"{number:f}" if number else "0"
    return plain


def similar_name(name: str) -> str:
    """What names have in common that are probably the same.

    Examples
    --------
    >>> similar_name("Golden_Retriever"), similar_name("golden retriever")
    ('golden retriever', 'golden retriever')
    """
    plain = unicodedata.normalize("NFKC", same_name(name)).casefold()
    plain = _LEADING_ZEROS.sub("", plain) if plain.isdecimal() else plain
    return same_name(_BETWEEN_WORDS.sub(" ", plain))


def matched(
    labels: Sequence[str],
    predictions: Sequence[str],
    *,
    where: str,
    error: type[BadInput] = BadTable,
) -> Matched:
    """Write labels and predictions in one way.

    Parameters
    ----------
    labels, predictions
        Of the same examples, or, of several classifiers, predictions of all of them;
        empty where there is none.
    where, error
        For messages.

    Raises
    ------
    BadInput
        Of the given class, if no prediction is one of the labels in any writing, or a
        name can be read as two of them.
    """
    true, said, gaps = _without_gaps(labels, predictions)
    spellings = _same_spellings(true, said)
    notes = [*gaps, *_merged_notes(spellings, {*true, *said})]
    true, said = _respelled(true, spellings), _respelled(said, spellings)
    across = _similar_spellings(true, said, where, error)
    said = _respelled(said, across)
    if across:
        notes.append(_matched_note(across))
    _refuse_disjoint(true, said, where, error)
    return Matched(
        true, said, (*notes, *alike_notes({*true, *said}), *_strays(true, said))
    )


def _names(fields: Iterable[str]) -> set[str]:
    return {name for name in fields if name}


def _respelled(fields: Sequence[str], spellings: Spellings) -> list[str]:
    return [spellings.get(name, name) for name in fields]


def _without_gaps(
    labels: Sequence[str], predictions: Sequence[str]
) -> tuple[list[str], list[str], list[Note]]:
    """A word for a missing value that only one side has is no class."""
    true, said = list(labels), list(predictions)
    only = ((_names(true) ^ _names(said)) & MISSING) - {""}
    if not only:
        return true, said, []
    empty = dict.fromkeys(only, "")
    n = sum(name in only for name in (*true, *said))
    note = note_of(
        mark("{words} is read as a missing value, not as a class (fields: {n:,})."),
        words=quoted(sorted(only)),
        n=n,
    )
    return _respelled(true, empty), _respelled(said, empty), [note]


def _same_spellings(labels: Sequence[str], predictions: Sequence[str]) -> Spellings:
    """One spelling of each name that has several, the labels' most common one."""
    n_labels, n_all = Counter(labels), Counter([*labels, *predictions])
    spelled: dict[str, list[str]] = {}
    for name in _names(n_all):
        spelled.setdefault(same_name(name), []).append(name)
    found: Spellings = {}
    for names in spelled.values():
        first = max(sorted(names), key=lambda name: (n_labels[name], n_all[name]))
        plain = same_name(first) if same_name(first) in names else first.strip()
        found |= {name: plain for name in names if name != plain}
    return found


def _merged_notes(spellings: Spellings, names: set[str]) -> list[Note]:
    """Of names that became the same as others, not only lost blanks around them."""
    n_written = Counter(spellings.get(name, name) for name in names)
    shown = {a: b for a, b in spellings.items() if n_written[b] > 1}
    return [_matched_note(shown)] if shown else []


def _matched_note(spellings: Spellings) -> Note:
    pairs = sorted(spellings.items())
    return note_of(
        mark("Names that differ only in writing are one class: {pairs}."),
        pairs=shortened([f"{a!r} = {b!r}" for a, b in pairs]),
    )


def _similar_spellings(
    labels: Sequence[str],
    predictions: Sequence[str],
    where: str,
    error: type[BadInput],
) -> Spellings:
    """Labels that predictions of other names mean, one for one."""
    true, said = _names(labels), _names(predictions)
    truths = _truth_value(true ^ said)
    found: Spellings = {}
    for name in sorted(said - true):
        for key in filter(None, (similar_name, truths)):
            meant = sorted(x for x in true - said if key(x) == key(name))
            others = [x for x in said - true if key(x) == key(name)]
            if len(meant) > 1 or (meant and len(others) > 1):
                raise _ambiguous({name, *meant, *others}, name, where, error)
            if meant:
                found[name] = meant[0]
                break
    return found


def _truth_value(names: set[str]) -> Callable[[str], str] | None:
    """What a truth value means, where all names are truth values."""
    keys = {name: similar_name(name) for name in names}
    if set(keys.values()) <= set(_TRUTH_VALUES):
        return lambda name: _TRUTH_VALUES[keys[name]]
    return None


def _ambiguous(
    names: set[str], name: str, where: str, error: type[BadInput]
) -> BadInput:
    writings = ", ".join(map(repr, sorted(names)))
    return error(
        where=where,
        found=f"the predicted class {name!r}, which may be several of {writings}",
        expected="each class written in one way",
        advice="Write the classes of the two columns alike.",
    )


def _refuse_disjoint(
    labels: Sequence[str],
    predictions: Sequence[str],
    where: str,
    error: type[BadInput],
) -> None:
    true, said = _names(labels), _names(predictions)
    if not true or not said or (true & said and not _are_other_codes(true, said)):
        return
    numbers = all(_NUMBER.fullmatch(same_name(name)) for name in (*true, *said))
    hint = "" if numbers else ", or the same names or numbers in both"
    raise error(
        where=where,
        found=f"labels ({', '.join(quoted(sorted(true)))}) and predictions "
        f"({', '.join(quoted(sorted(said)))}) that are not the same classes",
        expected="predictions that are some of the labels",
        advice=f"Name the right two columns (--label, --prediction){hint}.",
    )


def _are_other_codes(labels: set[str], predictions: set[str]) -> bool:
    """Whether these are two ways to number two classes, such as -1, 1 and 0, 1."""
    names = labels | predictions
    return (
        len(labels) == len(predictions) == 2
        and len(names) == 3
        and all(_NUMBER.fullmatch(same_name(name)) for name in names)
    )


def alike_notes(names: Iterable[str]) -> list[Note]:
    """Of classes whose names differ only in writing but are kept apart.

    Parameters
    ----------
    names
        Of the classes.
    """
    alike: dict[str, list[str]] = {}
    for name in sorted(_names(names)):
        alike.setdefault(similar_name(name), []).append(name)
    return [
        note_of(
            mark("{names} differ only in writing, but are counted as different."),
            names=quoted(group),
        )
        for group in alike.values()
        if len(group) > 1
    ]


def _strays(labels: Sequence[str], predictions: Sequence[str]) -> list[Note]:
    """Of predicted classes that no example has."""
    strays = _names(predictions) - _names(labels)
    pairs = zip(labels, predictions, strict=False)
    n = sum(bool(true) and said in strays for true, said in pairs)
    if not n or len(labels) != len(predictions):
        return []
    return [
        note_of(
            mark(
                "No example is of the predicted class {names}; these predictions "
                "count as wrong (rows: {n:,})."
            ),
            names=quoted(sorted(strays)),
            n=n,
        )
    ]
