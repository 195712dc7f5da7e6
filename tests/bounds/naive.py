"""Slow, obvious twins of what the room computes fast."""

from fractions import Fraction
from itertools import combinations

from scipy.stats import hypergeom


def losses(predictions, label, in_sample):
    """Shares of mistakes, one example at a time."""
    rows = []
    for row in predictions:
        wrong = [said != true for said, true in zip(row, label, strict=True)]
        chosen = [w for w, flag in zip(wrong, in_sample, strict=True) if flag]
        rows.append((sum(chosen) / len(chosen), sum(wrong) / len(wrong)))
    return rows


def gap_chance(n_mistakes, n, population, epsilon):
    """Chance of a gap beyond epsilon, over every number of mistakes in the sample."""
    allowed = Fraction(str(epsilon))
    return sum(
        hypergeom.pmf(k, population, n_mistakes, n)
        for k in range(n + 1)
        if abs(Fraction(k, n) - Fraction(n_mistakes, population)) > allowed
    )


def threshold_losses(values, is_positive, rows):
    """Loss of each threshold on some rows, "positive above it" and its opposite."""
    cuts = sorted(set(values))
    found = []
    for rank in range(len(cuts)):
        wrong = sum((values[i] > cuts[rank]) != is_positive[i] for i in rows)
        found.append((wrong / len(rows), 1 - wrong / len(rows)))
    return found


def samples(population, n):
    """Every sample."""
    return list(combinations(range(population), n))
