"""The working behind one pair's score: parts, paths, and what degrees alone say."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from bioloom.explain import Explanation, Quantity, Step, cell, width_of
from bioloom.graph.linking.files import LinksRun
from bioloom.graph.linking.heuristics import Neighbourhoods
from bioloom.graph.linking.link_parts import (
    LinkParts,
    Path,
    common_paths,
    link_parts,
    three_step_parts,
)
from bioloom.graph.linking.network import TypedNetwork, adjacency_of_links
from bioloom.run.language import mark, tr, trn
from bioloom.run.words import cut_lines

MOST_LINES = 20
_DECODERS: Mapping[str, str] = MappingProxyType(
    {
        "dot": r"s = \sum_d z_{ud} z_{vd}",
        "distmult": r"s = \sum_d r_d z_{ud} z_{vd}",
        "mlp": r"s = w \cdot \mathrm{ReLU}(W_1 (z_u \circ z_v) + W_2 (z_u + z_v) + b)",
    }
)
_LAYERS: Mapping[str, str] = MappingProxyType(
    {
        "gcn": r"z_u = b + \sum_{j \in N(u) \cup \{u\}} \hat{A}_{uj} h_j W",
        "gat": r"z_u = b + \sum_{j \in N(u) \cup \{u\}} \alpha_{uj} h_j W",
        "sage": r"z_u = b + h_u W_{self} + \frac{1}{|N(u)|} \sum_{j \in N(u)} h_j W",
        "typed": r"z_u = b + h_u W_{self} + "
        r"\sum_t \frac{1}{|N_t(u)|} \sum_{j \in N_t(u)} h_j W_t",
    }
)
_SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "gcn": "arXiv:1609.02907",
        "gat": "arXiv:1710.10903",
        "sage": "arXiv:1706.02216",
        "typed": "arXiv:1703.06103",
    }
)
_LINEAR = mark(
    "With the other end's row fixed, the score is linear in this end's row, which is a "
    "sum over its neighbours: each adds one part, and the parts sum to the score."
)
_MASKED = mark(
    "With the other end's row and the active hidden units of the decoder fixed, the "
    "score is linear in this end's row, which is a sum over its neighbours: each adds "
    "one part, and the parts sum to the score."
)


def explain_link(
    run: LinksRun, left: str, right: str, *, where: str = ""
) -> Explanation:
    """Show what a pair's score is made of.

    Parameters
    ----------
    run
        Model and network.
    left, right
        Ids of the two nodes; parts are shown for the neighbours of the first.
    where
        Name of the run, if it has one.

    Raises
    ------
    UnknownName
        If there is no such node.
    """
    network = run.plan.network
    pair = np.array([network.number_of(left), network.number_of(right)])
    adjacency = adjacency_of_links(network.n_nodes, network.links)
    near = Neighbourhoods(network, adjacency)
    parts = link_parts(run.final.fitted, network, run.final.messages, pair)
    name = run.final.fitted.name
    is_linked = bool(adjacency[int(pair[0]), int(pair[1])])
    return Explanation(
        title=tr(
            "{network}, {left} - {right}: {model} scores {score:.3f}",
            network=network.name,
            left=left,
            right=right,
            model=name,
            score=parts.score,
        ),
        steps=(
            _score_step(parts, name.decoder),
            _neighbours_step(network, parts, name),
            _common_step(network, near, pair.tolist()),
            _paths_step(network, near, pair.tolist()),
            _degree_step(near, pair.tolist()),
        ),
        inputs={
            tr("types"): tr(
                "{first} and {second}",
                first=network.type_of(int(pair[0])),
                second=network.type_of(int(pair[1])),
            ),
            tr("linked"): tr("yes, so the score has seen the answer")
            if is_linked
            else tr("no"),
        }
        | ({tr("run"): where} if where else {}),
    )


def _score_step(parts: LinkParts, decoder: str) -> Step:
    value = Quantity(parts.score, "", 4)
    if decoder == "mlp":
        return Step(
            tr("A small network scores the rows of both ends."),
            formula=_DECODERS[decoder],
            value=value,
        )
    order = np.argsort(-abs(parts.dimensions), kind="stable")[:5]
    rest = parts.score - float(parts.dimensions[order].sum())
    shown = " + ".join(f"({parts.dimensions[k]:.4f})" for k in order)
    return Step(
        tr(
            "The score is a sum over {n} hidden dimensions; the five with the largest "
            "terms, and the rest:",
            n=len(parts.dimensions),
        ),
        formula=_DECODERS[decoder],
        substitution=f"s = {shown} + ({rest:.4f})",
        value=value,
        source="arXiv:1412.6575" if decoder == "distmult" else "",
    )


def _neighbours_step(network: TypedNetwork, parts: LinkParts, name: object) -> Step:
    encoder, decoder = str(name).split("-")
    order = np.argsort(-abs(parts.parts), kind="stable")
    rows = [
        (
            network.node_ids[parts.nodes[k]],
            network.type_of(int(parts.nodes[k])),
            f"{parts.weights[k]:.4f}",
            f"{parts.parts[k]:+.4f}",
        )
        for k in order
    ]
    head = tr("neighbour"), tr("type"), tr("weight"), tr("part")
    lines = _table([head, *rows])
    constant = tr("constant: {bias:+.4f}", bias=parts.bias)
    total = tr("sum: {sum:+.4f}", sum=parts.bias + float(parts.parts.sum()))
    claim = _MASKED if decoder == "mlp" else _LINEAR
    return Step(
        tr(claim),
        formula=_LAYERS[encoder],
        detail=(*cut_lines(lines, MOST_LINES + 1), constant, total),
        value=Quantity(parts.score, "", 4),
        source=_SOURCES[encoder],
    )


def _common_step(network: TypedNetwork, near: Neighbourhoods, pair: list[int]) -> Step:
    paths = common_paths(near, *pair)
    total = sum(path.part for path in paths)
    return Step(
        trn(
            "The two have {n} common neighbour; Adamic and Adar's sum weighs it by its "
            "degree.",
            "The two have {n} common neighbours; Adamic and Adar's sum weighs each by "
            "its degree.",
            len(paths),
        ),
        formula=r"\sum_{z \in N(u) \cap N(v)} \frac{1}{\log(k_z)}",
        detail=_path_lines(network, near, paths),
        value=Quantity(total, "", 4),
        source="doi:10.1016/S0378-8733(03)00009-1",
    )


def _paths_step(network: TypedNetwork, near: Neighbourhoods, pair: list[int]) -> Step:
    paths = three_step_parts(near, *pair)
    total = sum(path.part for path in paths)
    return Step(
        trn(
            "{n} path of three links joins them; each is divided by the root of the "
            "degrees of its two inner nodes.",
            "{n:,} paths of three links join them; each is divided by the root of the "
            "degrees of its two inner nodes.",
            len(paths),
        ),
        formula=r"\sum_{u - x - y - v} \frac{1}{\sqrt{k_x k_y}}",
        detail=_path_lines(network, near, paths),
        value=Quantity(total, "", 4),
        source="doi:10.1038/s41467-019-09177-y",
    )


def _degree_step(near: Neighbourhoods, pair: list[int]) -> Step:
    left, right = (int(near.degree[node]) for node in pair)
    return Step(
        tr(
            "Degrees alone: any two nodes with as many links get this product, "
            "whatever they are."
        ),
        formula=r"k_u k_v",
        substitution=rf"{left} \cdot {right}",
        value=Quantity(left * right),
    )


def _path_lines(
    network: TypedNetwork, near: Neighbourhoods, paths: Sequence[Path]
) -> tuple[str, ...]:
    lines = []
    for path in paths:
        names = " - ".join(
            f"{network.node_ids[node]} ({int(near.degree[node])})"
            for node in path.inside
        )
        lines.append(f"{names}: {path.part:.4f}")
    return cut_lines(lines, MOST_LINES)


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell(text, width, to="left" if place < 2 else "right")
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
