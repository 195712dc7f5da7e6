"""What a comparison of conditions returns."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bioloom.errors import UnknownName
from bioloom.explain import Explanation
from bioloom.lincrna.comparison.design import contrast_name
from bioloom.lincrna.comparison.explain import (
    ComparedGene,
    CountedSample,
    explain_changes,
)
from bioloom.lincrna.comparison.figures import volcano_figure
from bioloom.lincrna.comparison.testing import COMPARISON_COLUMNS, Compared
from bioloom.lincrna.settings import Contrast
from bioloom.result import Result
from bioloom.run.language import tr, trn
from bioloom.run.words import listed_in_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


N_STRONGEST = 250


@dataclass(frozen=True, slots=True, repr=False)
class ComparisonResult(Result):
    """Genes tested for changes between conditions.

    Parameters
    ----------
    compared
        Every gene and contrast.
    counts
        What was compared: rows by gene_id, one column per sample.
    notes
        What was decided, in sentences.
    """

    compared: Compared
    counts: "pd.DataFrame"
    notes: tuple[str, ...]

    @property
    def contrasts(self) -> tuple[Contrast, ...]:
        """What was compared with what."""
        return self.compared.design.contrasts

    def contrast_names(self) -> dict[Contrast, str]:
        """Each contrast in words."""
        return {contrast: contrast_name(contrast) for contrast in self.contrasts}

    def strongest(self) -> "pd.DataFrame":
        """The rows with the smallest p-values, for a page."""
        frame = self.compared.genes.sort_values("p_value", kind="stable")
        return frame.head(N_STRONGEST)

    def table_meaning(self) -> str:
        """What the rows of `strongest` are, and what needs a word."""
        columns = ("lfc_se", "q_value", "note")
        words = (f"{name}: {COMPARISON_COLUMNS[name]}" for name in columns)
        return f"The {N_STRONGEST} smallest p-values. {'; '.join(words)}."

    def summary(self) -> str:
        """Changed genes of each contrast."""
        return listed_in_words([self._summary(contrast) for contrast in self.contrasts])

    def _summary(self, contrast: Contrast) -> str:
        frame = self.compared.of(contrast)
        n_up, n_down = ((frame["change"] == word).sum() for word in ("up", "down"))
        return tr(
            "{contrast}: {up:,} up, {down:,} down of {genes}",
            contrast=contrast_name(contrast),
            up=n_up,
            down=n_down,
            genes=trn("{n} gene", "{n:,} genes", len(frame)),
        )

    def to_frame(self) -> "pd.DataFrame":
        """One row per contrast and gene; columns as in `testing.COMPARISON_COLUMNS`."""
        return self.compared.genes

    def explain(self, gene: str) -> Explanation:
        """Show how the changes of a gene were tested, contrast by contrast.

        Parameters
        ----------
        gene
            Its name in the counts.

        Raises
        ------
        UnknownName
            If it was not tested; the message names similar ones.
        """
        tested = self.compared.genes["gene_id"]
        if gene not in set(tested):
            known = [*dict.fromkeys(map(str, tested))]
            raise UnknownName(gene, kind="tested gene", where="counts", known=known)
        tests = [self._gene(gene, contrast) for contrast in self.contrasts]
        return explain_changes(gene, tests)

    def _gene(self, gene: str, contrast: Contrast) -> ComparedGene:
        rows = self.compared.of(contrast).set_index("gene_id")
        values = rows.loc[gene].to_dict()
        counts = self.counts.loc[gene].to_dict()
        return ComparedGene(
            contrast=contrast,
            samples=[
                CountedSample(
                    sample.name,
                    sample.factors[contrast[0]],
                    int(counts[sample.name]),
                    self.compared.size_factors[sample.name],
                )
                for sample in self.compared.design.samples
            ],
            values={str(name): value for name, value in values.items()},
            p_values=rows.loc[rows["q_value"].notna(), "p_value"].to_numpy(dtype=float),
            alpha=self.compared.alpha,
        )

    def plot(self, contrast: Contrast | None = None) -> "Figure":
        """Draw the volcano of a contrast, the first one by default."""
        names = {str(gene): str(gene) for gene in self.counts.index}
        return volcano_figure(
            self.compared, contrast or self.contrasts[0], candidates=(), names=names
        )
