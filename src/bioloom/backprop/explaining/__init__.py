"""All words of the room: forward, backward, chain rule, rounding, update."""

from bioloom.backprop.explaining.after import mean, notes_remark, rounding, twin, update
from bioloom.backprop.explaining.chain_rule import chain_rule
from bioloom.backprop.explaining.passes import forward, gradients, loss, warnings
from bioloom.backprop.layers import Parameter
from bioloom.backprop.tracing import Trace
from bioloom.explain import Explanation
from bioloom.run.language import listed, mark, tr

__all__ = ["explain", "notes_remark"]

# names of losses, as networks hold them
LOSSES = (
    mark("half_squared_error"),
    mark("mse"),
    mark("binary_cross_entropy"),
    mark("cross_entropy"),
)


def explain(
    trace: Trace,
    wrt: Parameter | None = None,
    *,
    example: int = 0,
    learning_rate: float = 0.1,
    decimals: int | None = None,
) -> Explanation:
    """Show the passes, and the chain rule for one parameter.

    Parameters
    ----------
    trace
        A trace that was not rounded.
    wrt
        The parameter; None leaves the chain rule out.
    example
        Row of the example whose numbers are put in.
    learning_rate
        Of the update.
    decimals
        Also show the effect of rounding every z and a to this many decimals.
    """
    network = trace.network
    steps = [forward(trace, example), loss(trace, example), gradients(trace)]
    if wrt is not None:
        steps += chain_rule(trace, wrt, example)
        if trace.n_examples > 1:
            steps.append(mean(trace, wrt))
        if network.layers[wrt.layer - 1].has_bias:
            steps.append(twin(trace, wrt, example))
        if decimals is not None:
            steps += rounding(trace, wrt, decimals, example)
        steps.append(update(trace, wrt, learning_rate))
    return Explanation(
        title=_title(trace, wrt),
        inputs={
            tr("parameters"): f"{network.n_parameters:,}",
            tr("activations"): listed(layer.activation for layer in network.layers),
            tr("loss"): tr(network.loss),
            tr("examples"): tr(
                "{n:,}; the numbers shown are those of example {number}",
                n=trace.n_examples,
                number=example + 1,
            ),
        },
        steps=(*steps, *warnings(trace, example)),
    )


def _title(trace: Trace, wrt: Parameter | None) -> str:
    widths = "-".join(map(str, trace.network.widths))
    if wrt is None:
        return tr("Backpropagation through {widths}", widths=widths)
    return tr(
        "Backpropagation through {widths}, ∂J/∂{parameter}",
        widths=widths,
        parameter=trace.network.name_of(wrt),
    )
