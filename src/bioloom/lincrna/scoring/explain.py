"""The working behind one score."""

from __future__ import annotations

from bioloom.errors import BadFasta, UnknownName
from bioloom.explain import Explanation, Step
from bioloom.lincrna.output.explain import orf_counts_in_probability, orf_step
from bioloom.lincrna.output.explain_coding import coding_step
from bioloom.lincrna.scoring.records import (
    OddRecords,
    Transcript,
    name_of,
    transcripts_of,
)
from bioloom.lincrna.scoring.scorer import Scored, Scorer
from bioloom.run.language import mark, tr
from bioloom.seq.letters import unknown_share
from bioloom.seq.sources import SequenceSource, records_of

CALLS = (mark("coding"), mark("noncoding"), mark("unsure"))
_MOST_NAMES = 10_000  # to find similar ones among


def explain_of(source: SequenceSource, name: str, scorer: Scorer) -> Explanation:
    """Show the working behind the score of the first record of a name.

    Parameters
    ----------
    source
        The transcripts.
    name
        First word of the record's header.
    scorer
        The model, and how it is asked.

    Raises
    ------
    UnknownName
        If no record has that name.
    BadFasta
        If the record cannot be scored, or the file is not FASTA.
    """
    odd, names = OddRecords(name_of(source), names=None), list[str]()
    limit = scorer.settings.max_n_fraction
    for record in transcripts_of(records_of(source), odd, max_unknown=limit):
        if record.name == name:
            return _explained(record, odd.where, scorer)
        if len(names) < _MOST_NAMES:
            names.append(record.name)
    raise UnknownName(name, kind="record", where=odd.where, known=names)


def _explained(record: Transcript, where: str, scorer: Scorer) -> Explanation:
    (row,) = scorer.rows([record])
    if row.scored is None:
        raise BadFasta(
            where=f"{where}: {record.name}",
            found=record.note,
            expected="the bases of a transcript",
            advice="There is nothing to explain.",
        )
    title = tr("{name}: {value}", name=record.name, value=tr(row.scored.call.note))
    return Explanation(
        title=title,
        steps=_steps(record, row.scored, scorer),
        inputs=_inputs(record),
    )


def _inputs(record: Transcript) -> dict[str, str]:
    inputs = {tr("length"): f"{record.length_nt} nt"}
    if record.note:
        share = unknown_share(record.sequence)
        inputs[tr("letters that are no base")] = f"{share:.1%}"
    return inputs


def _steps(record: Transcript, scored: Scored, scorer: Scorer) -> tuple[Step, ...]:
    settings = scorer.in_force
    rule = orf_counts_in_probability()
    return (
        orf_step(scored.reading.scored_orfs, record.sequence, settings, rule=rule),
        coding_step(scored.reading.score, scorer.model, settings),
    )
