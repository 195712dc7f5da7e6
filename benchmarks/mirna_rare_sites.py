"""How rare strong sites are on random targets, by importance sampling.

Random targets with a strong site are too rare to be met by chance. So a duplex is drawn
from the Boltzmann ensemble of all duplexes of a miRNA with random targets, at inverse
temperature b, and its target side planted at a random place of a random target. Such a
target T is drawn with the probability P(T) Z_T / Z, where Z_T is the Boltzmann sum of
all duplexes on T and Z its expectation over random targets, so that

    P(best strength >= x) = E[ 1(best strength of T >= x) Z / Z_T ]

over planted targets: exact for any b, and precise where b fits x.

`mirna_surface.py` trains on it and `mirna_pvalues.py` checks p-values far out with it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.chance.annealed import Chain
from bioloom.mirna.energy.turner import turner1999
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.best_energies import best_energies
from bioloom.run.jit import kernel

Floats = NDArray[np.float64]
# longest loop of a planted duplex; the best duplex may have any
PLANTED_LOOP = 5


class Planted(NamedTuple):
    """Best strength of each planted target, kcal/mol, and its weight Z / Z_T."""

    strength: Floats
    weight: Floats
    log_sum: float  # ln Z per base, before the length of targets limits it

    def chance(self, x: float) -> float:
        """P(best strength >= x) of a random target."""
        return float(((self.strength >= x - 1e-9) * self.weight).mean())

    def chance_error(self, x: float) -> float:
        """Its standard error."""
        each = (self.strength >= x - 1e-9) * self.weight
        return float(each.std() / np.sqrt(len(each)))


# where each table starts in one flat array; their indices are numbers in base 5
_NAMES = ("pairs", "stack", "mismatch", "dangle3", "dangle5", "int11", "int12", "int21")
_SIZES = (25, 625, 625, 125, 125, 5**6, 5**7, 5**7, 5**8, 31, 31, 16)
_STARTS = np.cumsum((0, *_SIZES)).tolist()
PAIRS, STACK, MISMATCH, DANGLE3, DANGLE5, INT11, INT12, INT21 = _STARTS[:8]
INT22, BULGE, INTERIOR, ASYMMETRY, END = _STARTS[8:]


def _weights(inverse_temperature: float) -> Floats:
    """exp(b x) of every energy in one array."""
    e = turner1999()
    names = (*_NAMES[1:], "int22", "bulge", "interior", "asymmetry")
    units = np.concatenate([getattr(e, name).ravel() for name in names])
    weights = np.exp(units * (-inverse_temperature / 100))
    return np.concatenate([e.pairs.ravel().astype(float), weights])


class Rules(NamedTuple):
    """Rules of a search as numbers; helix rows count from the miRNA's 3' end."""

    first: int
    last: int
    allow_gu: bool
    max_loop: int
    max_bulge: int


def plant(
    mirna: NDArray[np.uint8],
    chain: Chain,
    inverse_temperature: float,
    options: SearchOptions,
    *,
    target_nt: int,
    n: int,
    rng_seed: int,
) -> Planted:
    """Random targets of one length with a planted duplex.

    Parameters
    ----------
    mirna
        Base codes, 5'→3'.
    chain
        Of random targets.
    inverse_temperature
        b, per kcal/mol.
    options
        Rules of the search.
    target_nt, n
        Length of the targets, and how many.
    rng_seed
        Of the random numbers.
    """
    helix = options.helix_rows(len(mirna)) or (99, -1)
    rules = Rules(*helix, options.allow_gu, PLANTED_LOOP, PLANTED_LOOP)
    targets, weight, log_sum = _plant(
        np.append(mirna[::-1], 4).astype(np.int64),
        chain.transitions,
        chain.stationary,
        rules,
        _weights(inverse_temperature),
        target_nt,
        n,
        np.random.default_rng(rng_seed),
    )
    strength = -best_energies([mirna], list(targets), options)[:, 0] / 100
    return Planted(strength, weight, log_sum)


@kernel
def _pairs(w, rules, t, q, j):
    if w[PAIRS + 5 * t + q] == 0:
        return False
    in_helix = rules.first <= j <= rules.last
    return rules.allow_gu or not in_helix or t + q == 3


@kernel
def _is_free(rules, j, inner):
    return rules.last < 0 or inner <= rules.first or j >= rules.last


@kernel
def _loop(w, t, i, q, j, a, b):
    """Weight of a move between bases of a target."""
    t0, q0, t1, q1 = t[i], q[j], t[i + 1 + a], q[j + 1 + b]
    outer, inner = 5 * t0 + q0, 5 * t1 + q1
    if a == 0 or b == 0:
        bulge = w[BULGE + a + b] if a + b > 0 else 1.0
        return bulge * (w[STACK + 25 * outer + inner] if a + b < 2 else 1.0)
    if a <= 2 and b <= 2:
        if a == 1 and b == 1:
            return w[INT11 + 25 * (25 * outer + 5 * t[i + 1] + q[j + 1]) + inner]
        if a == 1:
            unpaired = 25 * t[i + 1] + 5 * q[j + 1] + q[j + 2]
            return w[INT12 + 25 * (125 * outer + unpaired) + inner]
        if b == 1:
            unpaired = 25 * t[i + 1] + 5 * t[i + 2] + q[j + 1]
            return w[INT21 + 25 * (125 * outer + unpaired) + inner]
        unpaired = 125 * t[i + 1] + 25 * t[i + 2] + 5 * q[j + 1] + q[j + 2]
        return w[INT22 + 25 * (625 * outer + unpaired) + inner]
    return (
        w[MISMATCH + 125 * q1 + 25 * q[j + b] + 5 * t[i + a] + t1]
        * w[INTERIOR + a + b]
        * w[ASYMMETRY + abs(a - b)]
        * w[MISMATCH + 125 * t0 + 25 * t[i + 1] + 5 * q[j + 1] + q0]
    )


@kernel
def _inside(w, t0, after, q, j):
    """Weight of the bases that dangle inside of the last pair."""
    target = w[DANGLE3 + 25 * q[j] + 5 * t0 + after]
    return target * w[DANGLE5 + 25 * q[j + 1] + 5 * q[j] + t0]


@kernel
def _outside(w, before, t0, q, j):
    """Weight of the bases that dangle outside of the first pair."""
    beyond = q[j - 1] if j > 0 else 4
    mirna = w[DANGLE3 + 25 * t0 + 5 * q[j] + beyond]
    return mirna * w[DANGLE5 + 25 * before + 5 * t0 + q[j]]


@kernel
def _sum(t, q, rules, w):
    """Boltzmann sum of a target, whose first and last base only dangle."""
    n, m = len(t) - 2, len(q) - 1
    longest = max(rules.max_loop, rules.max_bulge)
    sums = np.zeros((n + 2, m))
    total = 0.0
    for i in range(n, 0, -1):
        for j in range(m - 1, -1, -1):
            if not _pairs(w, rules, t[i], q[j], j):
                continue
            z = 0.0
            if rules.last < 0 or j >= rules.last:
                z = _inside(w, t[i], t[i + 1], q, j)
            for a in range(min(longest, n - 1 - i) + 1):
                for b in range(min(longest, m - 2 - j) + 1):
                    there = sums[i + 1 + a, j + 1 + b]
                    if there == 0 or (a + b > 0 and not _is_free(rules, j, j + 1 + b)):
                        continue
                    z += _loop(w, t, i, q, j, a, b) * there
            sums[i, j] = z
            if z > 0 and (rules.last < 0 or j <= rules.first):
                total += z * _outside(w, t[i - 1], t[i], q, j)
    return total


@kernel
def _chosen(weights, rng):
    """Index drawn in proportion to weights."""
    left = rng.random() * weights.sum()
    for k in range(len(weights)):
        left -= weights[k]
        if left < 0:
            return k
    return np.flatnonzero(weights)[-1]


@kernel
def _between(t, first, last, powers, rng):
    """Fill in the target between two known bases."""
    for k in range(first + 1, last):
        weights = powers[1][t[k - 1]] * powers[last - k][:, t[last]]
        t[k] = _chosen(weights, rng)


@kernel
def _move_weights(t0, j, q, rules, w, powers, onward):
    """Weights of all moves from a pair: [b, a, inner base], and after summing out."""
    m = len(q) - 1
    longest = max(rules.max_loop, rules.max_bulge)
    weights = np.zeros((longest + 1, longest + 1, 4))
    t = np.zeros(longest + 3, dtype=np.int64)
    t[0] = t0
    for b in range(min(longest, m - 2 - j) + 1):
        free = _is_free(rules, j, j + 1 + b)
        for a in range(longest + 1):
            if a + b > 0 and not free:
                continue
            for t1 in range(4):
                if onward[j + 1 + b, t1] == 0:
                    continue
                t[a + 1] = t1
                weight = 0.0
                for u in range(4 if a > 0 and b > 0 else 1):
                    for v in range(4 if a > 1 and b > 0 else 1):
                        path = powers[a + 1][t0, t1]
                        if a == 1 and b > 0:
                            path = powers[1][t0, u] * powers[1][u, t1]
                            t[1] = u
                        elif a > 1 and b > 0:
                            path = powers[1][t0, u] * powers[a - 1][u, v]
                            path *= powers[1][v, t1]
                            t[1], t[a] = u, v
                        weight += path * _loop(w, t, 0, q, j, a, b)
                weights[b, a, t1] = weight * onward[j + 1 + b, t1]
    return weights


@kernel
def _loop_bases(t, i, q, j, a, b, w, powers, rng):
    """Draw the unpaired bases of a loop whose closing pairs are known."""
    if b == 0 or a == 0:
        _between(t, i, i + 1 + a, powers, rng)
        return
    weights = np.zeros(16)
    t0, t1 = t[i], t[i + 1 + a]
    for u in range(4):
        for v in range(4 if a > 1 else 1):
            t[i + 1] = u
            path = powers[1][t0, u]
            if a > 1:
                t[i + a] = v
                path *= powers[a - 1][u, v] * powers[1][v, t1]
            else:
                path *= powers[1][u, t1]
            weights[4 * u + v] = path * _loop(w, t, i, q, j, a, b)
    chosen = _chosen(weights, rng)
    t[i + 1] = chosen // 4
    if a > 1:
        t[i + a] = chosen % 4
        _between(t, i + 1, i + a, powers, rng)


@kernel
def _ensemble(q, p, stationary, rules, w, powers):
    """Weights of the ways on from each pair, and of the first pairs.

    Way 0 is the end; the others are the moves of `_move_weights`. First pairs are told
    by miRNA base, target base and the base before it.
    """
    m, longest = len(q) - 1, len(powers) - 2
    onward = np.zeros((m, 4))
    ways = np.zeros((m, 4, 1 + (longest + 1) ** 2 * 4))
    starts = np.zeros((m, 4, 4))
    for j in range(m - 1, -1, -1):
        for t0 in range(4):
            if not _pairs(w, rules, t0, q[j], j):
                continue
            if rules.last < 0 or j >= rules.last:
                for x in range(4):
                    ways[j, t0, 0] += p[t0, x] * _inside(w, t0, x, q, j)
            moves = _move_weights(t0, j, q, rules, w, powers, onward)
            ways[j, t0, 1:] = moves.ravel()
            onward[j, t0] = ways[j, t0].sum()
            if rules.last < 0 or j <= rules.first:
                for y in range(4):
                    frequency = stationary[y] * p[y, t0]
                    starts[j, t0, y] = frequency * _outside(w, y, t0, q, j)
                    starts[j, t0, y] *= onward[j, t0]
    return ways, starts


@kernel
def _draw_site(site, q, p, w, powers, ways, starts, rng):
    """Draw a duplex and the target bases of it; return how many it spans.

    The base before it is the first of `site`, and the one after it follows it.
    """
    longest = len(powers) - 2
    start = _chosen(starts.ravel(), rng)
    j, i = start // 16, 1
    site[0], site[1] = start % 4, start // 4 % 4
    while True:
        way = _chosen(ways[j, site[i]], rng)
        if way == 0:
            break
        b = (way - 1) // (4 * (longest + 1))
        a = (way - 1) // 4 % (longest + 1)
        site[i + 1 + a] = (way - 1) % 4
        _loop_bases(site, i, q, j, a, b, w, powers, rng)
        i, j = i + 1 + a, j + 1 + b
    after = np.zeros(4)
    for x in range(4):
        after[x] = p[site[i], x] * _inside(w, site[i], x, q, j)
    site[i + 1] = _chosen(after, rng)
    return i


@kernel
def _plant(q, p, stationary, rules, w, target_nt, n, rng):
    m, longest = len(q) - 1, max(rules.max_loop, rules.max_bulge)
    powers = np.zeros((longest + 2, 4, 4))
    powers[0] = np.eye(4)
    for k in range(longest + 1):
        powers[k + 1] = powers[k] @ p
    backwards = (stationary[:, None] * p / stationary[None, :]).T.copy()
    ways, starts = _ensemble(q, p, stationary, rules, w, powers)
    targets = np.zeros((n, target_nt), dtype=np.uint8)
    sums = np.zeros(n)
    fits, tries, done = 0.0, 0, 0
    site = np.zeros((m + 1) * (longest + 2) + 2, dtype=np.int64)
    target = np.zeros(target_nt + 2, dtype=np.int64)
    while done < n and tries < 1000 * n:
        tries += 1
        span = _draw_site(site, q, p, w, powers, ways, starts, rng)
        places = target_nt - span + 1
        if places <= 0:
            continue
        fits += places
        if rng.random() * target_nt >= places:
            continue
        at = int(rng.random() * places)
        target[at : at + span + 2] = site[: span + 2]
        for k in range(at - 1, -1, -1):
            target[k] = _chosen(backwards[target[k + 1]], rng)
        for k in range(at + span + 2, target_nt + 2):
            target[k] = _chosen(p[target[k - 1]], rng)
        targets[done] = target[1:-1]
        sums[done] = _sum(target, q, rules, w)
        done += 1
    mean = starts.sum() * fits / tries
    return targets[:done], mean / sums[:done], np.log(starts.sum())
