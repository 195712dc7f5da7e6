"""Labelled pairs of a miRNA and a target site, from a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadTable
from bioloom.mirna.inputs.records import MAX_MIRNA_NT, MIN_MIRNA_NT
from bioloom.run.table_reader import TableSource, name_of_source, read_table

if TYPE_CHECKING:
    import pandas as pd

COLUMN_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mirna": (
            *("noncodingrna", "mirna_sequence", "mirna_seq", "mirna", "mature"),
            *("mirnasequence", "sequence_mirna", "query"),
        ),
        "site": (
            *("gene", "site", "target_site", "site_sequence", "target_sequence"),
            *("target", "target_seq", "mrna", "mrna_sequence", "seq", "sequence"),
        ),
        "label": ("label", "labels", "class", "y", "is_target", "positive"),
        "family": (
            *("noncodingrna_fam", "family", "mirna_family", "mirna_fam", "fam"),
            *("noncodingrna_family", "seed_family"),
        ),
    }
)
"""Names that a column may have, in small letters; the first that fits is taken."""

_LABELS = {
    **dict.fromkeys(("1", "1.0", "+1", "true", "yes", "positive", "pos"), True),
    **dict.fromkeys(("0", "0.0", "-1", "false", "no", "negative", "neg"), False),
}
_SURE, _LETTERS = frozenset("ACGUT"), frozenset("ACGUTNRYSWKMBDHV")
NO_FAMILY = frozenset(("", "unknown", "nan", "na", "none", "0"))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs whose label is known.

    Parameters
    ----------
    mirnas, sites
        Sequences, 5'→3', capital letters.
    families
        Family of each miRNA; its sequence where none is known.
    is_positive
        Whether each pair is real, shape (n,).
    skipped
        Rows that were left out, by reason.
    has_families
        Whether the table names families.
    """

    mirnas: tuple[str, ...]
    sites: tuple[str, ...]
    families: tuple[str, ...]
    is_positive: NDArray[np.bool_]
    skipped: Mapping[str, int]
    has_families: bool

    def __len__(self) -> int:
        return len(self.mirnas)


def read_pairs(source: TableSource) -> Pairs:
    """Read labelled pairs; a row that cannot be used is left out and counted.

    Parameters
    ----------
    source
        A path (plain or gzip, "-" is standard input), an open file, a DataFrame, or
        columns by name. Columns: sequence of the miRNA, sequence of the site, label (1
        or 0), and, if known, the miRNA's family; `COLUMN_NAMES` lists their names.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadTable
        If a column is missing, or fewer than two usable pairs of either label remain.
    """
    frame = read_table(source, role="labelled pairs")
    where = name_of_source(source)
    columns = {key: _column(frame, key, where) for key in ("mirna", "site", "label")}
    family_column = _found(frame, "family")
    families = frame[family_column] if family_column else frame[columns["mirna"]]
    rows = zip(*(frame[name] for name in columns.values()), families, strict=True)
    usable: list[tuple[str, str, str, bool]] = []
    skipped: Counter[str] = Counter()
    for mirna, site, label, family in rows:
        reason = _flaw(mirna.strip().upper(), site.strip().upper(), label)
        if reason:
            skipped[reason] += 1
            continue
        sequence = mirna.strip().upper().replace("T", "U")
        name = family.strip()
        usable.append(
            (
                sequence,
                site.strip().upper(),
                sequence if name.lower() in NO_FAMILY else name,
                _LABELS[label.strip().lower()],
            )
        )
    is_positive = np.array([label for *_, label in usable], dtype=np.bool_)
    _check_classes(is_positive, skipped, where)
    mirnas, sites, names, _ = zip(*usable, strict=True)
    return Pairs(
        mirnas, sites, names, is_positive, dict(skipped), family_column is not None
    )


def _found(frame: pd.DataFrame, key: str) -> str | None:
    by_small_name = {str(name).strip().lower(): str(name) for name in frame.columns}
    present = [by_small_name[n] for n in COLUMN_NAMES[key] if n in by_small_name]
    if key in ("mirna", "site"):  # a column of names has the same name in some tables
        for name in present:
            if any(_is_sequence(text) for text in frame[name].head(100)):
                return name
    return present[0] if present else None


def _is_sequence(text: str) -> bool:
    letters = set(text.strip().upper())
    return len(text.strip()) >= MIN_MIRNA_NT and letters <= _LETTERS


def _column(frame: pd.DataFrame, key: str, where: str) -> str:
    name = _found(frame, key)
    if name is None:
        raise BadTable(
            where=where,
            found=f"the columns {', '.join(map(str, frame.columns))}",
            expected=f"one of {', '.join(COLUMN_NAMES[key])} (any case)",
            advice="Rename the column.",
        )
    return name


def _flaw(mirna: str, site: str, label: str) -> str:
    """Why a row cannot be used; empty if it can."""
    if label.strip().lower() not in _LABELS:
        return "label that is not 1 or 0"
    if not mirna or not set(mirna) <= _SURE:
        return "miRNA that is not a sequence of A, C, G and U or T"
    if not MIN_MIRNA_NT <= len(mirna) <= MAX_MIRNA_NT:
        return f"miRNA not of {MIN_MIRNA_NT} to {MAX_MIRNA_NT} nt"
    if not site or not set(site) <= _LETTERS:
        return "site that is not a nucleotide sequence"
    return ""


def _check_classes(
    is_positive: NDArray[np.bool_], skipped: Mapping[str, int], where: str
) -> None:
    n_positive, n_negative = int(is_positive.sum()), int((~is_positive).sum())
    if n_positive >= 2 and n_negative >= 2:
        return
    reasons = "; ".join(f"{n} rows left out: {why}" for why, n in skipped.items())
    found = f"{n_positive} real and {n_negative} other pairs"
    raise BadTable(
        where=where,
        found=f"{found} ({reasons})" if reasons else found,
        expected="at least two of either label",
        advice="Label real pairs 1 and the others 0.",
    )
