"""The working behind one node's predicted class: who moved it, and by how much."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

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
from bioloom.graph.explaining.evidence import Reasons, reasons_of
from bioloom.graph.output.run_folder import FinishedRun
from bioloom.run.language import listed, mark, tr
from bioloom.statistics.calibration import probabilities

MOST_TERMS = 5
MOST_LINES = 40

# model: what a weight is, the sum over neighbours, where it is from
_SUMS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "gcn": (
            mark("the entry of Â"),
            r"z_c = b_c + \sum_{j \in N(i) \cup \{i\}} \hat{A}_{ij} (h_j W)_c",
            "arXiv:1609.02907",
        ),
        "gat": (
            mark("the attention coefficient α, these sum to 1"),
            r"z_c = b_c + \sum_{j \in N(i) \cup \{i\}} \alpha_{ij} (h_j W)_c",
            "arXiv:1710.10903",
        ),
        "sage": (
            mark("1 for the node itself, 1/|N(i)| in the mean"),
            r"z_c = b_c + (h_i W_{self})_c + "
            r"\frac{1}{|N(i)|} \sum_{j \in N(i)} (h_j W)_c",
            "arXiv:1706.02216",
        ),
        "grand": (
            mark("the entry of the mean of Â's powers"),
            r"z_c = b_c + \sum_j P_{ij} (x_j W_1 M W_2)_c, \quad "
            r"P = \frac{1}{K + 1} \sum_{k=0}^{K} \hat{A}^k",
            "arXiv:2005.11079",
        ),
        "gcnii": (
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
            "M keeps the hidden units that are switched on at this node; with another "
            "M the parts would be others."
        ),
        "gcnii": mark(
            "The node is there twice, first with what its features gave alone. h_j is "
            "a row of the layer before the last: it holds what came from far around. M "
            "keeps the hidden units of the last layer that are switched on at this "
            "node; with another M the parts would be others."
        ),
    }
)
_HIDDEN = mark(
    "h_j is a neighbour's hidden row: it holds what the neighbour read from its own "
    "neighbours, this node among them."
)
# words that graphs hold
SPLIT_NAMES = (mark("train"), mark("val"), mark("test"))


def explain_prediction(
    run: FinishedRun, model: str, node_id: str | None = None
) -> Explanation:
    """Show which neighbours and features moved a model's prediction of a node.

    Parameters and errors are those of `reasons_of`.
    """
    return explain_reasons(reasons_of(run, model, node_id), where=str(run.folder))


def explain_reasons(found: Reasons, *, where: str) -> Explanation:
    """The working of what `reasons_of` found; `where` names the run."""
    graph, node, classes = found.graph, found.node, found.classes
    parts = found.neighbours
    return Explanation(
        title=tr(
            "{graph}, node {node}: {model} says {label}",
            graph=graph.name,
            node=graph.node_ids[node],
            model=found.model,
            label=graph.class_names[classes[0]],
        ),
        steps=(
            _verdict(graph, node, classes[0]),
            _softmax(graph, parts, classes[0], found.temperature),
            _sum(graph, parts, classes, found.model),
            _against(graph, parts, classes),
            _features(graph, found.features, found.changed, classes),
            _company(graph, node, classes[0]),
        ),
        inputs={
            tr("label"): _label(graph, node) or tr("not known"),
            tr("split"): tr(graph.split_names()[node] or mark("none")),
            tr("neighbours"): str(len(graph.neighbours(node))),
            tr("run"): where,
        },
    )


def _verdict(graph: Graph, node: int, best: int) -> Step:
    said, label = graph.class_names[best], _label(graph, node)
    outcome: Outcome = "note"
    if graph.test_mask[node]:
        outcome = "pass" if said == label else "fail"
    text = tr("not a test node")
    if label and graph.split_names()[node] == "test":
        wrong = tr("wrong, it is {label}", label=label)
        text = tr("right") if said == label else wrong
    return Step(
        claim=tr("It is called {label}.", label=said),
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


def _sum(
    graph: Graph, parts: Contributions, classes: tuple[int, int], model: str
) -> Step:
    best, second = classes
    weight, formula, source = _SUMS[model]
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
            "The score of {label} is a sum of one part a neighbour, exactly; its "
            "weight is {weight}. {hidden}",
            label=graph.class_names[best],
            weight=tr(weight),
            hidden=tr(_READS.get(model, _HIDDEN)),
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
    graph: Graph, parts: Attribution, changed: "np.ndarray", classes: tuple[int, int]
) -> Step:
    """The parts of features; `changed` is the lead without each of the first few."""
    best, second = (graph.class_names[c] for c in classes)
    value, lead = parts.values[:, 0], parts.lead
    order = parts.by_lead
    names = [_feature(graph, int(parts.features[k])) for k in order[: len(changed)]]
    width = max(map(width_of, [tr("feature"), *names]))
    before = float(parts.scores[0] - parts.scores[1])
    lines = [
        _features_heading(second, width),
        *(
            f"{cell(name, width, to='right')}  {parts.n_nodes[k]:5d}  {value[k]:+7.4f}"
            f"  {lead[k]:+.4f}  {after:+.4f}"
            for name, k, after in zip(names, order, changed, strict=False)
        ),
    ]
    if len(order) > len(changed):
        rest = lead[order[len(changed) :]].sum()
        n = len(order) - len(changed)
        lines.append(
            tr("… and {n} more, their lead together {rest:+.4f}", n=n, rest=rest)
        )
    return Step(
        claim=tr(
            "The score of {label} is a sum over features as well, exactly, while "
            "hidden units and attention are held where they are: a feature's part is "
            "added up over all nodes that have it, this one and those it reads from. "
            "The last column lets go and takes the feature from all of them: the lead "
            "of {before:.4f} becomes that.",
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
    """A feature's name; that of a node's own feature is ours."""
    if graph.feature_names:
        return graph.feature_name(number)
    return tr("being {node}", node=graph.node_ids[number])


def _against(graph: Graph, parts: Contributions, classes: tuple[int, int]) -> Step:
    best, second = classes
    lead = parts.values[:, best] - parts.values[:, second]
    z = parts.scores
    names = graph.class_names
    return Step(
        claim=tr(
            "The runner-up is {second}: {n_best} of {n} parts speak for {best} against "
            "it, {n_second} for {second}.",
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


def _company(graph: Graph, node: int, best: int) -> Step:
    labels = graph.y[graph.neighbours(node)]
    lines = [
        f"{name}: {int((labels == c).sum())}"
        for c, name in enumerate(graph.class_names)
        if (labels == c).any()
    ]
    n_same = int((labels == best).sum())
    return Step(
        claim=tr(
            "Of its {n} neighbours {n_same} are labelled {label}. The model saw the "
            "training nodes' labels only.",
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
