"""Sets of genes that a user gives, as GAF or GMT.

References
----------
GO Annotation File 2.2. https://geneontology.org/docs/go-annotation-file-gaf-format-2.2/
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bioloom.errors import BadTable, MissingFile
from bioloom.lincrna.partners.ontology import Ontology, read_ontology
from bioloom.run.output import open_text
from bioloom.run.words import counted

_GAF_COLUMNS = 15  # of version 2.0; 2.1 and 2.2 have 17
_GAF_TERM = re.compile(r"[A-Za-z_]+:\S+")
_PREFIX = re.compile(r"^gene[:-]", re.IGNORECASE)  # of Ensembl's and RefSeq's GFF3
_VERSION = re.compile(r"\.\d+$")
_PLACE = re.compile(r"@[^@]+$")  # gene_id@chrom, where a gene_id is on two chromosomes


class NamedGene(NamedTuple):
    """A gene of the run, by gene_id and symbol."""

    gene_id: str
    gene_name: str


@dataclass(frozen=True, slots=True)
class GeneSets:
    """Sets of the run's genes.

    Parameters
    ----------
    genes
        Genes of each set, by their gene_id in the run.
    names
        What each set is called.
    path
        The file.
    n_annotated, n_matched
        Genes that the file names, and those of them that the run has.
    n_not, n_broken, n_obsolete
        Rows left out: their qualifier is NOT, they cannot be read, or their term is
        obsolete.
    """

    genes: Mapping[str, frozenset[str]]
    names: Mapping[str, str]
    path: Path
    n_annotated: int
    n_matched: int
    n_not: int = 0
    n_broken: int = 0
    n_obsolete: int = 0

    def sentences(self) -> tuple[str, ...]:
        """What was read and what was left out, for the report."""
        left_out = [
            f"{counted(n, 'row')} {why}"
            for n, why in (
                (self.n_not, "with the qualifier NOT"),
                (self.n_obsolete, "with an obsolete term"),
                (self.n_broken, "that cannot be read"),
            )
            if n
        ]
        sentences = [
            f"{self.path.name} names {counted(self.n_annotated, 'gene')} in "
            f"{counted(len(self.genes), 'set')}; {self.n_matched:,} of them are genes "
            "of this run, by gene_id, symbol or synonym."
        ]
        if left_out:
            sentences.append(f"Left out of {self.path.name}: {', '.join(left_out)}.")
        return tuple(sentences)


class _Entry(NamedTuple):
    """A gene as a file names it, and the sets that it belongs to."""

    gene: str
    symbol: str
    synonyms: tuple[str, ...]
    sets: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Content:
    """What a file holds, before its genes are looked up."""

    entries: Sequence[_Entry]
    names: Mapping[str, str]
    n_not: int = 0
    n_broken: int = 0
    n_obsolete: int = 0


def read_gene_sets(
    path: Path, genes: Sequence[NamedGene], *, ontology: Path | None = None
) -> GeneSets:
    """Read a GAF or a GMT file, plain or packed.

    Parameters
    ----------
    path
        The file.
    genes
        Genes of the run.
    ontology
        OBO file: a gene of a term is one of all terms above it (is_a, part_of) too.
        Terms of GMT files are left as they are.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadTable
        If it is neither, or names no gene of the run.
    """
    if not path.is_file():
        raise MissingFile(path, role="gene sets (partners.gene_sets)")
    if _is_gaf(path):
        terms = read_ontology(ontology) if ontology else Ontology()
        content = _read_gaf(path, terms)
    else:
        content = _read_gmt(path)
    if not content.entries:
        raise BadTable(
            where=path,
            found="no gene set",
            expected="GAF 2 (15 or 17 columns) or GMT (name, description, genes)",
            advice="Give another file as partners.gene_sets.",
        )
    return _matched(path, content, genes)


def _rows(path: Path) -> Iterator[list[str]]:
    """Cells of each line that is no comment."""
    with open_text(path) as lines:
        for line in lines:
            text = line.rstrip("\r\n")
            if text and not text.startswith(("!", "#")):
                yield text.split("\t")


def _is_gaf(path: Path) -> bool:
    """Whether the first row has the columns of a GAF, a term in the fifth."""
    first = next(_rows(path), [])
    return len(first) >= _GAF_COLUMNS and bool(_GAF_TERM.fullmatch(first[4]))


def _read_gaf(path: Path, ontology: Ontology) -> _Content:
    terms: dict[str, set[str]] = defaultdict(set)
    known: dict[str, list[str]] = {}
    n_not = n_broken = n_obsolete = 0
    for row in _rows(path):
        if len(row) < _GAF_COLUMNS or not _GAF_TERM.fullmatch(row[4]):
            n_broken += 1
        elif "NOT" in row[3].split("|"):
            n_not += 1
        elif row[4] in ontology.obsolete:
            n_obsolete += 1
        else:
            terms[row[1]].add(ontology.current.get(row[4], row[4]))
            known.setdefault(row[1], row)
    above = {term: ontology.ancestors(term) for each in terms.values() for term in each}
    entries = [
        _Entry(
            gene,
            symbol=known[gene][2],
            synonyms=tuple(filter(None, known[gene][10].split("|"))),
            sets=frozenset().union(*(above[term] for term in own)),
        )
        for gene, own in terms.items()
    ]
    return _Content(entries, ontology.names, n_not, n_broken, n_obsolete)


def _read_gmt(path: Path) -> _Content:
    sets: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    n_broken = 0
    for name, *more in _rows(path):
        genes = {gene.split(",")[0].strip() for gene in more[1:]} - {""}
        if not name or not genes:
            n_broken += 1
            continue
        names.setdefault(name, _description(name, more[0]))
        for gene in genes:
            sets[gene].add(name)
    entries = [_Entry(gene, gene, (), frozenset(own)) for gene, own in sets.items()]
    return _Content(entries, names, n_broken=n_broken)


def _description(name: str, text: str) -> str:
    """What a GMT row says of its set; many files have a link or a placeholder there."""
    is_words = text and text.lower() not in ("na", "n/a") and "://" not in text
    return text if is_words else name


def _matched(path: Path, content: _Content, genes: Sequence[NamedGene]) -> GeneSets:
    lookup = _Lookup(genes, {entry.symbol for entry in content.entries})
    members: dict[str, set[str]] = defaultdict(set)
    n_matched = 0
    for entry in content.entries:
        own = lookup.genes_of(entry)
        n_matched += bool(own)
        for name in entry.sets:
            members[name] |= own
    if not n_matched:
        raise BadTable(
            where=path,
            found=f"{counted(len(content.entries), 'gene')}, such as "
            f"{content.entries[0].gene}, and none of this run",
            expected=f"gene_ids or symbols as in the annotation, such as "
            f"{genes[0].gene_id if genes else 'those of a coding gene'}",
            advice="Give the file of this species as partners.gene_sets.",
        )
    return GeneSets(
        {name: frozenset(own) for name, own in members.items()},
        content.names,
        path,
        n_annotated=len(content.entries),
        n_matched=n_matched,
        n_not=content.n_not,
        n_broken=content.n_broken,
        n_obsolete=content.n_obsolete,
    )


class _Lookup:
    """Finds the run's genes by what a file calls them."""

    def __init__(self, genes: Sequence[NamedGene], symbols: set[str]) -> None:
        self._symbols = symbols
        self._by_id: dict[str, set[str]] = defaultdict(set)
        self._by_name: dict[str, set[str]] = defaultdict(set)
        for gene in genes:
            plain = _PREFIX.sub("", _PLACE.sub("", gene.gene_id))
            for name in (gene.gene_id, plain, _VERSION.sub("", plain)):
                self._by_id[name].add(gene.gene_id)
            if gene.gene_name:
                self._by_name[gene.gene_name].add(gene.gene_id)

    def genes_of(self, entry: _Entry) -> set[str]:
        """Genes by id (with or without version), else by symbol, else by synonym.

        A synonym that is another gene's symbol in the file is not followed.
        """
        for name in (entry.gene, _VERSION.sub("", entry.gene)):
            if name in self._by_id:
                return self._by_id[name]
        synonyms = [name for name in entry.synonyms if name not in self._symbols]
        for name in (entry.symbol, *synonyms):
            for names in (self._by_name, self._by_id):
                if name in names:
                    return names[name]
        return set()
