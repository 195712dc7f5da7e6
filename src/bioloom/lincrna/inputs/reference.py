"""The annotation, sorted into what the filters need."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from bioloom.genome.gtf import Annotation
from bioloom.genome.kinds import (
    Kind,
    KindTable,
    Meaning,
    kind_table,
    meanings,
    packaged_kinds,
)
from bioloom.genome.organelles import OrganelleContig, organelles
from bioloom.genome.repeats import Repeats
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.settings import FilterSettings
from bioloom.run.words import counted

GIVEN = "of the given file"


@dataclass(frozen=True)
class Reference:
    """An annotation, sorted into what the filters need.

    Parameters
    ----------
    annotation
        All of it.
    meanings
        The kind of each of its transcripts, in order.
    organelles
        Contigs of it or of the genome that are organelles, by name.
    warnings
        What the annotation lacks, and which filter that weakens.
    extra_lncrna, extra_housekeeping
        Transcripts of the user's own files.
    extra_classes
        Class of each extra housekeeping RNA, e.g. "rRNA".
    repeats
        Repeats of the genome; None if no file of them is given.
    """

    annotation: Annotation
    meanings: tuple[Meaning, ...]
    organelles: dict[str, OrganelleContig]
    warnings: tuple[str, ...]
    extra_lncrna: tuple[Transcript, ...] = ()
    extra_housekeeping: tuple[Transcript, ...] = ()
    extra_classes: tuple[str, ...] = ()
    repeats: Repeats | None = None

    @cached_property
    def coding(self) -> tuple[Transcript, ...]:
        """Transcripts of protein-coding genes."""
        return self.of_kind("coding")

    @cached_property
    def lncrna(self) -> tuple[Transcript, ...]:
        """Transcripts of known lncRNA genes."""
        return (*self.of_kind("lncRNA"), *self.extra_lncrna)

    @cached_property
    def housekeeping(self) -> tuple[Transcript, ...]:
        """Housekeeping ncRNAs."""
        return (*self.of_kind("housekeeping"), *self.extra_housekeeping)

    @cached_property
    def housekeeping_classes(self) -> tuple[str, ...]:
        """What each of `housekeeping` is, e.g. "snoRNA"."""
        of_annotation = (
            meaning.rna_class
            for meaning in self.meanings
            if meaning.kind == "housekeeping"
        )
        return (*of_annotation, *self.extra_classes)

    def of_kind(self, *kinds: Kind) -> tuple[Transcript, ...]:
        """Transcripts of the annotation that are of one of these kinds."""
        pairs = zip(self.annotation.transcripts, self.meanings, strict=True)
        return tuple(tx for tx, meaning in pairs if meaning.kind in kinds)

    def with_lncrna(self, transcripts: Sequence[Transcript]) -> "Reference":
        """As it is, with further known lncRNAs."""
        return replace(self, extra_lncrna=(*self.extra_lncrna, *transcripts))

    def with_housekeeping(self, transcripts: Sequence[Transcript]) -> "Reference":
        """As it is, with further housekeeping RNAs, whatever their words say."""
        classes = (
            meaning.rna_class or _class_by_name(tx) or GIVEN
            for tx, meaning in zip(transcripts, meanings(transcripts), strict=True)
        )
        return replace(
            self,
            extra_housekeeping=(*self.extra_housekeeping, *transcripts),
            extra_classes=(*self.extra_classes, *classes),
        )


def _class_by_name(tx: Transcript) -> str:
    """What the name of an RNA says, as in BED, where nothing else does."""
    names = (tx.gene_name, tx.product, tx.gene_id, tx.transcript_id)
    table = packaged_kinds()
    term = table.named(names)
    words = filter(None, map(table.term, names))
    term = term or next((word for word in words if word.rna_class), None)
    return term.rna_class if term else ""


def sort_reference(
    annotation: Annotation,
    settings: FilterSettings,
    *,
    contigs: Sequence[str] = (),
) -> Reference:
    """Sort an annotation by the kinds of its genes.

    In a file with neither words nor CDS rows, every gene counts as coding (nothing that
    overlaps a gene can then be called intergenic) and a warning says so.

    Parameters
    ----------
    annotation
        As read.
    settings
        Which further words and organelles there are.
    contigs
        Names of the genome's contigs, to be searched for organelles as well.
    """
    table = words_table(settings)
    by_transcript = meanings(annotation.transcripts, table)
    has_words = any(meaning.word for meaning in by_transcript)
    if not has_words and not annotation.has_cds:
        everything = Meaning("coding", "", "", "nothing")
        by_transcript = [everything] * len(by_transcript)
    return Reference(
        annotation,
        meanings=tuple(by_transcript),
        organelles=organelles(
            sorted(annotation.chroms.union(contigs)),
            listed=settings.organelle_contigs,
            regions=annotation.regions,
        ),
        warnings=tuple(
            _warnings(annotation, by_transcript, table, has_words=has_words)
        ),
    )


def words_table(settings: FilterSettings) -> KindTable:
    """The table of words, with the user's own file before it."""
    return kind_table(Path(settings.biotypes) if settings.biotypes else None)


def _warnings(
    annotation: Annotation,
    by_transcript: Sequence[Meaning],
    table: KindTable,
    *,
    has_words: bool,
) -> list[str]:
    path, kinds = annotation.path, {meaning.kind for meaning in by_transcript}
    warnings = []
    if not has_words:
        warnings.append(
            f"{path} says of no gene what it is (biotypes, row types): its lncRNAs are "
            "not recognized, so known ones are judged only if the extra lncRNA file "
            "holds them, and the coding-potential model cannot be trained on it."
        )
        if not annotation.has_cds:
            warnings.append(
                f"{path} has no CDS rows either: every gene counts as protein-coding, "
                "so the intergenic filter is stricter than it should be."
            )
    if "coding" not in kinds:
        warnings.append(
            f"{path} names no protein-coding gene and has no CDS rows: every "
            "transcript counts as intergenic and far from coding genes."
        )
    if "housekeeping" not in kinds:
        warnings.append(
            f"{path} names no housekeeping ncRNA (rRNA, tRNA, snRNA, snoRNA …): the "
            "housekeeping filter sees only the extra file, if one is given."
        )
    if unknown := unknown_words(annotation, by_transcript, table):
        warnings.append(_unknown_sentence(path, unknown))
    return warnings


def unknown_words(
    annotation: Annotation, by_transcript: Sequence[Meaning], table: KindTable
) -> Counter[str]:
    """Words that no table knows, with the transcripts that a CDS had to decide on."""
    pairs = zip(annotation.transcripts, by_transcript, strict=True)
    return Counter(
        meaning.word
        for _, meaning in pairs
        if meaning.word
        and meaning.decided_by in ("CDS", "nothing")
        and table.term(meaning.word) is None
    )


def _unknown_sentence(path: Path, unknown: Counter[str]) -> str:
    words = ", ".join(f"{word} ({n:,})" for word, n in unknown.most_common(5))
    more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
    return (
        f"{path} has {counted(len(unknown), 'biotype')} that bioloom does not know: "
        f"{words}{more}. Genes with a CDS count as coding, the others as neither "
        "coding nor lncRNA; add the words with `biotypes`."
    )
