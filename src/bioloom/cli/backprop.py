"""`bioloom backprop`: parse, one call, write."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.group import Room
from bioloom.cli.options import COUNT
from bioloom.cli.progress import note
from bioloom.cli.result import note_pictures

PATH = click.Path(path_type=Path)


@click.group(cls=Room)
def backprop() -> None:
    """The chain rule through a network, number by number.

    \b
    Start with:
      bioloom backprop trace
      bioloom backprop init > network.yaml
    """


@backprop.command()
def init() -> None:
    """Print a network file to begin with, the embedded example.

    \b
    Example:
      bioloom backprop init > network.yaml
    """
    from bioloom.backprop.data import EXAMPLE

    click.echo(EXAMPLE.read_text("utf-8"), nl=False)


@backprop.command()
@click.argument("network", type=PATH, required=False)
@click.option("--wrt", help="Parameter: w11, b1 or w1[2,3], b1[2] in wide layers.")
@click.option(
    "--lr",
    "learning_rate",
    type=click.FloatRange(0, min_open=True),
    default=0.1,
    show_default=True,
    help="Learning rate of the update.",
)
@click.option(
    "--round",
    "decimals",
    type=click.IntRange(0, 15),
    help="Decimals that each step is rounded to, as by hand; default: none.",
)
@click.option(
    "--example",
    type=COUNT,
    default=1,
    show_default=True,
    help="Which of the file's examples is traced.",
)
@click.option("--draw", type=PATH, help="Stem of DRAW.svg and DRAW.png.")
@click.option("--report", type=PATH, help="Page to write, HTML without script.")
@click.option("--forward", type=PATH, help="Table of z, a and δ to write, TSV.")
@click.option("--gradients", type=PATH, help="Table of all gradients to write, TSV.")
@output_options
def trace(network: Path | None, form: str, out: Path, **given: Any) -> None:
    """Trace a NETWORK forward and backward, and the chain rule for one parameter.

    Without a NETWORK the embedded example is traced, with respect to w11 and rounded to
    three decimals.

    \b
    Examples:
      bioloom backprop trace
      bioloom backprop trace --wrt b1 --round 3 --draw picture --report page.html
      bioloom backprop trace network.yaml --wrt 'w1[1,1]' --lr 0.5 --format json
    """
    from bioloom.backprop.data import EXAMPLE, read_problem
    from bioloom.backprop.explaining import explain, notes_remark
    from bioloom.backprop.tracing import trace as traced

    model, inputs, target = read_problem(network or EXAMPLE)
    found = traced(model, inputs, target)
    if network is None:
        given["wrt"] = given["wrt"] or "w11"
        given["decimals"] = 3 if given["decimals"] is None else given["decimals"]
    if given["example"] > found.n_examples:
        few = f"--example {given['example']}: there are {found.n_examples}."
        raise click.UsageError(few)
    wrt = model.parameter(given["wrt"]) if given["wrt"] else None
    told = explain(
        found,
        wrt,
        example=given["example"] - 1,
        learning_rate=given["learning_rate"],
        decimals=given["decimals"],
    )
    if network is None and (given["wrt"], given["decimals"]) == ("w11", 3):
        told = replace(told, steps=(*told.steps, notes_remark()))
    _write(found, told, wrt, given)
    write_explanation(told, form, out)


def _write(found: Any, told: Any, wrt: Any, given: dict[str, Any]) -> None:
    """Tables, picture and page, where asked."""
    from bioloom.run.output import write_text

    frames = {"forward": found.forward_frame, "gradients": found.to_frame}
    for name, frame in frames.items():
        if given[name]:
            text = frame().to_csv(sep="\t", index=False, float_format="%.9g")
            write_text(given[name], text)
    if given["draw"]:
        from bioloom.backprop.figures import network_figure
        from bioloom.draw import save

        save(network_figure(found, wrt, example=given["example"] - 1), given["draw"])
        note_pictures(given["draw"])
    if given["report"]:
        from bioloom.report.backprop import write_report

        write_report(found, told, given["report"], wrt=wrt)
        note(f"report: {given['report']}")
