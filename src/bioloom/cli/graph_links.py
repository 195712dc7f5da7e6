"""`bioloom graph links`: parse, one call, write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bioloom.cli.graph_options import FOLDER, PATH, reading_options, scale_option
from bioloom.cli.help import Command
from bioloom.cli.options import COUNT, check_no_pipe, seed_option
from bioloom.cli.progress import progress_bar
from bioloom.cli.result import json_option, tell
from bioloom.cli.settings import settings_options

if TYPE_CHECKING:
    from bioloom.explain import Explanation
    from bioloom.graph.data.scaling import Scale
    from bioloom.graph.linking.run import Prediction
    from bioloom.run.settings import Changes

from bioloom.graph.linking.settings import DEFAULT_MODELS, MODEL_NAMES, LinkSettings


@click.command(cls=Command)
@click.option(
    "--edges",
    type=PATH,
    help="Edge list, CSV or TSV, or a GraphML or .h5ad file; default: the karate club.",
)
@click.option("--nodes", type=PATH, help="Node table: id, type, features.")
@click.option(
    "--types", type=PATH, help="Table with id and type, if the node table has no types."
)
@click.option(
    "--type",
    "type_column",
    default="type",
    show_default=True,
    help="Column of the nodes' types.",
)
@click.option(
    "--score-for",
    multiple=True,
    metavar="'TYPE TYPE'",
    help="Pair of types whose links are predicted; repeatable. Default: all pairs with "
    "at least 20 links.",
)
@click.option(
    "--split-by",
    default="",
    metavar="COLUMN",
    help="Column of the edge list with a time or rank: the last links test.",
)
@reading_options
@scale_option("auto")
@click.option(
    "--model",
    "models",
    type=click.Choice(MODEL_NAMES),
    multiple=True,
    default=list(DEFAULT_MODELS),
    show_default=True,
    help="Encoder and decoder; repeatable.",
)
@click.option(
    "--runs",
    type=COUNT,
    default=5,
    show_default=True,
    help="Seeds, each with its own splits; several give an interval.",
)
@seed_option("the first run")
@settings_options(
    LinkSettings,
    "hidden",
    "patience",
    "batch_size",
    "test_share",
    "cold_share",
    p_dropout="--dropout",
    learning_rate="--lr",
    weight_decay="--weight-decay",
    max_epochs="--epochs",
    n_heads="--heads",
    n_folds="--parts",
    top_k="--hits",
    n_candidates="--candidates",
)
@click.option("--out", type=FOLDER, required=True, help="Run folder to write.")
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@json_option
def links(
    edges: Path | None,
    nodes: Path | None,
    types: Path | None,
    type_column: str,
    score_for: tuple[str, ...],
    split_by: str,
    reading: Changes,
    scale: Scale,
    models: tuple[str, ...],
    runs: int,
    rng_seed: int,
    changes: Changes,
    out: Path,
    force: bool,
) -> None:
    """Find likely missing links, and audit how much of that is degree alone.

    Models and heuristics are tested on a ladder of ever more demanding negatives:
    any pair, the right types, matched degrees, and nodes without known links. An
    interrupted run resumes.

    \b
    Examples:
      bioloom graph links --runs 2 --out karate_links
      bioloom graph links --edges edges.tsv --nodes nodes.tsv \\
          --score-for "microRNA disease" --out links
      bioloom graph explain --run karate_links --link 1 34
    """
    from bioloom.graph.linking.reading import NetworkInput, reading_of
    from bioloom.graph.linking.run import LinksPlan, run_links
    from bioloom.graph.linking.settings import link_settings
    from bioloom.report.graph_links import write_report

    check_no_pipe("network", edges, nodes, types)
    if (nodes or types or split_by) and not edges:
        raise click.UsageError("--nodes, --types and --split-by need --edges.")
    source = NetworkInput(
        edges=edges or "karate",
        nodes=nodes,
        types=types,
        type_column=type_column,
        split_by=split_by,
        reading=reading_of({**reading, "scale": scale}),
    )
    plan = LinksPlan(
        score_for=score_for,
        models=models,
        settings=link_settings(changes),
        n_runs=runs,
        rng_seed=rng_seed,
    )
    with progress_bar() as on_step:
        prediction = run_links(
            source, plan, out=out, force=force, report=write_report, on_step=on_step
        )
    _print_result(prediction, out)


def _print_result(prediction: Prediction, out: Path) -> None:
    from bioloom.graph.linking.sentences import in_one_sentence

    summary = prediction.summary
    lines, facts = [], {}
    for pair in summary.pair_names:
        for method in summary.plan.methods:
            means = {
                rung.name: summary.cell(rung.name, pair, method).over_seeds
                for rung in summary.plan.rungs
            }
            values = ", ".join(f"{k} {v.mean:.3f}" for k, v in means.items())
            lines.append(f"{pair}, {method}: AUC {values}")
            facts[f"{pair}, {method}"] = means
    sentence = in_one_sentence(summary)
    lines += [sentence, f"written: {out}; report: {out / 'report.html'}"]
    tell("\n".join(lines), auc=facts, remains=sentence, written=out)


def explain_run_link(run: Path, link: tuple[str, str]) -> Explanation:
    """The working of one pair's score."""
    from bioloom.graph.linking.explain_link import explain_link
    from bioloom.graph.linking.files import open_links_run

    return explain_link(open_links_run(run), *link, where=str(run))
