"""Settings of graphs and assemblies, each written once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le

from bioloom.run.language import mark
from bioloom.run.settings import setting

LEAST_K, MOST_K = 3, 127
_MIN_MEMORY_MB = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSettings:
    """How to build the graph of reads."""

    k: Annotated[int, Ge(LEAST_K), Le(MOST_K)] = setting(
        31, mark("Length of a k-mer, an odd number.")
    )
    min_count: Annotated[int, Ge(1)] = setting(
        2, mark("Leave out k-mers with a lower count; 1 for genomes.")
    )
    max_count: Annotated[int | None, Ge(1)] = setting(
        None,
        mark("Leave out k-mers with a higher count, as in repeats; by default, none."),
    )
    memory_mb: Annotated[int, Ge(_MIN_MEMORY_MB)] = setting(
        1000, mark("Memory for counting k-mers, in MB; more goes to disk.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblySettings:
    """How to assemble reads."""

    k: Annotated[int, Ge(LEAST_K), Le(MOST_K)] = setting(
        31, mark("Length of a k-mer, an odd number.")
    )
    min_count: Annotated[int | None, Ge(1)] = setting(
        None,
        mark(
            "Leave out k-mers with a lower count; by default, the limit is "
            "read from the spectrum."
        ),
    )
    min_length: Annotated[int | None, Ge(1)] = setting(
        None, mark("Length of the shortest contig, in bases; by default 2 k.")
    )
    memory_mb: Annotated[int, Ge(_MIN_MEMORY_MB)] = setting(
        1000, mark("Memory for counting k-mers, in MB; more goes to disk.")
    )
