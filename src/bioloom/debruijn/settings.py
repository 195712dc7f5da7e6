"""Settings of graphs and assemblies, each written once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from bioloom.run.language import mark
from bioloom.run.settings import setting

_MIN_MEMORY_MB = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSettings:
    """How to build the graph of reads."""

    k: int = setting(31, mark("Length of a k-mer: odd, up to 31."))
    min_count: Annotated[int, Ge(1)] = setting(
        2, mark("Leave out k-mers with a lower count; 1 for genomes.")
    )
    memory_mb: Annotated[int, Ge(_MIN_MEMORY_MB)] = setting(
        1000, mark("Memory for counting k-mers; more goes to disk."), unit="MB"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblySettings:
    """How to assemble reads."""

    k: int = setting(31, mark("Length of a k-mer: odd, up to 31."))
    min_count: Annotated[int | None, Ge(1)] = setting(
        None, mark("Leave out k-mers with a lower count; by default, by the spectrum.")
    )
    min_length: Annotated[int | None, Ge(1)] = setting(
        None, mark("Length of the shortest contig; by default 2 k."), unit="bases"
    )
    memory_mb: Annotated[int, Ge(_MIN_MEMORY_MB)] = setting(
        1000, mark("Memory for counting k-mers; more goes to disk."), unit="MB"
    )
