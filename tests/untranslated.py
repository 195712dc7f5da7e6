"""Words of explanations that no catalogue knows, found in the code itself."""

import ast
import re

from tests.chinese import KEPT

# what explanations are made of: arguments in order, and those that are told
_ARGUMENTS = {
    "Explanation": ("title", "steps", "inputs"),
    "Step": ("claim",),
    "Verdict": ("outcome", "margin", "text"),
    "Quantity": ("number", "unit", "decimals"),
}
_TOLD = {"title", "inputs", "claim", "text", "unit"}
_NAMES = {"SHA-1", "bioloom images train"}
_WORD = re.compile(r"[^\W\d_]{2,}")
_LATIN = re.compile(r"[A-Za-z]+")
_PROSE = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")
# authors with a year, identifiers
_SOURCE = re.compile(r"\b(19|20)\d\d\b|doi:|arXiv:")


def makes_explanations(tree):
    """Whether a module imports what explanations are made of, not only for types."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "bioloom.explain"
        and {one.name for one in node.names} & _ARGUMENTS.keys()
        for node in tree.body
    )


def untranslated(tree):
    """Line and text of each string that is told and does not go through `tr`.

    Three kinds: an f-string with words, a string of several words, and one word where
    a title, claim, verdict, unit or name of an input stands. Formulas, sources,
    docstrings and errors are none.
    """
    told = _told_places(tree)
    skipped = _skipped(tree)
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [one.value for one in node.values if isinstance(one, ast.Constant)]
            text, looked_for = "".join(parts), _WORD
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text, looked_for = node.value, _WORD if id(node) in told else _PROSE
        else:
            continue
        if looked_for.search(_without_names(text)) and not _is_kept(text):
            yield node.lineno, text


def _is_kept(text):
    is_formula = "\\" in text
    return is_formula or text in _NAMES or _SOURCE.search(text)


def _without_names(text):
    return _LATIN.sub(lambda found: "" if found[0] in KEPT else found[0], text)


def _told_places(tree):
    """Strings in the arguments that are told, by identity."""
    places = set()
    for node in ast.walk(tree):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if name in _ARGUMENTS:
            given = dict(zip(_ARGUMENTS[name], node.args, strict=False))
            given |= {word.arg: word.value for word in node.keywords}
            for argument in given.keys() & _TOLD:
                places |= set(map(id, _leaves(given[argument])))
    return places


def _leaves(node):
    """Strings of an expression that it may be, not those that calls in it get."""
    if isinstance(node, ast.Constant):
        yield node
    elif isinstance(node, ast.IfExp):
        yield from _leaves(node.body)
        yield from _leaves(node.orelse)
    elif isinstance(node, ast.BinOp | ast.BoolOp):
        for part in ast.iter_child_nodes(node):
            yield from _leaves(part)
    elif isinstance(node, ast.Dict):
        for key in node.keys:
            yield from _leaves(key)


def _skipped(tree):
    """What is looked up, raised, compared, or said to programmers, by identity."""
    skipped = set()
    for node in ast.walk(tree):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if name in ("tr", "mark") or isinstance(node, ast.Raise | ast.Compare):
            skipped |= set(map(id, ast.walk(node)))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))  # docstrings
        elif isinstance(node, ast.JoinedStr):  # its parts, and how values are shown
            for part in node.values:
                if isinstance(part, ast.Constant):
                    skipped.add(id(part))
                elif part.format_spec:
                    skipped |= set(map(id, ast.walk(part.format_spec)))
    return skipped
