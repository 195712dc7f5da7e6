"""The tables of a run: their columns, what each means, and how they are written."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from bioloom.lincrna.coding.potential import FEATURES
from bioloom.lincrna.inputs.votes import TOOLS
from bioloom.lincrna.loci.names import NAME_COLUMNS, LocusName
from bioloom.lincrna.loci.neighbours import Neighbour
from bioloom.lincrna.loci.touches import TouchKind
from bioloom.lincrna.verdict.attrition import AttritionStep, attrition, criteria_of
from bioloom.lincrna.verdict.criteria import CRITERIA, NOT_NEEDED
from bioloom.lincrna.verdict.judged import Judged

if TYPE_CHECKING:
    import pandas as pd

_Getter = Callable[[Judged], Any]


class TableColumn(NamedTuple):
    """What a column holds, and how its value is taken from a judged transcript."""

    meaning: str
    get: _Getter


def _nearest(row: Judged) -> Neighbour | None:
    return row.evidence.neighbours.nearest


def _same_strand(row: Judged) -> Neighbour | None:
    return row.evidence.neighbours.nearest_same_strand


def _feature(index: int) -> _Getter:
    return lambda row: round(row.evidence.coding.features[index], 6)


def _orf_aa(kind: str) -> _Getter:
    def length(row: Judged) -> int:
        orf = getattr(row.evidence.orfs, kind)
        return orf.length_aa if orf else 0

    return length


def _of(get: Callable[[Judged], Any], attribute: str) -> _Getter:
    """Attribute of a part that may be absent; None where it is."""
    return lambda row: getattr(get(row), attribute, None)


def _first_few(names: Sequence[str], most: int = 3) -> str:
    more = f" +{len(names) - most}" if len(names) > most else ""
    return ",".join(names[:most]) + more


def _domain(row: Judged) -> Any:
    return row.evidence.domain


def _verdict_of(name: Any) -> _Getter:
    words = {True: "pass", False: "fail", None: "not judged"}

    def word(row: Judged) -> str:
        judgement = row.judgements[name]
        is_needed = judgement.note != NOT_NEEDED
        return words[judgement.is_passed] if is_needed else "not needed"

    return word


def _touched(kind: TouchKind, attribute: str) -> _Getter:
    return lambda row: getattr(row.evidence.touches.get(kind), attribute, None)


_FACTS: dict[str, TableColumn] = {
    "transcript_id": TableColumn(
        "name of the transcript", lambda row: row.transcript_id
    ),
    "locus_id": TableColumn(
        "locus: transcripts sharing exonic bases", lambda row: row.locus_id
    ),
    "name": TableColumn(
        "of a candidate: of its locus (names.tsv), or of its known gene",
        lambda row: row.name,
    ),
    "named_in": TableColumn(
        "transcripts of named sets that equal a candidate, set:transcript, by commas",
        lambda row: ",".join(map(str, row.named_in)),
    ),
    "gene_id": TableColumn(
        "gene_id of its file", lambda row: row.collected.transcript.gene_id
    ),
    "chrom": TableColumn("chromosome", lambda row: row.collected.transcript.chrom),
    "start": TableColumn(
        "leftmost base, 0-based", lambda row: row.collected.transcript.start
    ),
    "end": TableColumn(
        "one past the rightmost base", lambda row: row.collected.transcript.end
    ),
    "strand": TableColumn(
        "+, -, or . unknown", lambda row: row.collected.transcript.strand
    ),
    "n_exons": TableColumn("exons", lambda row: len(row.collected.transcript.exons)),
    "length_nt": TableColumn(
        "spliced length, nt",
        lambda row: row.collected.transcript.length_nt,
    ),
    "origin": TableColumn(
        "known (annotated) or novel", lambda row: row.collected.origin
    ),
    "known_as": TableColumn("annotated twin", lambda row: row.collected.known_as),
    "assembled_as": TableColumn(
        "assembled transcripts that are the same as this known one, at most three",
        lambda row: _first_few(row.collected.assembled_as),
    ),
    "n_samples": TableColumn(
        "samples whose own assembly supports it",
        lambda row: row.collected.n_samples,
    ),
    "n_bulk_samples": TableColumn(
        "of these, samples that are not droplet samples",
        lambda row: row.collected.n_bulk_samples,
    ),
    "verdict": TableColumn("candidate or rejected", lambda row: row.verdict),
    "reason": TableColumn(
        "first criterion that it fails; locus: only an isoform of its locus does",
        lambda row: row.reason,
    ),
    "failed": TableColumn(
        "all criteria that it fails", lambda row: ",".join(row.failed)
    ),
    "spoiled_by": TableColumn(
        "criterion:isoform of failures that reject its locus, at most three",
        lambda row: _first_few(row.spoiled_by),
    ),
    "doubts": TableColumn(
        "reasons for doubt about a novel one that passes",
        lambda row: "; ".join(row.doubts),
    ),
    "class_code": TableColumn(
        "gffcompare class code against coding transcripts",
        lambda row: row.evidence.class_code.code,
    ),
    "class_ref": TableColumn(
        "coding transcript that the code refers to",
        lambda row: row.evidence.class_code.ref_id,
    ),
    "nearest_gene": TableColumn("nearest coding gene", _of(_nearest, "gene_id")),
    "nearest_nt": TableColumn(
        "distance to it, nt; 0: overlap", _of(_nearest, "distance_nt")
    ),
    "nearest_relation": TableColumn(
        "its position relative to that gene", _of(_nearest, "relation")
    ),
    "same_strand_gene": TableColumn(
        "nearest coding gene on the same strand",
        _of(_same_strand, "gene_id"),
    ),
    "same_strand_nt": TableColumn(
        "distance to it, nt", _of(_same_strand, "distance_nt")
    ),
    "orf_aa": TableColumn(
        "longest ORF, complete or 3'-open, amino acids without stop",
        lambda row: row.evidence.longest_orf_aa,
    ),
    "orf_complete_aa": TableColumn(
        "longest ORF with a stop codon", _orf_aa("complete")
    ),
    "orf_open_aa": TableColumn(
        "longest ORF that runs off the 3' end", _orf_aa("open_end")
    ),
    "coding_probability": TableColumn(
        "by the coding model",
        lambda row: round(row.evidence.coding.probability, 6),
    ),
    "coding_call": TableColumn(
        "coding, noncoding, or unsure where the probability is clear for neither",
        lambda row: row.judgements["coding"].note,
    ),
    **{
        name: TableColumn(f"{feature.meaning} ({feature.group})", _feature(index))
        for index, (name, feature) in enumerate(FEATURES.items())
    },
    "housekeeping_rna": TableColumn(
        "housekeeping RNA with the largest overlap",
        lambda row: row.evidence.housekeeping.rna,
    ),
    "housekeeping_fraction": TableColumn(
        "fraction of its exonic bases on that RNA's exons, same strand",
        lambda row: round(row.evidence.housekeeping.fraction, 6),
    ),
    "known_gene": TableColumn(
        "known lncRNA gene with which a novel transcript shares exonic bases, same "
        "strand: it is an isoform or a piece of that gene",
        _touched("lncRNA", "name"),
    ),
    "pseudogene": TableColumn(
        "annotated pseudogene with which it shares exonic bases, same strand",
        _touched("pseudogene", "name"),
    ),
    "small_rna": TableColumn(
        "annotated small RNA in its exons, same strand", _touched("small RNA", "name")
    ),
    "small_rna_class": TableColumn("what that is", _touched("small RNA", "rna_class")),
    "transposable_element": TableColumn(
        "transposable element that covers most of its exonic bases, either strand",
        _touched("transposable element", "name"),
    ),
    "transposable_fraction": TableColumn(
        "fraction of its exonic bases covered by transposable elements",
        _touched("transposable element", "of_transcript"),
    ),
    "n_fraction": TableColumn(
        "fraction of its bases that are N",
        lambda row: round(row.evidence.n_fraction, 6),
    ),
    "domain": TableColumn("best domain model, hit or near miss", _of(_domain, "model")),
    "domain_accession": TableColumn("its accession", _of(_domain, "accession")),
    "domain_bits": TableColumn("its score, bits", _of(_domain, "score_bits")),
    "domain_threshold_bits": TableColumn(
        "its gathering score", _of(_domain, "threshold_bits")
    ),
    "domain_evalue": TableColumn("its E-value", _of(_domain, "evalue")),
    "domain_segment": TableColumn(
        "translated segment: frame:start", _of(_domain, "segment")
    ),
}
_EXPRESSION: dict[str, TableColumn] = {
    "max_tpm": TableColumn(
        "highest expression in any sample, TPM", lambda row: row.evidence.tpm_in(1)
    ),
    "junction_reads": TableColumn(
        "uniquely mapped reads over its junction with the fewest, all samples together",
        lambda row: getattr(row.evidence.expressed, "weakest_junction", None),
    ),
}
_VERDICTS: dict[str, TableColumn] = {
    f"{name}_verdict": TableColumn(
        f"pass, fail or not judged: {criterion.title}"
        + ("; not needed: decided without a search" if name == "domain" else ""),
        _verdict_of(name),
    )
    for name, criterion in CRITERIA.items()
    if name != "homology"  # that of HOMOLOGY_COLUMNS
}

COLUMNS: Mapping[str, TableColumn] = MappingProxyType(_FACTS | _EXPRESSION | _VERDICTS)
"""Of transcripts.tsv: meaning, and how the value is taken from a judged transcript."""


def _of_vote(tool: str, attribute: str) -> _Getter:
    words = {True: "coding", False: "noncoding"}

    def get(row: Judged) -> Any:
        votes = (vote for vote in row.evidence.votes if vote.tool == tool)
        value = getattr(next(votes, None), attribute, None)
        return words.get(value) if isinstance(value, bool) else value

    return get


VOTE_COLUMNS: Mapping[str, TableColumn] = MappingProxyType(
    {
        f"{tool.lower()}_{column}": TableColumn(
            meaning.format(tool), _of_vote(tool, attribute)
        )
        for tool in TOOLS
        for column, attribute, meaning in (
            ("score", "score", "coding probability or score by {}"),
            ("call", "is_coding", "coding or noncoding by {}; empty: no vote"),
        )
    }
)
"""Further columns of transcripts.tsv, for programs whose results were given."""


def _protein(row: Judged) -> Any:
    return row.evidence.homology


HOMOLOGY_COLUMNS: Mapping[str, TableColumn] = MappingProxyType(
    {
        "homology_verdict": TableColumn(
            f"pass or fail: {CRITERIA['homology'].title}; not needed: decided without",
            _verdict_of("homology"),
        ),
        "homolog": TableColumn(
            "protein that it resembles, one that rejects it first",
            _of(_protein, "protein"),
        ),
        "homolog_evalue": TableColumn(
            "E-value of their best alignment, of one segment with all proteins",
            _of(_protein, "evalue"),
        ),
        "homolog_bits": TableColumn("its score, bits", _of(_protein, "score_bits")),
        "homolog_identity": TableColumn(
            "fraction of it with the same amino acid", _of(_protein, "identity")
        ),
        "homolog_coverage": TableColumn(
            "fraction of the protein that its alignments cover",
            _of(_protein, "coverage"),
        ),
        "homolog_segment": TableColumn(
            "translated segment of the best one: frame:start", _of(_protein, "segment")
        ),
    }
)
"""Further columns of transcripts.tsv where proteins were given."""


def _rfam_hit(row: Judged) -> Any:
    return row.evidence.rfam and row.evidence.rfam.best


def _rfam_fraction(row: Judged) -> float | None:
    if not row.evidence.is_rfam_searched:
        return None
    return round(row.evidence.rfam.fraction, 6) if row.evidence.rfam else 0.0


RFAM_COLUMNS: Mapping[str, TableColumn] = MappingProxyType(
    {
        "rfam_family": TableColumn(
            "Rfam family found in it, housekeeping ones first",
            _of(_rfam_hit, "family"),
        ),
        "rfam_accession": TableColumn("its accession", _of(_rfam_hit, "accession")),
        "rfam_bits": TableColumn("its score, bits", _of(_rfam_hit, "score_bits")),
        "rfam_threshold_bits": TableColumn(
            "its gathering score", _of(_rfam_hit, "threshold_bits")
        ),
        "rfam_fraction": TableColumn(
            "of the transcript, covered by housekeeping families; empty: not searched",
            _rfam_fraction,
        ),
    }
)
"""Further columns of transcripts.tsv where Rfam was given."""

LONG_READ_COLUMNS: Mapping[str, TableColumn] = MappingProxyType(
    {
        "full_length_reads": TableColumn(
            "long reads with all its introns that stop near both its ends, all samples",
            lambda row: row.evidence.n_full_length,
        ),
    }
)
"""Further column of transcripts.tsv where long reads were given."""

ALL_COLUMNS: Mapping[str, TableColumn] = MappingProxyType(
    {
        **COLUMNS,
        **VOTE_COLUMNS,
        **HOMOLOGY_COLUMNS,
        **RFAM_COLUMNS,
        **LONG_READ_COLUMNS,
    }
)
"""Of transcripts.tsv, with those of whatever files may be given."""

ATTRITION_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "level": "transcript or locus",
        "origin": "known or novel",
        "criterion": "in the order of the filters",
        "n_before": "left by the criteria before it",
        "n_dropped": "dropped here: the first criterion that it fails",
        "n_after": "n_before - n_dropped; the last row holds the candidates",
        "n_failing": "of all (domain: of those searched), failing it, whatever else",
        "n_failing_only": "of all, failing nothing else",
    }
)


def transcripts_frame(rows: Sequence[Judged]) -> "pd.DataFrame":
    """Every transcript, every criterion; those of `COLUMNS`, then of other files."""
    import pandas as pd

    tools = {vote.tool.lower() for row in rows for vote in row.evidence.votes}
    votes = {
        name: column
        for name, column in VOTE_COLUMNS.items()
        if name.rpartition("_")[0] in tools
    }
    in_force = criteria_of(rows)
    optional = {f"{name}_verdict" for name in CRITERIA if name not in in_force}
    if "expression" not in in_force:
        optional |= _EXPRESSION.keys()
    columns_of = {**COLUMNS, **votes}
    if "homology" in in_force:
        columns_of |= HOMOLOGY_COLUMNS
    if any(row.evidence.is_rfam_searched is not None for row in rows):
        columns_of |= RFAM_COLUMNS
    if any(row.evidence.n_full_length is not None for row in rows):
        columns_of |= LONG_READ_COLUMNS
    wanted = {
        name: column for name, column in columns_of.items() if name not in optional
    }
    columns = {name: [get(row) for row in rows] for name, (_, get) in wanted.items()}
    return pd.DataFrame(columns)


def names_frame(names: Sequence[LocusName]) -> "pd.DataFrame":
    """One row per named locus; columns as in `NAME_COLUMNS`."""
    import pandas as pd

    rows = [
        (
            row.name,
            row.place.locus_id,
            row.place.chrom,
            row.place.strand,
            ",".join(f"{start}-{end}" for start, end in row.place.exons),
            row.place.nearest_gene,
            row.place.distance_nt,
            row.status,
        )
        for row in names
    ]
    return pd.DataFrame(rows, columns=[*NAME_COLUMNS])


def attrition_frame(rows: Sequence[Judged]) -> "pd.DataFrame":
    """What each criterion dropped; columns as in `ATTRITION_COLUMNS`."""
    import pandas as pd

    steps: Sequence[AttritionStep] = attrition(rows)
    return pd.DataFrame([asdict(step) for step in steps], columns=[*ATTRITION_COLUMNS])


def tsv(frame: "pd.DataFrame") -> str:
    """A table as text: tabs, a header, empty where there is no value."""
    fields = frame.map(_field)
    return str(fields.to_csv(sep="\t", index=False, lineterminator="\n"))


def _field(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.6g}"
    return str(value)


def described(columns: Mapping[str, str]) -> str:
    """Columns of a table as a Markdown list."""
    return "\n".join(f"- `{name}`: {meaning}" for name, meaning in columns.items())
