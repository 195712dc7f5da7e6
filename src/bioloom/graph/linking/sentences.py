"""What remains at the end of the ladder, in words."""

from bioloom.graph.linking.network import TypedNetwork
from bioloom.graph.linking.summary import ALL_PAIRS, LadderCell, LadderSummary


def in_one_sentence(summary: LadderSummary) -> str:
    """What remains when degrees and known types no longer help.

    The sentence names every method that beats degrees and SVD by more than both
    intervals on a rung where degrees should not help.
    """
    return f"{_ahead(summary)} {_best(summary)}"


def weights_sentence(network: TypedNetwork) -> str:
    """What the weights of the links are used for; empty without any."""
    if network.weights is None:
        return ""
    return (
        f"Weights of the links ({network.weight}) count in GCN's encoder; other "
        "encoders, the heuristics and the negatives only use whether there is a link."
    )


def _ahead(summary: LadderSummary) -> str:
    if not summary.remains:
        return (
            "Once degrees are matched, nothing beats degrees and SVD by more than the "
            "interval, with or without a cold start."
        )
    parts = []
    for pair in summary.pair_names:
        ahead = [each for each in summary.remains if each.pair == pair]
        if ahead:
            top = max(ahead, key=lambda each: each.low)
            parts.append(
                f"{top.method}{_on(summary, pair)} ({top.rung}: AUC "
                f"+{top.difference:.3f} over {top.baseline}, {top.low:.3f} to "
                f"{top.high:.3f})"
            )
    return (
        "Once degrees are matched, this still beats degrees and SVD by more than the "
        f"interval: {'; '.join(parts)}."
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
            f"{best.method}{_on(summary, pair)}, AUC {best.over_seeds.mean:.3f} "
            f"({_interval(best)})"
        )
    return f"With equal degrees the best is {'; '.join(parts)}; guessing has 0.5."


def _on(summary: LadderSummary, pair: str) -> str:
    return "" if len(summary.pair_names) == 1 else f" on {pair}"


def _interval(cell: LadderCell) -> str:
    ends = cell.over_seeds if cell.over_seeds.n > 1 else cell.over_links
    return f"{ends.low:.3f} to {ends.high:.3f}"
