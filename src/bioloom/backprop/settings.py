"""Settings of gradient descent, each written once."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Lt

from bioloom.run.language import mark
from bioloom.run.settings import setting

Optimizer = Literal["sgd", "momentum", "adam"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DescentSettings:
    """How parameters are moved."""

    optimizer: Optimizer = setting(
        "sgd",
        mark(
            "sgd: against the gradient; momentum: against a sum of gradients in which "
            "earlier ones fade; adam: against their mean, over the root of the mean of "
            "their squares."
        ),
    )
    learning_rate: Annotated[float, Gt(0)] = setting(0.1, mark("Learning rate η."))
    steps: Annotated[int, Ge(1)] = setting(10, mark("Steps to take."))
    momentum: Annotated[float, Ge(0), Lt(1)] = setting(
        0.9, mark("Share of the last velocity that stays (momentum).")
    )
    beta1: Annotated[float, Ge(0), Lt(1)] = setting(
        0.9, mark("Share of the last mean of gradients that stays (adam).")
    )
    beta2: Annotated[float, Ge(0), Lt(1)] = setting(
        0.999, mark("Share of the last mean of squares that stays (adam).")
    )
    epsilon: Annotated[float, Gt(0)] = setting(
        1e-8, mark("Added to the root of the mean of squares (adam).")
    )
