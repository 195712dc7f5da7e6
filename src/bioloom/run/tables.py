"""Tables as text: tab-separated, or one JSON object a row; what describes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.run.output import write_text

if TYPE_CHECKING:
    import pandas as pd


def to_tsv(frame: pd.DataFrame) -> str:
    """A table with tabs and a header, numbers with six digits."""
    text = frame.to_csv(sep="\t", index=False, lineterminator="\n", float_format="%.6g")
    return str(text)


def for_spreadsheets(frame: pd.DataFrame) -> pd.DataFrame:
    """A table whose texts no spreadsheet takes for formulas.

    A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line's end gets an
    apostrophe in front, which spreadsheets take for "this is text".

    References
    ----------
    OWASP, CSV injection: https://owasp.org/www-community/attacks/CSV_Injection

    Examples
    --------
    >>> import pandas as pd
    >>> for_spreadsheets(
    ...     pd.DataFrame({"x": ["=1+1", "1"], "y": [-1, 1]})
    ... ).values.tolist()
    [["'=1+1", -1], ['1', 1]]
    """
    safe = frame.rename(columns=_as_text)
    for name in safe:
        if safe[name].dtype.kind == "O":
            safe[name] = safe[name].map(_as_text)
    return safe


def without_apostrophe(text: str) -> str:
    """A text as it was before `for_spreadsheets`."""
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def _as_text(value: object) -> object:
    is_formula = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if is_formula else value


def to_jsonl(frame: pd.DataFrame) -> str:
    """A table as JSON Lines: an object per row, null where there is no value."""
    lines = frame.to_json(orient="records", lines=True, force_ascii=False)
    return lines if lines.strip() else ""


def write_table(frame: pd.DataFrame, out: Path, name: str) -> None:
    """Write a table of a run folder, ``tables/NAME.tsv``."""
    write_text(out / "tables" / f"{name}.tsv", to_tsv(frame))


def tables_readme(meanings: Mapping[str, str], note: str = "") -> str:
    """Text of a folder's ``tables/README.md``: each table and its columns.

    Parameters
    ----------
    meanings
        What a table, by its name without ``.tsv``, holds.
    note
        What holds for all of them, after "Tab-separated, with a header".
    """
    head = f"# Tables\n\nTab-separated, with a header{note}."
    parts = [f"## {name}.tsv\n{meaning}" for name, meaning in meanings.items()]
    return "\n\n".join([head, *parts]) + "\n"
