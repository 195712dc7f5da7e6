"""`bioloom debruijn`: sequences that show each word once, and graphs of reads."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.group import Room
from bioloom.cli.options import COUNT, seed_option
from bioloom.cli.progress import progress_bar
from bioloom.cli.result import (
    counted,
    is_json,
    json_option,
    picture_files,
    tell,
    tell_written,
)

PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
METHODS = ("least", "euler", "random")
ALPHABET = click.option(
    "--alphabet",
    default="01",
    show_default=True,
    help="Each letter once, in its order.",
)


@click.group(cls=Room)
def debruijn() -> None:
    """De Bruijn sequences, and De Bruijn graphs and contigs of reads.

    \b
    Start with:
      bioloom debruijn explain
      bioloom debruijn sequence --alphabet ACGT --order 4
    """


def _word_options(order: int | None = None) -> Callable[[Any], Any]:
    """Options that say which sequence: alphabet and order."""

    def added(command: Any) -> Any:
        command = click.option(
            "--order",
            type=int,
            default=order,
            required=order is None,
            show_default=order is not None,
            help="Letters of a word.",
        )(command)
        return ALPHABET(command)

    return added


def _method_options(command: Any) -> Any:
    """Options that say which of the sequences of one alphabet and order."""
    command = seed_option("--method random")(command)
    return click.option(
        "--method",
        type=click.Choice(METHODS),
        default="least",
        show_default=True,
        help="Lexicographically least, an Eulerian circuit, or uniformly drawn.",
    )(command)


@debruijn.command()
@_word_options()
@_method_options
@click.option(
    "--both-strands",
    is_flag=True,
    help="DNA that shows each word or its reverse complement.",
)
@click.option(
    "--linear", is_flag=True, help="Repeat the first letters at the end of the line."
)
@click.option("--out", type=PATH, default="-", help="File; - is standard output.")
@json_option
def sequence(out: Path, both_strands: bool, linear: bool, **given: Any) -> None:
    """Print a cyclic sequence that shows each word exactly once.

    \b
    Examples:
      bioloom debruijn sequence --alphabet 01 --order 2
      bioloom debruijn sequence --alphabet ACGT --order 6 --method random --rng-seed 1
      bioloom debruijn sequence --alphabet ACGT --order 8 --both-strands --linear
    """
    from bioloom.debruijn.sequences import generate
    from bioloom.run.output import open_aside

    order = given["order"]
    pieces: Iterable[str]
    if both_strands:
        pieces = _double(given, linear)
    else:
        pieces = generate(
            given["alphabet"], order, method=given["method"], rng_seed=given["rng_seed"]
        )
    if linear:
        pieces = _with_first_again(pieces, order - 1)
    start, end = _around(given) if is_json() else ("", "")
    with open_aside(out) as stream:
        stream.write(start)
        for piece in pieces:
            stream.write(json.dumps(piece)[1:-1] if is_json() else piece)
        stream.write(end + "\n")


def _with_first_again(pieces: Iterable[str], n: int) -> Iterator[str]:
    """The pieces, and once more their first `n` letters."""
    head = ""
    for piece in pieces:
        head += piece[: max(0, n - len(head))]
        yield piece
    yield (head * (n + 1))[:n]


def _around(given: dict[str, Any]) -> tuple[str, str]:
    """What stands before and after a sequence in JSON, which is never held whole."""
    told = {"alphabet": given["alphabet"], "order": given["order"], "sequence": ""}
    whole = json.dumps(told, ensure_ascii=False)
    return whole[:-2], whole[-2:]


def _double(given: dict[str, Any], linear: bool) -> list[str]:
    """The sequence for both strands; tells its length and the bound."""
    from bioloom.debruijn.strands import both_strands

    if given["method"] != "least" or sorted(given["alphabet"]) != sorted("ACGT"):
        alone = "--both-strands is for --alphabet ACGT and has no --method."
        raise click.UsageError(alone)
    made = both_strands(given["order"])
    more = given["order"] - 1 if linear else 0
    click.echo(
        f"{len(made.codes) + more} letters; none has fewer than "
        f"{made.lower_bound + more}; one strand: {4 ** given['order'] + more}",
        err=True,
    )
    return [made.text]


@debruijn.command()
@_word_options()
@json_option
def count(alphabet: str, order: int) -> None:
    """Print how many cyclic sequences there are: (k!)^(k^(n-1)) / k^n.

    \b
    Example:
      bioloom debruijn count --alphabet 01 --order 5
    """
    from bioloom.debruijn.counting import count_sequences
    from bioloom.debruijn.data import Words

    n = count_sequences(Words(alphabet, order))
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
def locate(word: str | None, alphabet: str, place: int | None, **given: Any) -> None:
    """Print where WORD lies in the cyclic sequence, counted from 0.

    In the least sequence the place is computed and the sequence never built, so that
    the order may be large; of the others the sequence is made and searched.

    \b
    Examples:
      bioloom debruijn locate ACGTACGTACGTACGTACGT --alphabet ACGT
      bioloom debruijn locate --at 1000000 --alphabet ACGT --order 20
    """
    from bioloom.debruijn.data import Words
    from bioloom.debruijn.ranking import window_at
    from bioloom.debruijn.search import place_of

    if (word is None) == (place is None):
        one = "Give a WORD or --at, one of them."
        raise click.UsageError(one)
    if place is not None and (given["method"] != "least" or given["order"] is None):
        least = "--at is for --method least and needs --order."
        raise click.UsageError(least)
    order = given["order"] if given["order"] is not None else len(word or "")
    words = Words(alphabet, order)
    if place is not None and place >= words.n_words:
        beyond = f"--at {place}: the sequence has places 0 to {words.n_words - 1}."
        raise click.UsageError(beyond)
    if word is not None:
        place = place_of(words, word, given["method"], rng_seed=given["rng_seed"])
        text = str(place)
    else:
        word = text = window_at(words, place or 0)
    tell(text, alphabet=alphabet, order=order, word=word, place=place)


@debruijn.command()
@_word_options(order=2)
@_method_options
@click.option("--compare", default="", help="A text: is it another solution?")
@output_options
def explain(form: str, out: Path, compare: str, **given: Any) -> None:
    """Show the turning wheel: nodes, edges, the walk, the window at each turn.

    \b
    Examples:
      bioloom debruijn explain --compare 0110
      bioloom debruijn explain --alphabet ACGT --order 2 --format markdown
    """
    from bioloom.debruijn.explaining import explain as explained

    write_explanation(explained(_walk(given), other=compare), form, out)


@debruijn.command()
@_word_options(order=2)
@_method_options
@click.option(
    "--out", type=FOLDER, default=".", show_default=True, help="Folder to write into."
)
@json_option
def draw(out: Path, **given: Any) -> None:
    """Draw the graph with the walk numbered, and the wheel, as PNG and SVG.

    \b
    Example:
      bioloom debruijn draw --alphabet 01 --order 3 --out wheel
    """
    from bioloom.debruijn.figures import graph_figure, wheel_figure
    from bioloom.draw import save

    shown = _walk(given)
    stems = [out / f"debruijn_{name}" for name in ("graph", "wheel")]
    for stem, figure in zip(stems, (graph_figure, wheel_figure), strict=True):
        save(figure(shown), stem)
    tell_written(*picture_files(*stems))


def _walk(given: dict[str, Any]) -> Any:
    from bioloom.debruijn.data import Words
    from bioloom.debruijn.result import walk

    words = Words(given["alphabet"], given["order"])
    return walk(words, given["method"], rng_seed=given["rng_seed"])


def _read_options(command: Any) -> Any:
    """Options of the commands that read sequences and write a run folder."""
    for option in (
        click.option("--force", is_flag=True, help="Replace a finished run folder."),
        click.option("--out", type=FOLDER, required=True, help="Run folder to write."),
        click.option(
            "--memory-mb",
            type=click.IntRange(min=50),
            default=1000,
            show_default=True,
            help="For counting; more goes to disk.",
        ),
        click.option(
            "--k",
            type=int,
            default=31,
            show_default=True,
            help="Length of a k-mer: odd, up to 31.",
        ),
        click.argument("reads", type=PATH, nargs=-1, required=True),
    ):
        command = option(command)
    return command


@debruijn.command()
@_read_options
@click.option(
    "--min-count",
    type=COUNT,
    default=2,
    show_default=True,
    help="Leave out k-mers seen less often; 1 for genomes.",
)
@json_option
def graph(reads: tuple[Path, ...], k: int, out: Path, **given: Any) -> None:
    """Count the k-mers of READS and compact their De Bruijn graph into unitigs.

    READS are FASTA or FASTQ, plain or gzip; - is standard input. Written are graph.gfa
    (GFA 1), unitigs.fa, tables, and a plot of the k-mer spectrum.

    \b
    Examples:
      bioloom debruijn graph reads_1.fq.gz reads_2.fq.gz --k 31 --out graph
      bioloom debruijn graph genome.fa.gz --k 21 --min-count 1 --out genome_graph
    """
    from dataclasses import asdict

    from bioloom.debruijn.outputs import run_graph
    from bioloom.report.debruijn import write_report

    with progress_bar() as show:
        shape = run_graph(
            reads,
            k,
            out=out,
            min_count=given["min_count"],
            memory_mb=given["memory_mb"],
            force=given["force"],
            report=write_report,
            on_step=show,
        )
    tell(
        f"{counted(shape.n_edges, 'k-mer')}, {counted(shape.n_unitigs, 'unitig')} "
        f"(N50 {shape.n50}), {counted(shape.n_links, 'link')}, "
        f"{counted(shape.n_tips, 'tip')}, {counted(shape.n_bubbles, 'bubble')}, "
        f"{counted(shape.n_components, 'component')}; written: {out}",
        **asdict(shape),
        written=out,
    )


@debruijn.command()
@_read_options
@click.option("--min-count", type=COUNT, help="Default: where the k-mer spectrum says.")
@click.option("--min-length", type=COUNT, help="Of a contig, bases; default: 2 k.")
@click.option("--reference", type=PATH, help="FASTA that the contigs are judged by.")
@json_option
def assemble(reads: tuple[Path, ...], k: int, out: Path, **given: Any) -> None:
    """Assemble READS into contigs: tips clipped, bubbles popped, the only walk taken.

    \b
    Examples:
      bioloom debruijn assemble reads.fq.gz --k 31 --out assembled
      bioloom debruijn assemble reads.fq.gz --reference genome.fa.gz --out assembled
    """
    from bioloom.debruijn.outputs import AssemblySettings, run_assembly
    from bioloom.report.debruijn import write_report

    settings = AssemblySettings(
        k=k,
        min_count=given["min_count"],
        min_length=given["min_length"],
        memory_mb=given["memory_mb"],
    )
    with progress_bar() as show:
        found, check = run_assembly(
            reads,
            settings,
            out=out,
            reference=given["reference"],
            force=given["force"],
            report=write_report,
            on_step=show,
        )
    _tell_assembly(found, check, out)


def _tell_assembly(found: Any, check: Any, out: Path) -> None:
    total = sum(len(one.codes) for one in found.contigs)
    text = (
        f"{counted(len(found.contigs), 'contig')}, {total} bases, N50 {found.n50}, of "
        f"k-mers seen {counted(found.min_count, 'time')} or more; written: {out}"
    )
    facts = {"n_contigs": len(found.contigs), "n_bases": total, "n50": found.n50}
    facts |= {"min_count": found.min_count, "written": out}
    if check:
        text += (
            f"\n{check.recovered:.4%} of the reference recovered, {check.n_errors} "
            f"errors, {check.n_breaks} breaks"
        )
        facts |= {"recovered": check.recovered, "n_errors": check.n_errors}
        facts |= {"n_breaks": check.n_breaks}
    tell(text, **facts)
