"""Pictures beside a working: SVG whose parts light up with the steps about them.

They hold symbols and numbers of the lecture notes' examples, and no words.
"""

import math
from dataclasses import dataclass

_PLACES = ((70, 60), (190, 40), (320, 70), (300, 190), (150, 170), (350, 260))
_EDGES = ((1, 2), (1, 5), (2, 3), (2, 5), (3, 4), (4, 5), (4, 6))
_NAMES = ("x₁", "z₁₁", "a₁₁", "z₂₁", "a₂₁", "J")
_CHAIN = tuple((name, 45 + 100 * k) for k, name in enumerate(_NAMES))
_WHEEL = "0011"


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG and which of its parts each step of the working lights.

    Parameters
    ----------
    svg
        Its elements with ``data-part`` can be lit.
    lit
        Names of parts for each step, apart by spaces; one entry per step.
    """

    svg: str
    lit: tuple[str, ...]


def nodes_picture(node: int) -> Picture:
    """Six nodes; lit are the node, its neighbours and the edges between them."""
    near = {j for pair in _EDGES if node in pair for j in pair} - {node}
    parts = [
        f'<line data-part="{"edge" if node in pair else ""}" {_ends(*pair)}/>'
        for pair in _EDGES
    ]
    for number, (x, y) in enumerate(_PLACES, 1):
        part = "self" if number == node else "near" if number in near else ""
        parts.append(
            f'<g data-part="{part}"><circle cx="{x}" cy="{y}" r="19"/>'
            f'<text x="{x}" y="{y + 5}">{number}</text></g>'
        )
    neighbours, everything = "edge near", "edge near self"
    lit = (
        *("self edge", neighbours, neighbours, everything),
        *(neighbours, everything, everything),
    )
    # the notes' drawing is told about with the first node alone
    return Picture(_svg(420, 300, parts), (*lit, "self edge"))


def _ends(i: int, j: int) -> str:
    (x1, y1), (x2, y2) = _PLACES[i - 1], _PLACES[j - 1]
    return f'x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"'


def chain_picture() -> Picture:
    """From x to J; lit is the link whose derivative a step takes."""
    parts = []
    names = ("w11", "a11", "w21", "a21", "loss")
    labels = ("w₁₁ = 1", "σ", "w₂₁ = 1", "relu", "½(y−2)²")
    for (_, left), (_, right), name, label in zip(
        _CHAIN, _CHAIN[1:], names, labels, strict=False
    ):
        parts.append(
            f'<g data-part="{name}"><line x1="{left + 26}" y1="70" '
            f'x2="{right - 26}" y2="70"/>'
            f'<text x="{(left + right) / 2:g}" y="34" class="small">{label}</text></g>'
        )
    for name, x in _CHAIN:
        parts.append(
            f'<g><circle cx="{x}" cy="70" r="25"/>'
            f'<text x="{x}" y="75">{name}</text></g>'
        )
    forward = " ".join(names)
    links = ("loss", "a21", "w21", "a11", "w11")
    lit = (
        *(forward, "loss", forward, forward, *links, forward),
        *("w11", forward, forward, "w11", forward),
    )
    return Picture(_svg(590, 115, parts), lit)


def ring_picture() -> Picture:
    """The wheel 0011 with its four windows."""
    parts = []
    for place, letter in enumerate(_WHEEL):
        angle = math.tau * place / len(_WHEEL) - math.pi / 2
        x, y = 150 + 80 * math.cos(angle), 120 + 80 * math.sin(angle)
        parts.append(
            f'<g data-part="letters"><circle cx="{x:.1f}" cy="{y:.1f}" r="24"/>'
            f'<text x="{x:.1f}" y="{y + 5:.1f}">{letter}</text></g>'
        )
        between = angle + math.pi / len(_WHEEL)
        word = _WHEEL[place] + _WHEEL[(place + 1) % len(_WHEEL)]
        parts.append(
            f'<text data-part="windows" class="small" '
            f'x="{150 + 105 * math.cos(between):.1f}" '
            f'y="{125 + 105 * math.sin(between):.1f}">{word}</text>'
        )
    both = "letters windows"
    lit = ("letters", "letters", "windows", "", *["windows"] * 3, both, "letters")
    return Picture(_svg(300, 240, parts), lit)


def _svg(width: int, height: int, parts: list[str]) -> str:
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'role="img" class="graph" data-wl="scene_label">{body}</svg>'
    )
