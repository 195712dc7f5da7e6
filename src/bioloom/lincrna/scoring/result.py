"""What scoring returns: rows, or the table that holds them, and the counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.errors import BadInput, MissingFile
from bioloom.lincrna.scoring.explain import explain_of
from bioloom.lincrna.scoring.scorer import Counts, Row, Scorer
from bioloom.lincrna.scoring.table import COLUMNS, values_of
from bioloom.result import Result
from bioloom.run.words import counted
from bioloom.seq.sources import SequenceSource

_TEXTS = ("name", "micropeptide", "note")  # empty where there is nothing to tell

if TYPE_CHECKING:
    import pandas as pd

    from bioloom.explain import Explanation


@dataclass(frozen=True, slots=True, repr=False)
class ScoringResult(Result):
    """Coding potential of transcripts.

    Parameters
    ----------
    scorer
        The model, and how it was asked.
    counts
        Transcripts by what came out.
    notes
        What was odd about the input, in sentences.
    rows
        All of them in the order of the input; none where a table was written.
    table
        File with the rows, or None.
    source
        The transcripts, to read again; None if they can be read only once.
    """

    scorer: Scorer
    counts: Counts
    notes: tuple[str, ...]
    rows: tuple[Row, ...] = ()
    table: Path | None = None
    source: SequenceSource | None = None

    def summary(self) -> str:
        """How many transcripts are coding, noncoding and unsure."""
        counts, threshold = self.counts, self.scorer.threshold
        n_peptides = counts.n_micropeptides
        peptides = (
            f", {n_peptides:,} that may encode a micropeptide" if n_peptides else ""
        )
        skipped = f", {counts.n_skipped:,} not scored" if counts.n_skipped else ""
        return (
            f"{counted(counts.n_records, 'transcript')}: {counts.n_coding:,} coding, "
            f"{counts.n_noncoding:,} noncoding (threshold {threshold:.3f}), "
            f"{counts.n_unsure:,} of them unsure{peptides}{skipped}"
        )

    def facts(self) -> Mapping[str, object]:
        """The counts, threshold, model and notes, by name."""
        counts = self.counts
        return {
            "n_records": counts.n_records,
            "n_skipped": counts.n_skipped,
            "n_coding": counts.n_coding,
            "n_noncoding": counts.n_noncoding,
            "n_unsure": counts.n_unsure,
            "n_micropeptides": counts.n_micropeptides,
            "threshold": self.scorer.threshold,
            "model": self.scorer.model.name,
            "notes": self.notes,
            "table": self.table,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per record, in the order of the input.

        Raises
        ------
        MissingFile
            If the table that was written is not there any more.
        """
        import pandas as pd

        if self.table is None:
            values = [values_of(row, self.scorer.model) for row in self.rows]
            return pd.DataFrame(values, columns=list(COLUMNS))
        if not self.table.is_file():
            raise MissingFile(self.table, role="a table of scores")
        frame = pd.read_csv(
            self.table,
            sep="\t",
            dtype=dict.fromkeys(_TEXTS, str),
            keep_default_na=False,
            na_values=[""],
        )
        return frame.fillna(dict.fromkeys(_TEXTS, ""))

    def explain(self, name: str) -> Explanation:
        """Show the working behind the score of the first record of a name.

        Parameters
        ----------
        name
            First word of its header.

        Raises
        ------
        UnknownName
            If no record has it.
        BadInput
            If the transcripts came from a stream that can be read only once.
        """
        if self.source is None:
            raise BadInput(
                where="the result",
                found="transcripts of a stream, which can be read only once",
                expected="a file, or sequences by name",
                advice="Score a file to explain a transcript of it.",
            )
        return explain_of(self.source, name, self.scorer)
