"""Files of what is computed of expression: written by a run, read to explain a gene."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from bioloom.errors import BadRunFolder, UnknownName
from bioloom.lincrna.comparison.analysis import ExpressionAnalysis, GeneExpression
from bioloom.lincrna.comparison.design import contrast_name
from bioloom.lincrna.comparison.explain import (
    ComparedGene,
    CountedGene,
    CountedSample,
    MeasuredTranscript,
)
from bioloom.lincrna.comparison.samples import SPACE_COLUMNS
from bioloom.lincrna.comparison.specificity import LEVEL_COLUMN, SPECIFICITY_COLUMNS
from bioloom.lincrna.comparison.testing import COMPARISON_COLUMNS
from bioloom.lincrna.inputs.expression import quantified_path, read_abundances
from bioloom.lincrna.inputs.known_models import read_known_models
from bioloom.lincrna.inputs.sample import LONG_KINDS
from bioloom.lincrna.output.gene_tables import GeneTables
from bioloom.run.output import open_text, write_text
from bioloom.run.record import read_record
from bioloom.statistics.multiple_testing import PValues

if TYPE_CHECKING:
    import pandas as pd

Row: TypeAlias = Mapping[str, str]

ANALYSIS_TABLES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "comparisons": COMPARISON_COLUMNS,
        "size_factors": SPACE_COLUMNS,
        "specificity": {
            **SPECIFICITY_COLUMNS,
            LEVEL_COLUMN.format(level="…"): "mean TPM of the samples of a level",
        },
    }
)
ASKED = "working/comparison.json"


def gene_expression(tables: GeneTables) -> GeneExpression:
    """Counts and TPM by gene_id."""
    return GeneExpression(
        counts=tables.gene_counts.set_index("gene_id"),
        tpm=tables.gene_tpm.set_index("gene_id"),
        genes=tables.genes.set_index("gene_id"),
    )


def analysis_frames(analysis: ExpressionAnalysis | None) -> dict[str, "pd.DataFrame"]:
    """The tables of an analysis, by file name; those that it lacks are left out."""
    if analysis is None:
        return {}
    frames = {"size_factors": _sample_frame(analysis)}
    if analysis.compared:
        frames["comparisons"] = analysis.compared.genes
    if analysis.specificity:
        frames["specificity"] = analysis.specificity.genes
    return frames


def _sample_frame(analysis: ExpressionAnalysis) -> "pd.DataFrame":
    import pandas as pd

    factors = analysis.size_factors
    frame = pd.DataFrame({"sample": [*factors], "size_factor": [*factors.values()]})
    if analysis.space:
        return frame.merge(analysis.space.places, on="sample")
    return frame.assign(pc1=float("nan"), pc2=float("nan"))


def write_asked(analysis: ExpressionAnalysis, out: Path) -> None:
    """Write what the tables do not hold: contrasts and the false discovery rate."""
    compared, specificity = analysis.compared, analysis.specificity
    entries = {
        "design": compared.design.formula if compared else "",
        "contrasts": compared.design.contrasts if compared else [],
        "alpha": compared.alpha if compared else None,
        "levels": specificity.levels if specificity else [],
    }
    (out / ASKED).parent.mkdir(parents=True, exist_ok=True)
    write_text(out / ASKED, json.dumps(entries, indent=2) + "\n")


@dataclass(frozen=True, slots=True)
class StoredGene:
    """A gene of a run folder, read back to be explained.

    Parameters
    ----------
    run, gene_id
        The folder, and the gene.
    transcripts
        Those whose counts are summed.
    """

    run: Path
    gene_id: str
    transcripts: Sequence[str]

    def counted(self) -> list[CountedGene]:
        """Its reads in each sample, transcript by transcript."""
        lengths = self._lengths()
        counts, tpm = (self._row(f"gene_{kind}") for kind in ("counts", "tpm"))
        return [
            CountedGene(
                sample=sample,
                read_length_nt=None
                if row["kind"] in LONG_KINDS
                else float(row["trimmed_length_nt"]),
                transcripts=self._measured(sample, lengths),
                count=int(counts[sample]),
                tpm=float(tpm[sample]),
            )
            for sample, row in read_rows(self.run, "samples", "sample").items()
        ]

    def _row(self, table: str) -> Row:
        return read_rows(self.run, table, "gene_id")[self.gene_id]

    def _lengths(self) -> dict[str, int]:
        """Spliced length of its transcripts, where the counts took it from."""
        wanted = frozenset(self.transcripts)
        judged = {
            row["transcript_id"]: int(row["length_nt"])
            for row in table_rows(self.run, "transcripts")
            if row["transcript_id"] in wanted
        }
        known = read_known_models(self.run / "working/measured/known.jsonl")
        return judged | {
            model.transcript_id: model.length_nt
            for model in known
            if model.transcript_id in wanted
        }

    def _measured(
        self, sample: str, lengths: Mapping[str, int]
    ) -> list[MeasuredTranscript]:
        quantifier = read_record(self.run)["arguments"].get("quantifier", "stringtie")
        abundances = read_abundances(
            quantified_path(self.run / "working", sample, quantifier)
        )
        return [
            MeasuredTranscript(name, abundances[name], lengths[name])
            for name in self.transcripts
            if name in abundances and name in lengths
        ]

    def compared(self) -> list[ComparedGene]:
        """Its test for each contrast; none where it was not tested."""
        asked = read_asked(self.run)
        if not asked["contrasts"]:
            return []
        tests = _tests(self.run)
        return [
            ComparedGene(
                contrast=(column, tested, reference),
                samples=self._samples(column),
                values={name: _number(row[name]) for name in _NUMBERS},
                p_values=_corrected(rows.values()),
                alpha=asked["alpha"],
            )
            for column, tested, reference in asked["contrasts"]
            for rows in [tests[contrast_name((column, tested, reference))]]
            for row in [rows.get(self.gene_id)]
            if row is not None
        ]

    def _samples(self, column: str) -> list[CountedSample]:
        levels = read_rows(self.run, "samples", "sample")
        counts = self._row("gene_counts")
        return [
            CountedSample(
                name,
                levels[name][column],
                int(counts[name]),
                float(row["size_factor"]),
            )
            for name, row in read_rows(self.run, "size_factors", "sample").items()
        ]

    def means(self) -> dict[str, float]:
        """Its mean TPM by level; none where specificity was not computed."""
        levels = read_asked(self.run)["levels"]
        if not levels:
            return {}
        row = self._row("specificity")
        return {level: float(row[LEVEL_COLUMN.format(level=level)]) for level in levels}


_NUMBERS = (
    "base_mean",
    "log2_fold_change",
    "lfc_se",
    "p_value",
    "q_value",
    "dispersion",
    "dispersion_gene",
    "dispersion_trend",
)


def _number(text: str) -> float:
    return float(text) if text else float("nan")


def _tests(run: Path) -> dict[str, dict[str, Row]]:
    """By contrast, then by gene_id."""
    tests: dict[str, dict[str, Row]] = {}
    for row in table_rows(run, "comparisons"):
        tests.setdefault(row["contrast"], {})[row["gene_id"]] = row
    return tests


def _corrected(rows: Iterable[Row]) -> PValues:
    """p-values of the genes that the correction counts."""
    return np.array([float(row["p_value"]) for row in rows if row["q_value"]])


def read_gene(run: Path, name: str) -> StoredGene:
    """A gene of a run with samples.

    Parameters
    ----------
    run
        Its folder.
    name
        gene_id, symbol, or the name of one of its transcripts.

    Raises
    ------
    BadRunFolder
        If the folder holds no expression.
    UnknownName
        If it holds no such gene or transcript; the message names similar ones.
    """
    genes = read_rows(run, "genes", "gene_id")
    gene_of = {
        row["transcript_id"]: row["gene_id"] for row in table_rows(run, "tx2gene")
    }
    by_symbol = {
        row["gene_name"]: gene for gene, row in genes.items() if row["gene_name"]
    }
    gene = name if name in genes else by_symbol.get(name, gene_of.get(name))
    if gene is None:
        known = [*genes, *by_symbol, *gene_of]
        raise UnknownName(name, kind="gene or transcript", where=str(run), known=known)
    return StoredGene(run, gene, [tx for tx, of in gene_of.items() if of == gene])


def read_rows(run: Path, table: str, key: str) -> dict[str, Row]:
    """Rows of a table of the run folder, by one of its columns."""
    return {row[key]: row for row in table_rows(run, table)}


def table_rows(run: Path, table: str, *, holding: str = "") -> Iterator[Row]:
    """Rows of a table of a run folder; those whose line holds a text, if it is given.

    Raises
    ------
    BadRunFolder
        If the folder has no such table.
    """
    path = run / f"tables/{table}.tsv"
    if not path.is_file():
        raise BadRunFolder(
            where=run,
            found=f"no tables/{table}.tsv",
            expected="a finished `bioloom lincrna run`",
            advice="Expression is known only of runs from reads.",
        )
    with open_text(path) as stream:
        header = next(stream, "")
        lines = chain([header], (line for line in stream if holding in line))
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def read_asked(run: Path) -> dict[str, Any]:
    """What `write_asked` wrote."""
    path = run / ASKED
    if not path.is_file():
        raise BadRunFolder(
            where=run,
            found=f"no {ASKED}",
            expected="the folder of a run by this version of bioloom",
            advice="Run it again with --force: steps that are done are not repeated.",
        )
    entries: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return entries
