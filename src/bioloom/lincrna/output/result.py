"""What the filters return: every transcript judged, with the settings in force."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bioloom.errors import UnknownName
from bioloom.explain import Explanation
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.coding.potential import CodingModel
from bioloom.lincrna.inputs.understood import Understood
from bioloom.lincrna.loci.names import LocusName
from bioloom.lincrna.output.sequences import SequenceReader
from bioloom.lincrna.output.tables import transcripts_frame
from bioloom.lincrna.partners.classes import PlacedPartners
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.judged import Judged
from bioloom.lincrna.verdict.learned import Learning
from bioloom.result import Result
from bioloom.run.words import counted

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, repr=False)
class FilterResult(Result):
    """Every transcript of an assembly, judged by the filters.

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
    sequences
        Reads the transcripts' sequences where they are needed.
    notes
        What was left out because it could change nothing, in sentences.
    understood
        What was understood of the annotation.
    learning
        What the annotation teaches about thresholds.
    names
        Names of the novel candidates' loci.
    annotated
        The annotation's transcripts on the genome; empty if the result was read back
        from a run folder.
    partners
        Coding genes around each candidate; None where an older run lacks them.
    """

    rows: tuple[Judged, ...]
    settings: FilterSettings
    model: CodingModel
    warnings: tuple[str, ...]
    sequences: SequenceReader = field(compare=False)
    notes: tuple[str, ...] = ()
    understood: Understood | None = field(default=None, compare=False)
    learning: Learning | None = field(default=None, compare=False)
    names: tuple[LocusName, ...] = ()
    annotated: tuple[Transcript, ...] = field(default=(), compare=False)
    partners: PlacedPartners | None = field(default=None, compare=False)

    @property
    def candidates(self) -> tuple[Judged, ...]:
        """The lincRNA candidates."""
        return tuple(row for row in self.rows if row.verdict == "candidate")

    @property
    def unexpressed(self) -> tuple[Judged, ...]:
        """Known lncRNAs that fail nothing but expression in these samples."""
        return tuple(
            row
            for row in self.rows
            if row.collected.is_known_lncrna
            and row.failed
            and set(row.failed) <= {"expression", "junctions"}
        )

    @property
    def n_candidate_loci(self) -> int:
        """Loci that hold a candidate."""
        return len({row.locus_id for row in self.candidates})

    def summary(self) -> str:
        """Candidates, their loci, and the transcripts that were judged."""
        sentence = candidates_of(
            len(self.candidates), self.n_candidate_loci, len(self.rows)
        )
        if self.unexpressed:
            sentence += f"; known, not expressed here: {len(self.unexpressed):,}"
        return sentence

    def to_frame(self) -> "pd.DataFrame":
        """One row per transcript, one column per fact; see `tables.COLUMNS`."""
        return transcripts_frame(self.rows)

    def explain(self, transcript_id: str) -> Explanation:
        """Show the working behind the verdict on a transcript.

        Parameters
        ----------
        transcript_id
            Its name in the assembly or the annotation.

        Raises
        ------
        UnknownName
            If the result holds no such transcript; the message names similar ones.
        """
        from bioloom.lincrna.output.explain import explain

        row = self._row(transcript_id)
        sequence = self.sequences([row])[transcript_id]
        return explain(row, sequence, self.model, self.settings)

    def plot(self) -> "Figure":
        """Draw the attrition: from all transcripts down to the candidates."""
        from bioloom.lincrna.output.figures import attrition_figure

        return attrition_figure(self)

    def _row(self, transcript_id: str) -> Judged:
        for row in self.rows:
            if row.transcript_id == transcript_id:
                return row
        raise UnknownName(
            transcript_id,
            kind="transcript",
            where="the result",
            known=[row.transcript_id for row in self.rows],
        )


def candidates_of(n_candidates: int, n_loci: int, n_transcripts: int) -> str:
    """The outcome of a run in one line.

    Examples
    --------
    >>> candidates_of(3, 1, 40)
    '3 candidates of 1 locus, from 40 transcripts'
    """
    return (
        f"{counted(n_candidates, 'candidate')} of {counted(n_loci, 'locus')}, from "
        f"{counted(n_transcripts, 'transcript')}"
    )
