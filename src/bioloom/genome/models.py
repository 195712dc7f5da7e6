"""Transcripts made of what was gathered from the rows of an annotation."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from sys import intern
from typing import cast

from bioloom.genome.drafts import Draft, Gatherer, Gene, OwnRow
from bioloom.genome.kinds import is_term, packaged_kinds
from bioloom.genome.roles import is_generic
from bioloom.genome.transcript import Span, Strand, Transcript, joined

_MOST_GENERATIONS = 5
_NO_GENE = Gene("")


@dataclass(slots=True)
class Model:
    """One transcript before it has its final name."""

    draft: Draft
    order: int
    exons: list[Span] = field(default_factory=list)
    cds: list[Span] = field(default_factory=list)
    utrs: list[Span] = field(default_factory=list)
    word: str = ""


@dataclass(slots=True)
class Decisions:
    """How often something was decided, and names of the first cases."""

    restored: list[str] = field(default_factory=list)
    n_without_utr: int = 0
    extended: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    identical: list[str] = field(default_factory=list)
    single_rows: list[str] = field(default_factory=list)
    small_rnas: list[str] = field(default_factory=list)
    gene_spans: list[str] = field(default_factory=list)
    under_genes: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    without_children: list[str] = field(default_factory=list)
    spliced_apart: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


class ModelMaker:
    """Makes transcripts of drafts.

    Parameters
    ----------
    gatherer
        The rows of a file.
    """

    def __init__(self, gatherer: Gatherer) -> None:
        self._gatherer, self._genes = gatherer, gatherer.genes
        self.decisions = Decisions()
        drafts = gatherer.drafts.values()
        self._with_parts = {draft.name for draft in drafts if draft.n_parts}
        self._with_rows = {draft.name for draft in drafts if draft.rows}
        self._parents = frozenset(gatherer.transcript_parents.values())

    def transcripts(self) -> tuple[Transcript, ...]:
        """The transcripts in the order of their first row, with unique names."""
        models: list[Model] = []
        under_genes: list[Draft] = []
        childless: list[Draft] = []
        for draft in self._gatherer.drafts.values():
            if not draft.n_parts:
                childless.append(draft)
            elif draft.is_of_gene or self._is_under_gene(draft):
                under_genes.append(draft)
            elif not self._is_dropped(draft):
                models.extend(self._copies(draft, draft.rows))
        n_plain = len(models)
        if under_genes:
            models.extend(self._of_genes(under_genes, models))
        models.extend(self._single_rows(childless, models))
        models.extend(self._gene_spans(models))
        if len(models) > n_plain:
            models.sort(key=lambda model: model.order)
        return tuple(self._named(models))

    def _is_under_gene(self, draft: Draft) -> bool:
        return not draft.rows and draft.has_parent and draft.name in self._genes

    def _is_dropped(self, draft: Draft) -> bool:
        """Whether a parent is a protein, or a second name without a row of its own."""
        if draft.rows or not draft.has_parent:
            return False
        if draft.name in self._gatherer.proteins:
            return True
        if any(name in self._with_rows for name in draft.siblings):
            return True
        if draft.name not in self._with_rows:
            self.decisions.orphans.append(draft.name)
        return False

    def _copies(self, draft: Draft, rows: Sequence[OwnRow]) -> Iterable[Model]:
        """The transcripts of one name on one strand: mostly one."""
        if len(rows) > 1:
            models = _by_row(draft, rows)
        elif draft.spliced_parts:
            models = _by_part(draft)
        elif draft.breaks and not rows:
            models = _by_run(draft)
        else:
            model = Model(draft, draft.order, draft.exons, draft.cds, draft.utrs)
            return (model,)
        if draft.spliced_parts:
            self.decisions.spliced_apart.append(draft.name)
        return self._distinct(models)

    def _distinct(self, models: Iterable[Model]) -> Iterator[Model]:
        """Copies that differ; one with no part of its own was in the file twice."""
        earlier: list[set[Span]] = []
        for model in models:
            parts = {*model.exons, *model.cds, *model.utrs}
            if any(parts <= others for others in earlier if parts):
                self.decisions.identical.append(model.draft.name)
            elif parts:
                earlier.append(parts)
                yield model

    def _of_genes(
        self, drafts: Iterable[Draft], models: Sequence[Model]
    ) -> list[Model]:
        """Parts directly under a gene: of its transcripts that hold them, or alone."""
        siblings: dict[tuple[str, str, str], list[Model]] = defaultdict(list)
        for model in models:
            place = (model.draft.chrom, model.draft.strand)
            siblings[self._gene_of(model.draft), *place].append(model)
        of_genes: list[Model] = []
        for draft in drafts:
            name = draft.gene_id if draft.is_of_gene else draft.name
            gene = self._genes.get(name, _NO_GENE)
            known = siblings[name, draft.chrom, draft.strand]
            draft.exons = _given_to(known, draft.exons, is_cds=False)
            draft.cds = _given_to(known, draft.cds, is_cds=True)
            draft.utrs = _given_to(known, draft.utrs, is_cds=False)
            if not draft.n_parts:
                continue
            draft.name = draft.gene_id = name
            here = (draft.chrom, draft.strand)
            rows = [
                OwnRow(span, gene.row_type)
                for chrom, strand, span in gene.rows
                if (chrom, strand) == here
            ]
            self.decisions.under_genes.append(name)
            of_genes.extend(self._copies(draft, rows))
        return of_genes

    def _single_rows(
        self, drafts: Iterable[Draft], models: Sequence[Model]
    ) -> list[Model]:
        """Rows of transcripts without parts: one exon each."""
        inside = _Hulls(models)
        singles = []
        for draft in drafts:
            if draft.name in self._with_parts:
                self.decisions.elsewhere.append(draft.name)
                continue
            if draft.name in self._gatherer.proteins:
                continue
            types = {row.row_type for row in draft.rows}
            if draft.name in self._parents and not any(map(_is_rna, types)):
                self._as_gene(draft)
                continue
            for row in dict.fromkeys(draft.rows):
                is_vague = is_generic(row.row_type) or row.row_type == "mRNA"
                if is_vague and inside(draft.chrom, draft.strand, row.span):
                    self.decisions.without_children.append(draft.name)
                    continue
                singles.append(Model(draft, draft.order, [row.span]))
                self._note_single_row(draft, row)
        return singles

    def _note_single_row(self, draft: Draft, row: OwnRow) -> None:
        """A row without parts is what most programs write for small RNAs."""
        term = packaged_kinds().term(draft.biotype or row.row_type)
        if term and term.kind in ("housekeeping", "small RNA"):
            self.decisions.small_rnas.append(draft.name)
        else:
            self.decisions.single_rows.append(draft.name)

    def _as_gene(self, draft: Draft) -> None:
        """A row such as RNA that is the parent of transcripts acts as their gene."""
        gene = Gene(draft.name, draft.biotype, draft.gene_name, draft.product)
        gene.rows = [(draft.chrom, draft.strand, row.span) for row in draft.rows]
        self._genes.setdefault(draft.name, gene)

    def _gene_spans(self, models: Sequence[Model]) -> list[Model]:
        """Genes without any child: one exon as long as the gene."""
        used = {id(self._genes.get(self._gene_of(model.draft))) for model in models}
        inside = _Hulls(models)
        spans = []
        for gene in {id(gene): gene for gene in self._genes.values()}.values():
            if id(gene) in used:
                continue
            for chrom, strand, span in gene.rows:
                if is_generic(gene.row_type) and inside(chrom, strand, span):
                    self.decisions.without_children.append(gene.name)
                    continue
                draft = Draft(gene.name, chrom, strand, gene.order, gene_id=gene.name)
                spans.append(Model(draft, gene.order, [span]))
                self.decisions.gene_spans.append(gene.name)
        return spans

    def _gene_of(self, draft: Draft) -> str:
        """The gene that a transcript names, or else at the end of its parents."""
        if draft.gene_id in self._genes:
            return draft.gene_id
        parents = self._gatherer.transcript_parents
        if not parents:
            return draft.gene_id
        parent = gene = parents.get(draft.name, draft.gene_id)
        for _ in range(_MOST_GENERATIONS):
            if gene in self._genes or gene not in parents:
                break
            gene = parents[gene]
        is_known = gene in self._genes or draft.gene_id in {"", parent}
        return gene if is_known else draft.gene_id

    def _named(self, models: Iterable[Model]) -> Iterator[Transcript]:
        taken: set[str] = set()
        for model in models:
            draft = model.draft
            name = draft.name
            if name in taken:
                if draft.has_id:
                    self.decisions.renamed.append(name)
                name = _free_name(name, draft, taken)
            taken.add(name)
            yield self._transcript(model, name)

    def _transcript(self, model: Model, name: str) -> Transcript:
        draft = model.draft
        gene_id = self._gene_of(draft)
        gene = self._genes.get(gene_id, _NO_GENE)
        cds = joined(model.cds) if model.cds else ()
        word = draft.gene_biotype or gene.biotype
        if not word and not draft.biotype and is_term(draft.source):
            word = draft.source
        return Transcript(
            transcript_id=name,
            gene_id=intern(gene_id or name),
            chrom=intern(draft.chrom),
            strand=cast(Strand, draft.strand),
            exons=self._exons(model, cds),
            cds=cds,
            biotype=intern(draft.biotype),
            gene_biotype=intern(word),
            gene_name=intern(draft.gene_name or gene.symbol),
            product=intern(draft.product or gene.product),
        )

    def _exons(self, model: Model, cds: tuple[Span, ...]) -> tuple[Span, ...]:
        if model.exons and not (cds or model.utrs):
            return joined(model.exons)
        utrs = joined(model.utrs)
        if model.draft.is_match:
            return joined(model.exons) or utrs
        if not model.exons:
            self.decisions.restored.append(model.draft.name)
            self.decisions.n_without_utr += not model.utrs
            return joined((*cds, *utrs))
        exons = joined(model.exons)
        if _covers(exons, cds) and _covers(exons, utrs):
            return exons
        self.decisions.extended.append(model.draft.name)
        return joined((*exons, *cds, *utrs))


class _Hulls:
    """Whether transcripts lie within a span, on its strand."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models
        self._hulls: Mapping[tuple[str, str], list[Span]] | None = None

    def __call__(self, chrom: str, strand: str, span: Span) -> bool:
        if self._hulls is None:  # most files never ask
            hulls = defaultdict(list)
            for model in self._models:
                parts = [*model.exons, *model.cds, *model.utrs]
                hull = (min(start for start, _ in parts), max(end for _, end in parts))
                hulls[model.draft.chrom, model.draft.strand].append(hull)
            self._hulls = {place: sorted(spans) for place, spans in hulls.items()}
        here = self._hulls.get((chrom, strand), [])
        for start, end in here[bisect_left(here, (span[0], 0)) :]:
            if start >= span[1]:
                return False
            if end <= span[1]:
                return True
        return False


def _is_rna(row_type: str) -> bool:
    """Whether a row is an RNA itself, such as a pre_miRNA with mature ones in it."""
    term = None if is_generic(row_type) else packaged_kinds().term(row_type)
    is_small = term is not None and term.kind in ("housekeeping", "small RNA")
    return is_small or row_type.lower().endswith("primary_transcript")


def _free_name(name: str, draft: Draft, taken: set[str]) -> str:
    candidate = f"{name}@{draft.chrom}:{draft.strand}"
    number = 2
    while candidate in taken:
        candidate = f"{name}@{number}"
        number += 1
    return candidate


def _covers(exons: Sequence[Span], parts: Sequence[Span]) -> bool:
    """Whether ascending disjoint spans lie in ascending disjoint exons."""
    index, n_exons = 0, len(exons)
    for start, end in parts:
        while index < n_exons and exons[index][1] < end:
            index += 1
        if index == n_exons or exons[index][0] > start:
            return False
    return True


def _given_to(
    models: Sequence[Model], spans: Sequence[Span], *, is_cds: bool
) -> list[Span]:
    """Give parts to the transcripts whose exons hold them; return the others."""
    left = []
    for span in spans:
        holders = [model for model in models if _holds(model.exons, span)]
        if is_cds:
            for model in holders:
                model.cds.append(span)
        if not holders:
            left.append(span)
    return left


def _holds(exons: Iterable[Span], span: Span) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in exons)


def _by_row(draft: Draft, rows: Sequence[OwnRow]) -> list[Model]:
    """One transcript for each own row: parts belong to the row that holds them.

    Where several do, to the last of them that stands before the part in the file.
    """
    models = [Model(draft, draft.order) for _ in rows]
    kinds = (
        ("exons", [row.n_exons for row in rows]),
        ("cds", [row.n_cds for row in rows]),
        ("utrs", [row.n_utrs for row in rows]),
    )
    for kind, n_before in kinds:
        for index, span in enumerate(getattr(draft, kind)):
            getattr(models[_owner(span, index, rows, n_before)], kind).append(span)
    places = {row.span for row, model in zip(rows, models, strict=True) if model.exons}
    for row, model in zip(rows, models, strict=True):
        if not (model.exons or model.cds or model.utrs or row.span in places):
            model.exons.append(row.span)
            places.add(row.span)
    return models


def _owner(
    span: Span, index: int, rows: Sequence[OwnRow], n_before: Sequence[int]
) -> int:
    holders = [i for i, row in enumerate(rows) if _holds((row.span,), span)]
    earlier = [i for i in holders or range(len(rows)) if n_before[i] <= index]
    return earlier[-1] if earlier else (holders or [0])[0]


def _by_part(draft: Draft) -> list[Model]:
    """One transcript for each part of a trans-spliced gene."""
    models: dict[str, Model] = {}
    for kind in ("exons", "cds", "utrs"):
        for span in getattr(draft, kind):
            part = (draft.spliced_parts or {}).get(span, "")
            model = models.setdefault(part, Model(draft, draft.order))
            getattr(model, kind).append(span)
    return list(models.values())


def _by_run(draft: Draft) -> list[Model]:
    """One transcript for each run of exons; CDS and UTR go where they lie."""
    ends = [*draft.breaks, len(draft.exons)]
    models = [
        Model(draft, draft.order, draft.exons[begin:end])
        for begin, end in zip((0, *draft.breaks), ends, strict=True)
    ]
    for kind in ("cds", "utrs"):
        for span in getattr(draft, kind):
            holders = [model for model in models if _holds(model.exons, span)]
            for model in holders or [_nearest(models, span)]:
                getattr(model, kind).append(span)
    return models


def _nearest(models: Sequence[Model], span: Span) -> Model:
    return min(
        models,
        key=lambda model: min(
            max(start - span[1], span[0] - end) for start, end in model.exons
        ),
    )
