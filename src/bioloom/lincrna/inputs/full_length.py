"""Full-length long reads of each transcript, as the workflow counted them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from bioloom.run.output import open_text


def read_full_length(paths: Iterable[Path]) -> Mapping[str, int] | None:
    """Full-length reads by transcript_id, all samples together; None without samples.

    Parameters
    ----------
    paths
        What the step ``full-length`` wrote on each sample of long reads.
    """
    tables = [*paths]
    if not tables:
        return None
    counts: Counter[str] = Counter()
    for path in tables:
        with open_text(path) as stream:
            next(stream, "")
            for line in stream:
                name, n_reads = line.rstrip("\n").split("\t")
                counts[name] += int(n_reads)
    return counts
