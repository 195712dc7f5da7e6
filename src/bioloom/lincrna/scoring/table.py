"""The table of scores: its columns, and its rows as text."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding.features import FEATURES
from bioloom.lincrna.coding.model import CodingModel
from bioloom.lincrna.coding.orf import Orf
from bioloom.lincrna.scoring._decimals import decimal_rows
from bioloom.lincrna.scoring.scorer import Row, Scored
from bioloom.statistics.forest import MILLION

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
        "micropeptide": "possible where a transcript below that threshold has an ORF "
        "of 10 to 99 aa and a probability that few such non-coding RNAs reach",
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

_N_PARTS = len(FEATURES) + 2  # log-odds, bias, and what each feature adds


def values_of(row: Row, model: CodingModel) -> list[object]:
    """Values of a row in the order of `COLUMNS`; None where there is none."""
    if row.scored is None:
        return [*_call_values(row), *[None] * _N_PARTS]
    (parts,) = _parts([row.scored], model).tolist()
    return [*_call_values(row), *(part / MILLION for part in parts)]


def _call_values(row: Row) -> list[object]:
    """Values of a row before its log-odds."""
    transcript, scored = row.transcript, row.scored
    if scored is None:
        ends = [None] * (len(COLUMNS) - _N_PARTS - 3)
        return [transcript.name, transcript.length_nt, *ends, transcript.note]
    call = scored.call
    return [
        transcript.name,
        transcript.length_nt,
        scored.reading.strand,
        *_orf_values(row.orf),
        float(f"{call.value:.6g}"),
        "noncoding" if call.value < call.threshold else "coding",
        call.note,
        "possible" if scored.may_be_micropeptide else "",
        transcript.note,
    ]


def _parts(scored: Sequence[Scored], model: CodingModel) -> NDArray[np.int64]:
    """Log-odds, bias and parts of each transcript in millionths, one row for each."""
    parts = np.empty((len(scored), _N_PARTS), dtype=np.int64)
    for row, one in zip(parts, scored, strict=True):
        row[2:] = one.parts
    parts[:, 1] = model.forest.base_millionths
    parts[:, 0] = parts[:, 1:].sum(axis=1)
    return parts


def _orf_values(orf: Orf | None) -> list[object]:
    if orf is None:
        return [0, None, None, None]
    kind = "complete" if orf.is_complete else "open"
    return [orf.length_aa, orf.start + 1, orf.start + orf.length_nt, kind]


def tsv_text(rows: Sequence[Row], model: CodingModel) -> str:
    """Rows with tabs, without the header."""
    heads = _tsv([_call_values(row) for row in rows]).split("\n")[:-1]
    text, ends = decimal_rows(_parts([row.scored for row in rows if row.scored], model))
    decimals = text.tobytes().decode("ascii")
    starts = [0, *ends.tolist()]
    parts = (decimals[begin:end] for begin, end in pairwise(starts))
    none = "\t" * (_N_PARTS - 1)
    tails = (next(parts) if row.scored else none for row in rows)
    return "".join(f"{head}\t{tail}\n" for head, tail in zip(heads, tails, strict=True))


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
