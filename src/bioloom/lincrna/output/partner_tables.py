"""Tables of the candidates' partners: by place, by expression, by gene sets."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from bioloom.lincrna.inputs.samples import SampleReport
from bioloom.lincrna.output.gene_tables import GeneTables
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.output.sequences import FOLDER
from bioloom.lincrna.output.tables import described
from bioloom.lincrna.partners.analysis import PartnerAnalysis, analyse_partners
from bioloom.lincrna.partners.classes import Partner
from bioloom.lincrna.partners.gene_pairs import (
    Coexpression,
    Expression,
    PairCorrelation,
)
from bioloom.lincrna.partners.gene_sets import NamedGene, read_gene_sets
from bioloom.lincrna.partners.strata import Strata, strata_of
from bioloom.lincrna.settings import PartnerSettings, RunConfig
from bioloom.run.output import write_text
from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    import pandas as pd

PLAN = "partner_plan.json"
PARTNER_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "is_best": "whether it is the candidate's best partner (FEELnc's isBest)",
        "lncrna_gene": "the candidate's gene in genes.tsv; without samples its locus",
        "lncrna_transcript": "the candidate",
        "partner_gene": "coding gene; empty: there is none on the chromosome",
        "partner_name": "its symbol",
        "partner_transcript": "its transcript that the class refers to",
        "direction": "sense: on the candidate's strand; antisense; unknown",
        "type": "genic: the spans share a base; intergenic",
        "distance_nt": "bases between the spans; 0: they touch or share bases",
        "subtype": "genic: containing, nested or overlapping; intergenic: same_strand, "
        "divergent, convergent or unknown",
        "location": "genic: exonic, intronic or none; intergenic: upstream or "
        "downstream as seen from the partner",
        "overlap_nt": "bases that their exons share",
        "is_cis": "whether it lies within the window",
        "partner_chrom": "chromosome of that transcript",
        "partner_start": "its leftmost base, 0-based",
        "partner_end": "one past its rightmost base",
        "partner_strand": "+, -, or . unknown",
    }
)
CORRELATION_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "rho": "rank correlation of the two genes' TPM within conditions; empty: not "
        "tested",
        "p": "two-sided permutation p-value; empty: too few samples",
        "q": "Benjamini and Hochberg's q-value over all pairs of its kind (cis, trans)",
    }
)
TRANS_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "lncrna_gene": "gene of candidates in genes.tsv",
        "partner_gene": "coding gene outside the window, or on another chromosome",
        "partner_name": "its symbol",
        **CORRELATION_COLUMNS,
    }
)
GENE_SET_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "partners": "best cis partners of all candidates; trans partners of all with "
        "q up to partners.alpha; trans partners of one (only the gene sets up to that "
        "q are listed)",
        "lncrna_gene": "that one's gene",
        "gene_set": "term or set",
        "name": "what it is called",
        "n_both": "partners in the set",
        "n_in_set": "background genes in the set",
        "n_partners": "partners",
        "n_background": "coding genes that might have been partners",
        "expected": "partners in the set by chance: n_partners × n_in_set / "
        "n_background",
        "p": "hypergeometric p-value, by gseapy",
        "q": "Benjamini and Hochberg's q-value over all sets tested for these partners",
        "rank": "place of p among those of all tested sets",
        "n_tested": "sets of the right size, with and without partners",
        "genes": "partners in the set",
    }
)
PARTNER_TABLE_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "partners": "coding genes around each candidate, with their class",
        "trans_partners": "coding genes elsewhere that are expressed like a candidate",
        "partner_gene_sets": "gene sets that partners belong to",
    }
)


@dataclass(frozen=True, slots=True)
class PartnerPlan:
    """How the partners of a run are looked for.

    Parameters
    ----------
    settings
        Of partners.
    design
        Formula of the comparison, whose columns make the groups of samples.
    rng_seed
        Random seed of permutations.
    """

    settings: PartnerSettings = PartnerSettings()
    design: str = ""
    rng_seed: int = RNG_SEED

    @classmethod
    def of(cls, config: RunConfig) -> "PartnerPlan":
        """That of a configured run."""
        return cls(config.partners, config.comparison.design, config.rng_seed)


@dataclass(frozen=True)
class PartnerTables:
    """What is known of the partners, and the tables of it.

    `trans` and `gene_sets` are None where they were not asked for.
    """

    analysis: PartnerAnalysis
    partners: "pd.DataFrame"
    trans: "pd.DataFrame | None" = None
    gene_sets: "pd.DataFrame | None" = None

    def frames(self) -> dict[str, "pd.DataFrame | None"]:
        """Tables by the names of their files; see `PARTNER_TABLE_MEANINGS`."""
        frames = (self.partners, self.trans, self.gene_sets)
        return dict(zip(PARTNER_TABLE_MEANINGS, frames, strict=True))


def partner_tables(
    result: FilterResult,
    genes: GeneTables | None,
    samples: Sequence[SampleReport],
    plan: PartnerPlan,
) -> PartnerTables | None:
    """Look for the partners of the candidates.

    Parameters
    ----------
    result
        Judged transcripts with the coding genes around the candidates.
    genes, samples
        Expression of all genes; None and empty without samples.
    plan
        How.

    Returns
    -------
    None if an older run lacks the coding genes around the candidates.

    Raises
    ------
    BadTable, MissingFile
        If the gene sets, or their ontology, cannot be used.
    """
    if result.partners is None:
        return None
    analysis = _analysis(result, genes, samples, plan)
    names = {} if genes is None else gene_names(genes)
    gene_of = {} if genes is None else gene_of_transcript(genes)
    return PartnerTables(
        analysis,
        _partners_frame(result, analysis, gene_of),
        _trans_frame(analysis.coexpression, names),
        _gene_sets_frame(analysis, names) if analysis.gene_sets else None,
    )


def _analysis(
    result: FilterResult,
    genes: GeneTables | None,
    samples: Sequence[SampleReport],
    plan: PartnerPlan,
) -> PartnerAnalysis:
    placed = result.partners
    if placed is None:
        raise TypeError
    if genes is None:
        return analyse_partners(placed, plan.settings)
    strata = strata_of(samples, plan.settings, design=plan.design)
    sets = None
    if plan.settings.gene_sets is not None:
        is_coding = genes.genes["kind"] == "coding"
        named = genes.genes.loc[is_coding, ["gene_id", "gene_name"]]
        sets = read_gene_sets(
            plan.settings.gene_sets,
            [NamedGene(*row) for row in named.itertuples(index=False, name=None)],
            ontology=plan.settings.ontology,
        )
    return analyse_partners(
        placed,
        plan.settings,
        expression=expression_of(genes, strata),
        strata=strata,
        gene_sets=sets,
        rng_seed=plan.rng_seed,
    )


def expression_of(genes: GeneTables, strata: Strata) -> Expression:
    """Expression as tables/gene_tpm.tsv holds it: what is computed can be recomputed.

    Parameters
    ----------
    genes
        TPM of all genes.
    strata
        Which samples, and in which order.
    """
    frame = genes.gene_tpm.set_index("gene_id")
    facts = genes.genes.set_index("gene_id").loc[frame.index]
    tpm = frame[[*strata.samples]].to_numpy(float)
    return Expression(
        gene_ids=tuple(map(str, frame.index)),
        tpm=six_digits(tpm),
        is_candidate=facts["is_candidate"].to_numpy(bool),
        is_coding=(facts["kind"] == "coding").to_numpy(bool),
        gene_of=gene_of_transcript(genes),
    )


def six_digits(values: np.ndarray) -> np.ndarray:
    """Numbers as the tables print them, with six significant digits.

    Examples
    --------
    >>> six_digits(np.array([1234.56789, 0.0])).tolist()
    [1234.57, 0.0]
    """
    printed = [float(f"{value:.6g}") for value in values.ravel().tolist()]
    return np.array(printed).reshape(values.shape)


def gene_of_transcript(genes: GeneTables) -> dict[str, str]:
    """Gene of each transcript."""
    return dict(
        zip(genes.tx2gene["transcript_id"], genes.tx2gene["gene_id"], strict=True)
    )


def gene_names(genes: GeneTables) -> dict[str, str]:
    """Symbol of each gene."""
    return dict(zip(genes.genes["gene_id"], genes.genes["gene_name"], strict=True))


def _partners_frame(
    result: FilterResult, analysis: PartnerAnalysis, gene_of: Mapping[str, str]
) -> "pd.DataFrame":
    """One row per candidate and partner gene; one without a partner if it has none."""
    import pandas as pd

    of_candidate: dict[str, list[Partner]] = {}
    for row in analysis.placed.rows:
        of_candidate.setdefault(row.transcript_id, []).append(row)
    has_expression = analysis.coexpression is not None
    columns = [*PARTNER_COLUMNS, *(CORRELATION_COLUMNS if has_expression else ())]
    rows: list[dict[str, Any]] = []
    for judged in result.candidates:
        name = judged.transcript_id
        gene = gene_of.get(name, judged.locus_id)
        own = {"lncrna_gene": gene, "lncrna_transcript": name}
        partners = of_candidate.get(name, [])
        rows += [
            own | _place_cells(row) | _correlation_cells(analysis, gene, row)
            for row in partners
        ] or [own]
    frame = pd.DataFrame(rows, columns=columns).astype(object)
    return frame.where(frame.notna(), None)


def _place_cells(row: Partner) -> dict[str, Any]:
    return {
        "is_best": row.is_best,
        "partner_gene": row.gene_id,
        "partner_name": row.gene_name,
        "partner_transcript": row.partner_id,
        "direction": row.direction,
        "type": row.kind,
        "distance_nt": row.distance_nt,
        "subtype": row.subtype,
        "location": row.location,
        "overlap_nt": row.overlap_nt,
        "is_cis": row.is_cis,
        "partner_chrom": row.chrom,
        "partner_start": row.start,
        "partner_end": row.end,
        "partner_strand": row.strand,
    }


def _correlation_cells(
    analysis: PartnerAnalysis, gene: str, row: Partner
) -> dict[str, Any]:
    pair = correlation_of(analysis.coexpression, gene, row.gene_id)
    return {} if pair is None else {"rho": pair.rho, "p": pair.p, "q": pair.q}


def correlation_of(
    coexpression: Coexpression | None, candidate: str, gene: str
) -> PairCorrelation | None:
    """Correlation of a cis pair of genes; None if it was not tested."""
    return None if coexpression is None else coexpression.cis.get((candidate, gene))


def _trans_frame(
    coexpression: Coexpression | None, names: Mapping[str, str]
) -> "pd.DataFrame | None":
    import pandas as pd

    if coexpression is None or coexpression.null is None:
        return None
    rows = [
        (row.candidate, row.gene, names.get(row.gene, ""), row.rho, row.p, row.q)
        for row in coexpression.trans
    ]
    return pd.DataFrame(rows, columns=[*TRANS_COLUMNS])


def _gene_sets_frame(
    analysis: PartnerAnalysis, names: Mapping[str, str]
) -> "pd.DataFrame":
    import pandas as pd

    rows = [
        (
            *(row.question, row.candidate, row.term, row.name),
            *(row.n_both, row.n_in_set, row.n_partners, row.n_background),
            *(row.expected, row.p, row.q, row.rank, row.n_tested),
            ",".join(_named(row.genes, names)),
        )
        for row in analysis.enriched
    ]
    return pd.DataFrame(rows, columns=[*GENE_SET_COLUMNS])


def _named(genes: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """Symbols where there are any."""
    return [names.get(gene) or gene for gene in genes]


def partners_readme(tables: PartnerTables) -> list[str]:
    """What tables/README.md says of these tables, part by part."""
    parts = [
        "## partners.tsv\nCoding genes around each candidate, the best partner first; "
        "the classes are FEELnc's.",
        described(
            {
                name: meaning
                for name, meaning in {**PARTNER_COLUMNS, **CORRELATION_COLUMNS}.items()
                if name in tables.partners
            }
        ),
    ]
    if tables.trans is not None:
        parts += ["## trans_partners.tsv", described(TRANS_COLUMNS)]
    if tables.gene_sets is not None:
        parts += ["## partner_gene_sets.tsv", described(GENE_SET_COLUMNS)]
    if tables.analysis.notes:
        parts.append("\n".join(f"- {note}" for note in tables.analysis.notes))
    return parts


def write_plan(plan: PartnerPlan, run: Path) -> None:
    """Write how partners were looked for into the working folder, to explain them."""
    text = json.dumps(asdict(plan), indent=2, default=str) + "\n"
    write_text(run / FOLDER / PLAN, text)


def read_plan(run: Path) -> PartnerPlan:
    """Read back what `write_plan` wrote."""
    from pydantic import TypeAdapter

    return TypeAdapter(PartnerPlan).validate_json((run / FOLDER / PLAN).read_bytes())
