"""What the pages' kernels compute with: tables of the rooms, as JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioloom.lincrna.verdict.judged import Judged
    from bioloom.mirna.energy.turner import Table


def constants_of(room: str) -> Mapping[str, Any]:
    """Tables that the kernels of a room's lesson need, by name; mostly none."""
    make = _MAKERS.get(room)
    return make() if make else {}


def _mirna() -> Mapping[str, Any]:
    return {"energies": duplex_energies()}


def duplex_energies() -> Mapping[str, Any]:
    """Energies of loops by the numbers of their pairs, 0.01 kcal/mol.

    Returns
    -------
    Pairs by number; ``stack[outer][inner]``; ``bulge`` and ``interior`` by unpaired
    bases, ``asymmetry`` by the difference of the sides; ``int11`` to ``int22`` flat,
    by outer pair, unpaired bases of the target, of the miRNA, inner pair;
    ``mismatch[pair][3' neighbour][5' neighbour]``; ``dangle3[pair][neighbour]`` and
    ``dangle5[pair][neighbour]`` for a neighbour of the second base of the pair.
    """
    from bioloom.mirna.energy.turner import PAIRS, turner1999
    from bioloom.seq.alphabet import encode

    tables = turner1999()
    ends = [tuple(encode(pair).tolist()) for pair in PAIRS]
    small = ("int11", "int12", "int21", "int22")
    return {
        "pairs": PAIRS,
        "stack": [[int(tables.stack[a + b]) for b in ends] for a in ends],
        "bulge": tables.bulge.tolist(),
        "interior": tables.interior.tolist(),
        "asymmetry": tables.asymmetry.tolist(),
        **{name: _small_loops(getattr(tables, name), ends) for name in small},
        "mismatch": [tables.mismatch[a, :4, :4, b].tolist() for a, b in ends],
        "dangle3": [tables.dangle3[a, b, :4].tolist() for a, b in ends],
        "dangle5": [tables.dangle5[:4, b, a].tolist() for a, b in ends],
    }


def _small_loops(table: Table, ends: list[tuple[int, ...]]) -> list[int]:
    """A table of small interior loops, flat."""
    import numpy as np

    known = (slice(4),) * (table.ndim - 4)
    inner = tuple(np.array(ends).T)
    loops = [table[a][known][(..., *inner)] for a in ends]
    return [int(x) for x in np.concatenate([x.ravel() for x in loops])]


def _lincrna() -> Mapping[str, Any]:
    from bioloom.lesson.transcripts import filtered_demo

    demo = filtered_demo()
    settings = demo.result.settings
    return {
        "transcripts": [
            _statistics(row) | {"isLincrna": demo.is_lincrna[row.locus_id]}
            for row in demo.result.rows
        ],
        "usual": {
            "gapMulti": settings.gap_multi_nt,
            "gapMono": settings.mono_gap_nt,
            "minLength": settings.min_length_nt,
            "maxOrf": settings.orf_limit_aa,
            "coding": settings.coding_threshold,
            "housekeeping": settings.housekeeping_fraction,
            "searchDomains": True,
            "isLocusRule": settings.strictness == "locus",
            "locusCriteria": settings.locus_criteria,
        },
    }


def _statistics(row: Judged) -> dict[str, Any]:
    """What the five filters, and the place of a transcript, are judged by."""
    evidence = row.evidence
    return {
        "name": row.transcript_id,
        "locus": row.locus_id,
        "isIntergenic": row.judgements["intergenic"].is_passed,
        "isSpliced": evidence.transcript.is_spliced,
        "gap": None if math.isinf(evidence.gap_nt) else evidence.gap_nt,
        "length": evidence.transcript.length_nt,
        "orf": evidence.longest_orf_aa,
        "coding": evidence.coding.probability,
        "housekeeping": row.judgements["housekeeping"].value,
        "isMember": row.judgements["domain"].is_passed is False,
    }


_MAKERS: Mapping[str, Callable[[], Mapping[str, Any]]] = MappingProxyType(
    {"lincrna": _lincrna, "mirna": _mirna}
)
