"""Settings of the search for lincRNAs that mark clusters of cells."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt, Lt

from bioloom.lincrna.settings.expression import Rate
from bioloom.run.language import mark
from bioloom.run.settings import FORBID_UNKNOWN, setting

ClusterGenes = Literal["coding", "all"]


@dataclass(frozen=True, kw_only=True)
class MarkingSettings:
    """Settings of clusters and of their marker genes."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    resolution: Annotated[float, Gt(0)] = setting(
        1.0, mark("Resolution of the clusters: more gives more of them.")
    )
    cluster_genes: ClusterGenes = setting(
        "coding",
        mark(
            "Genes that clusters are made of: coding ones alone, so that a lincRNA "
            "does not mark a cluster that it made, or all."
        ),
    )
    min_cells: Annotated[int, Ge(1)] = setting(
        10, mark("A gene that fewer cells have is not tested.")
    )
    min_auc: Annotated[float, Ge(0.5), Lt(1)] = setting(
        0.55,
        mark(
            "Smallest AUC of a marker: the chance that a cell of the cluster has more "
            "of the gene than another one."
        ),
    )
    max_q: Rate = setting(
        0.05, mark("False discovery rate at which a gene marks a cluster.")
    )
