"""The working behind partners of a finished run, computed from its tables."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bioloom.errors import BadRunFolder, UnknownName
from bioloom.explain import Explanation
from bioloom.lincrna.inputs.samples import reports_of
from bioloom.lincrna.output.gene_tables import GeneTables
from bioloom.lincrna.output.partner_tables import (
    PartnerPlan,
    correlation_of,
    expression_of,
    gene_names,
    read_plan,
)
from bioloom.lincrna.output.working import read_partners, read_transcript
from bioloom.lincrna.partners.classes import Partner, PlacedPartners
from bioloom.lincrna.partners.enrichment import Enriched, Question
from bioloom.lincrna.partners.explain import (
    MeasuredPair,
    explain_pair,
    explain_term,
    explain_trans,
)
from bioloom.lincrna.partners.gene_pairs import coexpress
from bioloom.lincrna.partners.strata import strata_of

if TYPE_CHECKING:
    import pandas as pd


def explain_partner(run: Path, name: str, other: str = "") -> Explanation:
    """Show the working behind a partner of a candidate, or behind a gene set.

    Parameters
    ----------
    run
        Run folder.
    name
        A candidate, or a gene set of ``tables/partner_gene_sets.tsv``.
    other
        gene_id or symbol of the partner; empty for the best one. Of a gene set, the
        candidate's gene whose partners are asked for; empty for the smallest p-value.

    Raises
    ------
    BadRunFolder
        If the folder holds no partners.
    UnknownName
        If it holds no such name; the message names similar ones.
    """
    placed, plan = read_partners(run), None
    if placed is None:
        raise BadRunFolder(
            where=run,
            found="no partners of candidates",
            expected="a folder that this version of bioloom wrote",
            advice="Run again with --force; steps that are up to date are skipped.",
        )
    plan = read_plan(run)
    if row := _gene_set(run, name, other):
        return explain_term(row, plan.settings)
    return _Explainer(run, placed, plan).explain(name, other)


class _Explainer:
    """Explains partners of the candidates of one run."""

    def __init__(self, run: Path, placed: PlacedPartners, plan: PartnerPlan) -> None:
        self._run, self._placed, self._plan = run, placed, plan
        self._genes = _gene_tables(run)

    def explain(self, name: str, other: str) -> Explanation:
        """Explain a cis partner, or else a trans partner."""
        rows = [row for row in self._placed.rows if row.transcript_id == name]
        if not rows:
            raise self._unknown(name)
        candidate = read_transcript(self._run, name).row.collected.transcript
        for row in rows:
            if other in (row.gene_id, row.gene_name) or (not other and row.is_best):
                measured = self._measured(name, row) if self._genes else None
                return explain_pair(candidate, row, self._placed, measured)
        return self._trans(name, other, rows)

    def _measured(self, name: str, row: Partner) -> MeasuredPair:
        """The pair's correlation; of all pairs, only those near are computed."""
        settings = replace(self._plan.settings, max_trans=0)
        measured = self._all_pairs(replace(self._plan, settings=settings))
        gene = measured.expression.gene_of.get(name, "")
        pair = correlation_of(measured.coexpression, gene, row.gene_id)
        return replace(measured, correlation=pair, settings=self._plan.settings)

    def _trans(self, name: str, other: str, rows: list[Partner]) -> Explanation:
        known = [row.name for row in rows]
        if self._genes is not None:
            names = gene_names(self._genes)
            measured = self._all_pairs(self._plan)
            gene = measured.expression.gene_of.get(name, "")
            for pair in measured.coexpression.trans:
                if pair.candidate == gene:
                    symbol = names.get(pair.gene, "")
                    if other in (pair.gene, symbol):
                        found = replace(measured, correlation=pair, is_cis=False)
                        return explain_trans(gene, symbol or pair.gene, found)
                    known.append(symbol or pair.gene)
        where = f"the partners of {name}"
        raise UnknownName(other, kind="partner", where=where, known=known)

    def _all_pairs(self, plan: PartnerPlan) -> MeasuredPair:
        """Correlations of the run, as when its tables were written."""
        if self._genes is None:
            raise TypeError
        samples = reports_of(_table(self._run, "samples"))
        strata = strata_of(samples, plan.settings, design=plan.design)
        expression = expression_of(self._genes, strata)
        coexpression = coexpress(
            expression, self._placed, strata, plan.settings, rng_seed=plan.rng_seed
        )
        return MeasuredPair(None, coexpression, expression, plan.settings)

    def _unknown(self, name: str) -> UnknownName:
        candidates = [*dict.fromkeys(row.transcript_id for row in self._placed.rows)]
        return UnknownName(
            name,
            kind="candidate or gene set",
            where=f"the partners of {self._run}",
            known=candidates,
        )


def _table(run: Path, name: str) -> "pd.DataFrame":
    """A table of words, as it stands in the file."""
    import pandas as pd

    path = run / "tables" / f"{name}.tsv"
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)


def _gene_tables(run: Path) -> GeneTables | None:
    """Expression of all genes as the run wrote it; None without samples."""
    if not (run / "tables" / "gene_tpm.tsv").is_file():
        return None
    genes = _table(run, "genes")
    genes["is_candidate"] = genes["is_candidate"] == "True"
    tpm = _table(run, "gene_tpm").set_index("gene_id").astype(float).reset_index()
    # counts and transcripts are not asked for here
    return GeneTables(genes, _table(run, "tx2gene"), tpm, tpm, tpm, tpm)


def _gene_set(run: Path, name: str, other: str) -> Enriched | None:
    """The tested set of this name with the smallest p-value; None if there is none."""
    if not (run / "tables" / "partner_gene_sets.tsv").is_file():
        return None
    rows = [
        row
        for row in _enriched_rows(_table(run, "partner_gene_sets"))
        if row.term == name and other in ("", row.candidate)
    ]
    return min(rows, key=lambda row: row.p, default=None)


def _enriched_rows(frame: "pd.DataFrame") -> Iterator[Enriched]:
    for row in frame.to_dict("records"):
        yield Enriched(
            question=cast(Question, row["partners"]),
            candidate=row["lncrna_gene"],
            term=row["gene_set"],
            name=row["name"],
            n_both=int(row["n_both"]),
            n_in_set=int(row["n_in_set"]),
            n_partners=int(row["n_partners"]),
            n_background=int(row["n_background"]),
            p=float(row["p"]),
            q=float(row["q"]),
            rank=int(row["rank"]),
            n_tested=int(row["n_tested"]),
            genes=tuple(row["genes"].split(",")),
        )
