"""Every setting of a run: type, limits, default and meaning, written here only.

The options of ``bioloom lincrna filter``, the ``config.yaml`` of ``bioloom lincrna
init``, the JSON schema, the table of the report and the reference page are made of it.
"""

from bioloom.lincrna.settings.expression import (
    ComparisonSettings,
    Contrast,
    PartnerSettings,
    formula_columns,
)
from bioloom.lincrna.settings.filters import (
    DEFAULT_GAP_NT,
    DEFAULT_ORF_AA,
    CriterionName,
    FilterSettings,
    HomologyTool,
    Micropeptides,
    OrfMode,
    OverlapRule,
)
from bioloom.lincrna.settings.run import (
    AssemblySettings,
    BrowserSettings,
    CellSettings,
    LongReadSettings,
    RunConfig,
    Seed,
    TrimmingSettings,
)

__all__ = [
    "DEFAULT_GAP_NT",
    "DEFAULT_ORF_AA",
    "AssemblySettings",
    "BrowserSettings",
    "CellSettings",
    "ComparisonSettings",
    "Contrast",
    "CriterionName",
    "FilterSettings",
    "HomologyTool",
    "LongReadSettings",
    "Micropeptides",
    "OrfMode",
    "OverlapRule",
    "PartnerSettings",
    "RunConfig",
    "Seed",
    "TrimmingSettings",
    "formula_columns",
]
