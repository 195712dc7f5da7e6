"""FASTQ files to write: gzip, under their names once they are complete."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dnaio
from xopen import xopen

from bioloom.run.output import written_aside

PACKING_LEVEL = 1


@contextmanager
def fastq_writer(*paths: Path) -> Iterator["dnaio.interfaces.SingleEndWriter"]:
    """Writer of gzip FASTQ files that appear under their names when complete."""
    with ExitStack() as stack:
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
        asides = [stack.enter_context(written_aside(path)) for path in paths]
        streams = [
            stack.enter_context(
                xopen(aside, "wb", compresslevel=PACKING_LEVEL, format="gz", threads=0)
            )
            for aside in asides
        ]
        yield stack.enter_context(dnaio.open(*streams, mode="w", fileformat="fastq"))
