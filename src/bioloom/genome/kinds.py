"""What the words of an annotation mean: one table of biotypes and gene names → kinds.

The words are those of Ensembl, GENCODE (old and new), RefSeq, FlyBase, WormBase, TAIR
and Araport, SGD, Phytozome, NCBI and VEuPathDB, and Sequence Ontology terms. They are
compared without regard to case and punctuation: "protein-coding" is "protein_coding".
The table is ``kinds.tsv``; a user's own file in the same form goes before it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, cast, get_args

from bioloom.errors import BadTable
from bioloom.genome.transcript import Transcript
from bioloom.run.table_reader import read_table

Kind = Literal[
    "coding",
    "lncRNA",
    "housekeeping",
    "small RNA",
    "pseudogene",
    "immune segment",
    "transposable element",
    "other",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
TABLE = Path(__file__).with_name("kinds.tsv")
BY_NAME = "by name"
COLUMNS = ("matches", "term", "kind")

Decider = Literal["gene", "transcript", "name", "CDS", "nothing"]
_OF_A_PART: frozenset[str] = frozenset({"housekeeping", "small RNA"})
_NO_GENE = frozenset(
    {"", ".", "-", "na", "n/a", "nan", "none", "null", "unknown", "unassigned"}
)
_LIST_END = re.compile("(primarytranscript|gene|encoding)$")
_LIST_START = re.compile("^(known|novel|putative|predicted)")


class Term(NamedTuple):
    """What one word says.

    Parameters
    ----------
    kind
        A `Kind`, or "by name" where the gene's name has to decide.
    rna_class
        Which one of the kind, e.g. "snoRNA"; mostly empty.
    is_firm
        Whether the word decides; one that is not firm, such as "ncRNA", decides only
        where no other word does.
    """

    kind: str
    rna_class: str
    is_firm: bool


class Meaning(NamedTuple):
    """The kind of a transcript, the word that decided, and where the word stood.

    `word` is as the annotation writes it; empty where a CDS or nothing decided and
    the annotation has no word at all.
    """

    kind: Kind
    rna_class: str
    word: str
    decided_by: Decider


@dataclass(frozen=True, slots=True)
class KindTable:
    """Words and name patterns, as read from one or several files.

    Parameters
    ----------
    terms
        Terms by normalised word.
    names
        Terms by pattern of a normalised gene name, tried in order.
    patterns
        Terms by pattern of a normalised word, tried in order where no word fits.
    """

    terms: Mapping[str, Term]
    names: Mapping[str, Term]
    patterns: Mapping[str, Term] = field(default_factory=dict)
    _looked_up: dict[str, Term | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    def term(self, word: str) -> Term | None:
        """What a word says; None if it is in no file.

        Any word about a pseudogene is one. A word that is not listed is tried without
        "gene" or "primary transcript" at its end and "known" or "novel" at its
        beginning, then by patterns of words, and at last as the name of an RNA: GFF of
        Infernal has families such as U6 where others have types.
        """
        if word not in self._looked_up:
            self._looked_up[word] = self._term(word)
        return self._looked_up[word]

    def _term(self, word: str) -> Term | None:
        key = normalised(word)
        if key in self.terms or not key:
            return self.terms.get(key)
        if "pseudogen" in key:
            return Term("pseudogene", "", is_firm=True)
        key = _LIST_START.sub("", _LIST_END.sub("", key))
        return (
            self.terms.get(key)
            or _fitting(key, self.patterns)
            or _fitting(key, self.names)
        )

    def named(self, names: Iterable[str]) -> Term | None:
        """What the first name that fits a pattern says."""
        for key in filter(None, map(normalised, names)):
            if term := _fitting(key, self.names):
                return term
        return None

    def before(self, other: "KindTable") -> "KindTable":
        """Both tables; where both know a word, this one decides."""
        return KindTable(
            {**other.terms, **self.terms},
            _joined(self.names, other.names),
            _joined(self.patterns, other.patterns),
        )


def _joined(
    first: Mapping[str, Term], second: Mapping[str, Term]
) -> Mapping[str, Term]:
    """Patterns of both, the first's tried first; it decides on one that both have."""
    return {**first, **second, **first}


def _fitting(key: str, patterns: Mapping[str, Term]) -> Term | None:
    """The term of the first pattern that a normalised word fits."""
    return next(
        (term for pattern, term in patterns.items() if fnmatchcase(key, pattern)), None
    )


def normalised(word: str) -> str:
    """A word in lower case, letters and digits only.

    Examples
    --------
    >>> normalised("3prime_overlapping ncRNA")
    '3primeoverlappingncrna'
    """
    return re.sub("[^a-z0-9]", "", word.lower())


def read_kinds(path: Path) -> KindTable:
    """Read a table of words: columns ``matches term kind`` (``class firm`` if wanted).

    ``matches`` is "word" for a biotype or row type, "name" for a pattern of gene names.
    Patterns are in lower case, letters and digits, with ``*`` and ``[0-9]``; a word
    with one of these is a pattern as well.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadTable
        If a column is missing or a kind is unknown.
    """
    frame = read_table(path).fillna("")
    for column in COLUMNS:
        if column not in frame.columns:
            raise BadTable(
                where=path,
                found=f"columns {', '.join(map(str, frame.columns))}",
                expected=f"columns {', '.join(COLUMNS)}, and class if wanted",
                advice=f"Add the column {column}.",
            )
    terms: dict[str, Term] = {}
    names: dict[str, Term] = {}
    patterns: dict[str, Term] = {}
    rows = cast(list[dict[str, str]], frame.astype(str).to_dict("records"))
    for number, row in enumerate(rows, 2):
        _check_row(path, number, row)
        term = Term(row["kind"], row.get("class", ""), row.get("firm") != "no")
        if row["matches"] == "name":
            names.setdefault(row["term"].lower(), term)
        elif re.search(r"[*\[]", row["term"]):
            patterns.setdefault(row["term"].lower(), term)
        else:
            terms.setdefault(normalised(row["term"]), term)
    return KindTable(terms, names, patterns)


def _check_row(path: Path, number: int, row: Mapping[str, str]) -> None:
    if row["kind"] not in (*KINDS, BY_NAME):
        found, expected = f"kind {row['kind']!r}", ", ".join((*KINDS, BY_NAME))
    elif row["matches"] not in ("word", "name"):
        found, expected = f"matches {row['matches']!r}", "word or name"
    else:
        return
    raise BadTable(
        where=f"{path}: line {number}",
        found=found,
        expected=expected,
        advice="Correct this line.",
    )


@cache
def packaged_kinds() -> KindTable:
    """The table that comes with bioloom."""
    return read_kinds(TABLE)


def kind_table(extra: Path | None = None) -> KindTable:
    """The packaged table, with a user's own words before it."""
    packaged = packaged_kinds()
    return packaged if extra is None else read_kinds(extra).before(packaged)


@lru_cache(maxsize=1 << 12)
def is_term(word: str) -> bool:
    """Whether a word is a biotype or row type that the packaged table knows.

    Examples
    --------
    >>> is_term("protein_coding"), is_term("StringTie")
    (True, False)
    """
    return packaged_kinds().term(word) is not None


def gene_key(tx: Transcript) -> str:
    """Its gene_id; its own name where the file has a placeholder such as "NA"."""
    return tx.transcript_id if tx.gene_id.lower() in _NO_GENE else tx.gene_id


def meanings(
    transcripts: Sequence[Transcript], table: KindTable | None = None
) -> list[Meaning]:
    """The kind of each transcript, in order.

    A gene's word decides before a transcript's, except that a housekeeping or small
    RNA is one wherever it lies. Then decide, in this order: the gene's name, for
    words such as misc_RNA and ncRNA; a word that is not firm; a CDS of the gene.
    Immunoglobulin and T-cell receptor segments with a CDS are coding, and so is every
    transcript of a gene that has one coding isoform and no word of its own.
    """
    table = table or packaged_kinds()
    with_cds = {gene_on_contig(tx) for tx in transcripts if tx.cds}
    decide = _Decision(table, has_any_cds=bool(with_cds))
    found = [decide(tx, has_cds=gene_on_contig(tx) in with_cds) for tx in transcripts]
    return _by_gene(transcripts, found)


def gene_on_contig(tx: Transcript) -> tuple[str, str]:
    """Its gene; one gene_id on two contigs stands for two genes."""
    return gene_key(tx), tx.chrom


class _Decision:
    """Decides transcript by transcript; equal words are looked up once."""

    def __init__(self, table: KindTable, *, has_any_cds: bool) -> None:
        self._table, self._has_any_cds = table, has_any_cds
        self._by_words: dict[tuple[str, str, bool], Meaning | None] = {}

    def __call__(self, tx: Transcript, *, has_cds: bool) -> Meaning:
        words = (tx.gene_biotype, tx.biotype, has_cds)
        if words not in self._by_words:
            self._by_words[words] = self._firm(*words)
        if meaning := self._by_words[words]:
            return meaning
        if self._may_be_named(tx):
            names = (tx.gene_name, tx.product, tx.gene_id, tx.transcript_id)
            if term := self._table.named(names):
                word = tx.gene_biotype or tx.biotype
                return _meaning(term, word, "name")
        return self._loose(tx, has_cds=has_cds)

    def _firm(self, gene_word: str, own_word: str, has_cds: bool) -> Meaning | None:  # noqa: FBT001 (a key of the cache)
        gene, own = self._table.term(gene_word), self._table.term(own_word)
        if own and own.is_firm and own.kind in _OF_A_PART:
            return _meaning(own, own_word, "transcript")
        words: tuple[tuple[Term | None, str, Decider], ...] = (
            (gene, gene_word, "gene"),
            (own, own_word, "transcript"),
        )
        for term, word, decider in words:
            if term and term.is_firm:
                is_segment = term.kind == "immune segment"
                if is_segment and (has_cds or not self._has_any_cds):
                    term = term._replace(kind="coding")
                return _meaning(term, word, decider)
        return None

    def _may_be_named(self, tx: Transcript) -> bool:
        terms = map(self._table.term, (tx.gene_biotype, tx.biotype))
        return any(term and term.kind in (BY_NAME, "lncRNA") for term in terms)

    def _loose(self, tx: Transcript, *, has_cds: bool) -> Meaning:
        words: tuple[tuple[str, Decider], ...] = (
            (tx.gene_biotype, "gene"),
            (tx.biotype, "transcript"),
        )
        for word, decider in words:
            term = self._table.term(word)
            if term and term.kind not in (BY_NAME, "other"):
                return _meaning(term, word, decider)
        word = tx.gene_biotype or tx.biotype
        if has_cds:
            return Meaning("coding", "", word, "CDS")
        return Meaning("other", "", word, "nothing")


def _meaning(term: Term, word: str, decider: Decider) -> Meaning:
    return Meaning(cast(Kind, term.kind), term.rna_class, word, decider)


def _by_gene(
    transcripts: Sequence[Transcript], found: Sequence[Meaning]
) -> list[Meaning]:
    """Make every isoform coding where one is and the gene has no word of its own."""
    coding: dict[tuple[str, str], Meaning] = {}
    without_word: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, (tx, meaning) in enumerate(zip(transcripts, found, strict=True)):
        if meaning.decided_by != "gene":
            gene = gene_on_contig(tx)
            without_word[gene].append(index)
            if meaning.kind == "coding":
                coding.setdefault(gene, meaning)
    meanings_of = list(found)
    for gene, meaning in coding.items():
        for index in without_word[gene]:
            if found[index].kind in ("lncRNA", "other"):
                meanings_of[index] = meaning
    return meanings_of
