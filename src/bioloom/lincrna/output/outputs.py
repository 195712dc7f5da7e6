"""Files of a run folder: candidates, tables, and their description."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.lincrna.browser.candidates import write_browser_files
from bioloom.lincrna.browser.folder import (
    FOLDER,
    BrowserInputs,
    write_browser_folder,
)
from bioloom.lincrna.comparison.analysis import (
    ComparisonPlan,
    ExpressionAnalysis,
    analyse_expression,
)
from bioloom.lincrna.comparison.design import Described
from bioloom.lincrna.inputs.known_models import KnownModel
from bioloom.lincrna.inputs.sample_sheet import SAMPLE_COLUMNS
from bioloom.lincrna.inputs.samples import SampleReport, samples_frame
from bioloom.lincrna.loci.names import NAME_COLUMNS
from bioloom.lincrna.output.analysis_files import (
    ANALYSIS_TABLES,
    analysis_frames,
    gene_expression,
    write_asked,
)
from bioloom.lincrna.output.bulk_matrix import (
    MATRIX,
    is_anndata_installed,
    write_expression_matrix,
)
from bioloom.lincrna.output.gene_tables import TABLE_MEANINGS, GeneTables, gene_tables
from bioloom.lincrna.output.genes import (
    GENE_COLUMNS,
    TX2GENE_COLUMNS,
    measured_genes,
)
from bioloom.lincrna.output.methods import write_methods
from bioloom.lincrna.output.partner_tables import (
    PARTNER_TABLE_MEANINGS,
    PartnerPlan,
    PartnerTables,
    partner_tables,
    partners_readme,
    write_plan,
)
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.output.tables import (
    ALL_COLUMNS,
    ATTRITION_COLUMNS,
    attrition_frame,
    described,
    names_frame,
    tsv,
)
from bioloom.run.output import write_text
from bioloom.seq.fasta import Record, write_fasta

if TYPE_CHECKING:
    import pandas as pd

NO_ANNDATA_NOTE = (
    f"{MATRIX} was left out: it needs the Python package anndata "
    "(`bioloom doctor lincrna` says how to install it); its numbers are in "
    "tables/gene_counts.tsv and tables/gene_tpm.tsv."
)
COUNTS_RULES = {
    "StringTie": "Counts are estimates: coverage × length of the transcript / mean "
    "length of the sample's trimmed reads, rounded up, as StringTie's prepDE does; "
    "mates count apart. Those of a gene are the sums of its transcripts'.",
    "Salmon": "Counts are Salmon's estimates, rounded: a pair counts once. Those of a "
    "gene are the sums of its transcripts'.",
}


@dataclass(frozen=True, slots=True)
class RunTables:
    """Tables of a run: every transcript, the attrition, samples, expression.

    `tpm` and `counts` are those of the candidates, `genes` holds all genes', `analysis`
    what is computed of these, `partners` what is known of the candidates' partners,
    `browser` what the page of igv.js is made from; `notes` say what was left out.
    """

    transcripts: "pd.DataFrame"
    attrition: "pd.DataFrame"
    samples: "pd.DataFrame | None" = None
    tpm: "pd.DataFrame | None" = None
    counts: "pd.DataFrame | None" = None
    names: "pd.DataFrame | None" = None
    genes: GeneTables | None = None
    analysis: ExpressionAnalysis | None = None
    partners: PartnerTables | None = None
    browser: BrowserInputs | None = None
    notes: tuple[str, ...] = ()


def write_outputs(
    result: FilterResult,
    out: Path,
    *,
    samples: Sequence[SampleReport] = (),
    quantified: Mapping[str, Path] | None = None,
    known: Sequence[KnownModel] = (),
    comparison: ComparisonPlan | None = None,
    browser: BrowserInputs | None = None,
    partners: PartnerPlan | None = None,
) -> RunTables:
    """Write candidates and tables of a result into its run folder.

    Parameters
    ----------
    result
        Judged transcripts.
    out
        Run folder.
    samples
        What the tools reported on each sample; empty for an assembly without samples.
    quantified
        Output of ``stringtie -e`` or Salmon, by sample.
    known
        Known transcripts that expression was measured on besides the novel ones.
    comparison
        What to compute of the expression; None computes nothing.
    browser
        What a track hub and a session of IGV show; None writes neither.
    partners
        How to look for the candidates' partners; None for the defaults.
    """
    notes = write_browser_files(result.candidates, out)
    if browser is not None:
        notes += write_browser_folder(result.candidates, out / FOLDER, browser)
    _write_sequences(result, out)
    tables = _tables(result, samples, quantified or {}, known)
    if tables.genes is not None and comparison is not None:
        analysis = _analysis(tables.genes, samples, comparison)
        tables = replace(tables, analysis=analysis)
        write_asked(analysis, out)
    plan = partners or PartnerPlan()
    found = partner_tables(result, tables.genes, samples, plan)
    tables = replace(tables, partners=found)
    write_plan(plan, out)
    _write_tables(tables, out / "tables")
    write_methods(out)
    notes += _write_matrix(tables, out / MATRIX)
    return replace(tables, browser=browser, notes=notes)


def _tables(
    result: FilterResult,
    samples: Sequence[SampleReport],
    quantified: Mapping[str, Path],
    known: Sequence[KnownModel],
) -> RunTables:
    transcripts, steps = result.to_frame(), attrition_frame(result.rows)
    names = names_frame(result.names)
    if not samples:
        return RunTables(transcripts, steps, names=names)
    genes = gene_tables(measured_genes(known, result.rows), quantified, samples)
    candidates = [row.transcript_id for row in result.candidates]
    return RunTables(
        transcripts,
        steps,
        samples_frame(samples),
        tpm=_rows_of(genes.transcript_tpm, candidates),
        counts=_rows_of(genes.transcript_counts, candidates),
        names=names,
        genes=genes,
    )


def _analysis(
    genes: GeneTables, samples: Sequence[SampleReport], plan: ComparisonPlan
) -> ExpressionAnalysis:
    described = [Described(row.sample, row.factors, row.kind) for row in samples]
    return analyse_expression(gene_expression(genes), described, plan)


def _rows_of(frame: "pd.DataFrame", names: Sequence[str]) -> "pd.DataFrame":
    """The rows of these transcripts, in this order."""
    return frame.set_index("transcript_id").loc[[*names]].reset_index()


def _write_sequences(result: FilterResult, out: Path) -> None:
    rows = result.candidates
    sequences = result.sequences(rows)
    write_fasta(
        out / "candidates.fa",
        (Record(row.transcript_id, sequences[row.transcript_id]) for row in rows),
    )


def _write_matrix(tables: RunTables, path: Path) -> tuple[str, ...]:
    """Write the AnnData of a run with samples; return notes on what was left out."""
    path.unlink(missing_ok=True)
    if tables.genes is None or tables.samples is None:
        return ()
    if not is_anndata_installed():
        return (*tables.genes.notes, NO_ANNDATA_NOTE)
    write_expression_matrix(tables.genes, tables.samples, path)
    return tables.genes.notes


def _write_tables(tables: RunTables, folder: Path) -> None:
    frames = {
        "transcripts": tables.transcripts,
        "attrition": tables.attrition,
        "names": tables.names,
        "samples": tables.samples,
        "tpm": tables.tpm,
        "counts": tables.counts,
        **{name: getattr(tables.genes, name, None) for name in TABLE_MEANINGS},
        **dict.fromkeys((*ANALYSIS_TABLES, *PARTNER_TABLE_MEANINGS)),
        **analysis_frames(tables.analysis),
        **(tables.partners.frames() if tables.partners else {}),
    }
    for name, frame in frames.items():
        path = folder / f"{name}.tsv"
        if frame is None:
            path.unlink(missing_ok=True)  # of a run with other settings
        else:
            write_text(path, tsv(frame))
    write_text(folder / "README.md", _readme(tables))


def _readme(tables: RunTables) -> str:
    meanings = {name: ALL_COLUMNS[name][0] for name in tables.transcripts.columns}
    parts = [
        "# Tables",
        "Tab-separated, with a header; an empty field has no value. Coordinates are "
        "0-based and half-open, as in BED.",
        "## transcripts.tsv\nEvery transcript, every criterion.",
        described(meanings),
        "## attrition.tsv\nWhat each criterion dropped; the counts add up.",
        described(ATTRITION_COLUMNS),
        "## names.tsv\nNames of the novel candidates' loci. Given to a later run as "
        "`names`, they are kept.",
        described(NAME_COLUMNS),
    ]
    if tables.samples is not None and tables.genes is not None:
        program = tables.genes.program
        parts += [
            "## samples.tsv",
            described(SAMPLE_COLUMNS),
            f"## Expression\nMeasured by {program}. {COUNTS_RULES[program]}",
            described({f"{name}.tsv": text for name, text in TABLE_MEANINGS.items()}),
            "## genes.tsv",
            described(GENE_COLUMNS),
            "## tx2gene.tsv",
            described(TX2GENE_COLUMNS),
            "## tpm.tsv, counts.tsv\nThe rows of the candidates in transcript_tpm.tsv "
            "and transcript_counts.tsv.",
        ]
    for name in analysis_frames(tables.analysis):
        parts += [f"## {name}.tsv", described(ANALYSIS_TABLES[name])]
    parts += partners_readme(tables.partners) if tables.partners else ()
    return "\n\n".join(parts) + "\n"
