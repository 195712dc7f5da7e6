"""The targets of a search: of a file, read again each time, or held in memory."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.inputs.oddities import RecordLog
from bioloom.mirna.inputs.records import Target, read_targets
from bioloom.run.output import open_bytes

Visit = Callable[[Target], None]


@dataclass(frozen=True, slots=True)
class Targets:
    """Targets that were read once and can be used.

    Parameters
    ----------
    read
        Gives the targets one after the other, as often as it is called.
    lengths
        Length of each, nt, in the order of the targets.
    """

    read: Callable[[], Iterator[Target]]
    lengths: NDArray[np.int64]

    def __iter__(self) -> Iterator[Target]:
        return self.read()

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def n_bases(self) -> int:
        """Bases of all targets together."""
        return int(self.lengths.sum())


def held_targets(records: Iterable[Target]) -> Targets:
    """Targets in memory."""
    held = tuple(records)
    lengths = np.array([len(target.codes) for target in held], dtype=np.int64)
    return Targets(lambda: iter(held), lengths)


@contextmanager
def targets_of_file(
    path: Path, log: RecordLog, visit: Visit | None = None
) -> Iterator[Targets]:
    """Targets of a file, which is read once to find its odd records.

    Parameters
    ----------
    path
        FASTA of any packing; what comes from a pipe ("-" is standard input) is copied
        to a temporary file, so that it can be read again.
    log
        Takes odd records, and tells of them.
    visit
        Called with each target of this first reading.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If no record can be used.
    """
    # "-" is standard input even if there is a file of that name
    if str(path) != "-" and (path.is_file() or not path.exists()):
        yield _surveyed(path, log, visit)
        return
    with TemporaryDirectory() as folder, open_bytes(path) as stream:
        copy = Path(folder, "standard_input" if str(path) == "-" else path.name)
        with copy.open("wb") as written:
            shutil.copyfileobj(stream, written)
        yield _surveyed(copy, log, visit)


def _surveyed(path: Path, log: RecordLog, visit: Visit | None) -> Targets:
    """Targets of a file that can be read again."""
    lengths = []
    for target in read_targets(path, log=log):
        lengths.append(len(target.codes))
        if visit is not None:
            visit(target)
    log.finish(str(path), len(lengths))
    return Targets(partial(read_targets, path), np.array(lengths, dtype=np.int64))
