"""A few miRNAs of the fly and two targets, to try the room with.

The miRNAs are miRBase's (release 22, public domain), the 3'UTR of *hid* is EMBL's
U31226, the sponge is made up.
"""

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from bioloom.run.output import write_text


class DemoFiles(NamedTuple):
    """miRNAs and targets, as FASTA."""

    mirnas: Path
    targets: Path


def write_demo_files(folder: Path) -> DemoFiles:
    """Write the example's two FASTA files into a folder, which is made."""
    written = DemoFiles(folder / "mirnas.fa", folder / "targets.fa")
    for path in written:
        write_text(path, files(__name__).joinpath(path.name).read_text("utf-8"))
    return written
