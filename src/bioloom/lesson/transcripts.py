"""The lincRNA lesson's example: a small simulated collection, filtered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bioloom.run.external import require_packages
from bioloom.run.language import LANGUAGES, Language, use_language

if TYPE_CHECKING:
    from bioloom.explain import Explanation
    from bioloom.lincrna.output.result import FilterResult

EXPLAINED = ("known_host_01.1", "decoy_orf_01.1")
"""Transcripts whose workings the lesson plays."""
_SCALE = 0.4
_OF_LINCRNAS = ("", "expression")  # one of low expression is a lincRNA too


@dataclass(frozen=True, slots=True)
class FilteredDemo:
    """Judged transcripts, and what they are in truth.

    Parameters
    ----------
    result
        Of the usual thresholds, every transcript searched for domains.
    is_lincrna
        By locus: whether it was simulated as a lincRNA.
    workings
        Of the transcripts `EXPLAINED`, by name and language.
    """

    result: FilterResult
    is_lincrna: Mapping[str, bool]
    workings: Mapping[str, Mapping[Language, Explanation]]


@cache
def filtered_demo() -> FilteredDemo:
    """Simulate and filter, once."""
    require_packages("pyhmmer", "sklearn", extra="lincrna")
    from bioloom import lincrna
    from bioloom.lincrna.simulate import simulate

    with TemporaryDirectory() as folder:
        data = simulate(Path(folder) / "in", scale=_SCALE)
        result = lincrna.filter(
            data.models_path,
            genome=data.genome_path,
            annotation=data.annotation_path,
            domains=data.domains_path,
            settings={"domain_search": "all"},
        )
        workings = {name: _explained(result, name) for name in EXPLAINED}
    truth = {x.locus_id: x.kind.reason in _OF_LINCRNAS for x in data.loci}
    return FilteredDemo(result, truth, workings)


def _explained(result: FilterResult, name: str) -> Mapping[Language, Explanation]:
    workings: dict[Language, Explanation] = {}
    for language in LANGUAGES:
        with use_language(language):
            workings[language] = result.explain(name)
    return workings
