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
