"""A walk through a component that uses each unitig as often as its coverage implies.

The walk is used only if no other walk spells another sequence: all walks follow from
one by exchanging two parts between the same nodes or reversing one between a node and
its reverse complement (Pevzner 1995), so that it is enough to check repeated nodes.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import NamedTuple

from bioloom.debruijn.graphs.cleaning import usual_coverage
from bioloom.debruijn.graphs.unitigs import UnitigGraph

MOST_UNITIGS = 2000
MOST_REPEATED = 60  # nodes visited more than once, of which all pairs are checked


@dataclass(frozen=True, slots=True)
class EulerWalk:
    """An Eulerian walk.

    Parameters
    ----------
    path
        Oriented unitigs: 2 u is unitig u, 2 u + 1 its reverse complement.
    is_circle
        Whether it ends where it began.
    is_unique
        Whether no other walk spells another sequence.
    """

    path: tuple[int, ...]
    is_circle: bool
    is_unique: bool


class _Arrival(NamedTuple):
    """A node, and the oriented unitig that leads to it; -1 at the start."""

    node: int
    by: int


def eulerian_walk(graph: UnitigGraph, unitigs: Sequence[int]) -> EulerWalk | None:
    """The Eulerian walk of a component; None if there is none.

    Parameters
    ----------
    graph
        The cleaned graph.
    unitigs
        Those of one component.

    References
    ----------
    Pevzner P.A. (1995) DNA physical mapping and alternating Eulerian cycles in colored
    graphs. Algorithmica 13:77. doi:10.1007/BF01188582
    """
    if len(unitigs) > MOST_UNITIGS:
        return None
    left = Counter(dict.fromkeys(unitigs, 1))
    usual = usual_coverage(graph)
    for unitig in unitigs:
        left[unitig] = max(1, round(graph.coverage[unitig] / usual))
    starts = _starts(graph, left)
    if starts is None:
        return None
    path = _hierholzer(graph, left, starts[0])
    if path is None:
        return None
    is_circle = len(starts) == 1
    is_unique = _is_unique(graph, path, is_circle=is_circle)
    return EulerWalk(tuple(path), is_circle, is_unique)


def _starts(graph: UnitigGraph, left: Counter[int]) -> tuple[int, ...] | None:
    """Nodes where a walk may begin and end, one for a circle; None without a walk."""
    surplus: Counter[int] = Counter()
    for unitig, times in left.items():
        for node in graph.sources[2 * unitig : 2 * unitig + 2].tolist():
            surplus[node] += times
    odd: list[int] = []
    for node in sorted({oriented >> 1 for oriented in surplus}):
        begin = 2 * node
        if graph.is_own[node]:
            odd += [begin] * (surplus[begin] % 2)
            continue
        difference = surplus[begin] - surplus[begin + 1]
        odd += [begin if difference > 0 else begin + 1] * abs(difference)
    if len(odd) == 2:
        return tuple(odd)
    first = next(iter(left))
    return (int(graph.sources[2 * first]),) if not odd else None


def _hierholzer(graph: UnitigGraph, left: Counter[int], start: int) -> list[int] | None:
    """A walk that uses each unitig this often; None if it does not reach all."""
    total = left.total()
    leaving: dict[int, list[int]] = defaultdict(list)
    for unitig in left:
        for oriented in (2 * unitig, 2 * unitig + 1):
            leaving[int(graph.sources[oriented])].append(oriented)
    stack = [_Arrival(start, -1)]
    path: list[int] = []
    while stack:
        node, by = stack[-1]
        exits = leaving[node]
        while exits and left[exits[-1] >> 1] == 0:
            exits.pop()
        if exits:
            left[exits[-1] >> 1] -= 1
            stack.append(_Arrival(int(graph.targets[exits[-1]]), exits[-1]))
        else:
            stack.pop()
            path.append(by)
    path = path[::-1][1:]
    joined = all(
        graph.targets[before] == graph.sources[after]
        for before, after in pairwise(path)
    )
    return path if len(path) == total and joined else None


def _is_unique(graph: UnitigGraph, path: list[int], *, is_circle: bool) -> bool:
    """Whether exchanges and reversals of parts of a walk change nothing."""
    nodes = [int(graph.sources[oriented]) for oriented in path]
    closed = [*path] if is_circle else [*path, -1]
    if not is_circle:
        nodes.append(int(graph.targets[path[-1]]))
    places: dict[int, list[int]] = defaultdict(list)
    for place, node in enumerate(nodes):
        places[node].append(place)
    repeated = [node for node, where in places.items() if len(where) > 1]
    if len(repeated) > MOST_REPEATED:
        return False
    return (
        all(_parts_are_equal(closed, places[node]) for node in repeated)
        and not any(
            _interleave(closed, places[first], places[second])
            for first, second in combinations(repeated, 2)
        )
        and not any(_reverses(graph, closed, places, node) for node in places)
    )


def _part(closed: list[int], begin: int, end: int) -> tuple[int, ...]:
    """Unitigs between two places of a cycle."""
    if begin < end:
        return tuple(closed[begin:end])
    return tuple(closed[begin:] + closed[:end])


def _parts_are_equal(closed: list[int], where: list[int]) -> bool:
    """Whether exchanging the parts between visits of one node changes nothing."""
    if len(where) < 3:
        return True
    ends = [*where[1:], where[0]]
    parts = Counter(
        _part(closed, begin, end) for begin, end in zip(where, ends, strict=True)
    )
    return parts.most_common(1)[0][1] >= len(where) - 1


def _interleave(closed: list[int], first: list[int], second: list[int]) -> bool:
    """Whether visits of two nodes alternate, with different parts between them."""
    for a, c in combinations(first, 2):
        inside = [place for place in second if a < place < c]
        outside = [place for place in second if place < a or place > c]
        for b in inside:
            for d in outside:
                same = _part(closed, a, b) == _part(closed, c, d)
                same = same or _part(closed, b, c) == _part(closed, d, a)
                if not same:
                    return True
    return False


def _reverses(
    graph: UnitigGraph, closed: list[int], places: dict[int, list[int]], node: int
) -> bool:
    """Whether reversing a part between a node and its reverse complement changes it."""
    opposite = node if graph.is_own[node >> 1] else node ^ 1
    for a in places[node]:
        for b in places.get(opposite, []):
            if a == b:
                continue
            parts = (_part(closed, a, b), _part(closed, b, a))
            if all(part != tuple(x ^ 1 for x in reversed(part)) for part in parts):
                return True
    return False
