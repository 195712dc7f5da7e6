"""The candidates' partners as the report shows them."""

import math
from collections import Counter
from collections.abc import Sequence

from bioloom.lincrna.output.partner_tables import PartnerTables
from bioloom.lincrna.page.sections import (
    BestPartner,
    PartnerSection,
    PartnerSetRow,
    TransPartner,
)
from bioloom.lincrna.partners.sentences import nothing_shown
from bioloom.run.language import listed, tr

CLASS_WORDS = ("direction", "type", "subtype", "location")
MAX_ROWS = 25
"""Trans pairs, and gene sets, that the page shows; the tables hold all."""


def partner_section(tables: PartnerTables | None) -> PartnerSection | None:
    """Gather what the report shows of partners; None where nothing is known."""
    if tables is None:
        return None
    trans, sets = _trans_rows(tables), _set_rows(tables)
    coexpression = tables.analysis.coexpression
    reason = nothing_shown(coexpression) if coexpression else ""
    return PartnerSection(
        window_nt=tables.analysis.placed.window_nt,
        has_expression=coexpression is not None,
        reason=reason,
        notes=[note for note in tables.analysis.notes if note != reason],
        best=_best_rows(tables),
        trans=trans[:MAX_ROWS],
        n_trans=len(trans),
        sets=sets[:MAX_ROWS],
        n_sets=len(sets),
    )


def _best_rows(tables: PartnerTables) -> list[BestPartner]:
    """The best partner of each candidate, in the order of the candidates."""
    rows = tables.partners.to_dict("records")
    n_cis = Counter(row["lncrna_transcript"] for row in rows if row["is_cis"])
    return [
        BestPartner(
            transcript_id=row["lncrna_transcript"],
            gene=row["partner_name"] or row["partner_gene"] or "",
            words=_words([row[name] for name in CLASS_WORDS]),
            distance_nt=row["distance_nt"] or 0,
            is_cis=bool(row["is_cis"]),
            n_cis=n_cis[row["lncrna_transcript"]],
            rho=_number(row.get("rho")),
            p=_number(row.get("p")),
            q=_number(row.get("q")),
        )
        for row in rows
        if row["is_best"] or not row["partner_gene"]
    ]


def _words(words: Sequence[str | None]) -> str:
    """Direction, type, subtype and location; an unknown strand said once."""
    shown = dict.fromkeys(tr(word).replace("_", " ") for word in words if word)
    return listed([*shown])


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _trans_rows(tables: PartnerTables) -> list[TransPartner]:
    if tables.trans is None:
        return []
    rows = tables.trans.sort_values("p", kind="stable").to_dict("records")
    return [
        TransPartner(
            row["lncrna_gene"],
            row["partner_name"] or row["partner_gene"],
            row["rho"],
            row["p"],
            row["q"],
        )
        for row in rows
    ]


def _set_rows(tables: PartnerTables) -> list[PartnerSetRow]:
    if tables.gene_sets is None:
        return []
    rows = tables.gene_sets.sort_values("q", kind="stable").to_dict("records")
    return [
        PartnerSetRow(
            partners=tr(
                "{who}: {candidate}",
                who=tr(row["partners"]),
                candidate=row["lncrna_gene"],
            )
            if row["lncrna_gene"]
            else tr(row["partners"]),
            name=_titled(row["gene_set"], row["name"]),
            n_both=row["n_both"],
            expected=row["expected"],
            n_in_set=row["n_in_set"],
            p=row["p"],
            q=row["q"],
            genes=row["genes"].replace(",", ", "),
        )
        for row in rows
    ]


def _titled(term: str, name: str) -> str:
    return term if name == term else f"{name} ({term})"
