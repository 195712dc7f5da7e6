"""The search by the plain recursion: for jobs shorter than the import of numba."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Protocol

from bioloom.errors import BadInput
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.sites.duplex import Duplex, fold_all
from bioloom.mirna.sites.hits import Hits, NumberedDuplex, hits_of
from bioloom.mirna.sites.structures import structures
from bioloom.seq.alphabet import SeqCodes

MAX_LENGTH = 60


class AnySearcher(Protocol):
    """A search: `PlainSearcher`, `Searcher`, or one of the other modes.

    Parameters
    ----------
    is_compiled
        Whether its sites mask one another and are drawn by the compiled kernel.
    """

    is_compiled: ClassVar[bool]

    def search(self, target: SeqCodes, *, threads: int = 1) -> Hits:
        """Sites on one target."""

    def search_all(
        self, targets: Iterable[SeqCodes], *, threads: int = 1
    ) -> Iterator[Hits]:
        """Sites on each target, in the order of the targets."""

    def duplexes(self, target: SeqCodes, hits: Hits) -> Iterator[Duplex]:
        """Structure of every site."""


class PythonSearcher(ABC):
    """What searchers without a compiled kernel share: they take target by target.

    Parameters
    ----------
    mirnas
        Base codes, 5'→3', uint8; 1 to 60 nt each.
    options
        Rules of the search; by default the one best site per target.

    Raises
    ------
    BadInput
        If a miRNA has no base or is longer than 60 nt.
    """

    is_compiled: ClassVar[bool] = False

    def __init__(
        self, mirnas: Sequence[SeqCodes], options: SearchOptions | None = None
    ) -> None:
        check_lengths(mirnas)
        self.mirnas = tuple(mirnas)
        self.options = options or SearchOptions()
        self.longest = max(map(len, self.mirnas))

    @abstractmethod
    def search(self, target: SeqCodes, *, threads: int = 1) -> Hits:
        """Sites on one target; in one thread, unless a compiled search is used."""

    @abstractmethod
    def duplexes(self, target: SeqCodes, hits: Hits) -> Iterator[Duplex]:
        """Structure of every site."""

    def search_all(
        self, targets: Iterable[SeqCodes], *, threads: int = 1
    ) -> Iterator[Hits]:
        """Sites on each target, in the order of the targets."""
        for target in targets:
            yield self.search(target, threads=threads)


class PlainSearcher(PythonSearcher):
    """Search of miRNAs on a few short targets; finds the same sites as `Searcher`."""

    def search(self, target: SeqCodes, *, threads: int = 1) -> Hits:
        """Sites on one target."""
        del threads
        numbered = [
            NumberedDuplex(number, duplex)
            for number, mirna in enumerate(self.mirnas)
            for duplex in fold_all(mirna, target, self.options)
        ]
        return hits_of(numbered, self.longest)

    def duplexes(self, target: SeqCodes, hits: Hits) -> Iterator[Duplex]:
        """Structure of every site."""
        yield from structures(hits, self.mirnas, target, self.options)


def check_lengths(mirnas: Sequence[SeqCodes]) -> None:
    """Refuse sequences that cannot be miRNAs.

    Raises
    ------
    BadInput
        If one has no base or is longer than 60 nt.
    """
    for number, mirna in enumerate(mirnas, 1):
        if not 0 < len(mirna) <= MAX_LENGTH:
            raise BadInput(
                where=f"miRNA {number}",
                found=f"{len(mirna)} nt",
                expected=f"1 to {MAX_LENGTH} nt",
                advice="Mature miRNAs have about 22 nt: are the files swapped?",
            )
