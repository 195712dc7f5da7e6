"""What remains at the end of the ladder, in words."""

from bioloom.graph.linking.network import TypedNetwork
from bioloom.graph.linking.summary import (
    ALL_PAIRS,
    Advantage,
    LadderCell,
    LadderSummary,
)
from bioloom.run.language import tr


def in_one_sentence(summary: LadderSummary) -> str:
    """What remains when degrees and known types no longer help.

    The sentence names every method that beats degrees and SVD by more than both
    intervals on a rung where degrees should not help.
    """
    return tr("{ahead} {best}", ahead=_ahead(summary), best=_best(summary))


def weights_sentence(network: TypedNetwork) -> str:
    """What the weights of the links are used for; empty without any."""
    if network.weights is None:
        return ""
    return tr(
        "Weights of the links ({weight}) count in GCN's encoder; other encoders, the "
        "heuristics and the negatives only use whether there is a link.",
        weight=network.weight,
    )


def _ahead(summary: LadderSummary) -> str:
    if not summary.remains:
        return tr(
            "Once degrees are matched, nothing beats degrees and SVD by more than the "
            "interval, with or without a cold start."
        )
    parts = []
    for pair in summary.pair_names:
        ahead = [each for each in summary.remains if each.pair == pair]
        if ahead:
            top = max(ahead, key=lambda each: each.low)
            parts.append(_beats(top, _on(summary, top.method, pair)))
    return tr(
        "Once degrees are matched, this still beats degrees and SVD by more than the "
        "interval: {methods}.",
        methods=tr("; ").join(parts),
    )


def _beats(top: Advantage, method: str) -> str:
    return tr(
        "{method} ({rung}: AUC +{difference:.3f} over {baseline}, {low:.3f} to "
        "{high:.3f})",
        method=method,
        rung=tr(top.rung),
        difference=top.difference,
        baseline=tr(top.baseline),
        low=top.low,
        high=top.high,
    )


def _best(summary: LadderSummary) -> str:
    """Where equal degrees leave nothing to gain from them: how much is left at all."""
    rung, parts = "equal degrees", []
    for pair in summary.pair_names:
        if pair == ALL_PAIRS:
            continue
        cells = [summary.cell(rung, pair, method) for method in summary.plan.methods]
        best = max(cells, key=lambda each: each.over_seeds.mean)
        parts.append(
            tr(
                "{method}, AUC {mean:.3f} ({interval})",
                method=_on(summary, best.method, pair),
                mean=best.over_seeds.mean,
                interval=_interval(best),
            )
        )
    return tr(
        "With equal degrees the best is {methods}; guessing has 0.5.",
        methods=tr("; ").join(parts),
    )


def _on(summary: LadderSummary, method: str, pair: str) -> str:
    """The method, and where several pairs of types are scored, on which."""
    if len(summary.pair_names) == 1:
        return tr(method)
    return tr("{method} on {pair}", method=tr(method), pair=pair)


def _interval(cell: LadderCell) -> str:
    ends = cell.over_seeds if cell.over_seeds.n > 1 else cell.over_links
    return tr("{low:.3f} to {high:.3f}", low=ends.low, high=ends.high)
