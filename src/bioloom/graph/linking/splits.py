"""Links that train, validate and test, without leaks between them.

A link is in one part only, whatever its direction and however often it is listed.
Links of pairs of types that are not scored are messages in every part.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bioloom.graph.errors import BadGraph
from bioloom.graph.linking.network import Links, TypedNetwork, TypePair

SplitKind = Literal["random", "cold", "ordered"]
LEAST_LINKS = 20
"""Pairs of types with fewer links are not scored."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingLinks:
    """All that training may see: no test link is in it.

    Parameters
    ----------
    context
        Links of pairs that are not scored: messages only.
    train, val
        Scored links that are learnt from, and that decide when to stop.
    cold_val
        Nodes that have no scored link but validation links, in a cold start.
    barred
        Nodes without a scored training link, in a cold start: they are no negatives
        in training, which would teach that they have none.
    """

    context: Links
    train: Links
    val: Links
    cold_val: NDArray[np.bool_] | None = None
    barred: NDArray[np.bool_] | None = None

    @property
    def messages(self) -> Links:
        """Links that messages run along when others are predicted."""
        return np.concatenate([self.context, self.train])


@dataclass(frozen=True, slots=True, eq=False)
class LinkSplit:
    """One split of a network's links.

    Parameters
    ----------
    kind
        "random", "cold" (node-disjoint) or "ordered" (by time or evidence).
    training
        What may be seen in training.
    test
        Links to be found.
    cold
        Nodes without any scored link but test links, bool, shape (n_nodes,); None
        except in a cold start.
    """

    kind: SplitKind
    training: TrainingLinks
    test: Links
    cold: NDArray[np.bool_] | None = None


def scored_pairs(
    network: TypedNetwork, words: tuple[str, ...] = ()
) -> tuple[TypePair, ...]:
    """The pairs of types whose links are predicted.

    Parameters
    ----------
    network
        The network.
    words
        Pairs such as ``"miRNA disease"``; empty takes all with at least 20 links.

    Raises
    ------
    UnknownName, BadGraph
        If a pair is not in the network or has too few links.
    """
    counts = network.counts()
    pairs = dict.fromkeys(network.pair_named(text) for text in words)
    chosen = tuple(pairs or (p for p, n in counts.items() if n >= LEAST_LINKS))
    for pair in chosen:
        if counts[pair] < LEAST_LINKS:
            raise _too_few(network, f"{counts[pair]} links of {pair}")
    if not chosen:
        raise _too_few(network, f"{len(network.links)} links")
    return chosen


def _too_few(network: TypedNetwork, found: str) -> BadGraph:
    return BadGraph(
        where=network.name,
        found=found,
        expected=f"at least {LEAST_LINKS} to train, validate and test",
        advice="Give more links, or score another pair of types.",
    )


def is_scored(
    network: TypedNetwork, links: Links, pairs: tuple[TypePair, ...]
) -> NDArray[np.bool_]:
    """Whether each link belongs to one of the pairs."""
    numbers = [network.pairs.index(pair) for pair in pairs]
    return np.isin(network.relations(links), numbers)


def random_split(
    network: TypedNetwork,
    pairs: tuple[TypePair, ...],
    *,
    share: float,
    rng: np.random.Generator,
) -> LinkSplit:
    """A share of each scored pair's links tests, and as many validate.

    Parameters
    ----------
    network, pairs
        The network, and the pairs that are scored.
    share
        Of the links.
    rng
        Draws them.
    """
    part = np.full(len(network.links), _CONTEXT)
    for members in _members(network, pairs):
        drawn = rng.permutation(members)
        part[drawn] = _parts(len(drawn), share)
    return _split("random", network, part)


def ordered_split(
    network: TypedNetwork, pairs: tuple[TypePair, ...], *, share: float
) -> LinkSplit:
    """The last links test, those just before validate, the earlier ones train.

    Parameters
    ----------
    network
        With an order of its links. Links of equal rank are in one part.
    pairs
        That are scored. Links of other pairs are messages only up to the last
        training rank.
    share
        Of the links that test, and that validate; at least this share where ranks are
        equal.

    Raises
    ------
    BadGraph
        If equal ranks leave no link to train, validate or test.
    """
    if network.order is None:
        raise BadGraph(
            where=network.name,
            found="no order of the links",
            expected="a column of times or ranks",
            advice="Name it with --split-by.",
        )
    scored = is_scored(network, network.links, pairs)
    ranks = np.sort(network.order[scored])
    n = max(1, round(share * len(ranks)))
    test_from = ranks[-n]
    earlier = ranks[ranks < test_from]
    val_from = earlier[-min(n, len(earlier))] if len(earlier) else test_from
    part = np.full(len(network.links), _TRAIN)
    part[network.order >= val_from] = _VAL
    part[network.order >= test_from] = _TEST
    split = _split("ordered", network, np.where(scored, part, _context(part)))
    if not len(split.training.train):
        raise BadGraph(
            where=network.name,
            found="too many links of equal rank",
            expected="earlier links to train on and later ones to test on",
            advice="Split by a column with more different values.",
        )
    return split


def _context(part: NDArray[np.int64]) -> NDArray[np.int64]:
    """Unscored links of the training time are messages; later ones are not used."""
    return np.where(part == _TRAIN, _CONTEXT, _UNUSED)


def cold_split(
    network: TypedNetwork,
    pairs: tuple[TypePair, ...],
    *,
    share: float,
    rng: np.random.Generator,
) -> LinkSplit:
    """All scored links of some nodes test, those of as many others validate.

    Parameters
    ----------
    network, pairs
        The network, and the pairs that are scored.
    share
        Of the linked nodes of the more numerous type of each pair. A test node keeps
        its links of pairs that are not scored.
    rng
        Draws the nodes.
    """
    cold, cold_val = (np.zeros(network.n_nodes, dtype=bool) for _ in range(2))
    for pair, members in zip(pairs, _members(network, pairs), strict=True):
        nodes = rng.permutation(_more_numerous(network, pair, network.links[members]))
        n = max(1, round(share * len(nodes)))
        cold[nodes[:n]] = True
        cold_val[nodes[n : 2 * n]] = True
    cold_val &= ~cold
    scored = is_scored(network, network.links, pairs)
    part = np.where(scored, _TRAIN, _CONTEXT)
    part[scored & cold_val[network.links].any(axis=1)] = _VAL
    part[scored & cold[network.links].any(axis=1)] = _TEST
    split = _split("cold", network, part)
    training = replace(split.training, cold_val=cold_val, barred=cold | cold_val)
    return replace(split, training=training, cold=cold)


def folds(
    links: Links, n_folds: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Numbers of the links of each part, drawn anew."""
    yield from np.array_split(rng.permutation(len(links)), min(n_folds, len(links)))


_CONTEXT, _TRAIN, _VAL, _TEST, _UNUSED = range(5)


def _members(
    network: TypedNetwork, pairs: tuple[TypePair, ...]
) -> list[NDArray[np.int64]]:
    """Numbers of the links of each pair."""
    relations = network.relations(network.links)
    return [np.flatnonzero(relations == network.pairs.index(pair)) for pair in pairs]


def _parts(n: int, share: float) -> NDArray[np.int64]:
    n_test = max(1, round(share * n))
    part = np.full(n, _TRAIN)
    part[:n_test], part[n_test : 2 * n_test] = _TEST, _VAL
    return part


def _more_numerous(
    network: TypedNetwork, pair: TypePair, links: Links
) -> NDArray[np.int64]:
    """Linked nodes of the type of a pair that has more of them."""
    nodes = np.unique(links)
    by_type = [
        nodes[network.types[nodes] == network.type_names.index(name)] for name in pair
    ]
    return max(by_type, key=len)


def _split(
    kind: SplitKind, network: TypedNetwork, part: NDArray[np.int64]
) -> LinkSplit:
    context, train, val, test = (
        network.links[part == number] for number in range(_UNUSED)
    )
    return LinkSplit(kind, TrainingLinks(context, train, val), test)
