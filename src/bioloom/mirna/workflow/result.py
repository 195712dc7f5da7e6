"""What a prediction in blocks returns: its run folder, read when needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.errors import BadRunFolder
from bioloom.result import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class BlocksResult(Result):
    """A finished run folder.

    Parameters
    ----------
    out
        The folder.
    """

    out: Path

    @property
    def sites(self) -> Path:
        """The file of sites."""
        return next((self.out / "tables").glob("sites.*"))

    def summary(self) -> str:
        """The file of sites."""
        return f"sites: {self.sites}"

    def to_frame(self) -> pd.DataFrame:
        """One row per site, as `bioloom.mirna.predict` gives it.

        Raises
        ------
        BadRunFolder
            If the sites are in a format that is no table.
        """
        import pandas as pd

        if self.sites.suffix == ".tsv":
            return pd.read_csv(self.sites, sep="\t")
        if self.sites.suffix == ".jsonl":
            return pd.read_json(self.sites, lines=True)
        raise BadRunFolder(
            where=self.sites,
            found=f"sites as {self.sites.suffix[1:]}",
            expected="a table: tsv or jsonl",
            advice="Read the file itself, or run with `form: tsv`.",
        )
