"""Comparison of contigs with a reference genome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from bioloom.debruijn.errors import BadKmers
from bioloom.debruijn.graphs.anchors import Anchoring, Genome
from bioloom.debruijn.graphs.assembly import Contig
from bioloom.debruijn.graphs.joints import Judge
from bioloom.result import Result
from bioloom.run.language import listed, mark, tr
from bioloom.seq.alphabet import encode
from bioloom.seq.fasta import Record
from bioloom.seq.sources import SequenceSource, is_path, records_of

if TYPE_CHECKING:
    import pandas as pd

# fields of a check, and their words
_JOINTS = {
    "relocations": mark("relocations"),
    "inversions": mark("inversions"),
    "translocations": mark("translocations"),
}
_CHANGES = {
    "deletions": ("missing", mark("deletions")),
    "insertions": ("inserted", mark("insertions")),
    "duplications": ("repeated", mark("duplications")),
}


@dataclass(frozen=True, slots=True)
class ContigCheck:
    """One contig compared with the reference.

    Parameters
    ----------
    name, length
        The contig; bases that the end of a circle repeats are not counted.
    n_aligned
        Its bases aligned with the reference.
    n_errors
        Wrong, missing and additional bases in the aligned parts; indels of up to 50.
    n_relocations, n_inversions, n_translocations
        Joints where it continues elsewhere on the same strand of a record, on the other
        strand, in another record.
    n_deletions, n_missing
        Joints where more than 50 bases of the reference are missing; bases missing.
    n_insertions, n_inserted
        The same for additional bases.
    n_duplications, n_repeated
        Parts of more than 50 bases that it has more often than the reference; their
        bases.
    n_origins
        Times that it passes from the end of a record to its beginning.
    n_unplaced
        Its bases that align nowhere.
    """

    name: str
    length: int
    n_aligned: int = 0
    n_errors: int = 0
    n_relocations: int = 0
    n_inversions: int = 0
    n_translocations: int = 0
    n_deletions: int = 0
    n_missing: int = 0
    n_insertions: int = 0
    n_inserted: int = 0
    n_duplications: int = 0
    n_repeated: int = 0
    n_origins: int = 0
    n_unplaced: int = 0

    @property
    def n_breaks(self) -> int:
        """Relocations, inversions and translocations."""
        return self.n_relocations + self.n_inversions + self.n_translocations


TOTALS = tuple(field.name for field in fields(ContigCheck) if field.name[:2] == "n_")
"""What is summed over contigs."""


@dataclass(frozen=True, slots=True, repr=False)
class ReferenceCheck(Result):
    """All contigs compared with the reference.

    Parameters
    ----------
    contigs
        One by one.
    n_reference
        Bases of the reference.
    n_covered
        Bases of the reference that a base of some contig is aligned with.
    """

    contigs: tuple[ContigCheck, ...]
    n_reference: int
    n_covered: int

    @property
    def recovered(self) -> float:
        """Share of the reference that contigs are aligned with."""
        return self.n_covered / self.n_reference

    @property
    def n_errors(self) -> int:
        """Wrong, missing and additional bases of all contigs."""
        return sum(contig.n_errors for contig in self.contigs)

    @property
    def n_breaks(self) -> int:
        """False joins of all contigs."""
        return sum(contig.n_breaks for contig in self.contigs)

    @property
    def totals(self) -> dict[str, int]:
        """Sums over the contigs, by the names of `ContigCheck`."""
        return {
            name: sum(getattr(contig, name) for contig in self.contigs)
            for name in TOTALS
        }

    def summary(self) -> str:
        """Share recovered, errors, breaks and their kinds."""
        return (
            f"recovered: {self.recovered:.4%}, errors: {self.n_errors:,}, "
            f"breaks: {self.n_breaks:,}; {self.events()}"
        )

    def events(self) -> str:
        """Relocations, inversions, ..., passages of an origin, as a text."""
        sums = self.totals
        texts = [
            tr("{event}: {n:,}", event=tr(words), n=sums[f"n_{name}"])
            for name, words in _JOINTS.items()
        ]
        for name, (bases, words) in _CHANGES.items():
            n = sums[f"n_{name}"]
            text = tr("{event}: {n:,}", event=tr(words), n=n)
            if n:
                text = tr(
                    "{event}: {n:,} ({bases:,} bases)",
                    event=tr(words),
                    n=n,
                    bases=sums[f"n_{bases}"],
                )
            texts.append(text)
        origins = tr("origins passed")
        texts.append(tr("{event}: {n:,}", event=origins, n=sums["n_origins"]))
        return listed(texts)

    def to_frame(self) -> pd.DataFrame:
        """One row per contig."""
        import pandas as pd

        names = [field.name for field in fields(ContigCheck)]
        return pd.DataFrame([asdict(each) for each in self.contigs], columns=names)


def check_contigs(
    contigs: Sequence[Contig], reference: SequenceSource, *, n_shared: int = 0
) -> ReferenceCheck:
    """Align contigs with a reference; count what is recovered, wrong and rearranged.

    Parameters
    ----------
    contigs
        The contigs.
    reference
        FASTA (a path or text), or sequences; records are chromosomes. They may be
        circular: a contig may pass from the end of a record to its beginning, unless
        the record's description says "linear".
    n_shared
        Bases that the end of a circular contig shares with its beginning, k - 1.

    Raises
    ------
    MissingFile, BadFasta
        If it cannot be read.
    BadKmers
        If the reference has no base.

    Notes
    -----
    Exact matches of 21 bases or more (fewer in contigs shorter than that), wherever in
    the reference they are, are chained into blocks: gaps of up to 100 bases, indels of
    up to 50. A block has 65 matching bases or more, in short contigs half their length.
    Of the blocks of a contig, those that explain most of it, with few joints, are its
    main ones. Bases between their anchors are aligned with the least number of errors;
    at their ends as far as there are three matches for an error.

    A joint of two main blocks is a translocation, an inversion or a relocation unless
    the blocks follow each other on the reference and no other block of the contig is
    between them: then what is missing or additional is a deletion, an insertion or a
    duplication. Each joint counts, so a block turned round inside a contig has two
    inversions. A base is recovered if a base of a contig is aligned with it, by a main
    block or, as in the copies of a repeat, by another one.

    References
    ----------
    Kurtz S. et al. (2004) Versatile and open software for comparing large genomes.
    Genome Biol. 5:R12. doi:10.1186/gb-2004-5-2-r12
    """
    records = [record for record in records_of(reference) if record.sequence]
    codes = [encode(record.sequence) for record in records]
    n_reference = sum(int((each < 4).sum()) for each in codes)
    if not n_reference:
        raise BadKmers(
            where=str(reference) if is_path(reference) else "reference",
            found="no base",
            expected="the genome that the contigs should be",
            advice="Give another file as --reference.",
        )
    genome = Genome(codes, list(map(_is_linear, records)))
    shortest = min((len(contig.codes) for contig in contigs), default=0)
    judge = Judge(Anchoring(genome, shortest))
    checks = []
    for contig in contigs:
        ring = n_shared if contig.is_circle else 0
        counts = judge.counts(
            contig.codes[: len(contig.codes) - ring], is_circle=contig.is_circle
        )
        length = len(contig.codes) - ring
        checks.append(ContigCheck(contig.name, length, **counts))
    return ReferenceCheck(tuple(checks), n_reference, judge.n_covered())


def _is_linear(record: Record) -> bool:
    words = record.description.lower().replace("=", " ").replace("]", " ").split()
    return "linear" in words and "circular" not in words
