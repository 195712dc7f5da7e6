"""The working behind a cell: its reads, the knee, the test of its profile."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadRunFolder, UnknownName
from bioloom.explain import Explanation, Quantity, Step, Verdict
from bioloom.lincrna.inputs.cell_facts import (
    BARCODES,
    BarcodeFacts,
    read_counts,
    read_facts,
)
from bioloom.lincrna.marking.counts import opened
from bioloom.run.language import tr
from bioloom.statistics.multiple_testing import benjamini_hochberg

if TYPE_CHECKING:
    import pandas as pd

MATRICES = ("cells_raw.h5ad", "cells.h5ad")


@dataclass(frozen=True, slots=True)
class CalledBarcode:
    """A barcode of a sample, and what decided whether it is a cell.

    Parameters
    ----------
    name
        ``SAMPLE_BARCODE``.
    obs
        Its row of the matrix of all barcodes.
    n_reads
        Reads of each barcode of the sample with errors in it corrected, most first.
    rank
        Its place among these, from 1.
    n_above
        Barcodes above the knee, or taken by their number.
    p_values
        Of all barcodes of the sample that were tested.
    """

    name: str
    obs: Mapping[str, Any]
    n_reads: tuple[int, ...]
    rank: int
    n_above: int
    p_values: NDArray[np.float64]


def explain_cell(run: Path, name: str) -> Explanation:
    """Show why a barcode of a run is a cell, or why it is none.

    Parameters
    ----------
    run
        Folder that `run` wrote.
    name
        ``SAMPLE_BARCODE``, as in ``cells.h5ad``.

    Raises
    ------
    BadRunFolder
        If the run has no cells.
    UnknownName
        If no read of that barcode was counted.
    """
    barcode = read_called(run, name)
    return Explanation(
        tr("Barcode {name}", name=barcode.name),
        tuple(
            step
            for step in (
                _reads_step(barcode),
                _molecules_step(barcode),
                _profile_step(barcode),
                _lincrna_step(barcode),
            )
            if step is not None
        ),
    )


def read_called(run: Path, name: str) -> CalledBarcode:
    """Read what decided on a barcode; errors as `explain_cell`."""
    rows = _rows(run)
    if name not in rows.index:
        where = str(run / MATRICES[0])
        raise UnknownName(name, kind="barcode", where=where, known=[*rows.index])
    obs = rows.loc[name]
    folder = run / "working" / "cells" / str(obs["sample"])
    facts = read_facts(folder / BARCODES, BarcodeFacts)
    counts = {} if facts.how == "plate" else read_counts(folder)
    own = rows[rows["sample"] == obs["sample"]]
    ranked = [*counts] or facts.above
    barcode = str(obs["barcode"])
    return CalledBarcode(
        name,
        {str(column): value for column, value in obs.items()},
        tuple(counts.values()) or tuple(facts.ranked),
        ranked.index(barcode) + 1 if barcode in ranked else len(ranked) + 1,
        len(facts.above),
        own["p"].dropna().to_numpy(dtype=float),
    )


def _rows(run: Path) -> "pd.DataFrame":
    """`obs` of all barcodes, and of plates, which have no others."""
    import pandas as pd

    paths = [run / name for name in MATRICES if (run / name).is_file()]
    if not paths:
        raise BadRunFolder(
            where=run,
            found="no cells",
            expected="a run with samples of kind cell or nucleus",
            advice="Give a folder that `bioloom lincrna run` wrote.",
        )
    rows: pd.DataFrame = pd.concat([opened(path).obs for path in paths])
    return rows[~rows.index.duplicated()]


def _reads_step(barcode: CalledBarcode) -> Step:
    place = min(barcode.rank, len(barcode.n_reads)) - 1
    n, least = barcode.n_reads[place], barcode.n_reads[barcode.n_above - 1]
    is_above = barcode.rank <= barcode.n_above
    how = str(barcode.obs["called_by"])
    if how == "plate":
        return Step(
            claim=tr("The cell has files of its own on a plate."),
            value=Quantity(n, tr("reads")),
            verdict=Verdict("pass", text=tr("a cell")),
        )
    return Step(
        claim=tr(
            "{n:,} reads have the barcode, errors in it corrected: rank {rank:,} of "
            "{n_barcodes:,}. The {n_above:,} barcodes with most reads, {least:,} or "
            "more, are cells by their reads.",
            n=n,
            rank=barcode.rank,
            n_barcodes=len(barcode.n_reads),
            n_above=barcode.n_above,
            least=least,
        ),
        value=Quantity(n, tr("reads")),
        verdict=Verdict(
            "pass" if is_above else "fail",
            Quantity(abs(n - least), tr("reads")),
            tr("a cell") if is_above else "",
        ),
    )


def _molecules_step(barcode: CalledBarcode) -> Step:
    obs = barcode.obs
    return Step(
        claim=tr(
            "{n_reads:,} of them align once. Molecules on genes: {n_umis:,}; genes "
            "with a molecule: {n_genes:,}.",
            n_reads=int(obs["n_reads"]),
            n_umis=int(obs["n_umis"]),
            n_genes=int(obs["n_genes"]),
        ),
        value=Quantity(float(obs["n_umis"]), tr("UMIs")),
        source="doi:10.1101/gr.209601.116",
    )


def _profile_step(barcode: CalledBarcode) -> Step | None:
    """The gap or the test; None above the knee and where nothing was tested."""
    how, p = str(barcode.obs["called_by"]), float(barcode.obs["p"])
    if how == "gap":
        return Step(
            claim=tr(
                "A gap in the curve of molecules parts it from the empty droplets, "
                "which have far fewer."
            ),
            verdict=Verdict("pass", text=tr("a cell")),
        )
    if np.isnan(p):
        return None
    m = len(barcode.p_values)
    place = int(np.argmin(np.abs(barcode.p_values - p)))
    q = float(benjamini_hochberg(barcode.p_values)[place])
    rank = int((barcode.p_values <= p).sum())
    is_cell = how == "profile"
    return Step(
        claim=tr(
            "Of droplets of as many molecules drawn from the ambient RNAs the share "
            "p is as unlike them as this one, or as like the cells above the knee. "
            "Barcodes tested: {m:,}; q is the smallest of p m / r over this rank, "
            "{rank:,}, and all later ones.",
            m=m,
            rank=rank,
        ),
        formula=r"q = min_{r' \geq r} p_{(r')} m / r'",
        substitution=f"p m / r = {p:.4g} \\cdot {m} / {rank} = {p * m / rank:.4g}",
        value=Quantity(q, "", None),
        verdict=Verdict(
            "pass" if is_cell else "fail", text=tr("a cell") if is_cell else ""
        ),
        source="doi:10.1186/s13059-019-1662-y",
    )


def _lincrna_step(barcode: CalledBarcode) -> Step:
    share, n = float(barcode.obs["fraction_lincrna"]), int(barcode.obs["n_umis"])
    return Step(
        claim=tr("Part of its molecules that lincRNA candidates have."),
        formula=r"n_{lincRNA} / n",
        substitution=f"{share * n:.0f} / {n}",
        value=Quantity(share, "", 4),
    )
