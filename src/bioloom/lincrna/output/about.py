"""What can be explained of a run folder: one door for every working."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from bioloom.explain import Explanation
from bioloom.lincrna.output.explain_expression import (
    explain_comparison,
    explain_expression,
)
from bioloom.lincrna.output.working import read_transcript

About = Literal["verdict", "expression", "comparison"]
ABOUTS: tuple[About, ...] = get_args(About)


def _verdict(run: Path, name: str) -> Explanation:
    return read_transcript(run, name).explain()


_WORKINGS: Mapping[About, Callable[[Path, str], Explanation]] = MappingProxyType(
    {
        "verdict": _verdict,
        "expression": explain_expression,
        "comparison": explain_comparison,
    }
)


def explain_about(run: Path, name: str, about: About) -> Explanation:
    """The working behind one thing that a run says of a transcript or gene.

    Raises
    ------
    BadRunFolder
        If the folder does not hold it.
    UnknownName
        If it holds no such transcript or gene; the message names similar ones.
    """
    return _WORKINGS[about](run, name)
