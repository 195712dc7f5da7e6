"""What every call of the Python API returns: short to print, easy to inspect."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SHOWN_ROWS = 10


class Result(ABC):
    """Base of the rooms' results.

    A room's result is a frozen dataclass (``repr=False``) that inherits from this class
    and says in `summary` and `to_frame` what it holds. Where one number of it has a
    working, it has a method ``explain``; where there is a figure, ``plot``.
    """

    __slots__ = ()

    @abstractmethod
    def summary(self) -> str:
        """Return what the result holds, in one line without a full stop."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Return the result as a table, one row per item."""

    def __repr__(self) -> str:
        """One line, however large the result is."""
        return f"<{type(self).__name__}: {self.summary()}>"

    def _repr_html_(self) -> str:
        """Summary and first rows, as Jupyter shows them."""
        frame = self.to_frame()
        table = frame.head(SHOWN_ROWS).to_html(index=False, border=0)
        more = len(frame) - SHOWN_ROWS
        rest = f"<p>… and {more:,} more rows</p>" if more > 0 else ""
        wide = f'<div style="overflow-x: auto">{table}</div>'
        return f"<p>{html.escape(self.summary())}</p>{wide}{rest}"


def parts_of(core: Any) -> dict[str, Any]:
    """Fields of a dataclass by name, for a result that extends it."""
    return {field.name: getattr(core, field.name) for field in fields(core)}
