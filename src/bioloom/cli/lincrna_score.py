"""`bioloom lincrna score`: coding potential of the transcripts of a FASTA file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from bioloom.cli.explanation import form_option, language_option, write_explanation
from bioloom.cli.help import Command
from bioloom.cli.options import threads_option
from bioloom.cli.progress import note
from bioloom.cli.result import is_json, json_option, tell
from bioloom.cli.settings import settings_options
from bioloom.lincrna.settings import FilterSettings


@click.command(cls=Command)
@click.argument("transcripts", type=click.Path(path_type=Path))
@click.option(
    "--model",
    default="packaged",
    show_default=True,
    help="packaged, or a model of `bioloom lincrna train`.",
)
@click.option(
    "--adapt",
    is_flag=True,
    help="Fit the model's use of codons and hexamers to TRANSCRIPTS first, by the "
    "calls that it is sure of: better for species unlike those that it was trained on. "
    "A score then depends on the other transcripts, which are read twice.",
)
@click.option(
    "--strand",
    type=click.Choice(["sense", "both"]),
    default="sense",
    show_default=True,
    help="sense: transcripts are read as given; both: the opposite strand too, and "
    "the higher probability counts.",
)
@settings_options(
    FilterSettings,
    *("genetic_code", "coding_threshold", "coding_sure"),
    *("micropeptides", "micropeptide_threshold"),
)
@click.option(
    "--strict",
    is_flag=True,
    help="Stop at a record without bases, of amino acids, or with over a tenth of its "
    "letters no base; otherwise it is noted and counted.",
)
@click.option(
    "--explain",
    "explained",
    metavar="NAME",
    help="Show the working of one record, in place of the table.",
)
@form_option
@language_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default="-",
    help="File; - is standard output.",
)
@threads_option
@json_option
def score(
    transcripts: Path,
    model: str,
    adapt: bool,
    strand: str,
    changes: Mapping[str, object],
    strict: bool,
    explained: str | None,
    form: str,
    out: Path,
    threads: int,
) -> None:
    """Score the coding potential of TRANSCRIPTS, without genome or annotation.

    TRANSCRIPTS is FASTA, packed or not; - is standard input. One row per record, in
    the same order: longest ORF, coding probability, call (by the model's threshold),
    verdict (coding, unsure, noncoding), and what each feature adds to the log-odds,
    which together are the log-odds. With --json: a summary of the table in --out, or,
    without --out, an object per record.

    \b
    Examples:
      bioloom lincrna score transcripts.fa.gz --out scores.tsv
      gffread -w - -g genome.fa assembled.gtf | bioloom lincrna score - > scores.tsv
      bioloom lincrna score transcripts.fa --model my_species.json --strand both
      bioloom lincrna score beetle_assembly.fa --adapt --out scores.tsv
      bioloom lincrna score transcripts.fa --explain MSTRG.5.1
    """
    from bioloom.lincrna.api import filter_settings
    from bioloom.lincrna.scoring.adapting import adapted_scorer
    from bioloom.lincrna.scoring.explain import explain_of
    from bioloom.lincrna.scoring.scoring import score_transcripts, scorer_of
    from bioloom.run.settings import changed

    settings = changed(filter_settings(None), changes)
    scorer = scorer_of(model, settings, strand="both" if strand == "both" else "sense")
    if adapt:
        scorer = adapted_scorer(transcripts, scorer)
    if explained is not None:
        write_explanation(explain_of(transcripts, explained, scorer), form, out)
        return
    is_piped = str(out) == "-"
    result = score_transcripts(
        transcripts,
        scorer,
        out=out,
        form="jsonl" if is_piped and is_json() else "tsv",
        is_strict=strict,
        threads=threads,
    )
    if is_piped:
        note(result.summary())
    else:
        tell(f"{result.summary()}; table: {out}", **result.facts())
