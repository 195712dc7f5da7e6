"""From miRNAs and targets to sites with everything that is told of them."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.chance.evd import Law
from bioloom.mirna.inputs.records import Mirna, Target
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.output.result import Prediction, Sites
from bioloom.mirna.search.choose import searcher_for
from bioloom.mirna.search.plain import AnySearcher, PlainSearcher
from bioloom.mirna.sites.duplex import perfect_mfe
from bioloom.mirna.sites.hits import Hits, padded
from bioloom.mirna.sites.ranking import scores
from bioloom.mirna.sites.seeds import seed_matches
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
    target_nt: int | None = None,
) -> Iterator[Sites]:
    """As `predict`, target by target.

    With `target_nt`, bases of all targets at most, a small job is done without the
    compiled search, which takes longer to load.
    """
    options = options or SearchOptions()
    codes = [one.codes for one in mirnas]
    names = np.array([one.name for one in mirnas])
    table, lengths = padded(codes), np.array([len(one) for one in codes])
    searcher = searcher_for(codes, options, target_nt=target_nt)
    perfect = _perfect(searcher, codes)
    known: deque[Target] = deque()
    for hits in searcher.search_all(_noted(targets, known), threads=threads):
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
            lines=_lines(searcher, hits, (table, lengths), target.codes),
            p=_p_values(hits.mirna, hits.mfe, len(target.codes), laws),
            score=scores(hits, seeds, (perfect, table), target.codes),
        )


def _perfect(searcher: AnySearcher, codes: Sequence[SeqCodes]) -> NDArray[np.int64]:
    if isinstance(searcher, PlainSearcher):
        units = [round(100 * perfect_mfe(one)) for one in codes]
        return np.minimum(np.array(units, dtype=np.int64), -1)
    from bioloom.mirna.search.best_energies import perfect_energies  # imports numba

    return perfect_energies(codes)


def _lines(
    searcher: AnySearcher,
    hits: Hits,
    mirnas: tuple[NDArray[np.uint8], NDArray[np.int64]],
    target: SeqCodes,
) -> NDArray[np.str_]:
    if isinstance(searcher, PlainSearcher):
        drawn = [one.lines for one in searcher.duplexes(target, hits)]
        return np.array(drawn, dtype=np.str_).reshape(-1, 4)
    from bioloom.mirna.sites.alignment import drawings  # imports numba

    return drawings(hits, *mirnas, target)


def _noted(targets: Iterable[Target], known: deque[Target]) -> Iterator[SeqCodes]:
    """Codes of targets, which are kept until their sites are told."""
    for target in targets:
        known.append(target)
        yield target.codes


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
