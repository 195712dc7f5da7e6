"""The working behind a De Bruijn sequence: the puzzle of the turning wheel."""

from bioloom.debruijn.sequences.counting import count_sequences
from bioloom.debruijn.sequences.generate import first_repeat
from bioloom.debruijn.sequences.walk import DeBruijnSequence, turned_by, walk
from bioloom.debruijn.sequences.words import Words
from bioloom.explain import Explanation, Quantity, Step, Verdict
from bioloom.run.language import tr
from bioloom.run.words import cut_lines, shortened

MOST_LETTERS = 32
MOST_LINES = 64

_BEST = "van Aardenne-Ehrenfest T., de Bruijn N.G. (1951) Simon Stevin 28:203-217"
_EULER = "Good I.J. (1946) J. London Math. Soc. 21:167. doi:10.1112/jlms/s1-21.3.167"


def explain(sequence: DeBruijnSequence, *, other: str = "") -> Explanation:
    """Show how a De Bruijn sequence comes about, turn by turn.

    Parameters
    ----------
    sequence
        The sequence.
    other
        Text that may be another solution, which is checked; empty for none.

    Raises
    ------
    BadWords
        If `other` has a letter that is not in the alphabet.
    """
    words = sequence.words
    steps = [
        _windows(words),
        _nodes(sequence),
        _edges(sequence),
        _balance(words),
        _circuit(sequence),
        _wheel(sequence),
        _each_once(sequence),
        _count(words),
    ]
    if other:
        steps.append(_judged(sequence, other))
    return Explanation(
        title=tr(
            "De Bruijn sequence of order {order} over {letters}: {sequence}",
            order=words.order,
            letters=words.letters,
            sequence=shortened(sequence.text, MOST_LETTERS),
        ),
        steps=tuple(steps),
        inputs={
            tr("alphabet"): " ".join(words.letters),
            tr("order"): str(words.order),
        },
    )


def notes_example() -> Explanation:
    """The wheel of four sectors, compared with a text that is not a second solution."""
    return explain(walk(Words("01", 2)), other="0110")


def _windows(words: Words) -> Step:
    return Step(
        claim=tr(
            "A wheel carries letters, and a window shows {order} neighbouring ones. "
            "Each turn by one sector must show a new word, so the wheel needs one "
            "sector for each possible word.",
            order=words.order,
        ),
        formula="k^n",
        substitution=f"{words.alphabet_size}^{{{words.order}}}",
        value=Quantity(words.n_words, tr("sectors")),
    )


def _nodes(sequence: DeBruijnSequence) -> Step:
    words = sequence.words
    names = sorted(
        sequence.nodes, key=lambda node: [words.letters.index(x) for x in node]
    )
    return Step(
        claim=tr(
            "Consecutive windows are shifted by one letter and overlap in n−1 letters. "
            "The overlap is a node of the De Bruijn graph."
        ),
        formula="k^{n-1}",
        substitution=f"{words.alphabet_size}^{{{words.order - 1}}}",
        value=Quantity(len(names), _unit(len(names))),
        detail=("  ".join(map(_node, names[:MOST_LINES])),),
    )


def _unit(n_nodes: int) -> str:
    if n_nodes > 1:
        return tr("{n} nodes", n="").strip()
    return tr("{n} node", n="").strip()


def _edges(sequence: DeBruijnSequence) -> Step:
    by_node: dict[str, list[str]] = {}
    for turn in sorted(sequence.turns, key=lambda turn: turn.window):
        by_node.setdefault(turn.source, []).append(
            f"{turn.window} → {_node(turn.target)}"
        )
    lines = [f"{_node(node)}:  {',  '.join(x)}" for node, x in by_node.items()]
    n_edges = len(sequence.turns)
    return Step(
        claim=tr(
            "Each window is an edge, from the node of its letters without the last to "
            "the node of its letters without the first."
        ),
        value=Quantity(n_edges, tr("edges") if n_edges > 1 else tr("edge")),
        detail=cut_lines(lines, MOST_LINES),
    )


def _node(name: str) -> str:
    return name or tr("(empty)")


def _balance(words: Words) -> Step:
    degrees = tr(
        "The in-degree and the out-degree of every node are {n}, and every node can be "
        "reached from every other.",
        n=words.alphabet_size,
    )
    return Step(
        claim=tr(
            "{degrees} So there is a walk that uses each edge once and ends where it "
            "began.",
            degrees=degrees,
        ),
        formula=r"d_{in}(v) = d_{out}(v) = k",
        verdict=Verdict("pass", text=tr("an Eulerian circuit exists")),
        source=_EULER,
    )


def _circuit(sequence: DeBruijnSequence) -> Step:
    width = len(str(len(sequence.turns)))
    lines = [
        tr(
            "{number}. {source} → {target}  by {window}",
            number=f"{number:>{width}}",
            source=_node(turn.source),
            target=_node(turn.target),
            window=turn.window,
        )
        for number, turn in enumerate(sequence.turns, 1)
    ]
    return Step(
        claim=tr(
            "The walk, edge by edge; the first letters of the edges spell the "
            "sequence {sequence}.",
            sequence=shortened(sequence.text, MOST_LETTERS),
        ),
        detail=cut_lines(lines, MOST_LINES),
    )


def _wheel(sequence: DeBruijnSequence) -> Step:
    order, text = sequence.words.order, sequence.text
    width = len(str(len(text)))
    lines = [
        tr(
            "turn {number}: {wheel}   {window}",
            number=f"{number:>{width}}",
            wheel=_framed(text, number - 1, order),
            window=turn.window,
        )
        for number, turn in enumerate(sequence.turns, 1)
    ]
    return Step(
        claim=tr(
            "The wheel, turned sector by sector. Brackets mark the window, which "
            "continues from the end to the beginning."
        ),
        detail=cut_lines(lines, MOST_LINES),
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


def _each_once(sequence: DeBruijnSequence) -> Step:
    words = sequence.words
    repeat = first_repeat(words, words.codes_of(sequence.text))
    n_seen = len({turn.window for turn in sequence.turns})
    return Step(
        claim=tr("Each window occurs exactly once."),
        value=Quantity(
            n_seen, tr("different windows in {n} turns", n=len(sequence.turns))
        ),
        verdict=Verdict("pass" if repeat is None else "fail"),
    )


def _count(words: Words) -> Step:
    number = count_sequences(words)
    size, order = words.alphabet_size, words.order
    claim = tr("The number of different cyclic sequences; rotations count as one.")
    if number.exact == 1:
        claim = tr(
            "There is exactly one such cyclic sequence; all others are rotations of it."
        )
    return Step(
        claim=claim,
        formula=r"\frac{(k!)^{k^{n-1}}}{k^n}",
        substitution=rf"\frac{{({size}!)^{{{size ** (order - 1)}}}}}"
        rf"{{{size}^{{{order}}}}} = {number}",
        source=_BEST,
    )


def _judged(sequence: DeBruijnSequence, other: str) -> Step:
    words = sequence.words
    codes = words.codes_of(other)
    is_valid = len(other) == words.n_words and first_repeat(words, codes) is None
    if not is_valid:
        text = tr("{other} does not contain each window exactly once", other=other)
        return Step(
            claim=tr("Is {other} a solution?", other=other),
            verdict=Verdict("fail", text=text),
        )
    return Step(
        claim=tr("Is {other} another solution?", other=other),
        verdict=Verdict("note", text=_likeness(sequence.text, other)),
    )


def _likeness(text: str, other: str) -> str:
    """In words, whether two solutions are one cycle."""
    turned = turned_by(text, other)
    if turned is None:
        return tr(
            "a solution, and a different cycle from {sequence}",
            sequence=shortened(text, MOST_LETTERS),
        )
    if turned == 0:
        return tr("the same sequence")
    return tr("the same cycle, rotated by {n}: not a second solution", n=turned)
