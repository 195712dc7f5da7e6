"""The working behind one node's predicted class: part by part."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from bioloom.explain import (
    Explanation,
    Outcome,
    Quantity,
    Step,
    Verdict,
    cell,
    width_of,
)
from bioloom.graph.data.graph import Graph
from bioloom.graph.explaining.attribution import Attribution
from bioloom.graph.explaining.contributions import Contributions
from bioloom.graph.explaining.evidence import Reasons, TopTwo
from bioloom.run.language import listed, mark, tr
from bioloom.statistics.calibration import probabilities

MOST_TERMS = 5
MOST_LINES = 40


class _Sum(NamedTuple):
    """What a weight is, the sum over neighbours, its source, and what its rows are."""

    weight: str
    formula: str
    source: str
    rows: str = ""


_SUMS: Mapping[str, _Sum] = MappingProxyType(
    {
        "gcn": _Sum(
            mark("the entry of Â"),
            r"z_c = b_c + \sum_{j \in N(i) \cup \{i\}} \hat{A}_{ij} (h_j W)_c",
            "arXiv:1609.02907",
        ),
        "gat": _Sum(
            mark("the attention coefficient α, these sum to 1"),
            r"z_c = b_c + \sum_{j \in N(i) \cup \{i\}} \alpha_{ij} (h_j W)_c",
            "arXiv:1710.10903",
        ),
        "sage": _Sum(
            mark("1 for the node itself, 1/|N(i)| in the mean"),
            r"z_c = b_c + (h_i W_{self})_c + "
            r"\frac{1}{|N(i)|} \sum_{j \in N(i)} (h_j W)_c",
            "arXiv:1706.02216",
        ),
        "grand": _Sum(
            mark("the entry of the mean of Â's powers"),
            r"z_c = b_c + \sum_j P_{ij} (x_j W_1 M W_2)_c, \quad "
            r"P = \frac{1}{K + 1} \sum_{k=0}^{K} \hat{A}^k",
            "arXiv:2005.11079",
        ),
        "gcnii": _Sum(
            mark("α for its own first row, 1 − α times the entry of Â for the rest"),
            r"z_c = b_c + \alpha (h^0_i Q)_c + "
            r"(1 - \alpha) \sum_{j \in N(i) \cup \{i\}} \hat{A}_{ij} (h_j Q)_c, "
            r"\quad Q = ((1 - \beta) I + \beta W) M W_2",
            "arXiv:2007.02133",
        ),
    }
)
_READS: Mapping[str, str] = MappingProxyType(
    {
        "grand": mark(
            "M selects the hidden units that are active at this node; the parts hold "
            "for this M only."
        ),
        "gcnii": mark(
            "The node is listed twice, first with its own features only. h_j is a row "
            "of the second to last layer, which has aggregated a large neighbourhood. "
            "M selects the hidden units of the last layer that are active at this "
            "node; the parts hold for this M only."
        ),
    }
)
_HEADED: Mapping[str, _Sum] = MappingProxyType(
    {
        "gcn": _SUMS["gcn"]._replace(
            formula=r"z_c = b_c + (h_i V M W_2)_c + "
            r"\sum_{j \in N(i) \cup \{i\}} \hat{A}_{ij} (h_j W M W_2)_c"
        ),
        "gat": _SUMS["gat"]._replace(
            weight=mark("the attention coefficient α, the mean of all heads"),
            formula=r"z_c = b_c + (h_i V M W_2)_c + \sum_{j \in N(i) \cup \{i\}} "
            r"\sum_k \alpha^k_{ij} (h_j W^k M^k W_2^k)_c",
        ),
        "sage": _SUMS["sage"]._replace(
            formula=r"z_c = b_c + (h_i (W_{self} + V) M W_2)_c + "
            r"\frac{1}{|N(i)|} \sum_{j \in N(i)} (h_j W M W_2)_c"
        ),
    }
)
_GATED = mark(
    "M selects the hidden units of the last convolution that are active at this node, "
    "with its norm held fixed; the parts hold for this M only. V = 0 without residual "
    "terms; with them GCN and GAT list the node twice, first with its own term."
)
_FEATURE_ROW = mark("h_j is a neighbour's row of features.")
_HIDDEN = mark(
    "h_j is a neighbour's hidden row, aggregated from that neighbour's own neighbours, "
    "including this node."
)
# words that graphs use
SPLIT_NAMES = (mark("train"), mark("val"), mark("test"))


def explain_prediction(reasons: Reasons, *, where: str = "") -> Explanation:
    """Show how much each neighbour and feature adds to a prediction.

    Parameters
    ----------
    reasons
        As `bioloom.graph.explaining.evidence.reasons_of` finds them.
    where
        Name of the run, if it has one.
    """
    graph, node, classes = reasons.graph, reasons.node, reasons.classes
    parts = reasons.neighbours
    return Explanation(
        title=tr(
            "{graph}, node {node}: {model} predicts {label}",
            graph=graph.name,
            node=graph.node_ids[node],
            model=reasons.model,
            label=graph.class_names[classes.first],
        ),
        steps=(
            _verdict(reasons),
            _softmax(graph, parts, classes.first, reasons.temperature)
            if reasons.threshold is None
            else _logistic(parts, classes, reasons.threshold),
            _sum(graph, parts, classes, _sum_of(reasons)),
            _against(graph, parts, classes),
            _features(graph, reasons.features, reasons.lead_without, classes),
            _neighbour_labels(graph, node, classes.first),
        ),
        inputs={
            tr("label"): _label(graph, node) or tr("not known"),
            tr("split"): tr(graph.split_names()[node] or mark("none")),
            tr("neighbours"): str(len(graph.neighbours(node))),
        }
        | ({tr("run"): where} if where else {}),
    )


def _verdict(reasons: Reasons) -> Step:
    graph, node, best = reasons.graph, reasons.node, reasons.classes.first
    predicted, label = graph.class_names[best], _label(graph, node)
    outcome: Outcome = "note"
    if graph.test_mask[node]:
        outcome = "pass" if predicted == label else "fail"
    text = tr("not a test node")
    if label and graph.split_names()[node] == "test":
        wrong = tr("wrong, it is {label}", label=label)
        text = tr("right") if predicted == label else wrong
    claim = tr("The predicted class is {label}.", label=predicted)
    if reasons.threshold is not None:
        claim = tr(
            "Of the label {label}, the prediction is: {prediction}.",
            label=graph.class_names[0],
            prediction=predicted,
        )
    return Step(
        claim=claim,
        verdict=Verdict(outcome, text=text),
    )


def _softmax(graph: Graph, parts: Contributions, best: int, temperature: float) -> Step:
    chances = probabilities(parts.scores[None], temperature)[0]
    order = np.argsort(-parts.scores, kind="stable")
    lines = [
        f"{graph.class_names[c]}: z = {parts.scores[c]:.4f}  p = {chances[c]:.4f}"
        for c in order[:MOST_LINES]
    ]
    return Step(
        claim=tr(
            "Scores become probabilities; the temperature T was fitted on the "
            "validation nodes."
        ),
        formula=r"p_c = \frac{e^{z_c / T}}{\sum_k e^{z_k / T}}",
        substitution=rf"p = \frac{{e^{{{parts.scores[best]:.4f} / {temperature:.4f}}}}}"
        rf"{{\sum_k e^{{z_k / {temperature:.4f}}}}}",
        value=Quantity(float(chances[best]), "", 4),
        detail=tuple(lines),
    )


def _logistic(parts: Contributions, classes: TopTwo, threshold: float) -> Step:
    """The label's score as a probability; that of its absence is minus it."""
    is_called = classes.first == 0
    z = float(parts.scores[classes.first])
    z = z if is_called else -z
    claim = tr(
        "The label's score z becomes its probability; the node has the label if this "
        "is above {threshold:.4f}. Its absence is explained below, by the score −z.",
        threshold=threshold,
    )
    if is_called:
        claim = tr(
            "The label's score z becomes its probability; the node has the label if "
            "this is above {threshold:.4f}.",
            threshold=threshold,
        )
    return Step(
        claim=claim,
        formula=r"p = \frac{1}{1 + e^{-z}}",
        substitution=rf"p = \frac{{1}}{{1 + e^{{-({z:.4f})}}}}",
        value=Quantity(float(expit(z)), "", 4),
    )


def _sum_of(reasons: Reasons) -> _Sum:
    """The sum of a model's last convolution, with what its rows are."""
    model = reasons.model
    if model in _READS:
        return _SUMS[model]._replace(rows=tr(_READS[model]))
    rows = tr(_HIDDEN if reasons.n_layers > 1 else _FEATURE_ROW)
    if reasons.has_head:
        return _HEADED[model]._replace(rows=f"{rows} {tr(_GATED)}")
    return _SUMS[model]._replace(rows=rows)


def _sum(graph: Graph, parts: Contributions, classes: TopTwo, how: _Sum) -> Step:
    best, second = classes
    weight, formula, source, rows = how
    value = parts.values[:, best]
    order = np.argsort(-np.abs(value), kind="stable")
    ids = [graph.node_ids[parts.nodes[k]] for k in order[:MOST_LINES]]
    width = max(map(width_of, [tr("node"), *ids]))
    names = ((tr("node"), width), (tr("weight"), 8), (tr("part"), 8))
    heading = "".join(cell(name, size, to="right") for name, size in names)
    lines = [
        heading + "  " + tr("lead over {label}", label=graph.class_names[second]),
        *(
            f"{cell(name, width, to='right')}  {parts.weights[k]:.4f}"
            f" {value[k]:+7.4f}  {value[k] - parts.values[k, second]:+.4f}"
            f"  {_about(graph, int(parts.nodes[k]))}"
            for name, k in zip(ids, order, strict=False)
        ),
    ]
    if len(order) > MOST_LINES:
        rest, n = value[order[MOST_LINES:]].sum(), len(order) - MOST_LINES
        lines.append(tr("… and {n} more, together {rest:+.4f}", n=n, rest=rest))
    return Step(
        claim=tr(
            "The score of {label} is exactly the sum of one part per neighbour; its "
            "weight is {weight}. {hidden}",
            label=graph.class_names[best],
            weight=tr(weight),
            hidden=rows,
        ),
        formula=formula,
        substitution=_terms(float(parts.bias[best]), value[order]),
        value=Quantity(float(parts.scores[best]), "", 4),
        detail=tuple(lines),
        source=source,
    )


def _terms(bias: float, values: "np.ndarray") -> str:
    """The bias and the first few parts, the others together, as LaTeX."""
    terms = [f"{bias:.4f}", *(f"{value:+.4f}" for value in values)]
    if len(terms) > MOST_TERMS + 1:
        rest, n, word = values[MOST_TERMS:].sum(), len(values) - MOST_TERMS, tr("more")
        terms[MOST_TERMS + 1 :] = [rf"{rest:+.4f}\;({n}\;\mathrm{{{word}}})"]
    return f"z = {' '.join(terms)}"


def _features(
    graph: Graph, parts: Attribution, lead_without: "np.ndarray", classes: TopTwo
) -> Step:
    """The parts of features; the largest ones also with the lead without them."""
    best, second = (graph.class_names[c] for c in classes)
    value, lead = parts.values[:, 0], parts.lead
    order = parts.by_lead
    names = [
        _feature(graph, int(parts.features[k])) for k in order[: len(lead_without)]
    ]
    width = max(map(width_of, [tr("feature"), *names]))
    before = float(parts.scores[0] - parts.scores[1])
    lines = [
        _features_heading(second, width),
        *(
            f"{cell(name, width, to='right')}  {parts.n_nodes[k]:5d}  {value[k]:+7.4f}"
            f"  {lead[k]:+.4f}  {after:+.4f}"
            for name, k, after in zip(names, order, lead_without, strict=False)
        ),
    ]
    if len(order) > len(lead_without):
        rest = lead[order[len(lead_without) :]].sum()
        n = len(order) - len(lead_without)
        lines.append(
            tr("… and {n} more, their lead together {rest:+.4f}", n=n, rest=rest)
        )
    return Step(
        claim=tr(
            "With hidden units, norms and attention held fixed, the score of {label} "
            "is also exactly a sum over features; a feature's part is summed over all "
            "nodes that have it, this node and those that it depends on. The last "
            "column is the lead, now {before:.4f}, recomputed with the feature set to "
            "0 in all of them.",
            label=best,
            before=before,
        ),
        formula=r"z_c = b_c + \sum_f \sum_k x_{kf} "
        r"\frac{\partial z_c}{\partial x_{kf}}",
        substitution=_terms(float(parts.bias[0]), value[order]),
        value=Quantity(float(parts.scores[0]), "", 4),
        detail=tuple(lines),
        source="arXiv:1704.02685",
    )


def _features_heading(second: str, width: int) -> str:
    names = ((tr("feature"), width), (tr("nodes"), 7), (tr("part"), 9))
    cells = "".join(cell(name, size, to="right") for name, size in names)
    lead = tr("lead over {label}", label=second)
    return "  ".join((cells, lead, tr("lead without it")))


def _feature(graph: Graph, number: int) -> str:
    """A feature's name, in the language in force where each node is its own feature."""
    if graph.feature_names:
        return graph.feature_name(number)
    return tr("is {node}", node=graph.node_ids[number])


def _against(graph: Graph, parts: Contributions, classes: TopTwo) -> Step:
    best, second = classes
    lead = parts.values[:, best] - parts.values[:, second]
    z = parts.scores
    names = graph.class_names
    return Step(
        claim=tr(
            "The runner-up is {second}: {n_best} of {n} parts favour {best}, "
            "{n_second} favour {second}.",
            best=names[best],
            second=names[second],
            n=len(lead),
            n_best=int((lead > 0).sum()),
            n_second=int((lead < 0).sum()),
        ),
        formula=r"z_{first} - z_{second}",
        substitution=f"{z[best]:.4f} - ({z[second]:.4f})",
        value=Quantity(float(z[best] - z[second]), "", 4),
    )


def _neighbour_labels(graph: Graph, node: int, best: int) -> Step:
    labels = graph.y[graph.neighbours(node)]
    lines = [
        f"{name}: {int((labels == c).sum())}"
        for c, name in enumerate(graph.class_names)
        if (labels == c).any()
    ]
    n_same = int((labels == best).sum())
    return Step(
        claim=tr(
            "Of its {n} neighbours, {n_same} are labelled {label}. The model saw only "
            "the labels of training nodes.",
            n=len(labels),
            n_same=n_same,
            label=graph.class_names[best],
        ),
        verdict=Verdict("note"),
        detail=tuple(lines),
    )


def _about(graph: Graph, node: int) -> str:
    words = (_label(graph, node), tr(graph.split_names()[node]))
    return listed(filter(None, words))


def _label(graph: Graph, node: int) -> str:
    return graph.class_names[graph.y[node]] if graph.y[node] >= 0 else ""
