"""What was understood of an annotation, as tables and as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bioloom.lincrna.inputs.understood import Understood
from bioloom.lincrna.settings import DEFAULT_GAP_NT
from bioloom.lincrna.verdict.learned import Learning
from bioloom.result import Result
from bioloom.run.language import mark, tr, trn

if TYPE_CHECKING:
    import pandas as pd


_DECIDER_NOTES = {
    "gene": "the gene's word",
    "transcript": "the transcript's word",
    "name": "the gene's name",
    "CDS": "a CDS in the gene",
    "nothing": "nothing: neither word nor CDS",
}


class CaptionedFrame(NamedTuple):
    """A table with its name and what it shows."""

    name: str
    caption: str
    frame: pd.DataFrame


HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "kind": mark("Kind"),
        "class": mark("Class"),
        "genes": mark("Genes"),
        "transcripts": mark("Transcripts"),
        "with a CDS": mark("With a CDS"),
        "word": mark("Word"),
        "taken as": mark("Taken as"),
        "decided by": mark("Decided by"),
        "row type": mark("Row type"),
        "rows": mark("Rows"),
        "contig": mark("Contig"),
        "organelle": mark("Organelle"),
        "recognised by": mark("Recognised by"),
        "annotated transcripts": mark("Annotated transcripts"),
        "in the": mark("In the"),
        "but not in the": mark("But not in the"),
        "contigs": mark("Contigs"),
        "such as": mark("Such as"),
        "filter": mark("Filter"),
        "with this annotation": mark("With this annotation"),
        "setting": mark("Setting"),
        "value": mark("Value"),
        "threshold": mark("Threshold"),
        "annotated lincRNAs that pass": mark("Annotated lincRNAs that pass"),
        "lets pass": mark("Lets pass"),
    }
)
"""Headings of the tables, as a page shows them."""


def understood_frames(understood: Understood) -> list[CaptionedFrame]:
    """The tables of what was understood; those without rows are left out."""
    tables = [
        CaptionedFrame(
            "kinds", mark("Genes and transcripts by kind"), _kinds(understood)
        ),
        CaptionedFrame(
            "words",
            mark("Biotypes and row types met, and how they were taken"),
            _words(understood),
        ),
        CaptionedFrame(
            "rows", mark("Rows by their type (third column), as met"), _rows(understood)
        ),
        CaptionedFrame(
            "organelles",
            mark("Organelles: every transcript there counts as housekeeping"),
            _organelles(understood),
        ),
        CaptionedFrame(
            "contigs", mark("Contigs that are not in all files"), _contigs(understood)
        ),
        CaptionedFrame(
            "worth", mark("What the filters will be worth"), _worth(understood)
        ),
    ]
    return [table for table in tables if len(table.frame)]


def _kinds(understood: Understood) -> pd.DataFrame:
    return _frame(
        ("kind", "class", "genes", "transcripts", "with a CDS"), understood.kinds
    )


def _words(understood: Understood) -> pd.DataFrame:
    return _frame(
        ("word", "taken as", "class", "decided by", "genes", "transcripts"),
        [
            (
                row.word if row.is_known or not row.word else f"{row.word} (not known)",
                row.kind,
                row.rna_class,
                _DECIDER_NOTES[row.decided_by],
                row.n_genes,
                row.n_transcripts,
            )
            for row in understood.words
        ],
    )


def _rows(understood: Understood) -> pd.DataFrame:
    by_number = sorted(understood.row_types.items(), key=lambda row: (-row[1], row[0]))
    return _frame(("row type", "rows"), by_number)


def _organelles(understood: Understood) -> pd.DataFrame:
    return _frame(
        ("contig", "organelle", "recognised by", "annotated transcripts"),
        understood.organelles,
    )


def _contigs(understood: Understood) -> pd.DataFrame:
    return _frame(
        ("in the", "but not in the", "contigs", "transcripts", "such as"),
        [(*row[:4], ", ".join(row.names)) for row in understood.contigs],
    )


def _worth(understood: Understood) -> pd.DataFrame:
    return _frame(("filter", "with this annotation"), understood.worth)


def _frame(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([tuple(row) for row in rows], columns=[*columns])


def _caption(learning: Learning) -> str:
    if learning.room is None:
        return tr("Thresholds that fit this genome (setting: auto)")
    return tr(
        "Thresholds that fit this genome (setting: auto). Of the gaps between coding "
        "genes of one strand {room:.0%} have room for a lincRNA of median length that "
        "keeps {gap:,} nt from both",
        room=learning.room,
        gap=DEFAULT_GAP_NT,
    )


def learned_frame(learning: Learning) -> pd.DataFrame:
    """Thresholds that fit the genome beside the defaults, and what each does."""
    rows = [
        (
            threshold.setting,
            which,
            f"{outcome.threshold:,} {threshold.unit}",
            str(outcome.kept),
            f"{outcome.leaked:.1%} of {threshold.against}",
        )
        for threshold in learning.thresholds
        for which, outcome in (
            ("default", threshold.default),
            ("auto: learned here", threshold.learned),
        )
    ]
    return _frame(
        ("setting", "value", "threshold", "annotated lincRNAs that pass", "lets pass"),
        rows,
    )


@dataclass(frozen=True, slots=True, repr=False)
class Inspection(Result):
    """What bioloom understood of an annotation.

    Parameters
    ----------
    understood
        Its kinds, words, organelles and contigs.
    learning
        What it teaches about thresholds; None without a genome.
    """

    understood: Understood
    learning: Learning | None = None

    def summary(self) -> str:
        """Genes, transcripts, and how many of them are coding and lncRNAs."""
        of_kind = dict.fromkeys(("coding", "lncRNA", "housekeeping"), 0)
        for row in self.understood.kinds:
            if row.kind in of_kind:
                of_kind[row.kind] += row.n_genes
        return tr(
            "{transcripts} of {genes}: {coding:,} coding, {lncrna:,} lncRNA, "
            "{housekeeping:,} housekeeping",
            transcripts=trn(
                "{n} transcript", "{n:,} transcripts", self.understood.n_transcripts
            ),
            genes=trn("{n} gene", "{n:,} genes", self.understood.n_genes),
            coding=of_kind["coding"],
            lncrna=of_kind["lncRNA"],
            housekeeping=of_kind["housekeeping"],
        )

    def to_frame(self) -> pd.DataFrame:
        """Words met and how they were taken, one row per word and decision."""
        return _words(self.understood)

    def captioned(self) -> list[CaptionedFrame]:
        """Every table that has rows, with its caption."""
        tables = understood_frames(self.understood)
        if self.learning and self.learning.thresholds:
            frame = learned_frame(self.learning)
            tables.append(CaptionedFrame("learned", _caption(self.learning), frame))
        return tables

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by its name: kinds, words, rows, organelles, contigs, worth …."""
        return {table.name: table.frame for table in self.captioned()}

    def warnings(self) -> tuple[str, ...]:
        """What could not be read or learned, in sentences."""
        reasons = self.learning.reasons if self.learning else ()
        return (*self.understood.warnings, *reasons)

    def to_text(self) -> str:
        """All tables as aligned text, then the warnings."""
        parts = [f"{self.understood.path}: {self.summary()}"]
        for table in self.captioned():
            parts.append("\n".join([table.caption, *_aligned(table.frame)]))
        warnings = self.warnings()
        if warnings:
            lines = [f"  {warning}" for warning in warnings]
            parts.append("\n".join(["Warnings", *lines]))
        return "\n\n".join(parts)


def _aligned(frame: pd.DataFrame) -> Iterator[str]:
    """Rows with their columns below one another, numbers to the right."""
    rows = [[*map(str, frame.columns)]]
    for values in frame.itertuples(index=False):
        rows.append([f"{v:,}" if isinstance(v, int) else str(v) for v in values])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    is_number = [frame[name].dtype.kind == "i" for name in frame]
    for row in rows:
        fields = [
            field.rjust(width) if number else field.ljust(width)
            for field, width, number in zip(row, widths, is_number, strict=True)
        ]
        yield f"  {'  '.join(fields)}".rstrip()
