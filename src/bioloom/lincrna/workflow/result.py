"""What a run of the workflow returns: its folder, read when needed."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.explain import Explanation
from bioloom.lincrna.output.methods import Methods, methods_of
from bioloom.lincrna.output.result import FilterResult, candidates_of
from bioloom.lincrna.output.working import read_transcript, read_working
from bioloom.result import Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

REPORT = "report.html"


@dataclass(frozen=True, slots=True, repr=False)
class RunResult(Result):
    """A finished run folder.

    Parameters
    ----------
    out
        The folder.
    """

    out: Path

    @property
    def report(self) -> Path:
        """The report page."""
        return self.out / REPORT

    def filtered(self) -> FilterResult:
        """Read every judged transcript back."""
        return read_working(self.out)

    def summary(self) -> str:
        """Candidates, their loci, the transcripts that were judged, and the folder."""
        frame = self.to_frame()
        candidates = frame[frame["verdict"] == "candidate"]
        n_loci = candidates["locus_id"].nunique()
        return f"{candidates_of(len(candidates), n_loci, len(frame))}, in {self.out}"

    def to_frame(self) -> "pd.DataFrame":
        """One row per transcript: ``tables/transcripts.tsv``."""
        import pandas as pd

        return pd.read_csv(self.out / "tables" / "transcripts.tsv", sep="\t")

    def explain(self, transcript_id: str) -> Explanation:
        """Show the working behind the verdict on a transcript.

        Parameters
        ----------
        transcript_id
            Its name in the run.

        Raises
        ------
        UnknownName
            If the run holds no such transcript; the message names similar ones.
        """
        return read_transcript(self.out, transcript_id).explain()

    def methods(self) -> Methods:
        """What the run did, as a paragraph for a paper, with what to cite."""
        return methods_of(self.out)

    def plot(self) -> "Figure":
        """Draw the attrition: from all transcripts down to the candidates."""
        return self.filtered().plot()
