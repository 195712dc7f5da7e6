"""Explanations as `explain --json` writes them, read back."""

import json
from pathlib import Path
from typing import Any, NoReturn

from bioloom.errors import BadExplanation, MissingFile
from bioloom.explain import SIGNS, Explanation, Quantity, Step, Verdict
from bioloom.run.language import LANGUAGES
from bioloom.run.output import open_text

_ADVICE = "Write it anew with a room's explain command and --json."


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
        return _explanation(json.loads(text), str(path))
    except json.JSONDecodeError as problem:
        _refuse(str(path), f"no JSON ({problem})", "one JSON object")


def _refuse(where: str, found: str, expected: str) -> NoReturn:
    raise BadExplanation(
        where=where, found=found, expected=expected, advice=_ADVICE
    ) from None


def _part(entries: Any, name: str, kind: type, where: str) -> Any:
    """An entry of an object, or the empty value of its kind where there is none."""
    if not isinstance(entries, dict):
        _refuse(where, type(entries).__name__, "an object")
    value = entries.get(name, kind())
    if not isinstance(value, kind):
        _refuse(f"{where}: {name}", repr(value), f"a {kind.__name__}")
    return value


def _explanation(entries: Any, where: str) -> Explanation:
    steps = _part(entries, "steps", list, where)
    inputs = _part(entries, "inputs", dict, where)
    language = entries.get("language", "en")
    if not steps:
        _refuse(where, "no steps", "an explanation with its steps")
    if language not in LANGUAGES:
        _refuse(f"{where}: language", repr(language), f"one of {LANGUAGES}")
    return Explanation(
        title=_part(entries, "title", str, where),
        steps=tuple(_step(x, f"{where}: step {n}") for n, x in enumerate(steps, 1)),
        inputs={name: str(value) for name, value in inputs.items()},
        language=language,
    )


def _step(entries: Any, where: str) -> Step:
    words = {
        name: _part(entries, name, str, where)
        for name in ("claim", "formula", "substitution", "source")
    }
    value, verdict = entries.get("value"), entries.get("verdict")
    return Step(
        **words,
        value=None if value is None else _quantity(value, f"{where}: value"),
        verdict=None if verdict is None else _verdict(verdict, f"{where}: verdict"),
        detail=tuple(map(str, _part(entries, "detail", list, where))),
    )


def _quantity(entries: Any, where: str) -> Quantity:
    unit = _part(entries, "unit", str, where)
    number, decimals = entries.get("number"), entries.get("decimals")
    if isinstance(number, bool) or not isinstance(number, int | float):
        _refuse(f"{where}: number", repr(number), "a number")
    if decimals is not None and not (type(decimals) is int and 0 <= decimals <= 15):
        _refuse(f"{where}: decimals", repr(decimals), "null, or 0 to 15")
    return Quantity(number, unit, decimals)


def _verdict(entries: Any, where: str) -> Verdict:
    text = _part(entries, "text", str, where)
    outcome, margin = entries.get("outcome"), entries.get("margin")
    if outcome not in tuple(SIGNS):
        _refuse(f"{where}: outcome", repr(outcome), f"one of {tuple(SIGNS)}")
    if margin is not None:
        margin = _quantity(margin, f"{where}: margin")
    return Verdict(outcome, margin, text)
