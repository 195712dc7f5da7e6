"""lincRNA: from RNA-seq reads, or from any assembly, to lincRNA candidates.

A transcript is a candidate if it overlaps no protein-coding gene, lies far enough from
one, is longer than 200 nt, has no ORF of 100 amino acids, no coding potential, is no
housekeeping ncRNA and holds no known protein domain; and if no isoform of its locus
fails for coding.

`score` asks only for coding potential, of the transcripts of a FASTA file.

Inputs: a genome (FASTA), an annotation (GTF or GFF3), an assembly (GTF, GFF3, BED12) or
reads (FASTQ), optionally profile HMMs. Outputs: candidates (GTF, BED12, FASTA), a table
of every transcript with every criterion, the attrition, a report.

References
----------
Cabili M.N. et al. (2011) Genes Dev 25:1915. doi:10.1101/gad.17446611
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioloom.lincrna.api import compare as compare
    from bioloom.lincrna.api import demo as demo
    from bioloom.lincrna.api import explain as explain
    from bioloom.lincrna.api import filter as filter
    from bioloom.lincrna.api import init as init
    from bioloom.lincrna.api import inspect as inspect
    from bioloom.lincrna.api import mark as mark
    from bioloom.lincrna.api import run as run
    from bioloom.lincrna.api import schema as schema
    from bioloom.lincrna.api import score as score
    from bioloom.lincrna.api import train as train

__all__ = [
    "compare",
    "demo",
    "explain",
    "filter",
    "init",
    "inspect",
    "mark",
    "run",
    "schema",
    "score",
    "train",
]


def __getattr__(name: str) -> Any:
    """Import the API when it is first used (PEP 562)."""
    from bioloom.run.lazy import public

    return public(__name__, name, __all__)


def __dir__() -> list[str]:
    """The public functions."""
    return sorted(__all__)
