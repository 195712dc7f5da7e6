"""What of a finished run can be explained, and by what."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from bioloom.explain import Explanation
from bioloom.lincrna.about import About
from bioloom.lincrna.output.analysis_files import table_rows
from bioloom.lincrna.output.explain_cells import explain_cell
from bioloom.lincrna.output.explain_expression import (
    explain_comparison,
    explain_expression,
)
from bioloom.lincrna.output.explain_partners import explain_partner
from bioloom.lincrna.output.marking import explain_marking
from bioloom.lincrna.output.working import read_transcript

Explainer = Callable[[Path, str, str], Explanation]
"""Explains a name of a run folder, together with another name if that is not empty."""


def explain_verdict(run: Path, name: str, _other: str = "") -> Explanation:
    """Show the working behind the verdict on a transcript."""
    return read_transcript(run, _transcript_of(run, name)).explain()


def _partner(run: Path, name: str, other: str = "") -> Explanation:
    return explain_partner(run, _transcript_of(run, name), other)


def _transcript_of(run: Path, name: str) -> str:
    """The transcript of that name, or the first candidate of the locus so named."""
    first = name
    if (run / "tables/transcripts.tsv").is_file():
        for row in table_rows(run, "transcripts", holding=name):
            if row["transcript_id"] == name:
                return name
            if first == name and name and row["name"] == name:
                first = row["transcript_id"]
    return first


def _of_name(explain: Callable[[Path, str], Explanation]) -> Explainer:
    return lambda run, name, _other: explain(run, name)


EXPLAINERS: Mapping[About, Explainer] = MappingProxyType(
    {
        "verdict": explain_verdict,
        "expression": _of_name(explain_expression),
        "comparison": _of_name(explain_comparison),
        "partners": _partner,
        "markers": explain_marking,
        "cells": _of_name(explain_cell),
    }
)
