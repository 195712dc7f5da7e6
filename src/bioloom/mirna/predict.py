"""From miRNAs and targets to sites with everything that is told of them."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.data import Mirna, Target
from bioloom.mirna.drawing import drawings
from bioloom.mirna.energetics import perfect_energies
from bioloom.mirna.evd import Law
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.ranking import scores
from bioloom.mirna.result import Prediction, Sites
from bioloom.mirna.search import Searcher
from bioloom.mirna.seeds import seed_matches
from bioloom.seq.alphabet import SeqCodes


def predict(
    mirnas: Sequence[Mirna],
    targets: Iterable[Target],
    options: SearchOptions | None = None,
    *,
    laws: Sequence[Law] | None = None,
    threads: int = 1,
) -> Prediction:
    """Sites of miRNAs on targets.

    Parameters
    ----------
    mirnas, targets
        What `read_mirnas` and `read_targets` give.
    options
        Rules of the search; by default the best site of each pair.
    laws
        Law of each miRNA's best energy, for p-values; None leaves them out.
    threads
        Processors; the result does not depend on it.
    """
    found = predicted(mirnas, targets, options, laws=laws, threads=threads)
    return Prediction(tuple(found))


def predicted(
    mirnas: Sequence[Mirna],
    targets: Iterable[Target],
    options: SearchOptions | None = None,
    *,
    laws: Sequence[Law] | None = None,
    threads: int = 1,
) -> Iterator[Sites]:
    """As `predict`, target by target."""
    options = options or SearchOptions()
    codes = [one.codes for one in mirnas]
    names = np.array([one.name for one in mirnas])
    table, lengths = padded(codes), np.array([len(one) for one in codes])
    perfect = perfect_energies(codes)
    known: deque[Target] = deque()
    found = Searcher(codes, options).search_all(_noted(targets, known), threads=threads)
    for hits in found:
        target = known.popleft()
        seeds = seed_matches(hits, table, target.codes)
        yield Sites(
            target=target.name,
            target_nt=len(target.codes),
            mirna_names=names,
            mirna_nt=lengths,
            perfect=perfect,
            hits=hits,
            seeds=seeds,
            lines=drawings(hits, table, lengths, target.codes),
            p=_p_values(hits.mirna, hits.mfe, len(target.codes), laws),
            score=scores(hits, seeds, (perfect, table), target.codes),
        )


def _noted(targets: Iterable[Target], known: deque[Target]) -> Iterator[SeqCodes]:
    """Codes of targets, which are kept until their sites are told."""
    for target in targets:
        known.append(target)
        yield target.codes


def padded(codes: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Codes as rows of one table, filled up with unknown bases."""
    table = np.full((len(codes), max(map(len, codes), default=8)), 4, dtype=np.uint8)
    for row, own in zip(table, codes, strict=True):
        row[: len(own)] = own
    return table


def _p_values(
    mirna: NDArray[np.int64],
    mfe: NDArray[np.float64],
    target_nt: int,
    laws: Sequence[Law] | None,
) -> NDArray[np.float64]:
    p = np.full(len(mfe), np.nan)
    if laws is not None:
        for number in np.unique(mirna).tolist():
            own = mirna == number
            p[own] = laws[number].p_value(mfe[own], target_nt)
    return p
