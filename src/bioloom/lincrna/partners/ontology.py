"""Terms of an ontology in OBO format, and their ancestors.

References
----------
OBO 1.4. https://owlcollab.github.io/oboformat/doc/GO.format.obo-1_4.html
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bioloom.errors import BadTable, MissingFile
from bioloom.run.output import open_text

PROPAGATED = ("is_a", "part_of")
"""Relations along which a gene of a term is a gene of the other term too."""


@dataclass(frozen=True, slots=True)
class Ontology:
    """Terms of an ontology.

    Parameters
    ----------
    names
        Name of each term that is not obsolete.
    parents
        Terms that each is a kind of, or a part of.
    current
        What alternative ids, and obsolete terms that were replaced, are called now.
    obsolete
        Obsolete terms without a replacement.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    current: Mapping[str, str] = field(default_factory=dict)
    obsolete: frozenset[str] = frozenset()

    def ancestors(self, term: str) -> frozenset[str]:
        """The term itself and every term above it."""
        above, waiting = {term}, [term]
        while waiting:
            for parent in self.parents.get(waiting.pop(), ()):
                if parent not in above:
                    above.add(parent)
                    waiting.append(parent)
        return frozenset(above)


def read_ontology(path: Path) -> Ontology:
    """Read an OBO file, plain or packed.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadTable
        If it holds no term.
    """
    if not path.is_file():
        raise MissingFile(path, role="the ontology (partners.ontology)")
    names: dict[str, str] = {}
    parents: dict[str, frozenset[str]] = {}
    current: dict[str, str] = {}
    obsolete: set[str] = set()
    for tags in _terms(path):
        term = tags["id"][0]
        if tags.get("is_obsolete") == ["true"]:
            obsolete.add(term)
            current.update((term, now) for now in tags.get("replaced_by", ())[:1])
            continue
        names[term] = tags.get("name", [term])[0]
        parents[term] = frozenset(_parents(tags))
        current.update(dict.fromkeys(tags.get("alt_id", []), term))
    if not names:
        raise BadTable(
            where=path,
            found="no [Term] with an id",
            expected="an ontology in OBO format",
            advice="Give a file such as go-basic.obo as partners.ontology.",
        )
    known = {name: now for name, now in current.items() if now in names}
    return Ontology(names, parents, known, frozenset(obsolete - known.keys()))


def _terms(path: Path) -> Iterator[dict[str, list[str]]]:
    """Tags of each [Term] stanza; comments and qualifiers are cut off."""
    tags: dict[str, list[str]] | None = None
    with open_text(path) as lines:
        for line in lines:
            text = line.strip()
            if text.startswith("["):
                if tags and "id" in tags:
                    yield tags
                tags = defaultdict(list) if text == "[Term]" else None
            elif tags is not None and ": " in text:
                tag, value = text.split(": ", 1)
                is_words = tag == "name"
                tags[tag].append(value if is_words else _without_comment(value))
    if tags and "id" in tags:
        yield tags


def _without_comment(value: str) -> str:
    return value.split(" !")[0].split(" {")[0].strip()


def _parents(tags: Mapping[str, list[str]]) -> Iterator[str]:
    yield from tags.get("is_a", ())
    for relation in tags.get("relationship", ()):
        kind, _, term = relation.partition(" ")
        if kind in PROPAGATED:
            yield term
