"""Search on circular targets: sites may lie across the junction.

Positions count from the first base of the sequence; a site across the junction ends
beyond the target's length, where the circle begins again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bioloom.mirna.options import MAX_LOOP, SearchOptions
from bioloom.mirna.search.plain import AnySearcher, PythonSearcher
from bioloom.mirna.sites.duplex import Duplex
from bioloom.mirna.sites.hits import Hits, hits_of, joined
from bioloom.mirna.sites.structures import structures
from bioloom.seq.alphabet import SeqCodes


def unrolled(target: SeqCodes, longest_mirna: int) -> SeqCodes:
    """A circle as a line on which every site across the junction lies whole.

    Parameters
    ----------
    target
        Base codes of the circle from its junction on.
    longest_mirna
        nt.

    Returns
    -------
    The target, and behind it its beginning once more, as far as a site can reach.
    """
    reach = 1 + (longest_mirna - 1) * (MAX_LOOP + 1)
    return np.concatenate([target, target[: min(reach, len(target) - 1)]])


class CircularSearcher(PythonSearcher):
    """Search of miRNAs on circles; sites and their order are as for a line.

    The best site of a miRNA is that on the unrolled circle. Further ones lie on the
    circle cut open where that site is, since sites do not overlap.
    """

    def __init__(self, mirnas: Sequence[SeqCodes], options: SearchOptions) -> None:
        super().__init__(mirnas, options)
        self._best = self._linear(self.mirnas, 1)

    def _linear(self, mirnas: Sequence[SeqCodes], top: int | None) -> AnySearcher:
        rules = replace(self.options, top=top, circular=False)
        if rules.all_seed_matches:
            from bioloom.mirna.search.seed_matches import SeedMatchSearcher

            return SeedMatchSearcher(mirnas, replace(rules, top=None))
        from bioloom.mirna.search.searcher import Searcher  # imports numba

        return Searcher(mirnas, rules)

    def search(self, target: SeqCodes, *, threads: int = 1) -> Hits:
        """Sites on one circle."""
        if self.options.all_seed_matches:
            return self._seed_matches(target)
        line = unrolled(target, self.longest)
        best = self._best.search(line, threads=threads)
        sites = [self._sites_of(target, best.of(k)) for k in range(len(self.mirnas))]
        return joined(sites)

    def duplexes(self, target: SeqCodes, hits: Hits) -> Iterator[Duplex]:
        """Structure of every site, in the positions of the unrolled circle."""
        line = unrolled(target, self.longest)
        if self.options.all_seed_matches:
            yield from self._best.duplexes(line, hits)
        else:
            yield from structures(hits, self.mirnas, line, self.options)

    def _sites_of(self, target: SeqCodes, best: Hits) -> Hits:
        """The sites of one miRNA, whose best site on the unrolled circle is known."""
        n = len(target)
        if len(best) and best.end[0] - best.start[0] > n:
            best = self._best_of_turns(target, int(best.mirna[0]))
        if not len(best) or self.options.top == 1:
            return _on_circle(best, n)
        number, top = int(best.mirna[0]), self.options.top
        begin, end = int(best.start[0]), int(best.end[0])
        rest = np.concatenate([target, target])[end % n : end % n + n - (end - begin)]
        if not len(rest):
            return _on_circle(best, n)
        line = self._linear([self.mirnas[number]], None if top is None else top - 1)
        more = _moved(line.search(rest), end % n)
        numbered = replace(more, mirna=np.full(len(more), number))
        return _on_circle(joined([best, numbered]), n)

    def _best_of_turns(self, target: SeqCodes, number: int) -> Hits:
        """Best site on a circle so small that a duplex could run round it twice."""
        alone = self._linear([self.mirnas[number]], 1)
        turns = [
            _moved(alone.search(np.roll(target, -first)), first)
            for first in range(len(target))
        ]
        best = min((turn for turn in turns if len(turn)), key=_energy, default=None)
        if best is None:
            return hits_of([], self.longest)
        return replace(best, mirna=np.full(1, number))

    def _seed_matches(self, target: SeqCodes) -> Hits:
        """Every seed match, once: in the middle one of three turns of the circle."""
        n = len(target)
        hits = self._best.search(np.concatenate([target, target, target]))
        base_2 = hits.partners[:, 1]
        anchor = np.where(base_2 < 0, hits.partners[:, 2] + 1, base_2)
        rows = (n <= anchor) & (anchor < 2 * n) & (hits.end - hits.start <= n)
        chosen = _on_circle(hits.rows(rows), n)
        return chosen if self.options.top is None else chosen.first(self.options.top)


def _energy(hits: Hits) -> int:
    return int(hits.units[0])


def _moved(hits: Hits, by: int | np.ndarray) -> Hits:
    """The same sites so many bases further on the target."""
    shift = np.broadcast_to(by, len(hits))
    partners = np.where(hits.partners < 0, -1, hits.partners + shift[:, None])
    return replace(
        hits, start=hits.start + shift, end=hits.end + shift, partners=partners
    )


def _on_circle(hits: Hits, n: int) -> Hits:
    """Sites that begin within the circle's length."""
    return _moved(hits, hits.start % n - hits.start)
