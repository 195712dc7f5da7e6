"""Choice of the faster search: compiled, or plain for small jobs."""

from collections.abc import Sequence

from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.plain import AnySearcher, PlainSearcher
from bioloom.seq.alphabet import SeqCodes

# nt of target x miRNAs x searches (one per site) that take as long as importing numba
SMALL_JOB_NT = 8_000


def searcher_for(
    mirnas: Sequence[SeqCodes],
    options: SearchOptions | None = None,
    *,
    target_nt: int | None,
) -> AnySearcher:
    """The searcher that finishes first.

    Parameters
    ----------
    mirnas, options
        As for `Searcher`.
    target_nt
        Length of all targets together; None if it is not known or large.
    """
    if options and options.plant:
        from bioloom.mirna.search.plant import PlantSearcher

        return PlantSearcher(mirnas, options)
    if options and options.circular:
        from bioloom.mirna.search.circular import CircularSearcher

        return CircularSearcher(mirnas, options)
    if options and options.all_seed_matches:
        from bioloom.mirna.search.seed_matches import SeedMatchSearcher

        return SeedMatchSearcher(mirnas, options)
    n_searches = (options.top if options else 1) or SMALL_JOB_NT
    if target_nt is not None and target_nt * len(mirnas) * n_searches <= SMALL_JOB_NT:
        return PlainSearcher(mirnas, options)
    from bioloom.mirna.search.searcher import Searcher  # imports numba

    return Searcher(mirnas, options)
