"""Everything found about a data set: counts, problems, and what was decided."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.images.dataset.data import Pictures
from bioloom.images.dataset.listing import Listing
from bioloom.images.dataset.scan import Scan
from bioloom.images.files.files import printable
from bioloom.images.inspection.problems import KINDS, Problem
from bioloom.result import Result
from bioloom.run.words import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_UNLABELLED = "(no label)"


@dataclass(frozen=True, repr=False)
class PictureInspection(Result):
    """What was found in a data set.

    Parameters
    ----------
    pictures, scanned
        Its pictures and their scan.
    listing
        What else is in the folder.
    problems
        In the order in which they are worth looking at.
    margins
        Of each file, probability of its label minus that of the likeliest other one;
        NaN where it was not judged; None if no label was.
    notes
        What was decided and passed over.
    """

    pictures: Pictures
    scanned: Scan
    listing: Listing
    problems: tuple[Problem, ...]
    margins: NDArray[np.float64] | None
    notes: tuple[str, ...]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Number of problems of each kind that there is."""
        found = Counter(problem.problem for problem in self.problems)
        return {kind: found[kind] for kind in KINDS if found[kind]}

    @property
    def n_judged(self) -> int | None:
        """Pictures whose label was judged; None if labels were not judged."""
        return None if self.margins is None else int(np.isfinite(self.margins).sum())

    @property
    def files(self) -> dict[str, int]:
        """Every file in one of five counts."""
        readable = int(self.scanned.is_readable.sum())
        return {
            "pictures": readable,
            "unreadable": len(self.pictures.files) - readable,
            "formats": len(self.listing.formats),
            "others": len(self.listing.others),
            "hidden": len(self.listing.hidden),
        }

    def summary(self) -> str:
        """Pictures, classes, and number of problems of each kind."""
        n = self.files["pictures"]
        classes = len(self.pictures.class_names)
        found = ", ".join(f"{n:,} {kind}" for kind, n in self.counts.items())
        return (
            f"{self.pictures.folder.name}: {counted(n, 'picture')} in {classes} "
            f"{'class' if classes == 1 else 'classes'}; problems: {found or 'none'}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per problem."""
        rows = [
            {
                "path": one.path,
                "label": one.label,
                "problem": one.problem,
                "detail": one.detail,
                "other": one.other,
                "score": one.score,
                "action": one.action,
            }
            for one in self.problems
        ]
        columns = ["path", "label", "problem", "detail", "other", "score", "action"]
        return pd.DataFrame(rows, columns=columns)

    def files_frame(self) -> pd.DataFrame:
        """One row per file: what it is counted as, and its facts."""
        rows = [self._file_row(place) for place in range(len(self.pictures.files))]
        rows += [
            {"path": printable(name), "status": status}
            for status in ("formats", "others", "hidden")
            for name in getattr(self.listing, status)
        ]
        columns = ["path", "status", "label", "side", "reason", "format", "mode"]
        columns += ["width", "height", "n_bytes", "brightness", "contrast"]
        columns.append("label_margin")
        return pd.DataFrame(rows, columns=columns)

    def _file_row(self, place: int) -> dict[str, Any]:
        look = self.scanned.looks[place]
        row = {
            "path": self.pictures.names[place],
            "status": "pictures" if look else "unreadable",
            "label": self.pictures.label(place),
            "side": str(self.pictures.given[place]),
            "reason": self.scanned.reasons[place],
        }
        if look is None:
            return row
        facts: dict[str, Any] = {"format": look.facts.kind, "mode": look.facts.mode}
        if self.margins is not None:
            facts["label_margin"] = self.margins[place]
        return row | facts | look.measures

    def classes_frame(self) -> pd.DataFrame:
        """One row per class: its pictures, on each side, unreadable, and problems."""
        labels = np.array([label or _UNLABELLED for label in self.pictures.labels])
        readable, given = self.scanned.is_readable, self.pictures.given
        troubled = {one.place for one in self.problems}
        has_problem = np.isin(np.arange(len(labels)), sorted(troubled))
        rows = []
        for name in sorted(set(labels.tolist())):
            own = labels == name
            row: dict[str, Any] = {
                "label": name,
                "pictures": int((own & readable).sum()),
            }
            if self.pictures.is_split:
                for side in ("train", "val", "test"):
                    row[side] = int((own & readable & (given == side)).sum())
            row["unreadable"] = int((own & ~readable).sum())
            row["with a problem"] = int((own & has_problem).sum())
            rows.append(row)
        return pd.DataFrame(rows)

    def formats_frame(self) -> pd.DataFrame:
        """Pictures by format and mode, with the range of their sizes."""
        frame = self.files_frame()
        frame = frame[frame["status"] == "pictures"]
        if frame.empty:
            return pd.DataFrame(columns=["format", "mode", "pictures"])
        grouped = frame.groupby(["format", "mode"], sort=True)
        return grouped.agg(
            pictures=("path", "size"),
            width_min=("width", "min"),
            width_median=("width", "median"),
            width_max=("width", "max"),
            height_min=("height", "min"),
            height_median=("height", "median"),
            height_max=("height", "max"),
        ).reset_index()

    def of(self, kind: str) -> Sequence[Problem]:
        """Problems of one kind."""
        return [one for one in self.problems if one.problem == kind]

    def plot(self) -> "Figure":
        """Number of problems of each kind."""
        from bioloom.images.inspection.figures import problems_figure

        return problems_figure(self.counts)
