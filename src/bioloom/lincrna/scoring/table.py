"""The table of scores: its columns, and its rows as text."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from bioloom.lincrna.coding.features import FEATURES
from bioloom.lincrna.coding.model import CodingModel
from bioloom.lincrna.coding.orf import Orf
from bioloom.lincrna.scoring.scorer import Row

Form = Literal["tsv", "jsonl"]

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "name": "first word of the record's header",
        "length_nt": "letters of the record, nt",
        "strand": "strand that was scored: + as given, - its reverse complement; of "
        "both the one with the higher probability",
        "orf_aa": "its longest ORF without the stop codon, aa; 0 if there is none",
        "orf_start": "its first base, from 1, counted from the 5' end of the strand",
        "orf_end": "its last base, that of the stop codon if there is one",
        "orf_kind": "complete: it ends with a stop codon; open: it runs off the 3' end",
        "coding_probability": "by the model, 0 to 1",
        "call": "coding from the model's threshold on, else noncoding",
        "verdict": "the same where one class has the probability `coding_sure`; "
        "otherwise unsure",
        "note": "what is odd about the record; a record that was not scored has no "
        "values",
        "log_odds": "of being coding: the sum of the columns behind",
        "bias": "log-odds before any feature is known",
        **{
            f"adds_{name}": f"what this adds to the log-odds: {feature.meaning}"
            for name, feature in FEATURES.items()
        },
    }
)
"""Columns of the table and what they mean."""

_MILLIONTH = 6  # decimals that contributions have


def values_of(row: Row, model: CodingModel) -> list[object]:
    """Values of a row in the order of `COLUMNS`; None where there is none."""
    transcript, scored = row.transcript, row.scored
    if scored is None:
        values: dict[str, object] = dict.fromkeys(COLUMNS)
        values["name"], values["length_nt"] = transcript.name, transcript.length_nt
        values["note"] = transcript.note
        return list(values.values())
    call = scored.call
    bias, parts = model.intercept, scored.contributions  # whole millionths
    return [
        transcript.name,
        transcript.length_nt,
        scored.reading.strand,
        *_orf_values(row.orf),
        float(f"{call.value:.6g}"),
        "noncoding" if call.value < call.threshold else "coding",
        call.note,
        transcript.note,
        round(bias + sum(parts), _MILLIONTH),
        bias,
        *parts,
    ]


def _orf_values(orf: Orf | None) -> list[object]:
    if orf is None:
        return [0, None, None, None]
    kind = "complete" if orf.is_complete else "open"
    return [orf.length_aa, orf.start + 1, orf.start + orf.length_nt, kind]


def tsv_text(rows: Sequence[Row], model: CodingModel) -> str:
    """Rows with tabs, without the header."""
    return _tsv([values_of(row, model) for row in rows])


def tsv_header() -> str:
    """The names of the columns, with tabs."""
    return _tsv([list(COLUMNS)])


def jsonl_text(rows: Sequence[Row], model: CodingModel) -> str:
    """An object per row and line, null where there is no value."""
    lines = [
        json.dumps(
            dict(zip(COLUMNS, values_of(row, model), strict=True)), ensure_ascii=False
        )
        for row in rows
    ]
    return "".join(f"{line}\n" for line in lines)


WRITERS: Mapping[Form, Callable[[Sequence[Row], CodingModel], str]] = MappingProxyType(
    {"tsv": tsv_text, "jsonl": jsonl_text}
)


def _tsv(rows: Sequence[Sequence[object]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter="\t", lineterminator="\n").writerows(rows)
    return stream.getvalue()
