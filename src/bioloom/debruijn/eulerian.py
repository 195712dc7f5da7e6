"""A walk through a component that takes each unitig as often as its coverage says.

The walk is taken only where it is the one that spells its sequence: all walks come from
one by exchanging two parts between the same nodes or reversing one between a node and
its opposite (Pevzner 1995), so that it is enough to look at repeated nodes.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from bioloom.debruijn.cleaning import usual_coverage
from bioloom.debruijn.unitigs import UnitigGraph

MOST_UNITIGS = 2000
MOST_REPEATED = 60  # nodes met more than once, of which all pairs are looked at


@dataclass(frozen=True, slots=True)
class EulerWalk:
    """An Eulerian walk.

    Parameters
    ----------
    path
        Oriented unitigs: 2 u as it stands, 2 u + 1 its reverse complement.
    is_circle
        Whether it ends where it began.
    is_only
        Whether no other walk spells another sequence.
    """

    path: tuple[int, ...]
    is_circle: bool
    is_only: bool


def eulerian_walk(graph: UnitigGraph, unitigs: Sequence[int]) -> EulerWalk | None:
    """The Eulerian walk of a component; None where there is none.

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
    return EulerWalk(tuple(path), is_circle, _is_only(graph, path, is_circle))


def _starts(graph: UnitigGraph, left: Counter[int]) -> tuple[int, ...] | None:
    """Nodes where a walk may begin and end, one for a circle; None without a walk."""
    surplus: Counter[int] = Counter()
    for unitig, times in left.items():
        for node in graph.sources[2 * unitig : 2 * unitig + 2].tolist():
            surplus[node] += times
    odd: list[int] = []
    for node in sorted({one >> 1 for one in surplus}):
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
    """A walk that takes each unitig so often; None if it reaches not all."""
    total = left.total()
    leaving: dict[int, list[int]] = defaultdict(list)
    for unitig in left:
        for oriented in (2 * unitig, 2 * unitig + 1):
            leaving[int(graph.sources[oriented])].append(oriented)
    stack: list[tuple[int, int]] = [(start, -1)]
    path: list[int] = []
    while stack:
        node, by = stack[-1]
        ways = leaving[node]
        while ways and left[ways[-1] >> 1] == 0:
            ways.pop()
        if ways:
            left[ways[-1] >> 1] -= 1
            stack.append((int(graph.targets[ways[-1]]), ways[-1]))
        else:
            stack.pop()
            path.append(by)
    path = path[::-1][1:]
    joined = all(
        graph.targets[one] == graph.sources[two]
        for one, two in zip(path, path[1:], strict=False)
    )
    return path if len(path) == total and joined else None


def _is_only(graph: UnitigGraph, path: list[int], is_circle: bool) -> bool:  # noqa: FBT001
    """Whether exchanges and reversals of its parts change nothing."""
    nodes = [int(graph.sources[one]) for one in path]
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
            _interleave(closed, places[one], places[two])
            for one, two in combinations(repeated, 2)
        )
        and not any(_reverses(graph, closed, places, node) for node in places)
    )


def _part(closed: list[int], begin: int, end: int) -> tuple[int, ...]:
    """Unitigs between two places of a cycle."""
    if begin < end:
        return tuple(closed[begin:end])
    return tuple(closed[begin:] + closed[:end])


def _parts_are_equal(closed: list[int], where: list[int]) -> bool:
    """Whether the parts between visits of one node can change places unseen."""
    if len(where) < 3:
        return True
    ends = [*where[1:], where[0]]
    parts = Counter(
        _part(closed, begin, end) for begin, end in zip(where, ends, strict=True)
    )
    return parts.most_common(1)[0][1] >= len(where) - 1


def _interleave(closed: list[int], one: list[int], two: list[int]) -> bool:
    """Whether two nodes follow each other twice, by different parts."""
    for a, c in combinations(one, 2):
        inside = [place for place in two if a < place < c]
        outside = [place for place in two if place < a or place > c]
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
    """Whether a part between a node and its opposite can be reversed and is another."""
    opposite = node if graph.is_own[node >> 1] else node ^ 1
    for a in places[node]:
        for b in places.get(opposite, []):
            if a == b:
                continue
            parts = (_part(closed, a, b), _part(closed, b, a))
            if all(part != tuple(x ^ 1 for x in reversed(part)) for part in parts):
                return True
    return False
