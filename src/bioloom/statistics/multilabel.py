"""How good predictions of several labels per example are.

Members and predictions are truth values, shape (n, labels).

References
----------
Sokolova M., Lapalme G. (2009) Inf Process Manag 45:427.
doi:10.1016/j.ipm.2009.03.002
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from bioloom.statistics.intervals import Estimate, stratified_bootstrap
from bioloom.statistics.ranking import average_precision, roc_auc

Members = NDArray[np.bool_]
Floats = NDArray[np.float64]
_N_DRAWS = 1000
_RNG_SEED = 42
_CELLS = 4_000_000  # draws times examples at a time, which bounds the memory
_NOTHING = Estimate(np.nan, np.nan, np.nan, "stratified bootstrap")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelQuality:
    """How well one label is recognised.

    Parameters
    ----------
    name
        Of the label.
    n, n_called
        Its members, and the examples that are predicted to have it.
    precision, recall, f1
        0 where nothing can be divided.
    auc, average_precision
        How well its probability ranks members above others, with 95 % intervals
        (stratified bootstrap); NaN where there are no members or no others.
    """

    name: str
    n: int
    n_called: int
    precision: float
    recall: float
    f1: float
    auc: Estimate
    average_precision: Estimate


def label_f1(predicted: Members, members: Members) -> Floats:
    """F1 of each label; 0 where it has no member and no prediction.

    Examples
    --------
    >>> truth = np.array([[True, False], [True, True]])
    >>> label_f1(np.array([[True, False], [True, False]]), truth).tolist()
    [1.0, 0.0]
    """
    hits = (predicted & members).sum(axis=0)
    either = predicted.sum(axis=0) + members.sum(axis=0)
    f1: Floats = 2 * hits / np.maximum(either, 1)
    return f1


def micro_f1(predicted: Members, members: Members) -> float:
    """F1 of all pairs of example and label together; NaN without examples.

    Examples
    --------
    >>> truth = np.array([[True, False], [True, True]])
    >>> micro_f1(np.array([[True, False], [True, False]]), truth)
    0.8
    """
    if not len(members):
        return float("nan")
    return float(_micro_f1(_counts(predicted, members).sum(axis=0)))


def macro_f1(predicted: Members, members: Members) -> float:
    """Mean F1 of the labels, as scikit-learn's; NaN without examples."""
    return float(label_f1(predicted, members).mean()) if len(members) else float("nan")


def subset_accuracy(predicted: Members, members: Members) -> float:
    """Share of the examples of which every label is right; NaN without any."""
    if not len(members):
        return float("nan")
    return float((predicted == members).all(axis=1).mean())


def mean_over_labels(
    chances: Floats, members: Members, *, by_precision: bool = False
) -> float:
    """Mean AUC, or average precision, of the labels with members and others.

    Parameters
    ----------
    chances
        Probability of each label, shape (n, labels).
    members
        Whether each example has it.
    by_precision
        Whether to take average precision.

    Returns
    -------
    NaN if there is no such label.
    """
    rank = average_precision if by_precision else roc_auc
    values = [
        rank(chances[:, k], members[:, k])
        for k in np.flatnonzero(members.any(axis=0) & ~members.all(axis=0))
    ]
    return float(np.mean(values)) if values else float("nan")


def label_chances(scores: NDArray[np.floating]) -> Floats:
    """Probability of each label by its score: the logistic function of it."""
    chances: Floats = expit(scores.astype(np.float64))
    return chances


def set_probabilities(
    members: NDArray[np.bool_], chances: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Probability of each row's labels, and of no others: a product.

    Parameters
    ----------
    members
        Whether each example has each label, shape (n, labels).
    chances
        Probability of each label, shape (n, labels).
    """
    product: NDArray[np.float64] = np.where(members, chances, 1 - chances).prod(axis=1)
    return product


def hamming_loss(predicted: Members, members: Members) -> float:
    """Share of all pairs of example and label that are wrong; NaN without examples.

    Examples
    --------
    >>> truth = np.array([[True, False], [True, True]])
    >>> hamming_loss(np.array([[True, False], [True, False]]), truth)
    0.25
    """
    return float((predicted != members).mean()) if members.size else float("nan")


def by_label(
    predicted: Members,
    chances: Floats,
    members: Members,
    names: Sequence[str],
    *,
    groups: ArrayLike | None = None,
) -> tuple[LabelQuality, ...]:
    """Quality of each label.

    Parameters
    ----------
    predicted, members
        Whether each example is predicted to have, and has, each label.
    chances
        Probability of each label.
    names
        Of the labels.
    groups
        Examples of the same group are resampled together; None if each is alone.
    """
    return tuple(
        _label_quality(
            name, predicted[:, k], chances[:, k], members[:, k], groups=groups
        )
        for k, name in enumerate(names)
    )


def _label_quality(
    name: str,
    called: Members,
    chances: Floats,
    members: Members,
    *,
    groups: ArrayLike | None,
) -> LabelQuality:
    n_hits, n, n_called = (
        int(rows.sum()) for rows in (called & members, members, called)
    )
    auc = precision = _NOTHING
    if 0 < n < len(members):
        auc = stratified_bootstrap(
            lambda k: roc_auc(chances[k], members[k]), members, groups=groups
        )
        precision = stratified_bootstrap(
            lambda k: average_precision(chances[k], members[k]), members, groups=groups
        )
    return LabelQuality(
        name=name,
        n=n,
        n_called=n_called,
        precision=n_hits / max(n_called, 1),
        recall=n_hits / max(n, 1),
        f1=2 * n_hits / max(n + n_called, 1),
        auc=auc,
        average_precision=precision,
    )


def label_row(each: LabelQuality, n_train: int, threshold: float) -> dict[str, object]:
    """A label's row of a table.

    Parameters
    ----------
    each
        Its quality.
    n_train
        Training examples that have it.
    threshold
        Probability above which an example is called to have it.
    """
    values = asdict(each)
    row: dict[str, object] = {
        "label": values["name"],
        "n_train": n_train,
        "n": values["n"],
        "threshold": threshold,
        "n_called": values["n_called"],
    }
    row |= {name: values[name] for name in ("precision", "recall", "f1")}
    for name in ("auc", "average_precision"):
        ends = values[name]
        row[name] = ends["value"]
        row |= {f"{name}_{end}": ends[end] for end in ("low", "high")}
    return row


def micro_f1_difference(
    predictions: Sequence[Members],
    other: Members,
    members: Members,
    *,
    groups: ArrayLike | None = None,
) -> Estimate:
    """How much higher the micro F1 is than that of another method.

    Parameters
    ----------
    predictions
        Of one or several runs, whose mean micro F1 is taken.
    other
        Predictions of the other method.
    members
        Whether each example has each label.
    groups
        Examples of the same group are drawn together; None if each is alone.

    Returns
    -------
    With a 95 % interval: percentiles of 1,000 draws of the groups, the same ones for
    all methods.
    """
    counts = np.stack([_counts(rows, members) for rows in (*predictions, other)])
    if groups is not None:
        counts = _by_group(counts, groups)

    def differences(weights: Floats) -> Floats:
        f1 = _micro_f1(np.tensordot(weights, counts, axes=(1, 1)))
        value: Floats = f1[:, :-1].mean(axis=1) - f1[:, -1]
        return value

    n = counts.shape[1]
    rng = np.random.Generator(np.random.SFC64(_RNG_SEED))
    step = max(1, _CELLS // n)
    drawn = [
        differences(rng.multinomial(n, np.full(n, 1 / n), size).astype(np.float64))
        for size in _sizes(_N_DRAWS, step)
    ]
    low, high = map(float, np.percentile(np.concatenate(drawn), [2.5, 97.5]))
    value = float(differences(np.ones((1, n)))[0])
    return Estimate(value, low, high, "bootstrap over groups")


def _by_group(counts: Floats, groups: ArrayLike) -> Floats:
    """Sums over the examples of each group, in the second axis."""
    _, number = np.unique(np.asarray(groups), return_inverse=True)
    summed = np.zeros((len(counts), int(number.max()) + 1, counts.shape[2]))
    for total, each in zip(summed, counts, strict=True):
        np.add.at(total, number, each)
    return summed


def _sizes(total: int, step: int) -> list[int]:
    """Sizes of at most `step` that add up to the total."""
    full, rest = divmod(total, step)
    return [step] * full + ([rest] if rest else [])


def _counts(predicted: Members, members: Members) -> Floats:
    """Of each example: hits, and predictions and members together; shape (n, 2)."""
    hits = (predicted & members).sum(axis=1)
    either = predicted.sum(axis=1) + members.sum(axis=1)
    return np.column_stack([hits, either]).astype(np.float64)


def _micro_f1(counts: Floats) -> Floats:
    """F1 of sums of hits and of predictions and members, in the last axis."""
    f1: Floats = 2 * counts[..., 0] / np.maximum(counts[..., 1], 1)
    return f1


def chosen_thresholds(
    chances: Floats, members: Members, *, least_members: int = 5
) -> Floats:
    """Probability of each label above which its F1 is highest.

    Parameters
    ----------
    chances, members
        Of validation examples, shape (n, labels).
    least_members
        Labels with fewer members, or fewer others, keep one half.

    Returns
    -------
    Midpoints between two neighbouring probabilities, shape (labels,); of equally good
    ones the one nearest one half.
    """
    found = np.full(chances.shape[1], 0.5)
    for k in range(chances.shape[1]):
        n = int(members[:, k].sum())
        if min(n, len(members) - n) >= least_members:
            found[k] = _best_threshold(chances[:, k], members[:, k])
    return found


def _best_threshold(chances: Floats, members: Members) -> float:
    values = np.unique(chances)
    ends = np.concatenate([[0.0], values, [1.0]])
    middles = (ends[:-1] + ends[1:]) / 2  # below all, between two, above all
    place = np.searchsorted(middles, chances)  # thresholds that accept an example
    n_thresholds = len(middles)
    accepted = _from_above(np.bincount(place, minlength=n_thresholds + 1))
    hits = _from_above(np.bincount(place[members], minlength=n_thresholds + 1))
    f1 = 2 * hits / np.maximum(accepted + members.sum(), 1)
    best = np.flatnonzero(f1 >= f1.max() - 1e-12)
    return float(middles[best[np.abs(middles[best] - 0.5).argmin()]])


def _from_above(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many examples each threshold accepts: those placed behind it."""
    total: NDArray[np.int64] = counts[::-1].cumsum()[::-1]
    return total[1:]
