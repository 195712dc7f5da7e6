"""Score the transcripts of a FASTA file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

from bioloom.lincrna.coding.model import CodingModel, load_model
from bioloom.lincrna.models import code_warnings, micropeptide_warnings
from bioloom.lincrna.scoring.records import (
    OddRecords,
    Transcript,
    name_of,
    transcripts_of,
)
from bioloom.lincrna.scoring.result import ScoringResult
from bioloom.lincrna.scoring.scorer import (
    Counts,
    Row,
    Scorer,
    Strandedness,
    scored_blocks,
)
from bioloom.lincrna.scoring.table import WRITERS, Form, tsv_header
from bioloom.lincrna.settings import FilterSettings
from bioloom.run.collector import uncollected
from bioloom.run.output import open_aside
from bioloom.run.text import warn_input
from bioloom.seq.genetic_code import genetic_code
from bioloom.seq.sources import SequenceSource, is_path, records_of

PACKAGED = "packaged"

ModelSource = CodingModel | str | PathLike[str]


def scorer_of(
    model: ModelSource, settings: FilterSettings, *, strand: Strandedness = "sense"
) -> Scorer:
    """The model, and how it is asked.

    Parameters
    ----------
    model
        "packaged", a file of `bioloom lincrna train`, or a model.
    settings
        Genetic code, threshold, and from which probability a call is sure.
    strand
        sense: transcripts are read as given; both: the opposite strand too.

    Raises
    ------
    MissingFile, BadModel
        If there is no such model, or it cannot be read.
    BadConfig
        If there is no such genetic code.
    """
    if not isinstance(model, CodingModel):
        model = load_model() if model == PACKAGED else load_model(Path(model))
    code = genetic_code(settings.genetic_code)
    for sentence in (*code_warnings(code), *micropeptide_warnings(model, settings)):
        warn_input(sentence)
    return Scorer(model, settings, strand)


@uncollected()
def score_transcripts(
    source: SequenceSource,
    scorer: Scorer,
    *,
    out: Path | None = None,
    form: Form = "tsv",
    is_strict: bool = False,
    threads: int = 1,
) -> ScoringResult:
    """Score transcripts as they are read.

    Parameters
    ----------
    source
        The transcripts.
    scorer
        The model, and how it is asked.
    out
        Table to write as it comes, "-" is standard output; None holds the rows in
        memory.
    form
        Of the table: with tabs and a header, or an object per line.
    is_strict
        Whether a record that is odd is an error; otherwise it is counted.
    threads
        Processors; the result does not depend on it.

    Raises
    ------
    BadFasta
        If the file is not FASTA, or holds proteins; or a record is odd and `is_strict`.
    """
    again = _read_again(source, is_held=out is None)
    odd = OddRecords(name_of(source), is_strict)
    limit = scorer.settings.max_n_fraction
    transcripts = transcripts_of(
        records_of(source if again is None else again), odd, max_unknown=limit
    )
    counts, rows = Counts(), list[Row]()
    if out is None:
        for block in scored_blocks(transcripts, scorer, _as_rows, threads=threads):
            counts += block.counts
            rows += block.content
    else:
        counts = _write(transcripts, scorer, out, form=form, threads=threads)
    notes = odd.sentences()
    for note in notes:
        warn_input(note)
    return ScoringResult(scorer, counts, notes, tuple(rows), out, again)


def _write(
    transcripts: Iterable[Transcript],
    scorer: Scorer,
    out: Path,
    *,
    form: Form,
    threads: int,
) -> Counts:
    counts = Counts()
    head = tsv_header() if form == "tsv" else ""
    with open_aside(out) as stream:
        # the header waits for the first block: a file that is refused writes nothing
        for block in scored_blocks(transcripts, scorer, WRITERS[form], threads=threads):
            stream.write(head + block.content)
            counts, head = counts + block.counts, ""
        stream.write(head)
    return counts


def _as_rows(rows: Sequence[Row], _model: CodingModel) -> list[Row]:
    """Rows without their sequences, which would fill the memory."""
    return [Row(replace(row.transcript, sequence=""), row.scored) for row in rows]


def _read_again(source: SequenceSource, *, is_held: bool) -> SequenceSource | None:
    """A source that can be read more than once; None if it cannot be."""
    if is_path(source):
        return None if str(source) == "-" else source
    if isinstance(source, str | Mapping | list | tuple):
        return source
    return tuple(records_of(source)) if is_held else None
