"""A scorer whose model is fitted to the transcripts that it is to score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bioloom.errors import BadConfig
from bioloom.lincrna.coding.adapting import MIN_MRNAS, sure_usage
from bioloom.lincrna.scoring.records import OddRecords, name_of, transcripts_of
from bioloom.lincrna.scoring.scorer import Scorer
from bioloom.run.batches import batches
from bioloom.run.text import warn_input
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.genetic_code import genetic_code
from bioloom.seq.sources import SequenceSource, is_path, records_of

_CHUNK = 500


def adapted_scorer(source: SequenceSource, scorer: Scorer) -> Scorer:
    """Fit the model to transcripts of unknown class, by the calls that it is sure of.

    Parameters
    ----------
    source
        The transcripts, read once for this: a path, a mapping or a list.
    scorer
        The model, and how it is asked.

    Raises
    ------
    BadConfig
        If the transcripts cannot be read twice.
    BadFasta
        If they are not FASTA, or proteins.
    """
    if str(source) == "-" or not (is_path(source) or isinstance(source, dict | list)):
        raise BadConfig(
            where="adapt",
            found="transcripts that can be read only once",
            expected="a file: they are read twice, to fit the model and to score",
            advice="Write them to a file first.",
        )
    code = genetic_code(scorer.settings.genetic_code)
    usage = sure_usage(_oriented(source, scorer), scorer.model, code)
    name = name_of(source)
    if not usage.is_enough:
        warn_input(
            f"{name}: {usage.n_mrnas} transcripts surely coding, {usage.n_noncoding} "
            f"surely non-coding, fewer than {MIN_MRNAS}: the model is not adapted"
        )
    return replace(scorer, model=usage.fitted(scorer.model, to=Path(name).name))


def _oriented(source: SequenceSource, scorer: Scorer) -> Iterator[str]:
    """Sequences that can be scored, on the strand with the higher score."""
    odd, limit = OddRecords(name_of(source)), scorer.settings.max_n_fraction
    transcripts = transcripts_of(records_of(source), odd, max_unknown=limit)
    if scorer.strand == "sense":
        yield from (each.sequence for each in transcripts if each.is_scored)
        return
    for part in batches(transcripts, _CHUNK):
        for row in scorer.rows(part):
            if row.scored is None:
                continue
            sequence = row.transcript.sequence
            is_turned = row.scored.reading.strand == "-"
            yield reverse_complement(sequence) if is_turned else sequence
