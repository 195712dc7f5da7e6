"""What the search for marker lincRNAs returns."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadTable, UnknownName
from bioloom.explain import Explanation
from bioloom.lincrna.comparison.specificity import Matched
from bioloom.lincrna.marking.counts import CellTable
from bioloom.lincrna.marking.explain import MarkedGene, explain_marker
from bioloom.lincrna.marking.figures import gene_figure, map_figure
from bioloom.lincrna.marking.markers import normalised
from bioloom.lincrna.settings.marking import MarkingSettings
from bioloom.result import Result
from bioloom.run.language import tr, trn

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData
    from matplotlib.figure import Figure

CLUSTER_COLUMN = "cluster"


@dataclass(frozen=True, slots=True, repr=False)
class MarkingResult(Result):
    """Clusters of cells and the genes that mark them.

    Parameters
    ----------
    table
        The cells.
    clusters
        Of each cell; empty where it has none.
    umap
        Place of each cell in a plane, shape (cells, 2); None without a map.
    markers
        Every gene and cluster tested; columns as in `markers.MARKER_COLUMNS`.
    genes
        Every gene; columns as in `analysis.GENE_COLUMNS`.
    cluster_rows
        Every cluster; columns as in `analysis.CLUSTER_COLUMNS`.
    matched
        Specificity of lincRNAs against coding genes of like expression; None with too
        few of either.
    settings
        Of the search.
    notes
        What was decided, in sentences.
    """

    table: CellTable
    clusters: tuple[str, ...]
    umap: NDArray[np.float64] | None
    markers: "pd.DataFrame"
    genes: "pd.DataFrame"
    cluster_rows: "pd.DataFrame"
    matched: Matched | None
    settings: MarkingSettings
    notes: tuple[str, ...]

    @property
    def lincrnas(self) -> "pd.DataFrame":
        """The lincRNAs that mark a cluster, the highest AUC first."""
        is_mine = self.markers["is_marker"] & (self.markers["kind"] == "lincRNA")
        rows = self.markers[is_mine]
        return rows.sort_values(["auc", "p_value"], ascending=[False, True])

    def top_lincrnas(self, n: int) -> list[str]:
        """gene_ids of the best marker lincRNAs, one cluster after the other."""
        rows = self.lincrnas
        turn = rows.groupby("cluster").cumcount()
        order = rows.assign(turn=turn).sort_values("turn", kind="stable")
        return [*dict.fromkeys(order["gene_id"])][:n]

    def summary(self) -> str:
        """Clusters, and how many lincRNAs mark one."""
        tested = self.markers.loc[self.markers["kind"] == "lincRNA", "gene_id"]
        n_cells = sum(map(bool, self.clusters))
        return tr(
            "{clusters} of {cells}; {marking:,} of {tested} tested mark one or more",
            clusters=trn("{n} cluster", "{n:,} clusters", len(self.cluster_rows)),
            cells=trn("{n} cell", "{n:,} cells", n_cells),
            marking=self.lincrnas["gene_id"].nunique(),
            tested=trn("{n} lincRNA", "{n:,} lincRNAs", tested.nunique()),
        )

    def specificity_words(self) -> str:
        """Specificity of lincRNAs beside coding genes; empty if not compared."""
        found = self.matched
        if found is None:
            return ""
        return tr(
            "Specificity (tau) of {lincrnas}: median {median:.2f}; of {genes} "
            "{coding:.2f}, of those of like expression {matched:.2f}; difference to "
            "these {difference:+.2f} (interval of 95 %: {low:+.2f} to {high:+.2f}).",
            lincrnas=trn("{n} lincRNA", "{n:,} lincRNAs", found.n_candidates),
            median=found.candidates,
            genes=trn("{n} coding gene", "{n:,} coding genes", found.n_coding),
            coding=found.coding,
            matched=found.coding_matched,
            difference=found.difference,
            low=found.low,
            high=found.high,
        )

    def to_frame(self) -> "pd.DataFrame":
        """One row per gene and cluster tested."""
        return self.markers

    def explain(self, gene: str, cluster: str = "") -> Explanation:
        """Show the working behind a gene's test.

        Parameters
        ----------
        gene
            gene_id or name.
        cluster
            The one it is tested in; empty for that of its highest AUC.

        Raises
        ------
        UnknownName
            If it was not tested; the message names similar ones.
        """
        frame = self.markers
        rows = frame[(frame["gene_id"] == gene) | (frame["gene_name"] == gene)]
        if rows.empty:
            known = [*dict.fromkeys([*frame["gene_name"], *frame["gene_id"]])]
            raise UnknownName(gene, kind="tested gene", where="cells", known=known)
        if cluster and cluster not in {*rows["cluster"]}:
            known = [*rows["cluster"]]
            raise UnknownName(cluster, kind="cluster", where="cells", known=known)
        best = rows.sort_values("auc", ascending=False, kind="stable")
        chosen = best[best["cluster"] == cluster] if cluster else best
        return explain_marker(self._marked(chosen.iloc[0].to_dict()))

    def _marked(self, row: Mapping[Hashable, Any]) -> MarkedGene:
        values = self.levels(str(row["gene_id"]))
        names = np.array(self.clusters, dtype=object)
        is_in, has_one = names == row["cluster"], names != ""
        return MarkedGene(
            values={str(name): value for name, value in row.items()},
            inside=values[is_in],
            outside=values[has_one & ~is_in],
            p_values=self.markers["p_value"].to_numpy(dtype=float),
            max_q=self.settings.max_q,
            min_auc=self.settings.min_auc,
        )

    def levels(self, gene_id: str) -> NDArray[np.float64]:
        """UMIs per 10,000 of a gene in each cell."""
        place = self.table.gene_ids.index(gene_id)
        column = normalised(self.table.umis)[:, [place]]
        return np.asarray(column.toarray()).ravel()

    def plot(self, gene: str = "") -> "Figure":
        """Draw the cells in a plane, by cluster, or by a gene (gene_id or name).

        Raises
        ------
        UnknownName
            If there is no such gene.
        BadTable
            If there is no map of the cells; `notes` say why.
        """
        if self.umap is None:
            raise BadTable(
                where="cells",
                found="no map of them",
                expected="20 cells and 20 genes or more, and scanpy",
                advice="See `notes`.",
            )
        if not gene:
            return map_figure(self.umap, self.clusters)
        ids, names = self.table.gene_ids, self.table.gene_names
        if gene not in (*ids, *names):
            raise UnknownName(gene, kind="gene", where="cells", known=(*names, *ids))
        place = ids.index(gene) if gene in ids else names.index(gene)
        return gene_figure(self.umap, {names[place]: self.levels(ids[place])})

    def to_anndata(self) -> "AnnData":
        """The cells, with their clusters, their map and the table of genes."""
        import anndata
        import pandas as pd

        obs = self.table.obs.copy()
        obs[CLUSTER_COLUMN] = pd.Categorical([*self.clusters])
        var = self.genes.drop(columns="gene_id").set_axis(
            [*self.table.gene_ids], axis=0
        )
        var["is_lincrna"] = self.table.is_lincrna
        cells = anndata.AnnData(self.table.umis.copy(), obs=obs, var=var)
        if self.umap is not None:
            cells.obsm["X_umap"] = self.umap
        cells.uns["marking"] = {
            "max_q": self.settings.max_q,
            "min_auc": self.settings.min_auc,
            "min_cells": self.settings.min_cells,
        }
        return cells
