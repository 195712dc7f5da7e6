"""Settings of what is computed of the expression of genes."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt, Le, Lt

from bioloom.run.language import mark
from bioloom.run.settings import FORBID_UNKNOWN, setting

Contrast = tuple[str, str, str]
"""A factor, the level that is tested, and the level that it is compared with."""

_COLUMN = re.compile(r"[A-Za-z]\w*")

Rate = Annotated[float, Gt(0), Lt(1)]


def formula_columns(formula: str) -> tuple[str, ...]:
    """Columns that a formula names, in order.

    Examples
    --------
    >>> formula_columns("~ batch + condition + batch:condition")
    ('batch', 'condition')
    """
    return tuple(dict.fromkeys(_COLUMN.findall(formula)))


@dataclass(frozen=True, kw_only=True)
class ComparisonSettings:
    """Settings of the comparison of conditions."""

    # levels may be numbers, such as batch 2
    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN | {
        "coerce_numbers_to_str": True
    }

    design: str = setting(
        "",
        mark(
            "What expression depends on, as a formula of columns of the sample sheet, "
            "such as ~ batch + condition; empty compares nothing."
        ),
        example="~ condition",
    )
    contrasts: tuple[Contrast, ...] = setting(
        (),
        mark(
            "Comparisons to test: column, level, level that it is compared with; "
            "without any, each level of the last column with its first one."
        ),
        example=(("condition", "treated", "control"),),
    )
    alpha: Rate = setting(
        0.05, mark("False discovery rate at which a gene counts as changed.")
    )
    min_count: Annotated[int, Ge(0)] = setting(
        10, mark("A gene with fewer reads, all samples together, is not tested.")
    )
    min_replicates: Annotated[int, Ge(2)] = setting(
        2, mark("Samples that each level of a contrast must have.")
    )
    specificity_by: str = setting(
        "",
        mark(
            "Column of the sample sheet whose levels (tissues, conditions) specificity "
            "is computed over; if empty, the last column of the design."
        ),
        example="tissue",
    )


@dataclass(frozen=True, kw_only=True)
class PartnerSettings:
    """Settings of the partners of candidates."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    window_nt: Annotated[int, Ge(0)] = setting(
        100_000,
        mark("Coding genes up to this far from a candidate are its cis partners."),
        unit="nt",
    )
    within: tuple[str, ...] = setting(
        (),
        mark(
            "Columns of the sample sheet within whose levels expression is "
            "correlated; if empty, those of the comparison's design."
        ),
        example=("condition",),
    )
    min_samples: Annotated[int, Ge(4)] = setting(
        6, mark("Samples from which on a correlation gets a p-value.")
    )
    min_mean_tpm: Annotated[float, Ge(0)] = setting(
        0.1,
        mark("Smallest mean expression of a gene whose correlation is tested."),
        unit="TPM",
    )
    max_permutations: Annotated[int, Ge(100)] = setting(
        200_000,
        mark(
            "Permutations drawn at random for a p-value where a group has more than 12 "
            "samples; up to 12, all permutations are counted."
        ),
    )
    min_trans_rho: Annotated[float, Gt(0), Le(1)] = setting(
        0.9,
        mark("Smallest correlation, of either sign, of a trans partner."),
    )
    max_trans: Annotated[int, Ge(0)] = setting(
        50, mark("Most trans partners listed of a candidate, the strongest first.")
    )
    alpha: Rate = setting(
        0.05, mark("False discovery rate of correlations and of gene sets.")
    )
    gene_sets: Path | None = setting(
        None,
        mark("Gene sets to look for among the partners: GAF or GMT, plain or gzip."),
        example=Path("go.gaf.gz"),
    )
    ontology: Path | None = setting(
        None,
        mark("Gene Ontology (OBO): terms of a GAF count for their parents too."),
        example=Path("go-basic.obo"),
    )
    min_set_size: Annotated[int, Ge(1)] = setting(
        5, mark("Smallest gene set that is tested, of genes that were tested.")
    )
    max_set_size: Annotated[int, Ge(1)] = setting(
        500, mark("Largest gene set that is tested.")
    )
