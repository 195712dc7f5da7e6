"""Genes that differ between conditions, tested by PyDESeq2.

References
----------
Love M. I., Huber W., Anders S. (2014) Genome Biology 15:550.
doi:10.1186/s13059-014-0550-8
Muzellec B. et al. (2023) Bioinformatics 39:btad547. doi:10.1093/bioinformatics/btad547
"""

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bioloom.lincrna.comparison.design import Design, contrast_name
from bioloom.lincrna.settings import ComparisonSettings, Contrast
from bioloom.run.words import counted

if TYPE_CHECKING:
    import pandas as pd

MANY_GENES = 5000
FEW_GENES = 100
"""With fewer genes that have reads in every sample, size factors are doubtful."""

COMPARISON_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "contrast": "column, level that is tested, level that it is compared with",
        "gene_id": "as in genes.tsv",
        "base_mean": "mean of the normalised counts of all samples",
        "log2_fold_change": "of the tested level over the other; not shrunken",
        "lfc_se": "its standard error",
        "wald": "log2_fold_change / lfc_se",
        "p_value": "two-sided, of the Wald test; empty for outliers",
        "q_value": "Benjamini-Hochberg over all genes of the contrast that were tested",
        "change": "up or down if the q_value is below alpha; otherwise empty",
        "note": "outlier: one sample decides (Cook's distance); low mean: left out by "
        "independent filtering, too few reads to be found changed",
        "dispersion": "used by the test; the variance of a count is "
        "mean + dispersion × mean²",
        "dispersion_gene": "of the gene by itself",
        "dispersion_trend": "of genes of its mean",
    }
)
_FIELDS = {
    "baseMean": "base_mean",
    "log2FoldChange": "log2_fold_change",
    "lfcSE": "lfc_se",
    "stat": "wald",
    "pvalue": "p_value",
    "padj": "q_value",
}
_DISPERSIONS = {
    "dispersions": "dispersion",
    "genewise_dispersions": "dispersion_gene",
    "fitted_dispersions": "dispersion_trend",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Genes tested for each contrast of a design.

    Parameters
    ----------
    design, alpha
        What was tested, and the false discovery rate.
    genes
        One row per contrast and tested gene; columns as in `COMPARISON_COLUMNS`.
    size_factors
        By sample.
    notes
        What was decided, in sentences.
    """

    design: Design
    alpha: float
    genes: "pd.DataFrame"
    size_factors: Mapping[str, float]
    notes: tuple[str, ...] = ()

    def of(self, contrast: Contrast) -> "pd.DataFrame":
        """The rows of a contrast."""
        return self.genes[self.genes["contrast"] == contrast_name(contrast)]


def compare_conditions(
    counts: "pd.DataFrame",
    design: Design,
    settings: ComparisonSettings,
    *,
    threads: int = 1,
) -> Compared:
    """Test each gene for each contrast.

    Parameters
    ----------
    counts
        Rows by gene_id, one column per sample of the design, whole numbers.
    design
        Checked.
    settings
        `alpha` and `min_count` count here.
    threads
        Processors to use; the result does not depend on it.
    """
    names = [sample.name for sample in design.samples]
    counts = counts[names]
    totals = counts.sum(axis=1)
    tested = counts[totals >= max(1, settings.min_count)]
    with _caught() as messages:
        fitted = _fitted(tested, design, threads)
        frames = [
            _tested(fitted, contrast, settings.alpha) for contrast in design.contrasts
        ]
    return Compared(
        design=design,
        alpha=settings.alpha,
        genes=_joined(frames),
        size_factors=dict(
            zip(names, fitted.obs["size_factors"].astype(float), strict=True)
        ),
        notes=(*_notes(counts, tested, settings), *messages),
    )


def _fitted(counts: "pd.DataFrame", design: Design, threads: int) -> Any:
    """Size factors, dispersions and coefficients."""
    from pydeseq2.dds import DeseqDataSet
    from pydeseq2.default_inference import DefaultInference

    has_common = bool((counts > 0).all(axis=1).any())
    fitted = DeseqDataSet(
        counts=counts.T,
        metadata=design.frame(),
        design=design.formula,
        size_factors_fit_type="ratio" if has_common else "poscounts",
        # starting workers takes longer than a few thousand genes
        inference=DefaultInference(n_cpus=threads if len(counts) > MANY_GENES else 1),
        quiet=True,
    )
    fitted.deseq2()
    return fitted


def _tested(fitted: Any, contrast: Contrast, alpha: float) -> "pd.DataFrame":
    """The rows of one contrast, in order of the genes."""
    from pydeseq2.ds import DeseqStats

    test = DeseqStats(
        fitted,
        contrast=[*contrast],
        alpha=alpha,
        inference=fitted.inference,
        quiet=True,
    )
    test.summary()
    frame: pd.DataFrame = test.results_df.rename(columns=_FIELDS)
    for source, name in _DISPERSIONS.items():
        frame[name] = fitted.var[source]
    frame.insert(0, "contrast", contrast_name(contrast))
    frame.index.name = "gene_id"
    frame = frame.reset_index()
    frame["change"] = _changes(frame, alpha)
    frame["note"] = _gene_notes(frame)
    return frame[[*COMPARISON_COLUMNS]]


def _changes(frame: "pd.DataFrame", alpha: float) -> "pd.Series[str]":
    words = frame["log2_fold_change"].map(lambda change: "up" if change > 0 else "down")
    return words.where(frame["q_value"] < alpha, "")


def _gene_notes(frame: "pd.DataFrame") -> list[str]:
    is_outlier = frame["p_value"].isna()
    is_low = frame["q_value"].isna() & ~is_outlier
    return [
        "outlier" if outlier else "low mean" if low else ""
        for outlier, low in zip(is_outlier, is_low, strict=True)
    ]


def _joined(frames: list["pd.DataFrame"]) -> "pd.DataFrame":
    import pandas as pd

    return pd.concat(frames, ignore_index=True)


def _notes(
    counts: "pd.DataFrame", tested: "pd.DataFrame", settings: ComparisonSettings
) -> Iterator[str]:
    n_common = int((tested > 0).all(axis=1).sum())
    basis = counted(n_common, "gene")
    if n_common == 0:
        yield (
            "No gene has reads in every sample: size factors rest on those that have "
            "some (DESeq2's poscounts)."
        )
    elif n_common < FEW_GENES:
        yield (
            f"Size factors rest on only {basis} with reads in every sample: normalised "
            "counts and fold changes are doubtful."
        )
    else:
        yield f"Size factors rest on {basis} with reads in every sample."
    n_left_out = len(counts) - len(tested)
    if n_left_out:
        yield (
            f"{counted(n_left_out, 'gene')} with fewer than {settings.min_count} reads "
            "in all samples together were not tested."
        )


@contextmanager
def _caught() -> Iterator[list[str]]:
    """Warnings of PyDESeq2 on the data, each once, as sentences."""
    messages: list[str] = []
    logging.getLogger("pydeseq2").setLevel(logging.ERROR)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield messages
    texts = dict.fromkeys(
        " ".join(str(item.message).split())
        for item in caught
        if issubclass(item.category, UserWarning | RuntimeWarning)
    )
    messages += [f"PyDESeq2: {text}" for text in texts]
