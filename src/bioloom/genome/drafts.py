"""Rows of an annotation gathered by the transcripts and genes that they name."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bioloom.genome.annotation import Region
from bioloom.genome.attributes import (
    GENE_KEYS,
    bare_name,
    first_of,
    is_gff3,
    parse_attributes,
    quick_parents,
    quick_transcript,
    transcript_name,
)
from bioloom.genome.kinds import is_term
from bioloom.genome.repeats import RepeatRow, gff_repeat
from bioloom.genome.roles import Role, is_generic, role_of
from bioloom.genome.transcript import Span

_EXON_NUMBER = re.compile(r'exon_number[ =]"?(\d+)')
_GENE_WORDS = ("gene_biotype", "gene_type")
_OWN_WORDS = (
    *("transcript_biotype", "transcript_type", "biotype"),
    *("ncrna_class", "ebi_biotype"),
)
_LOCUS_WORDS = (*_GENE_WORDS, "biotype", "locus_type", "ebi_biotype")
_TEXT = ("product", "description", "Note", "note")
_SYMBOLS = ("gene_name", "gene_symbol")
_STRANDS = {"+": "+", "-": "-", ".": ".", "?": ".", "": "."}

Key = tuple[str, str, str]
_NO_NAMES: frozenset[str] = frozenset()


class BadRow(ValueError):
    """A row that cannot be read; its message is a noun phrase."""


class OwnRow(NamedTuple):
    """The row of a transcript or gene itself.

    `n_exons`, `n_cds` and `n_utrs` are the parts that came before it.
    """

    span: Span
    row_type: str
    n_exons: int = 0
    n_cds: int = 0
    n_utrs: int = 0


@dataclass(slots=True)
class Draft:
    """What the rows say of one name on one strand of one contig.

    `breaks` are the indices of exons at which another copy of the transcript begins,
    `spliced_parts` the spans of a trans-spliced one with the numbers of their parts.
    """

    name: str
    chrom: str
    strand: str
    order: int
    exons: list[Span] = field(default_factory=list)
    cds: list[Span] = field(default_factory=list)
    utrs: list[Span] = field(default_factory=list)
    rows: tuple[OwnRow, ...] = ()
    breaks: tuple[int, ...] = ()
    gene_id: str = ""
    biotype: str = ""
    gene_biotype: str = ""
    gene_name: str = ""
    product: str = ""
    source: str = ""
    first_number: str = ""
    siblings: frozenset[str] = _NO_NAMES
    is_of_gene: bool = False
    has_parent: bool = False
    is_match: bool = False
    has_id: bool = True
    spliced_parts: dict[Span, str] | None = None
    last_seen: tuple[int, int] = (0, 0)

    @property
    def n_parts(self) -> int:
        """Exon, CDS and UTR rows."""
        return len(self.exons) + len(self.cds) + len(self.utrs)


@dataclass(slots=True)
class Gene:
    """What gene rows say; one row for each part of a trans-spliced gene."""

    name: str
    biotype: str = ""
    symbol: str = ""
    product: str = ""
    row_type: str = ""
    order: int = 0
    rows: list[tuple[str, str, Span]] = field(default_factory=list)


class _Place(NamedTuple):
    """Contig and strand of a row, and where it comes from (second column)."""

    chrom: str
    strand: str
    source: str


_PARTS = (Role.EXON, Role.CDS, Role.UTR)


class Gatherer:
    """Takes the rows of a file one by one.

    Parameters
    ----------
    matches
        Whether alignments (``cDNA_match``) are transcripts.
    """

    def __init__(self, *, matches: bool = False) -> None:
        self._matches = matches
        self.drafts: dict[Key, Draft] = {}
        self.genes: dict[str, Gene] = {}
        self.regions: dict[str, Region] = {}
        self.row_types: dict[str, int] = {}
        self.proteins: set[str] = set()
        self.transcript_parents: dict[str, str] = {}
        self.elements: list[RepeatRow] = []
        self.n_skipped_matches = 0
        self._skipped: set[str] = set()
        self.is_gtf = True
        self._order = 0
        self._roles: dict[str, Role] = {}
        self._last_draft: Draft | None = None
        self._last_place = ("", 0)
        self._ascents = self._descents = 0

    def add(self, columns: Sequence[str]) -> None:
        """Take a row of nine columns.

        Raises
        ------
        BadRow
            If it cannot be read.
        """
        kind = columns[2]
        role = self._roles.get(kind)
        if role is None:
            if kind != kind.strip():
                self.add([column.strip() for column in columns])
                return
            role = self._roles[kind] = role_of(kind)
            self.row_types[kind] = 0
        self.row_types[kind] += 1
        self._order += 1
        if role in _PARTS:
            self._add_part(role, columns)
        elif role is not Role.NONE:
            self._others[role](self, columns)

    def _add_part(self, role: Role, columns: Sequence[str]) -> None:
        chrom, source, _, first, last, _, strand, _, ninth_column = columns
        span = _span(first, last)
        strand = _STRANDS.get(strand) or _strand(strand)
        if name := quick_transcript(ninth_column):
            draft = self.drafts.get((name, chrom, strand))
            if draft is None or not draft.gene_id:
                place = _Place(chrom, strand, source)
                draft = draft or self._new_draft(name, place)
                self._describe(draft, place, parse_attributes(ninth_column))
            self._put(role, draft, span, ninth_column)
            return
        place = _Place(chrom, strand, source)
        for draft in self._named_drafts(role, place, ninth_column):
            self._put(role, draft, span, ninth_column)
            if "trans-splic" in ninth_column:
                part = parse_attributes(ninth_column).get("part", "")
                draft.spliced_parts = (draft.spliced_parts or {}) | {span: part}

    def _put(self, role: Role, draft: Draft, span: Span, ninth_column: str) -> None:
        if role is Role.EXON:
            if draft is not self._last_draft and not draft.rows:
                self._watch_copies(draft, span, ninth_column)
            draft.exons.append(span)
        elif role is Role.CDS:
            draft.cds.append(span)
        else:
            draft.utrs.append(span)

    def _watch_copies(self, draft: Draft, span: Span, ninth_column: str) -> None:
        """Note where an exon begins another copy of a transcript without own row.

        That is where the exons come back in a separate run of the file and overlap an
        exon of the copy before, begin again at the same exon_number, or (where exons
        have no number) the file had gone up and down in between.
        """
        chrom, start = self._last_place
        if draft.chrom != chrom:
            self._ascents += 1
            self._descents += 1
        elif span[0] < start:
            self._ascents += 1
        elif span[0] > start:
            self._descents += 1
        self._last_place = (draft.chrom, span[0])
        if not draft.exons:
            match = _EXON_NUMBER.search(ninth_column)
            draft.first_number = match[1] if match else ""
        elif draft is not self._last_draft and self._is_copy(draft, span, ninth_column):
            draft.breaks += (len(draft.exons),)
        self._last_draft = draft
        draft.last_seen = (self._ascents, self._descents)

    def _is_copy(self, draft: Draft, span: Span, ninth_column: str) -> bool:
        begin = draft.breaks[-1] if draft.breaks else 0
        if any(s < span[1] and span[0] < e for s, e in draft.exons[begin:]):
            return True
        if draft.first_number and (match := _EXON_NUMBER.search(ninth_column)):
            return match[1] == draft.first_number
        ascents, descents = draft.last_seen
        return ascents != self._ascents and descents != self._descents

    def _named_drafts(
        self, role: Role, place: _Place, ninth_column: str
    ) -> Iterator[Draft]:
        """Drafts that a part belongs to, other than of an ordinary GTF row."""
        if parents := quick_parents(ninth_column):
            self.is_gtf = False
            return self._of_parents(parents, place, ninth_column)
        attributes = parse_attributes(ninth_column)
        if "transcript_id" not in attributes or is_gff3(ninth_column):
            self.is_gtf = False
        name, is_of_gene = _name_of_part(role, attributes, ninth_column)
        if not name:
            found = f"{role.value} without transcript_id or Parent"
            raise BadRow(found)
        draft = self._draft(f"gene:{name}" if is_of_gene else name, place)
        if not draft.n_parts and not draft.rows:
            self._describe(draft, place, attributes)
        if is_of_gene:
            draft.is_of_gene, draft.gene_id = True, name
        return iter((draft,))

    def _of_parents(
        self, parents: Sequence[str], place: _Place, ninth_column: str
    ) -> Iterator[Draft]:
        for name in parents:
            draft = self.drafts.get((name, place.chrom, place.strand))
            if draft is None:
                draft = self._new_draft(name, place)
                self._describe(draft, place, parse_attributes(ninth_column))
            draft.has_parent = True
            if len(parents) > 1 and not draft.siblings:
                draft.siblings = frozenset(parents) - {name}
            yield draft

    def _draft(self, name: str, place: _Place) -> Draft:
        draft = self.drafts.get((name, place.chrom, place.strand))
        return draft or self._new_draft(name, place)

    def _new_draft(self, name: str, place: _Place) -> Draft:
        draft = Draft(name, place.chrom, place.strand, self._order)
        self.drafts[name, place.chrom, place.strand] = draft
        return draft

    def _describe(
        self, draft: Draft, place: _Place, attributes: Mapping[str, str]
    ) -> None:
        """Keep what the first row of a transcript says of it and its gene."""
        draft.source = draft.source or place.source
        draft.gene_id = draft.gene_id or first_of(attributes, ("gene_id", "geneID"))
        draft.biotype = draft.biotype or first_of(attributes, _OWN_WORDS[:2])
        words = first_of(attributes, _GENE_WORDS)
        draft.gene_biotype = draft.gene_biotype or words
        draft.gene_name = draft.gene_name or first_of(attributes, _SYMBOLS)

    def _add_transcript(self, columns: Sequence[str]) -> None:
        chrom, source, kind, first, last, _, strand, _, ninth_column = columns
        span, strand = _span(first, last), _strand(strand)
        attributes = parse_attributes(ninth_column)
        name, gene = _own_names(attributes, ninth_column)
        if is_gff3(ninth_column):
            self.is_gtf = False
        has_id = bool(name)
        name = name or first_of(attributes, ("Name", "product")) or gene
        name = name or f"{kind.strip()}_{self._order}"
        place = _Place(chrom, strand, source)
        draft = self._draft(name, place)
        draft.has_id = has_id
        if not draft.n_parts and not draft.rows:
            draft.order = self._order
        counts = (len(draft.exons), len(draft.cds), len(draft.utrs))
        draft.rows += (OwnRow(span, kind, *counts),)
        self._describe(draft, place, attributes)
        draft.gene_id = draft.gene_id or gene
        own_names = ("gene",) if "Parent" in attributes else ("gene", "Name")
        draft.gene_name = draft.gene_name or first_of(attributes, own_names)
        draft.biotype = _own_word(attributes, kind) or draft.biotype
        draft.product = draft.product or first_of(attributes, _TEXT)
        if not (draft.product or draft.gene_name):
            draft.product = attributes.get("transcript_name", "")
        if "Parent" in attributes and gene != name:
            self.transcript_parents[name] = gene

    def _add_gene(self, columns: Sequence[str]) -> None:
        chrom, _, kind, first, last, _, strand, _, ninth_column = columns
        attributes = parse_attributes(ninth_column)
        is_transcript = "Parent" in attributes or (
            attributes.get("transcript_id", "") not in {"", attributes.get("gene_id")}
        )
        if is_transcript and not is_generic(kind):
            self._add_transcript(columns)
            return
        name = first_of(attributes, ("ID", "gene_id", *GENE_KEYS, "Name"))
        name = name or bare_name(ninth_column)
        if not name:
            found = f"{kind} without gene_id or ID"
            raise BadRow(found)
        span, strand = _span(first, last), _strand(strand)
        gene = self.genes.get(name)
        if gene is None:
            gene = Gene(name, row_type=kind, order=self._order)
            for alias in {name, attributes.get("gene_id", name)}:
                self.genes.setdefault(alias, gene)
        gene.rows.append((chrom, strand, span))
        gene.biotype = gene.biotype or _gene_word(attributes, kind)
        gene.symbol = gene.symbol or first_of(attributes, _GENE_SYMBOLS)
        gene.product = gene.product or first_of(attributes, _TEXT)

    def _add_match(self, columns: Sequence[str]) -> None:
        """An alignment: rows of one ID (or parts of one) are exons of one model."""
        chrom, source, kind, first, last, _, strand, _, ninth_column = columns
        attributes = parse_attributes(ninth_column)
        name = attributes.get("ID", "")
        is_part = role_of(kind) is Role.MATCH_PART
        if is_part:
            name = attributes.get("Parent") or name
        if not self._matches or _is_protein_match(kind) or name in self._skipped:
            self.n_skipped_matches += 1
            self._skipped.add(name)
            return
        self.is_gtf = False
        span, strand = _span(first, last), _strand(strand)
        target = attributes.get("Target", "").split(" ")[0].strip('"')
        name = name or target
        if not name:
            found = f"{kind} without ID, Parent or Target"
            raise BadRow(found)
        draft = self._draft(name, _Place(chrom, strand, source))
        draft.gene_id = draft.gene_id or target
        draft.is_match = True
        # the whole alignment counts only where it has no parts
        (draft.exons if is_part else draft.utrs).append(span)

    def _add_region(self, columns: Sequence[str]) -> None:
        chrom, _, _, first, last, _, _, _, ninth_column = columns
        if not last.isdecimal() or first not in {"0", "1"} or not is_gff3(ninth_column):
            return
        attributes = parse_attributes(ninth_column)
        region = self.regions.get(chrom, Region())
        is_circular = attributes.get("Is_circular", "").lower() == "true"
        words = ("genome", "organelle", "Name")
        genome = region.genome or first_of(attributes, words)
        self.regions[chrom] = Region(
            max(region.length_nt, int(last)),
            is_circular or region.is_circular,
            "" if genome in {chrom, "chromosome", "genomic"} else genome,
        )

    def _add_protein(self, columns: Sequence[str]) -> None:
        if name := parse_attributes(columns[8]).get("ID"):
            self.proteins.add(name)

    def _add_element(self, columns: Sequence[str]) -> None:
        _span(columns[3], columns[4])
        self.elements.append(gff_repeat(columns))

    _others: Mapping[Role, Callable[["Gatherer", Sequence[str]], None]] = {
        Role.TRANSCRIPT: _add_transcript,
        Role.GENE: _add_gene,
        Role.MATCH: _add_match,
        Role.MATCH_PART: _add_match,
        Role.REGION: _add_region,
        Role.PROTEIN: _add_protein,
        Role.ELEMENT: _add_element,
    }


_GENE_SYMBOLS = ("gene_name", "Name", "gene_symbol", "gene", "locus_tag")


def _span(first: str, last: str) -> Span:
    """Half-open span, 0-based, of the fourth and fifth column."""
    try:
        start, end = int(first), int(last)
    except ValueError:
        start = end = 0
    if not 0 < start <= end:
        found = f"start {first!r} and end {last!r}"
        raise BadRow(found)
    return start - 1, end


def _strand(strand: str) -> str:
    known = _STRANDS.get(strand) or _STRANDS.get(strand.strip())
    if known is None:
        found = f"strand {strand!r}"
        raise BadRow(found)
    return known


def _is_protein_match(row_type: str) -> bool:
    """Whether an alignment is one of proteins, or of other genomes."""
    word = row_type.lower()
    return "protein" in word or "translated" in word or "genom" in word


class _PartName(NamedTuple):
    name: str
    is_of_gene: bool


def _name_of_part(
    role: Role, attributes: Mapping[str, str], ninth_column: str
) -> _PartName:
    """The transcript, or else the gene, that a part without Parent belongs to."""
    if name := transcript_name(attributes, ninth_column):
        return _PartName(name, is_of_gene=False)
    if gene := first_of(attributes, GENE_KEYS):
        return _PartName(gene, is_of_gene=True)
    name = attributes.get("ID", "") if role is Role.CDS else ""
    return _PartName(name, is_of_gene=False)


class _OwnNames(NamedTuple):
    transcript: str
    gene: str


def _own_names(attributes: Mapping[str, str], ninth_column: str) -> _OwnNames:
    """Names of a transcript and its gene in the transcript's own row."""
    parents = quick_parents(ninth_column)
    if is_gff3(ninth_column):
        name = attributes.get("ID") or transcript_name(attributes, ninth_column)
    else:
        name = transcript_name(attributes, ninth_column) or attributes.get("ID", "")
        name = name or bare_name(ninth_column)
    gene = parents[0] if parents else ""
    if not gene and "Parent" not in attributes:
        gene = first_of(attributes, GENE_KEYS)
    return _OwnNames(name, gene or attributes.get("Parent", ""))


def _own_word(attributes: Mapping[str, str], kind: str) -> str:
    """The transcript's own biotype: an attribute, or the type of its row."""
    if word := first_of(attributes, _OWN_WORDS):
        return word
    word = attributes.get("type", "")
    if word and is_term(word):
        return word
    return "" if is_generic(kind) else kind.strip()


def _gene_word(attributes: Mapping[str, str], kind: str) -> str:
    """The gene's biotype: an attribute, a note of one word, or the type of its row."""
    if word := first_of(attributes, _LOCUS_WORDS):
        return word
    note = attributes.get("Note", "")
    if note and " " not in note and is_term(note):
        return note
    if not is_generic(kind):
        return kind.strip()
    return "pseudogene" if attributes.get("pseudo") == "true" else ""
