"""Explanations as `explain --json` writes them, read back."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bioloom.errors import BadExplanation, MissingFile
from bioloom.explain import Explanation, Quantity
from bioloom.run.output import open_text

_ADVICE = "Write it anew with a room's explain command and --json."
_MOST_DECIMALS = 15


def read_explanation(path: str | Path) -> Explanation:
    """Read an explanation.

    Parameters
    ----------
    path
        File that an `explain` command with ``--json`` wrote; "-" is standard input.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadExplanation
        If it does not hold an explanation; the message says what is wrong with it.
    """
    if str(path) != "-" and not Path(path).is_file():
        raise MissingFile(path, role="a saved explanation")
    with open_text(path) as stream:
        text = stream.read()
    try:
        explanation = TypeAdapter(Explanation).validate_json(text)
    except ValidationError as problem:
        raise _wrong_entry(path, problem) from None
    if not explanation.steps:
        raise _bad(path, found="no steps", expected="an explanation with its steps")
    for quantity in _quantities(explanation):
        if not 0 <= (quantity.decimals or 0) <= _MOST_DECIMALS:
            found = f"{quantity.decimals} decimals"
            raise _bad(path, found=found, expected=f"0 to {_MOST_DECIMALS}, or null")
    return explanation


def _wrong_entry(path: str | Path, problem: ValidationError) -> BadExplanation:
    """The first thing that is wrong, in pydantic's words."""
    first = problem.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    found = f"{place or 'the file'} ({first['msg']})"
    return _bad(path, found=found, expected="an explanation as JSON")


def _bad(path: str | Path, *, found: str, expected: str) -> BadExplanation:
    return BadExplanation(where=path, found=found, expected=expected, advice=_ADVICE)


def _quantities(explanation: Explanation) -> Iterator[Quantity]:
    for step in explanation.steps:
        if step.value:
            yield step.value
        if step.verdict and step.verdict.margin:
            yield step.verdict.margin
