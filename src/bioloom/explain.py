"""The working behind one number, in the one form that every room uses.

An `Explanation` is a list of steps (`Step`); each makes a claim, shows the formula, the
formula with the numbers put in, the value with its unit, a verdict with its margin,
and where it comes from. Rooms build explanations; here they are printed, in the
language that they were made in.
"""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bioloom.run.language import (
    HTML_TAGS,
    Language,
    language_in_force,
    mark,
    tr,
    use_language,
)

_ATOM = re.compile(r"[\w.^%∂]+")  # reads as one thing beside a fraction's bar
_POWER = re.compile(r"\^\{((?:[^{}]|\{[^{}]*\})*)\}")
# signs that keep a space behind
_RELATIONS = {
    **{"leq": "≤", "geq": "≥", "neq": "≠", "approx": "≈", "leftarrow": "←"},
    **{"cdot": "·", "times": "×", "in": "∈", "cup": "∪", "propto": "∝"},
}
_SHORT_POWER = re.compile(r"-?[\w.]+|\([\w.]+\)")  # needs no brackets

Outcome = Literal["pass", "fail", "note"]
SIGNS: Mapping[Outcome, str] = {"pass": "✓", "fail": "✗", "note": "·"}
_OUTCOMES: Mapping[Outcome, str] = {
    "pass": mark("pass"),
    "fail": mark("fail"),
    "note": mark("note"),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, its unit and how many decimals are shown.

    Of a number that may be very small, `decimals` None shows four digits.

    Examples
    --------
    >>> str(Quantity(63, "aa")), str(Quantity(0.03751, "", 3))
    ('63 aa', '0.038')
    >>> str(Quantity(2.18123e-8, "", None))
    '2.181e-08'
    """

    number: float
    unit: str = ""
    decimals: int | None = 0

    def __str__(self) -> str:
        """The number as shown, with its unit."""
        form = ".4g" if self.decimals is None else f".{self.decimals}f"
        return f"{self.number:{form}} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a value meets its threshold, and by how much.

    Parameters
    ----------
    outcome
        "pass", "fail", or "note" where nothing is decided.
    margin
        Distance to the threshold, positive on the passing side.
    text
        A word on it.
    """

    outcome: Outcome
    margin: Quantity | None = None
    text: str = ""

    def __str__(self) -> str:
        """Sign, word and margin, e.g. ``✓ pass, 37 aa to spare``."""
        words = f"{SIGNS[self.outcome]} {tr(_OUTCOMES[self.outcome])}"
        for word in (self.text, self._margin_words()):
            words = tr("{words}, {more}", words=words, more=word) if word else words
        return words

    def _margin_words(self) -> str:
        if self.margin is None:
            return ""
        if self.outcome == "pass":
            return tr("{margin} to spare", margin=self.margin)
        return tr("{margin} from the threshold", margin=self.margin)


@dataclass(frozen=True, slots=True)
class Step:
    r"""One step of a working.

    Parameters
    ----------
    claim
        A sentence.
    formula, substitution
        LaTeX: symbols only, and the same with the numbers put in.
    value
        The result of this step.
    verdict
        Whether it meets its threshold.
    source
        DOI or document.
    detail
        Lines of fixed-width text: an alignment, a sequence, a table.
    """

    claim: str
    formula: str = ""
    substitution: str = ""
    value: Quantity | None = None
    verdict: Verdict | None = None
    source: str = ""
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """The working of one result; it shows itself in a console and in a notebook.

    Parameters
    ----------
    title
        What is explained.
    steps
        In reading order.
    inputs
        What went in, by name.
    language
        That of its words; the one in force when it is made.
    """

    title: str
    steps: tuple[Step, ...]
    inputs: Mapping[str, str] = field(default_factory=dict)
    language: Language = field(default_factory=language_in_force)

    def to_text(self) -> str:
        """Plain text for a terminal."""
        return self._printed(_text_lines)

    def to_markdown(self) -> str:
        """Markdown with LaTeX formulas between dollar signs."""
        return self._printed(_markdown_lines)

    def to_html(self) -> str:
        """An HTML section; formulas are MathML, every string is escaped."""
        return self._printed(_html_lines)

    def to_json(self) -> str:
        """All fields, unrounded; the language only where it is not English."""
        fields = asdict(self)
        if self.language == "en":
            del fields["language"]
        return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"

    def __str__(self) -> str:
        """As `to_text`."""
        return self.to_text()

    def __repr__(self) -> str:
        """The working itself, as a console shows it."""
        return self.to_text().rstrip("\n")

    def _repr_html_(self) -> str:
        """As `to_html`, which Jupyter shows."""
        return self.to_html()

    def _printed(self, form: Callable[["Explanation"], Iterator[str]]) -> str:
        with use_language(self.language):
            return "\n".join(form(self)) + "\n"


def width_of(text: str) -> int:
    """Columns that a text takes on a terminal: Chinese characters take two.

    Examples
    --------
    >>> width_of("aa"), width_of("种子区")
    (2, 6)
    """
    kinds = map(unicodedata.east_asian_width, text)
    return sum(2 if kind in "WF" else 1 for kind in kinds)


def cell(text: str, width: int, *, to: Literal["left", "right"] = "left") -> str:
    """One cell of a table in fixed-width text.

    Parameters
    ----------
    text
        What it holds.
    width
        Columns on a terminal; a longer text is not cut.
    to
        The side that the text is set to.
    """
    blank = " " * (width - width_of(text))
    return text + blank if to == "left" else blank + text


def _text_lines(explanation: Explanation) -> Iterator[str]:
    yield explanation.title
    yield "=" * width_of(explanation.title)
    for name, value in explanation.inputs.items():
        yield tr("{name}: {value}", name=name, value=value)
    for number, step in enumerate(explanation.steps, 1):
        yield ""
        yield f"{number}. {step.claim}"
        for latex in (step.formula, step.substitution):
            if latex:
                yield f"     {_plain(latex)}"
        yield from (f"     {line}" for line in _outcome_lines(step))
        yield from (f"     {line}" for line in step.detail)
        if step.source:
            yield "     " + tr("source: {source}", source=step.source)


def _outcome_lines(step: Step) -> Iterator[str]:
    parts = [str(part) for part in (step.value, step.verdict) if part is not None]
    if parts:
        yield "→ " + "   ".join(parts)


def _plain(latex: str) -> str:
    """LaTeX as one line of text; the parts of a fraction keep their brackets."""
    from pylatexenc import latex2text

    context = latex2text.get_default_latex_context_db()
    fraction = latex2text.MacroTextSpec("frac", simplify_repl=_plain_fraction)
    relations = [
        latex2text.MacroTextSpec(name, simplify_repl=f"{sign} ")
        for name, sign in _RELATIONS.items()
    ]
    gap = latex2text.MacroTextSpec(";", simplify_repl=" ")
    macros = [fraction, gap, *relations]
    context.add_context_category("bioloom", prepend=True, macros=macros)
    reader = latex2text.LatexNodes2Text(latex_context=context, math_mode="text")
    return str(reader.latex_to_text(_with_bracketed_powers(latex)))


def _with_bracketed_powers(latex: str) -> str:
    """Long exponents between brackets, the innermost first."""
    while match := next(
        (
            power
            for power in _POWER.finditer(latex)
            if not _SHORT_POWER.fullmatch(power[1])
        ),
        None,
    ):
        latex = f"{latex[: match.start()]}^({match[1]}){latex[match.end() :]}"
    return latex


def _plain_fraction(node: Any, l2tobj: Any) -> str:
    parts = (l2tobj.nodelist_to_text([part]).strip() for part in node.nodeargd.argnlist)
    return "/".join(part if _ATOM.fullmatch(part) else f"({part})" for part in parts)


def _markdown_lines(explanation: Explanation) -> Iterator[str]:
    yield f"## {explanation.title}"
    yield ""
    for name, value in explanation.inputs.items():
        yield "- " + tr("{name}: {value}", name=name, value=value)
    for number, step in enumerate(explanation.steps, 1):
        yield ""
        yield f"{number}. {step.claim}"
        for latex in (step.formula, step.substitution):
            if latex:
                yield f"   $${latex}$$"
        yield from (f"   {line}" for line in _outcome_lines(step))
        if step.detail:
            yield from ("", "   ```text", *(f"   {x}" for x in step.detail), "   ```")
        if step.source:
            yield f"   *{step.source}*"


def _html_lines(explanation: Explanation) -> Iterator[str]:
    tag = HTML_TAGS[explanation.language]
    # a page in English holds these sections, and says so itself
    language = "" if tag == "en" else f' lang="{tag}"'
    title = html.escape(explanation.title)
    yield f'<section class="explanation"{language}><h3>{title}</h3>'
    if explanation.inputs:
        yield "<dl>"
        for name, value in explanation.inputs.items():
            yield f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>"
        yield "</dl>"
    yield "<ol>"
    for step in explanation.steps:
        yield from _html_step(step)
    yield "</ol></section>"


def _html_step(step: Step) -> Iterator[str]:
    from latex2mathml.converter import convert

    outcome = step.verdict.outcome if step.verdict else "note"
    yield f'<li class="{outcome}"><p>{html.escape(step.claim)}</p>'
    for latex in (step.formula, step.substitution):
        if latex:
            yield f'<p class="formula">{convert(latex)}</p>'
    for line in _outcome_lines(step):
        yield f'<p class="outcome">{html.escape(line)}</p>'
    if step.detail:
        yield f"<pre>{html.escape(chr(10).join(step.detail))}</pre>"
    if step.source:
        yield f'<p class="source">{html.escape(step.source)}</p>'
    yield "</li>"
