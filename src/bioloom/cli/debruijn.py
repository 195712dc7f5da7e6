"""`bioloom debruijn`: sequences that contain each word once, and graphs of reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.decorators import FC

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.group import Room
from bioloom.cli.options import seed_option
from bioloom.cli.progress import progress_bar
from bioloom.cli.result import (
    is_json,
    json_option,
    picture_files,
    tell,
    tell_written,
)
from bioloom.cli.settings import settings_options
from bioloom.debruijn.settings import AssemblySettings, GraphSettings
from bioloom.run.settings import Changes, changed
from bioloom.run.words import counted

if TYPE_CHECKING:
    from bioloom.debruijn.graphs.assembly import Assembly
    from bioloom.debruijn.sequences.generate import Method

PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
METHODS = ("least", "euler", "random")
ALPHABET = click.option(
    "--alphabet",
    default="01",
    show_default=True,
    help="Each letter once, in order.",
)


@click.group(cls=Room)
def debruijn() -> None:
    """De Bruijn sequences, and De Bruijn graphs and contigs of reads.

    \b
    Start with:
      bioloom debruijn explain
      bioloom debruijn sequence --alphabet ACGT --order 4
    """


def _word_options(order: int | None = None) -> Callable[[FC], FC]:
    """Options that choose the sequence: alphabet and order."""
    # to Click, a default of None is a value, and so nothing would be missing
    default: dict[str, Any] = {} if order is None else {"default": order}

    def decorate(command: FC) -> FC:
        command = click.option(
            "--order",
            type=int,
            required=order is None,
            show_default=order is not None,
            help="Length of a word.",
            **default,
        )(command)
        return ALPHABET(command)

    return decorate


def _method_options(command: FC) -> FC:
    """Options that choose among the sequences of one alphabet and order."""
    command = seed_option("--method random")(command)
    return click.option(
        "--method",
        type=click.Choice(METHODS),
        default="least",
        show_default=True,
        help="Lexicographically least, an Eulerian circuit, or drawn at random.",
    )(command)


@debruijn.command()
@_word_options()
@_method_options
@click.option(
    "--both-strands",
    is_flag=True,
    help="DNA that contains each word or its reverse complement.",
)
@click.option("--linear", is_flag=True, help="Repeat the first letters at the end.")
@click.option("--out", type=PATH, default="-", help="File; - is standard output.")
@json_option
def sequence(
    alphabet: str,
    order: int,
    method: Method,
    rng_seed: int,
    both_strands: bool,
    linear: bool,
    out: Path,
) -> None:
    """Print a cyclic sequence that contains each word exactly once.

    \b
    Examples:
      bioloom debruijn sequence --alphabet 01 --order 2
      bioloom debruijn sequence --alphabet ACGT --order 6 --method random --rng-seed 1
      bioloom debruijn sequence --alphabet ACGT --order 8 --both-strands --linear
    """
    from bioloom.debruijn.sequences.generate import generate
    from bioloom.run.output import open_aside

    n_more = order - 1 if linear else 0
    pieces: Iterable[str]
    if both_strands:
        if method != "least" or sorted(alphabet) != sorted("ACGT"):
            raise click.UsageError(
                "--both-strands works only with --alphabet ACGT and without --method."
            )
        pieces = [_both_strands(order, n_more)]
    else:
        pieces = generate(alphabet, order, method=method, rng_seed=rng_seed)
    head = tail = ""
    if is_json():  # the sequence is never held in memory
        entry = {"alphabet": alphabet, "order": order, "sequence": ""}
        whole = json.dumps(entry, ensure_ascii=False)
        head, tail = whole[:-2], whole[-2:]
    with open_aside(out) as stream:
        stream.write(head)
        for piece in _with_first_again(pieces, n_more):
            stream.write(json.dumps(piece)[1:-1] if is_json() else piece)
        stream.write(tail + "\n")


def _with_first_again(pieces: Iterable[str], n: int) -> Iterator[str]:
    """The pieces, and their first `n` letters once more."""
    head = ""
    for piece in pieces:
        head += piece[: max(0, n - len(head))]
        yield piece
    yield (head * (n + 1))[:n]


def _both_strands(order: int, n_more: int) -> str:
    """The sequence for both strands; prints its length and the least possible one."""
    from bioloom.debruijn.sequences.strands import both_strands

    double = both_strands(order)
    click.echo(
        f"{len(double.codes) + n_more} letters; none has fewer than "
        f"{double.lower_bound + n_more}; one strand: {4**order + n_more}",
        err=True,
    )
    return double.text


@debruijn.command()
@_word_options()
@json_option
def count(alphabet: str, order: int) -> None:
    """Print how many cyclic sequences there are: (k!)^(k^(n-1)) / k^n.

    \b
    Example:
      bioloom debruijn count --alphabet 01 --order 5
    """
    from bioloom.debruijn import api

    n = api.count(alphabet, order)
    tell(
        str(n),
        alphabet=alphabet,
        order=order,
        n_sequences=n.exact,
        n_digits=n.n_digits,
    )


@debruijn.command()
@click.argument("word", required=False)
@ALPHABET
@click.option("--order", type=int, help="Default: the length of WORD.")
@click.option(
    "--at", "place", type=click.IntRange(min=0), help="Print the word at this place."
)
@_method_options
@json_option
def locate(
    word: str | None,
    alphabet: str,
    order: int | None,
    place: int | None,
    method: Method,
    rng_seed: int,
) -> None:
    """Print where WORD is in the cyclic sequence, counted from 0.

    For the least sequence the place is computed without building the sequence, so the
    order may be large; the sequences of other methods are built and searched.

    \b
    Examples:
      bioloom debruijn locate ACGTACGTACGTACGTACGT --alphabet ACGT
      bioloom debruijn locate --at 1000000 --alphabet ACGT --order 20
    """
    from bioloom.debruijn import api
    from bioloom.debruijn.sequences.words import Words

    if (word is None) == (place is None):
        raise click.UsageError("Give either a WORD or --at.")
    if place is not None:
        if method != "least" or order is None:
            raise click.UsageError(
                "--at works only with --method least, and needs --order."
            )
        last = Words(alphabet, order).n_words - 1
        if place > last:
            raise click.UsageError(
                f"--at {place}: the sequence has places 0 to {last}."
            )
    result = api.locate(
        word,
        at=place,
        alphabet=alphabet,
        order=order,
        method=method,
        rng_seed=rng_seed,
    )
    tell(
        result.word if word is None else str(result.place),
        alphabet=alphabet,
        order=result.words.order,
        word=result.word,
        place=result.place,
    )


@debruijn.command()
@_word_options(order=2)
@_method_options
@click.option(
    "--compare", default="", help="Check whether this text is another solution."
)
@output_options
def explain(
    alphabet: str,
    order: int,
    method: Method,
    rng_seed: int,
    compare: str,
    form: str,
    out: Path,
) -> None:
    """Show the turning wheel: nodes, edges, the walk, the window at each turn.

    \b
    Examples:
      bioloom debruijn explain --compare 0110
      bioloom debruijn explain --alphabet ACGT --order 2 --format markdown
    """
    from bioloom.debruijn import api

    explanation = api.explain(
        alphabet, order, method=method, rng_seed=rng_seed, compare=compare
    )
    write_explanation(explanation, form, out)


@debruijn.command()
@_word_options(order=2)
@_method_options
@click.option(
    "--out", type=FOLDER, default=".", show_default=True, help="Folder to write."
)
@json_option
def draw(alphabet: str, order: int, method: Method, rng_seed: int, out: Path) -> None:
    """Draw the graph with its numbered walk, and the wheel, as PNG and SVG.

    \b
    Example:
      bioloom debruijn draw --alphabet 01 --order 3 --out wheel
    """
    from bioloom.debruijn.sequences.walk import walk
    from bioloom.debruijn.sequences.words import Words
    from bioloom.draw import save

    sequence = walk(Words(alphabet, order), method, rng_seed=rng_seed)
    stems = [out / "debruijn_graph", out / "debruijn_wheel"]
    save(sequence.plot("graph"), stems[0])
    save(sequence.plot("wheel"), stems[1])
    tell_written(*picture_files(*stems))


def _run_options(command: FC, *, needs_reads: bool = True) -> FC:
    """Options for reads, and for the run folder to write."""
    for option in (
        click.option("--force", is_flag=True, help="Replace a finished run folder."),
        click.option("--out", type=FOLDER, required=True, help="Run folder to write."),
        click.argument("reads", type=PATH, nargs=-1, required=needs_reads),
    ):
        command = option(command)
    return command


@debruijn.command()
@settings_options(GraphSettings, "k", "min_count", "max_count", "memory_mb")
@click.option(
    "--sample",
    "samples",
    type=(str, PATH),
    multiple=True,
    metavar="NAME FILE",
    help="A file of a sample, in place of READS; again for more files and samples. "
    "One graph is made, which says what sample has what unitigs.",
)
@partial(_run_options, needs_reads=False)
@json_option
def graph(
    reads: tuple[Path, ...],
    samples: tuple[tuple[str, Path], ...],
    changes: Changes,
    out: Path,
    force: bool,
) -> None:
    """Count the k-mers of READS and compact their De Bruijn graph into unitigs.

    READS are FASTA or FASTQ, plain or gzip; - is standard input. The run folder has
    graph.gfa (GFA 1), unitigs.fa, tables, and a plot of the k-mer spectrum.

    \b
    Examples:
      bioloom debruijn graph reads_1.fq.gz reads_2.fq.gz --k 31 --out graph
      bioloom debruijn graph genome.fa.gz --k 21 --min-count 1 --out genome_graph
      bioloom debruijn graph --sample mother m.fq.gz --sample child c.fq.gz --out trio
    """
    from dataclasses import asdict

    from bioloom.debruijn.output.run_folder import run_graph
    from bioloom.report.debruijn import write_report

    if bool(reads) == bool(samples):
        raise click.UsageError("Give READS, or --sample NAME FILE.")
    files: dict[str, list[Path]] = {}
    for name, path in samples:
        files.setdefault(name, []).append(path)
    with progress_bar() as on_step:
        result = run_graph(
            reads,
            changed(GraphSettings(), changes),
            samples=files,
            out=out,
            force=force,
            report=write_report,
            on_step=on_step,
        )
    shape = result.shape
    tell(
        f"{counted(shape.n_edges, 'k-mer')}, {counted(shape.n_unitigs, 'unitig')} "
        f"(N50 {shape.n50}), {counted(shape.n_links, 'link')}, "
        f"{counted(shape.n_tips, 'tip')}, {counted(shape.n_bubbles, 'bubble')}, "
        f"{counted(shape.n_components, 'component')}; written: {out}",
        **asdict(shape),
        written=out,
    )


@debruijn.command()
@settings_options(AssemblySettings, "k", "min_count", "min_length", "memory_mb")
@click.option("--reference", type=PATH, help="FASTA to compare the contigs with.")
@_run_options
@json_option
def assemble(
    reads: tuple[Path, ...],
    changes: Changes,
    reference: Path | None,
    out: Path,
    force: bool,
) -> None:
    """Assemble READS: clip tips, pop bubbles, join unitigs where only one path exists.

    \b
    Examples:
      bioloom debruijn assemble reads.fq.gz --k 31 --out assembled
      bioloom debruijn assemble reads.fq.gz --reference genome.fa.gz --out assembled
    """
    from bioloom.debruijn.output.run_folder import run_assembly
    from bioloom.report.debruijn import write_report

    with progress_bar() as on_step:
        assembly = run_assembly(
            reads,
            changed(AssemblySettings(), changes),
            out=out,
            reference=reference,
            force=force,
            report=write_report,
            on_step=on_step,
        )
    _tell_assembly(assembly, out)


def _tell_assembly(assembly: Assembly, out: Path) -> None:
    n_contigs = len(assembly.contigs)
    text = (
        f"{counted(n_contigs, 'contig')}, {assembly.n_bases} bases, N50 "
        f"{assembly.n50}, of k-mers seen {counted(assembly.min_count, 'time')} or "
        f"more; written: {out}"
    )
    facts = {
        "n_contigs": n_contigs,
        "n_bases": assembly.n_bases,
        "n50": assembly.n50,
        "min_count": assembly.min_count,
        "written": out,
    }
    if check := assembly.check:
        text += (
            f"\n{check.recovered:.4%} of the reference recovered, {check.n_errors} "
            f"errors, {check.n_breaks} breaks\n{check.events()}"
        )
        facts |= {
            "recovered": check.recovered,
            "n_breaks": check.n_breaks,
            **check.totals,
        }
    tell(text, **facts)
