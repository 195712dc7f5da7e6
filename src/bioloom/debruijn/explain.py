"""The working behind a De Bruijn sequence: the puzzle of the turning wheel."""

from bioloom.debruijn.counting import count_sequences
from bioloom.debruijn.data import Words
from bioloom.debruijn.result import Turn, Walk, turned_by, walk
from bioloom.debruijn.sequence import first_repeat
from bioloom.explain import Explanation, Quantity, Step, Verdict

MOST_LINES = 64

_BEST = "van Aardenne-Ehrenfest T., de Bruijn N.G. (1951) Simon Stevin 28:203-217"
_EULER = "Good I.J. (1946) J. London Math. Soc. 21:167. doi:10.1112/jlms/s1-21.3.167"


def explain(shown: Walk, *, other: str = "") -> Explanation:
    """Show how a De Bruijn sequence comes about, turn by turn.

    Parameters
    ----------
    shown
        The sequence.
    other
        Another text that is said to be one, which is judged; empty for none.

    Raises
    ------
    BadWords
        If `other` holds a letter that is not in the alphabet.
    """
    words = shown.words
    steps = [
        _windows(words),
        _nodes(shown),
        _edges(shown),
        _balance(words),
        _circuit(shown),
        _wheel(shown),
        _each_once(shown),
        _count(words),
    ]
    if other:
        steps.append(_judged(shown, other))
    return Explanation(
        title=f"De Bruijn sequence of order {words.order} over {words.letters}: "
        f"{_short(shown.text)}",
        steps=tuple(steps),
        inputs={"alphabet": " ".join(words.letters), "order": str(words.order)},
    )


def notes_example() -> Explanation:
    """The wheel of four sectors, with the second solution that is none."""
    return explain(walk(Words("01", 2)), other="0110")


def _windows(words: Words) -> Step:
    return Step(
        claim=f"A wheel carries letters; a window shows {words.order} neighbouring "
        "ones, and each turn by one sector must show something new. There are so many "
        "different windows, and the wheel needs as many sectors.",
        formula="k^n",
        substitution=f"{words.alphabet_size}^{{{words.order}}}",
        value=Quantity(words.n_words, "sectors"),
    )


def _nodes(shown: Walk) -> Step:
    words = shown.words
    names = sorted(shown.nodes, key=lambda one: [words.letters.index(x) for x in one])
    return Step(
        claim="Two windows in a row share all letters but one. The shared part is a "
        "node of the De Bruijn graph.",
        formula="k^{n-1}",
        substitution=f"{words.alphabet_size}^{{{words.order - 1}}}",
        value=Quantity(len(names), "nodes" if len(names) > 1 else "node"),
        detail=_cut(["  ".join(name or "(empty)" for name in names[:MOST_LINES])]),
    )


def _edges(shown: Walk) -> Step:
    by_node: dict[str, list[str]] = {}
    for turn in sorted(shown.turns, key=lambda one: one.window):
        by_node.setdefault(turn.source, []).append(f"{turn.window} → {_named(turn)}")
    lines = [f"{node or '(empty)'}:  {',  '.join(x)}" for node, x in by_node.items()]
    return Step(
        claim="Each window is an edge: from its letters without the last to its "
        "letters without the first.",
        value=Quantity(len(shown.turns), "edges" if len(shown.turns) > 1 else "edge"),
        detail=_cut(lines),
    )


def _named(turn: Turn) -> str:
    return turn.target or "(empty)"


def _balance(words: Words) -> Step:
    size = words.alphabet_size
    return Step(
        claim=f"Every node has {size} edge{'s' * (size > 1)} in and as many out, and "
        "each can be reached from each. So a walk exists that takes each edge once and "
        "ends where it began.",
        formula=r"d_{in}(v) = d_{out}(v) = k",
        verdict=Verdict("pass", text="an Eulerian circuit exists"),
        source=_EULER,
    )


def _circuit(shown: Walk) -> Step:
    width = len(str(len(shown.turns)))
    lines = [
        f"{number:>{width}}. {turn.source or '(empty)'} → {_named(turn)}  "
        f"by {turn.window}"
        for number, turn in enumerate(shown.turns, 1)
    ]
    return Step(
        claim="The walk, edge by edge; the first letter of each edge makes the "
        f"sequence {_short(shown.text)}.",
        detail=_cut(lines),
    )


def _wheel(shown: Walk) -> Step:
    order, text = shown.words.order, shown.text
    width = len(str(len(text)))
    lines = [
        f"turn {number:>{width}}: {_framed(text, number - 1, order)}   {turn.window}"
        for number, turn in enumerate(shown.turns, 1)
    ]
    return Step(
        claim="The wheel turned, sector by sector; the window stands in brackets and "
        "goes on over the end to the beginning.",
        detail=_cut(lines),
    )


def _framed(text: str, place: int, order: int) -> str:
    """The sequence with its window in brackets, e.g. ``0[01]1``; around, ``1]00[1``."""
    if order >= len(text):
        return f"[{text}]"
    end = place + order
    if end <= len(text):
        return f"{text[:place]}[{text[place:end]}]{text[end:]}"
    end -= len(text)
    return f"{text[:end]}]{text[end:place]}[{text[place:]}"


def _each_once(shown: Walk) -> Step:
    words = shown.words
    repeat = first_repeat(words, words.codes_of(shown.text))
    n_seen = len({turn.window for turn in shown.turns})
    return Step(
        claim="Each window was seen exactly once.",
        value=Quantity(n_seen, f"different windows in {len(shown.turns)} turns"),
        verdict=Verdict("pass" if repeat is None else "fail"),
    )


def _count(words: Words) -> Step:
    number = count_sequences(words)
    size, order = words.alphabet_size, words.order
    claim = "The number of different cyclic sequences; rotations are the same one."
    if number.exact == 1:
        claim = "There is exactly one such cyclic sequence; all others are its turns."
    return Step(
        claim=claim,
        formula=r"\frac{(k!)^{k^{n-1}}}{k^n}",
        substitution=rf"\frac{{({size}!)^{{{size ** (order - 1)}}}}}"
        rf"{{{size}^{{{order}}}}} = {number}",
        source=_BEST,
    )


def _judged(shown: Walk, other: str) -> Step:
    words = shown.words
    codes = words.codes_of(other)
    is_valid = len(other) == words.n_words and first_repeat(words, codes) is None
    if not is_valid:
        text = f"{other} does not show each window once"
        return Step(claim=f"Is {other} a solution?", verdict=Verdict("fail", text=text))
    turned = turned_by(shown.text, other)
    if turned is None:
        text = f"a solution, and another cycle than {_short(shown.text)}"
    elif turned == 0:
        text = "the same sequence"
    else:
        text = f"the same cycle, turned by {turned}: no second solution"
    return Step(
        claim=f"Is {other} another solution?", verdict=Verdict("note", text=text)
    )


def _cut(lines: list[str]) -> tuple[str, ...]:
    left = len(lines) - MOST_LINES
    return (*lines[:MOST_LINES], *([f"… and {left} more"] if left > 0 else []))


def _short(text: str, most: int = 32) -> str:
    return text if len(text) <= most else text[:most] + "…"
