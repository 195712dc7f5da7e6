"""All words of the room: forward, backward, chain rule, rounding, update."""

from bioloom.backprop.explain.after import mean, notes_remark, rounding, twin, update
from bioloom.backprop.explain.passes import forward, gradients, loss, warnings
from bioloom.backprop.explain.way import chain_rule
from bioloom.backprop.layers import Parameter
from bioloom.backprop.trace import Trace
from bioloom.explain import Explanation

__all__ = ["explain", "notes_remark"]


def explain(
    found: Trace,
    wrt: Parameter | None = None,
    *,
    example: int = 0,
    learning_rate: float = 0.1,
    decimals: int | None = None,
) -> Explanation:
    """Show the passes, and the chain rule for one parameter.

    Parameters
    ----------
    found
        A trace that was not rounded.
    wrt
        The parameter; None leaves the chain rule out.
    example
        Row of the example whose numbers are put in.
    learning_rate
        Of the update.
    decimals
        Also show what rounding every z and a to so many decimals does.
    """
    network = found.network
    steps = [forward(found, example), loss(found, example), gradients(found)]
    if wrt is not None:
        steps += chain_rule(found, wrt, example)
        if found.n_examples > 1:
            steps.append(mean(found, wrt))
        steps.append(twin(found, wrt, example))
        if decimals is not None:
            steps += rounding(found, wrt, decimals)
        steps.append(update(found, wrt, learning_rate))
    widths = "-".join(map(str, network.widths))
    about = f", ∂J/∂{network.name_of(wrt)}" if wrt else ""
    return Explanation(
        title=f"Backpropagation through {widths}{about}",
        inputs={
            "parameters": f"{network.n_parameters:,}",
            "activations": ", ".join(one.activation for one in network.layers),
            "loss": network.loss,
            "examples": f"{found.n_examples:,}; numbers are those of {example + 1}",
        },
        steps=(*steps, *warnings(found, example)),
    )
