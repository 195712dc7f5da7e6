"""Print the phrases of errors, notes and stored sentences, as calls of `mark`.

    python scripts/phrases.py > build/phrases/phrases.py

`make messages` reads them from there, for the catalogue `phrases`. They stand in the
code as plain strings and f-strings, which no other tool collects. A phrase is what is
given to an error as a fact, e.g. ``found=f"{n} labels"``, directly or by a name or a
function of the same module, and what a function makes whose name says that it makes
sentences, notes or the like, or that returns strings as long as sentences. A value in
an f-string becomes a gap, ``{n} labels``.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeGuard

import bioloom
from bioloom.run.words import counted

FACTS = frozenset(
    (
        "where",
        "found",
        "expected",
        "advice",
        "role",
        "kind",
        "reason",
        "problem",
        "what",
        "why",
        "cure",
        "detail",
    )
)
TELLING = frozenset(
    (
        *("warn", "warn_input", "_notice", "UsageError", "BadParameter"),
        *("told", "told_line", "wording"),
    )
)
SAYS = re.compile("sentence|doubt|note|notice|warning|reason|advice|remark|oddit")
# what other functions return is collected if it is as long as a sentence; no HTML, no
# line of a list
LONG = re.compile(r"(?![-*<\s])(?:[^<\n]*?\b[a-z]{2,}\b){5}[^<\n]*$")
FORMULA = re.compile(r"[\\\t]|\{\w*[^\w}]")  # of TeX, or with gaps that have a format
# of pydantic, as `run.config` shows them
OTHERS_WORDS = (
    "input should be {expected}",
    *("input should be a valid integer", "input should be a valid number"),
    *("input should be a valid string", "input should be a valid boolean"),
    *("input should be greater than {limit}", "input should be less than {limit}"),
    "input should be greater than or equal to {limit}",
    "input should be less than or equal to {limit}",
)
TRANSLATED = frozenset(("tr", "trn", "mark"))
MADE = (
    *(ast.IfExp, ast.BoolOp, ast.BinOp, ast.JoinedStr, ast.NamedExpr, ast.Subscript),
    *(ast.Tuple, ast.List, ast.Set, ast.ListComp, ast.GeneratorExp),
)
ENGLISH = ("lincrna/output/methods.py", "images/output/card.py")
"""What makes texts for papers and for those who get a model: they are English."""
_DEEPEST = 6  # names and functions followed one after another


Parameters = Mapping[str, Sequence[Sequence[str]]]
"""Of functions and classes by name, which several modules may have."""


class Phrases:
    """The phrases of one module.

    Parameters
    ----------
    module
        Its syntax tree.
    parameters
        Of all functions and classes; those of the module itself go first.
    is_english
        Whether what its functions return stays English.
    """

    def __init__(
        self, module: ast.Module, parameters: Parameters, *, is_english: bool = False
    ) -> None:
        self.parameters = {**parameters, **parameters_of([module])}
        self.is_english = is_english
        self.values: dict[str, list[ast.expr]] = {}
        self.returned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(module):
            self._note(node)
        self.module = module

    def __iter__(self) -> Iterator[str]:
        for node in ast.walk(self.module):
            for told in _told(node, self.parameters):
                yield from self.of(told)
            yield from _counted(node)
            yield from filter(None, map(_sentence, _strings(_said(node))))
            if isinstance(node, ast.FunctionDef) and SAYS.search(node.name):
                yield from filter(None, map(_sentence, _strings(node.body)))
            elif not self.is_english and _is_told(node):
                found = map(_sentence, _strings(_returned(node)))
                yield from filter(LONG.match, found)

    def of(self, node: ast.expr, depth: int = 0) -> Iterator[str]:
        """Phrases that an expression may be."""
        if depth > _DEEPEST:
            return
        for part in self._parts(node):
            yield from self.of(part, depth + 1)
        if text := _template(node):
            yield text

    def _parts(self, node: ast.expr) -> Iterable[ast.expr]:
        """Expressions of which the value of this one is made or chosen."""
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return self.values.get(name, ())
            case ast.Call(func=ast.Attribute(value=owner, attr=name)):
                return (*self.returned.get(name, ()), owner, *_chosen(node.args))
            case ast.Call(func=ast.Name(id=name)):
                return (*self.returned.get(name, ()), *_chosen(node.args))
            case ast.Dict(values=values):
                return values
            case ast.JoinedStr():
                return _gaps(node)
            case ast.Subscript(value=value):
                return _chosen([value])
        return _chosen(ast.iter_child_nodes(node)) if isinstance(node, MADE) else ()

    def _note(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=[target]):
                self._assign(target, node.value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                self.values.setdefault(name, []).append(value)
            case ast.NamedExpr(target=ast.Name(id=name)):
                self.values.setdefault(name, []).append(node.value)
            case ast.FunctionDef():
                self.returned.setdefault(node.name, []).extend(_returned(node))

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case ast.Name(id=name) | ast.Attribute(attr=name), _:
                self.values.setdefault(name, []).append(value)
            case ast.Tuple(elts=names), ast.Tuple(elts=values):
                for each, its_value in zip(names, values, strict=False):
                    self._assign(each, its_value)


def _is_told(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    """Whether it is a function that returns strings."""
    if not isinstance(node, ast.FunctionDef) or not node.returns:
        return False
    return bool(re.search(r"\bstr\b", ast.unparse(node.returns)))


def _said(node: ast.AST) -> list[ast.expr]:
    """What is put into a variable or field whose name says that it holds sentences."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [value] if SAYS.search(name.lower()) else []
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return [value] if SAYS.search(name.lower()) else []
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            return [value] if SAYS.search(name.lower()) else []
        case ast.Call(
            func=ast.Attribute(
                value=ast.Name(id=name) | ast.Attribute(attr=name),
                attr="append" | "extend",
            ),
            args=[value],
        ):
            return [value] if SAYS.search(name.lower()) else []
    return []


def _strings(nodes: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """Strings in a function's body that no catalogue has yet."""
    for node in nodes:
        parts = ast.iter_child_nodes(node)
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Raise():
                continue  # a docstring; an error's facts are collected by their names
            case ast.Call(func=ast.Name(id=name)) if name in TRANSLATED:
                continue
            case ast.JoinedStr():
                parts = iter(_gaps(node))
        if isinstance(node, ast.expr) and _template(node):
            yield node
        if not isinstance(node, ast.BinOp) or not _is_text(node.left, node.right):
            yield from _strings(parts)


def _sentence(node: ast.expr) -> str:
    """A template of several words."""
    text = _template(node)
    return text if re.search("[a-z]{2,} |, [a-z]", text) else ""


def _returned(function: ast.FunctionDef) -> list[ast.expr]:
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Return | ast.Yield) and node.value
    ]


def _chosen(nodes: Iterable[ast.AST]) -> list[ast.expr]:
    """Those of some expressions that may hold words."""
    kinds = (*MADE, ast.Constant, ast.Name, ast.Attribute, ast.Call, ast.Dict)
    return [node for node in nodes if isinstance(node, kinds)]


def _gaps(text: ast.JoinedStr) -> list[ast.expr]:
    return [gap.value for gap in text.values if isinstance(gap, ast.FormattedValue)]


def _told(node: ast.AST, parameters: Parameters) -> list[ast.expr]:
    """What a call tells: facts of an error, a warning, a whole message."""
    if not isinstance(node, ast.Call):
        return []
    told = [
        word.value
        for word in node.keywords
        if word.arg in FACTS and not (word.arg == "where" and _is_key(word.value))
    ]
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node.func, ast.Name) else name
    told += [
        value
        for names in parameters.get(name, ())
        for parameter, value in zip(names, node.args, strict=False)
        if parameter in FACTS
        and not (parameter in ("kind", "where") and _is_key(value))
    ]
    if name in TELLING or _makes_an_error(node):
        told += [first for first in node.args[:1] if not isinstance(first, ast.Call)]
    return told


def _is_key(value: ast.expr) -> bool:
    """Whether it is a word by which the code chooses, or an argument's name."""
    text = _template(value)
    return " " not in text or text.startswith("--")


def _counted(node: ast.AST) -> Iterator[str]:
    """The two forms of a noun that is counted."""
    match node:
        case ast.Call(
            func=ast.Name(id="counted"), args=[_, ast.Constant(value=str(noun))]
        ):
            for n in (1, 2):
                yield counted(n, noun).replace(str(n), "{n}")


def _makes_an_error(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "super().__init__"


def _template(node: ast.expr) -> str:
    """A string with a gap for each value; empty if it has no word of its own."""
    parts = list(_pieces(node))
    words = "".join(part for part in parts if not part.startswith("\0"))
    has_word = sum(letter.isalpha() for letter in words) > 1
    if not has_word or FORMULA.search(words) or _is_name(words):
        return ""
    names: list[str] = []
    for part in parts:
        if part.startswith("\0"):
            names.append(_unused(part[1:], names))
    gaps = iter(names)
    return "".join(
        f"{{{next(gaps)}}}" if part.startswith("\0") else part for part in parts
    )


def _is_name(words: str) -> bool:
    """Whether they are a name of the code, a file's ending or an option."""
    return bool(
        re.fullmatch(r"\w*_\w*|\.[\w.]+|--[\w-]+|[A-Z]{2,}|[\w/]+\.\w+", words.strip())
    )


def _pieces(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr():
            for value in node.values:
                yield from _pieces(value)
        case ast.FormattedValue():
            yield "\0" + _name(node.value)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            for side in (left, right):
                yield from _pieces(side) if _is_text(side) else ("\0more",)


def _is_text(*nodes: ast.expr) -> bool:
    kinds = ast.Constant | ast.JoinedStr
    return all(isinstance(node, kinds) or _joined(node) for node in nodes)


def _joined(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and _is_text(node.left, node.right)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_")
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name.strip("_")
        case ast.Subscript(value=value):
            return _name(value)
        case ast.BinOp(op=ast.Add(), left=left, right=ast.Constant(value=1)):
            return f"n_{_name(left)}"  # counted from 1; `run.phrases` knows numbers so
    return "value"


def _unused(name: str, names: list[str]) -> str:
    if name not in names:
        return name
    return next(f"{name}_{n}" for n in range(2, 99) if f"{name}_{n}" not in names)


def parameters_of(modules: Iterable[ast.Module]) -> Parameters:
    """Parameters of all functions and fields of all classes, by name."""
    found: dict[str, list[Sequence[str]]] = {}
    for module in modules:
        for node in ast.walk(module):
            match node:
                case ast.FunctionDef(name=name):
                    names = [arg.arg for arg in node.args.args]
                    names = names[1:] if names[:1] == ["self"] else names
                    found.setdefault(name, []).append(names)
                case ast.ClassDef(name=name):
                    fields = [
                        each.target.id
                        for each in node.body
                        if isinstance(each, ast.AnnAssign)
                        and isinstance(each.target, ast.Name)
                    ]
                    found.setdefault(name, []).append(fields)
    return found


def phrases_of(source: Path) -> list[str]:
    """Phrases of all modules of a package, each once, by module."""
    modules = {
        path.relative_to(source).as_posix(): ast.parse(path.read_text())
        for path in sorted(source.rglob("*.py"))
    }
    parameters = parameters_of(modules.values())
    found = (
        phrase
        for path, module in modules.items()
        for phrase in Phrases(module, parameters, is_english=path in ENGLISH)
    )
    return list(dict.fromkeys([*OTHERS_WORDS, *found]))


if __name__ == "__main__":
    package = Path(bioloom.__file__).parent
    lines = (f"mark({phrase!r})\n" for phrase in phrases_of(package))
    sys.stdout.write("".join(lines))
