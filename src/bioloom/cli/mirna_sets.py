"""`bioloom mirna sponge` and `orthologs`: what sets of RNAs have in common."""

from __future__ import annotations

from pathlib import Path

import click

from bioloom.cli.help import Command
from bioloom.cli.mirna_options import (
    PRESETS,
    check_pipes,
    record_options,
    search_rules,
)
from bioloom.cli.options import seed_option, threads_option
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import json_option, table_text
from bioloom.mirna.options import (
    OnBadRecord,
    PValues,
    SeedRegion,
    options_with,
)
from bioloom.run.settings import Changes

PATH = click.Path(path_type=Path)


@click.command(cls=Command)
@click.argument("mirnas", type=PATH)
@click.argument("rnas", type=PATH)
@click.option(
    "--shared-with",
    type=PATH,
    help="Other RNAs, such as 3'UTRs: which pairs share more miRNAs than by chance.",
)
@click.option("--circular", is_flag=True, help="RNAS are circular.")
@record_options
@click.option("--out", type=PATH, default="-", help="Table; - is standard output.")
@click.option("--pairs", type=PATH, help="Table of pairs that share miRNAs, to write.")
@click.option("--edges", type=PATH, help="Edges for `bioloom graph`, CSV, to write.")
@json_option
def sponge(
    mirnas: Path,
    rnas: Path,
    shared_with: Path | None,
    circular: bool,
    species: tuple[str, ...],
    on_bad_record: OnBadRecord,
    bad_records: Path | None,
    out: Path,
    pairs: Path | None,
    edges: Path | None,
) -> None:
    """Find RNAS with more seed sites of MIRNAS than by chance.

    Sites are 7mers and 8mers; chance is a shuffle with the same dinucleotides.

    \b
    Examples:
      bioloom mirna sponge mirnas.fa lincrna_run/candidates.fa --out sponges.tsv
      bioloom mirna sponge mirnas.fa circ.fa --circular --shared-with utrs.fa \\
          --pairs pairs.tsv --edges edges.csv --out sponges.tsv
    """
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.records import Target, read_mirnas
    from bioloom.mirna.inputs.targets import targets_of_file
    from bioloom.mirna.sponges.result import find_sponges
    from bioloom.run.output import write_text
    from bioloom.run.tables import to_tsv

    check_pipes(mirnas, rnas)
    if pairs and not shared_with:
        raise click.UsageError("--pairs needs --shared-with, the other RNAs.")
    log = RecordLog(on_bad_record)
    checked = read_mirnas(mirnas, log=log, species=species)
    with targets_of_file(rnas, log) as usable:
        targets = tuple(usable)
    others: tuple[Target, ...] = ()
    if shared_with:
        with targets_of_file(shared_with, log) as usable:
            others = tuple(usable)
    sponges = find_sponges(checked, targets, others, circular=circular)
    write_text(out, table_text(sponges.to_frame()))
    note(sponges.summary())
    if pairs:
        write_text(pairs, to_tsv(sponges.pairs_to_frame()))
        note(f"pairs: {pairs}")
    if edges:
        sponges.edges().to_csv(edges, index=False)
        note(f"edges: {edges}")
    if bad_records:
        log.write(bad_records)


@click.command(cls=Command)
@click.argument("mirnas", type=PATH)
@click.argument("targets", type=PATH)
@click.argument("table", type=PATH)
@search_rules()
@click.option(
    "--p-values",
    type=click.Choice(["auto", *PRESETS]),
    default="auto",
    show_default=True,
    help="As for predict.",
)
@record_options
@click.option("--out", type=PATH, default="-", help="Table; - is standard output.")
@threads_option
@seed_option("the random miRNAs")
@json_option
def orthologs(
    mirnas: Path,
    targets: Path,
    table: Path,
    changes: Changes,
    seed_region: SeedRegion | None,
    p_values: PValues,
    species: tuple[str, ...],
    on_bad_record: OnBadRecord,
    bad_records: Path | None,
    out: Path,
    threads: int,
    rng_seed: int,
) -> None:
    """Find sites of MIRNAS that all orthologs among TARGETS have, by a TABLE of groups.

    TABLE has the columns group and target, or a row per group with a target of each
    species. Orthologs count as fewer than they are, as far as random miRNAs bind them
    alike (RNAhybrid's effective number).

    \b
    Example:
      bioloom mirna orthologs mirnas.fa utrs.fa orthologs.tsv --out conserved.tsv
    """
    from bioloom.mirna.chance.laws import LawSource
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.records import read_mirnas
    from bioloom.mirna.inputs.targets import targets_of_file
    from bioloom.mirna.joint.groups import read_groups
    from bioloom.mirna.joint.search import joint_sites
    from bioloom.run.output import write_text

    check_pipes(mirnas, targets)
    log = RecordLog(on_bad_record)
    checked = read_mirnas(mirnas, log=log, species=species)
    names: list[str] = []
    with (
        targets_of_file(targets, log, lambda each: names.append(each.name)) as usable,
        progress_bar() as on_step,
    ):
        sites = joint_sites(
            checked,
            usable,
            read_groups(table, names),
            options_with(changes, seed_region=seed_region),
            law_source=LawSource(p_values, None, rng_seed),
            threads=threads,
            on_step=on_step,
        )
    write_text(out, table_text(sites.to_frame()))
    note(sites.summary())
    if bad_records:
        log.write(bad_records)
