"""The working behind aggregation: what a node receives from its neighbours."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bioloom.explain import Explanation, Quantity, Step, Verdict, cell, width_of
from bioloom.graph.data.graph import Graph
from bioloom.graph.explaining.aggregation import KINDS, Aggregation, aggregation
from bioloom.graph.models.adjacency import with_self_loops
from bioloom.run.language import listed, tr
from bioloom.run.words import cut_lines

MOST_TERMS = 6
MOST_FEATURES = 5
MOST_LINES = 60
_SMALL = 12  # a graph that is shown as a whole

_GCN = "arXiv:1609.02907"
_SAGE = "arXiv:1706.02216"


def explain_aggregation(
    graph: Graph, node_id: str, *, features: NDArray[np.int64] | None = None
) -> Explanation:
    """Show A·H at one node: as a sum, with self-loops, as a mean, and as in GCN.

    Parameters
    ----------
    graph
        Its features are H.
    node_id
        Of the node.
    features
        Columns of H to show; None takes those with the largest sums.

    Raises
    ------
    UnknownName
        If there is no such node.
    """
    node = graph.number_of(node_id)
    parts = {
        kind: aggregation(normalise(graph.adjacency), graph.x, node)
        for kind, normalise in KINDS.items()
    }
    shown = _shown(parts["self-loops"]) if features is None else features
    steps = [
        _row(graph, node, parts["sum"]),
        _features(graph, parts["sum"], shown),
        _sum(graph, node, parts["sum"], shown),
        _self_loops(parts["self-loops"], shown),
        _mean(parts["mean"], shown),
        _degrees(graph, node, parts["gcn"]),
        _gcn(parts["gcn"], shown),
    ]
    return Explanation(
        title=tr(
            "Aggregation A·H at node {node} of {graph}", node=node_id, graph=graph.name
        ),
        steps=tuple(steps),
        inputs={
            tr("nodes"): str(graph.num_nodes),
            tr("entries of A"): str(graph.adjacency.nnz),
            tr("features"): _features_text(graph.x.shape[1], shown),
        },
    )


def drawing_differs() -> Step:
    """Note on the drawing that accompanies the example of six nodes."""
    return Step(
        claim=tr(
            "The drawing that accompanies this example shows node 1 with three "
            "neighbours, but the matrix gives it two: they are two different "
            "graphs. The numbers here, 7 and 9, are those of the matrix."
        ),
        verdict=Verdict("note"),
    )


def _shown(part: Aggregation) -> NDArray[np.int64]:
    """Numbers of the features with the largest sums, in order."""
    size = np.abs(part.result)
    largest = np.argsort(-size, kind="stable")[:MOST_FEATURES]
    chosen: NDArray[np.int64] = np.sort(largest)
    return chosen


def _features_text(n: int, shown: NDArray[np.int64]) -> str:
    if len(shown) == n:
        return str(n)
    numbers = listed(str(number + 1) for number in shown)
    return tr("{n}; shown: {numbers}", n=n, numbers=numbers)


def _row(graph: Graph, node: int, part: Aggregation) -> Step:
    names = [graph.node_ids[j] for j in part.nodes]
    lines = []
    if graph.num_nodes <= _SMALL:
        A = graph.adjacency.toarray()
        width = max(map(width_of, graph.node_ids))
        lines = [
            f"{cell(name, width, to='right')} | {' '.join(f'{v:g}' for v in A[i])}"
            + ("  ←" if i == node else "")
            for i, name in enumerate(graph.node_ids)
        ]
    return Step(
        claim=_row_claim(graph.node_ids[node], names),
        formula=r"N(i) = \{ j : A_{ij} \neq 0 \}",
        value=Quantity(len(names), _neighbours(len(names), shown="").strip()),
        detail=tuple(lines),
    )


def _row_claim(node: str, names: Sequence[str]) -> str:
    count = _neighbours(len(names), shown=str(len(names)))
    if not names:
        return tr(
            "Row {node} of A has an entry for each of its {count}.",
            node=node,
            count=count,
        )
    shown = listed(names[:MOST_TERMS])
    return tr(
        "Row {node} of A has an entry for each of its {count}: {names}.",
        node=node,
        count=count,
        names=shown if len(names) <= MOST_TERMS else tr("{names}, …", names=shown),
    )


def _neighbours(n: int, *, shown: str) -> str:
    """Their number in words; `shown` is empty where the number is shown elsewhere."""
    if n == 1:
        return tr("{n} neighbour", n=shown)
    return tr("{n} neighbours", n=shown)


def _features(graph: Graph, part: Aggregation, shown: NDArray[np.int64]) -> Step:
    width = max((width_of(graph.node_ids[j]) for j in part.nodes), default=0)
    lines = [
        cell(graph.node_ids[j], width, to="right")
        + f"  A = {weight:g}  h = {_vector(row)}"
        for j, weight, row in zip(
            part.nodes, part.weights, part.features[:, shown], strict=True
        )
    ]
    return Step(
        claim=tr("Each neighbour brings its row of H.")
        if lines
        else tr("It has no neighbours."),
        detail=cut_lines(lines, MOST_LINES),
    )


def _sum(graph: Graph, node: int, part: Aggregation, shown: NDArray[np.int64]) -> Step:
    lines = []
    claim = tr("A·H sums them: row i of A times H.")
    if graph.num_nodes <= _SMALL:
        claim = tr("{claim} All rows of A·H:", claim=claim)
        for i, name in enumerate(graph.node_ids):
            row = aggregation(graph.adjacency, graph.x, i).result[shown]
            lines.append(f"{name} | {_vector(row)}" + ("  ←" if i == node else ""))
    return Step(
        claim=claim,
        formula=r"(A H)_i = \sum_{j \in N(i)} A_{ij} h_j",
        substitution=_terms(part, shown),
        detail=tuple(lines),
    )


def _self_loops(part: Aggregation, shown: NDArray[np.int64]) -> Step:
    return Step(
        claim=tr("A·H leaves out the node itself; a self-loop adds its own features."),
        formula=r"((A + I) H)_i = h_i + \sum_{j \in N(i)} A_{ij} h_j",
        substitution=_terms(part, shown),
    )


def _mean(part: Aggregation, shown: NDArray[np.int64]) -> Step:
    if not len(part.nodes):
        return Step(claim=tr("Without neighbours the mean is 0, by definition."))
    return Step(
        claim=tr(
            "A sum grows with the number of neighbours; GraphSAGE takes their mean, "
            "and weights the node's own features separately."
        ),
        formula=r"\mathrm{mean}_i = \frac{1}{|N(i)|} \sum_{j \in N(i)} h_j",
        substitution=rf"\frac{{1}}{{{len(part.nodes)}}} \cdot "
        rf"{_vector(part.features[:, shown].sum(axis=0))} = "
        f"{_vector(part.result[shown])}",
        source=_SAGE,
    )


def _degrees(graph: Graph, node: int, part: Aggregation) -> Step:
    looped = with_self_loops(graph.adjacency)
    degree = np.asarray(looped.sum(axis=1)).ravel()
    entry = aggregation(looped, graph.x, node).weights
    names = [graph.node_ids[j] for j in part.nodes]
    width = max(map(width_of, names))
    lines = [
        f"{cell(name, width, to='right')}  A = {entry[k]:g}  d = {degree[j]:g}  "
        f"Â = {part.weights[k]:.4f}"
        for k, (name, j) in enumerate(zip(names, part.nodes, strict=True))
    ]
    return Step(
        claim=tr(
            "GCN divides by the square roots of both ends' degrees, self-loops "
            "included, so that nodes with many neighbours do not dominate. For node "
            "{node}:",
            node=names[-1],
        ),
        formula=r"\hat{A}_{ij} = \frac{(A + I)_{ij}}{\sqrt{d_i d_j}}, \quad "
        r"d_i = \sum_j (A + I)_{ij}",
        substitution=rf"\hat{{A}}_{{ij}} = \frac{{{entry[-1]:g}}}"
        rf"{{\sqrt{{{degree[node]:g} \cdot {degree[part.nodes[-1]]:g}}}}} = "
        f"{part.weights[-1]:.4f}",
        detail=cut_lines(lines, MOST_LINES),
        source=_GCN,
    )


def _gcn(part: Aggregation, shown: NDArray[np.int64]) -> Step:
    return Step(
        claim=tr(
            "The rows are summed with these weights; a layer of GCN then multiplies by "
            "W and adds b."
        ),
        formula=r"(\hat{A} H)_i = \sum_{j \in N(i) \cup \{i\}} \hat{A}_{ij} h_j",
        substitution=_terms(part, shown, decimals=4),
        source=_GCN,
    )


def _terms(
    part: Aggregation, shown: NDArray[np.int64], *, decimals: int | None = None
) -> str:
    """The weighted rows and their sum, as LaTeX."""
    form = "g" if decimals is None else f".{decimals}f"
    terms = [
        rf"{weight:{form}} \cdot {_vector(row)}"
        for weight, row in zip(part.weights, part.features[:, shown], strict=True)
    ]
    if len(terms) > MOST_TERMS:
        n, word = len(terms) - MOST_TERMS + 1, tr("more")
        terms[MOST_TERMS - 1 :] = [rf"\ldots\;({n}\;\mathrm{{{word}}})"]
    return f"{' + '.join(terms) or '0'} = {_vector(part.result[shown])}"


def _vector(values: NDArray[np.floating]) -> str:
    return "[" + ", ".join(f"{value:.6g}" for value in values) + "]"
