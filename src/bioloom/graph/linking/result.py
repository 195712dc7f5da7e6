"""Result of link prediction: the ladder, and the missing links."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from bioloom.explain import Explanation
from bioloom.graph.linking.explain_link import explain_link
from bioloom.graph.linking.figures import ladder_figure
from bioloom.graph.linking.files import LinksRun
from bioloom.graph.linking.run import Prediction
from bioloom.graph.linking.sentences import in_one_sentence
from bioloom.graph.linking.summary import LadderSummary
from bioloom.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, repr=False)
class LinkPrediction(Result):
    """An audit of link predictors on a network, and its missing links.

    Parameters
    ----------
    prediction
        What was found.
    out
        The run folder, if one was written.
    """

    prediction: Prediction
    out: Path | None = None

    @property
    def audit(self) -> LadderSummary:
        """All measures, with their intervals."""
        return self.prediction.summary

    def summary(self) -> str:
        """Size of the network, and what remains when degrees are matched."""
        network = self.audit.plan.network
        return (
            f"{network.name}, {network.n_nodes:,} nodes, {len(network.links):,} links; "
            f"{in_one_sentence(self.audit).rstrip('.')}"
        )

    def to_frame(self) -> pd.DataFrame:
        """The ladder: a row per rung, pair of types, method and measure."""
        return self.audit.to_frame()

    def candidates(self, node: str | int | None = None) -> pd.DataFrame:
        """Missing links with the highest scores.

        Parameters
        ----------
        node
            Of this node only, if given.

        Raises
        ------
        UnknownName
            If there is no such node.
        """
        frame = self.prediction.candidates
        if node is None:
            return frame
        self.audit.plan.network.number_of(str(node))
        return frame[frame["node"] == str(node)].reset_index(drop=True)

    def explain(self, left: str | int, right: str | int) -> Explanation:
        """What the score of two nodes is made of.

        Parameters
        ----------
        left, right
            Their ids; parts are those of the neighbours of the first.

        Raises
        ------
        UnknownName
            If there is no such node.
        """
        run = LinksRun(self.audit.plan, self.prediction.final)
        return explain_link(run, str(left), str(right), where=str(self.out or ""))

    def plot(self) -> "Figure":
        """The ladder: AUC of each method, rung by rung."""
        return ladder_figure(self.audit)
