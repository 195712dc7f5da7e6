"""`bioloom backprop`: parse, one call, write."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bioloom.backprop.settings import DescentSettings
from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.group import Room
from bioloom.cli.options import COUNT
from bioloom.cli.progress import note
from bioloom.cli.result import note_pictures
from bioloom.cli.settings import settings_options
from bioloom.run.settings import scalar_settings

if TYPE_CHECKING:
    import pandas as pd

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
    """Print the embedded example as a network file to start from.

    \b
    Example:
      bioloom backprop init > network.yaml
    """
    from bioloom.backprop.api import init as example

    click.echo(example(), nl=False)


@backprop.command()
@click.argument("network", type=PATH, required=False)
@click.option(
    "--wrt", help="Parameter, such as w11, b1; in wide layers w1[2,3], b1[2]."
)
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
    help="Round each step to this many decimals, as by hand; default: no rounding.",
)
@click.option(
    "--example",
    type=COUNT,
    default=1,
    show_default=True,
    help="Number of the example to show.",
)
@click.option("--draw", type=PATH, help="Stem of DRAW.svg and DRAW.png.")
@click.option("--report", type=PATH, help="HTML page to write, without scripts.")
@click.option("--forward", type=PATH, help="TSV file for the table of z, a and δ.")
@click.option("--gradients", type=PATH, help="TSV file for the table of all gradients.")
@output_options
def trace(
    network: Path | None,
    wrt: str | None,
    learning_rate: float,
    decimals: int | None,
    example: int,
    draw: Path | None,
    report: Path | None,
    forward: Path | None,
    gradients: Path | None,
    form: str,
    out: Path,
) -> None:
    """Trace a NETWORK forward and backward, with the chain rule for one parameter.

    Without a NETWORK the embedded example is traced, with respect to w11 and rounded to
    three decimals.

    \b
    Examples:
      bioloom backprop trace
      bioloom backprop trace --wrt b1 --round 3 --draw picture --report page.html
      bioloom backprop trace network.yaml --wrt 'w1[1,1]' --lr 0.5 --format json
    """
    from bioloom.backprop.api import trace as traced
    from bioloom.backprop.results import NOTES_DECIMALS, NOTES_WRT

    result = traced(network)
    if example > result.n_examples:
        raise click.UsageError(f"--example {example}: there are {result.n_examples}.")
    if network is None:
        wrt = wrt or NOTES_WRT
        decimals = NOTES_DECIMALS if decimals is None else decimals
    wrt = wrt or ""
    explanation = result.explain(
        wrt, example=example, learning_rate=learning_rate, decimals=decimals
    )
    _write_tables({forward: result.forward_frame, gradients: result.to_frame})
    if draw:
        from bioloom.draw import save

        save(result.plot(wrt, example=example), draw)
        note_pictures(draw)
    if report:
        from bioloom.report.backprop import write_report

        parameter = result.network.parameter(wrt) if wrt else None
        write_report(result, explanation, report, wrt=parameter, example=example - 1)
        note(f"report: {report}")
    write_explanation(explanation, form, out)


@backprop.command()
@click.argument("network", type=PATH, required=False)
@click.option(
    "--wrt", help="Parameter whose steps are shown; default: the first of NETWORK."
)
@settings_options(DescentSettings, *scalar_settings(DescentSettings))
@click.option("--draw", type=PATH, help="Stem of DRAW.svg and DRAW.png: the loss.")
@click.option("--table", type=PATH, help="TSV file: each step of each parameter.")
@output_options
def descend(
    network: Path | None,
    wrt: str | None,
    changes: Mapping[str, object],
    draw: Path | None,
    table: Path | None,
    form: str,
    out: Path,
) -> None:
    """Train a NETWORK for some steps, with the working for one parameter.

    All parameters are moved in each step, by all examples. Without a NETWORK the
    embedded example is trained.

    \b
    Examples:
      bioloom backprop descend
      bioloom backprop descend --optimizer momentum --learning-rate 0.05 --wrt b1
      bioloom backprop descend network.yaml --optimizer adam --steps 100 --draw loss
    """
    from dataclasses import asdict

    from bioloom.backprop.api import descend as descended
    from bioloom.run.settings import changed

    settings = changed(DescentSettings(), changes)
    result = descended(network, **asdict(settings))
    explanation = result.explain(wrt or "")
    _write_tables({table: result.to_frame})
    if draw:
        from bioloom.draw import save

        save(result.plot(), draw)
        note_pictures(draw)
    write_explanation(explanation, form, out)


def _write_tables(frames: "Mapping[Path | None, Callable[[], pd.DataFrame]]") -> None:
    from bioloom.run.output import write_text

    for path, frame in frames.items():
        if path:
            text = frame().to_csv(sep="\t", index=False, float_format="%.9g")
            write_text(path, text)
