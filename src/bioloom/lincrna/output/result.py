"""What the filters return: every transcript judged, with the settings in force."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bioloom.lincrna.coding.potential import CodingModel
from bioloom.lincrna.output.tables import transcripts_frame
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.judged import Judged

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class FilterResult:
    """What `filter_transcripts` returns.

    Parameters
    ----------
    rows
        Every transcript, judged.
    settings
        Thresholds in force; `coding_threshold` is filled in.
    model
        Coding model that was used.
    warnings
        What weakens the result, in sentences.
    """

    rows: tuple[Judged, ...]
    settings: FilterSettings
    model: CodingModel
    warnings: tuple[str, ...]

    @property
    def candidates(self) -> tuple[Judged, ...]:
        """The lincRNA candidates."""
        return tuple(row for row in self.rows if row.verdict == "candidate")

    def to_frame(self) -> "pd.DataFrame":
        """One row a transcript, one column a fact; see `tables.COLUMNS`."""
        return transcripts_frame(self.rows)
