"""What the functions of `bioloom.backprop` return."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bioloom.backprop.descent import Descent
from bioloom.backprop.explaining import explain, notes_remark
from bioloom.backprop.explaining.descending import explain_descent
from bioloom.backprop.tracing import Trace
from bioloom.explain import Explanation
from bioloom.result import Result, parts_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from bioloom.backprop.layers import Parameter

NOTES_WRT, NOTES_DECIMALS = "w11", 3
"""What the lecture notes behind the embedded example trace, and how they round."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TraceResult(Trace, Result):
    """A network traced forward and backward: every value and every gradient.

    Parameters
    ----------
    is_embedded
        Whether it is the embedded example, on which its explanation has a remark.
    """

    is_embedded: bool = False

    @classmethod
    def of(cls, trace: Trace, *, is_embedded: bool = False) -> TraceResult:
        """The same as a result."""
        return cls(**parts_of(trace), is_embedded=is_embedded)

    def summary(self) -> str:
        """Widths of the network, its loss, number of parameters."""
        widths = "-".join(map(str, self.network.widths))
        return (
            f"{widths}, loss {self.loss:.6g}, {self.network.n_parameters:,} gradients"
        )

    def explain(
        self,
        wrt: str = "",
        *,
        example: int = 1,
        learning_rate: float = 0.1,
        decimals: int | None = None,
    ) -> Explanation:
        """The passes, and the chain rule for one parameter.

        Parameters
        ----------
        wrt
            Name of the parameter, such as ``w11``, ``b1`` or ``w1[2,3]``; empty leaves
            the chain rule out.
        example
            Number of the example whose values are shown, from 1.
        learning_rate
            Of the update.
        decimals
            Also show what rounding every z and a to this many decimals does.

        Raises
        ------
        UnknownName
            If there is no such parameter.
        """
        working = explain(
            self,
            self._parameter(wrt),
            example=example - 1,
            learning_rate=learning_rate,
            decimals=decimals,
        )
        if self.is_embedded and (wrt, decimals) == (NOTES_WRT, NOTES_DECIMALS):
            return replace(working, steps=(*working.steps, notes_remark()))
        return working

    def plot(self, wrt: str = "", *, example: int = 1) -> Figure:
        """The network with its values and gradients.

        Parameters
        ----------
        wrt
            Name of a parameter whose path to the loss is highlighted.
        example
            Number of the example whose values are shown, from 1.
        """
        from bioloom.backprop.figures import network_figure

        return network_figure(self, self._parameter(wrt), example=example - 1)

    def _parameter(self, name: str) -> Parameter | None:
        return self.network.parameter(name) if name else None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DescentResult(Descent, Result):
    """Steps of gradient descent: losses, values and gradients at each."""

    @classmethod
    def of(cls, descent: Descent) -> DescentResult:
        """The same as a result."""
        return cls(**parts_of(descent))

    def summary(self) -> str:
        """The loss before and after."""
        first, *_, last = self.losses
        settings = self.settings
        return (
            f"{settings.optimizer}, {len(self.moves):,} steps of learning rate "
            f"{settings.learning_rate:g}: loss {first:.6g} to {last:.6g}"
        )

    def facts(self) -> dict[str, object]:
        """Losses, before each step and after the last, and the values at the end."""
        network = self.end.network
        names = [network.name_of(one) for one in network.parameters()]
        values = self.moves[-1].after.tolist()
        return {
            "optimizer": self.settings.optimizer,
            "losses": self.losses,
            "values": dict(zip(names, values, strict=True)),
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per step and parameter: loss before the step, values, gradient."""
        import pandas as pd

        network = self.start.network
        names = [network.name_of(one) for one in network.parameters()]
        frames = [
            pd.DataFrame(
                {
                    "step": number,
                    "loss": move.loss,
                    "parameter": names,
                    "value": move.before,
                    "gradient": move.gradient,
                    "velocity": move.first,
                    "mean_square": move.second,
                    "new_value": move.after,
                }
            )
            for number, move in enumerate(self.moves, 1)
        ]
        return pd.concat(frames, ignore_index=True)

    def explain(self, wrt: str = "") -> Explanation:
        """How one parameter is moved, step by step.

        Parameters
        ----------
        wrt
            Its name, such as ``w11``; by default the first of the network.

        Raises
        ------
        UnknownName
            If there is no such parameter.
        """
        network = self.start.network
        first = next(network.parameters())
        return explain_descent(self, network.parameter(wrt) if wrt else first)

    def plot(self) -> Figure:
        """The loss by step."""
        from bioloom.backprop.figures import loss_figure

        return loss_figure(self.losses)
