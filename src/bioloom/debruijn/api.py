"""Functions of `bioloom.debruijn`, the verbs of the command ``bioloom debruijn``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.debruijn.settings import AssemblySettings, GraphSettings
from bioloom.run.progress import progress_bar
from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bioloom.debruijn.graphs.assembly import Assembly
    from bioloom.debruijn.graphs.building import ReadGraph
    from bioloom.debruijn.graphs.reads import ReadSource
    from bioloom.debruijn.sequences.counting import SequenceCount
    from bioloom.debruijn.sequences.generate import Method
    from bioloom.debruijn.sequences.search import WordPlace
    from bioloom.debruijn.sequences.strands import DoubleSequence
    from bioloom.debruijn.sequences.walk import DeBruijnSequence, View
    from bioloom.explain import Explanation
    from bioloom.seq.sources import SequenceSource

_GRAPH, _ASSEMBLY = GraphSettings(), AssemblySettings()


def sequence(
    alphabet: str = "01",
    order: int = 2,
    *,
    method: Method = "least",
    both_strands: bool = False,
    rng_seed: int = RNG_SEED,
) -> DeBruijnSequence | DoubleSequence:
    """Build a cyclic sequence that contains each word exactly once.

    Parameters
    ----------
    alphabet
        Each letter once, in order.
    order
        Letters of a word.
    method
        "least" is the lexicographically least one; "euler" an Eulerian circuit of the
        De Bruijn graph; "random" is drawn uniformly from all sequences.
    both_strands
        Whether to build DNA that contains each word or its reverse complement; for the
        alphabet ACGT and without a method.
    rng_seed
        Seed of "random".

    Returns
    -------
    The sequence, as `text`; `linear` repeats its first letters at the end.

    Raises
    ------
    BadWords
        If alphabet or order cannot be used, the whole does not fit in memory, or
        `both_strands` does not go with the alphabet or the method.

    Notes
    -----
    The sequence is held in memory; ``bioloom debruijn sequence`` streams it.

    Examples
    --------
    >>> import bioloom as bl
    >>> bl.debruijn.sequence("01", 3).text
    '00010111'
    """
    from bioloom.debruijn.sequences.strands import double_sequence
    from bioloom.debruijn.sequences.walk import whole_sequence
    from bioloom.debruijn.sequences.words import Words

    if both_strands:
        return double_sequence(alphabet, order, method=method)
    return whole_sequence(Words(alphabet, order), method, rng_seed=rng_seed)


def count(alphabet: str = "01", order: int = 2) -> SequenceCount:
    """Count the cyclic sequences that contain each word once.

    Parameters
    ----------
    alphabet
        Each letter once.
    order
        Letters of a word.

    Returns
    -------
    The number, exact up to 4,000 digits.

    Raises
    ------
    BadWords
        If alphabet or order cannot be used.

    Examples
    --------
    >>> import bioloom as bl
    >>> str(bl.debruijn.count("01", 5))
    '2048'
    """
    from bioloom.debruijn.sequences.counting import count_sequences
    from bioloom.debruijn.sequences.words import Words

    return count_sequences(Words(alphabet, order))


def locate(
    word: str | None = None,
    *,
    alphabet: str = "01",
    order: int | None = None,
    at: int | None = None,
    method: Method = "least",
    rng_seed: int = RNG_SEED,
) -> WordPlace:
    """Find the place of a word in a cyclic sequence, or the word at a place.

    Parameters
    ----------
    word
        The word; or else give `at` and `order`.
    alphabet
        Each letter once, in order.
    order
        Letters of a word; by default the length of `word`.
    at
        Place, counted from 0; only for the method "least".
    method
        As for `sequence`. In the least sequence the place is computed and the sequence
        is never built, so that the order may be large.
    rng_seed
        Seed of "random".

    Returns
    -------
    The place (from 0) and the word that begins there.

    Raises
    ------
    BadWords
        If the word does not fit, both or neither of `word` and `at` are given, or there
        is no such place.

    Examples
    --------
    >>> import bioloom as bl
    >>> bl.debruijn.locate("11").place
    2
    """
    from bioloom.debruijn.sequences.search import word_and_place

    return word_and_place(
        word, at=at, alphabet=alphabet, order=order, method=method, rng_seed=rng_seed
    )


def explain(
    alphabet: str = "01",
    order: int = 2,
    *,
    method: Method = "least",
    compare: str = "",
    rng_seed: int = RNG_SEED,
) -> Explanation:
    """Explain a sequence by the turning wheel: nodes, edges, walk, windows.

    Parameters
    ----------
    alphabet, order, method, rng_seed
        As for `sequence`; at most 256 letters in all.
    compare
        Text that may be another solution, which is checked.

    Returns
    -------
    The working, turn by turn.

    Raises
    ------
    BadWords
        If alphabet or order cannot be used, or `compare` has another letter.

    Examples
    --------
    >>> import bioloom as bl
    >>> bl.debruijn.explain(compare="0110").steps[-1].verdict.text
    'the same cycle, rotated by 1: not a second solution'
    """
    from bioloom.debruijn.sequences.walk import walk
    from bioloom.debruijn.sequences.words import Words

    shown = walk(Words(alphabet, order), method, rng_seed=rng_seed)
    return shown.explain(compare=compare)


def draw(
    alphabet: str = "01",
    order: int = 2,
    *,
    view: View = "graph",
    method: Method = "least",
    rng_seed: int = RNG_SEED,
) -> Figure:
    """Draw the De Bruijn graph with the walk numbered, or the wheel.

    Parameters
    ----------
    alphabet, order, method, rng_seed
        As for `sequence`; at most 64 letters in all.
    view
        "graph" or "wheel".

    Returns
    -------
    The figure; `bioloom.draw.save` writes it.

    Raises
    ------
    BadWords
        If alphabet or order cannot be used, or there is too much to be drawn.

    Examples
    --------
    >>> import bioloom as bl
    >>> figure = bl.debruijn.draw("01", 2, view="wheel")
    >>> len(figure.axes)
    1
    """
    from bioloom.debruijn.sequences.walk import walk
    from bioloom.debruijn.sequences.words import Words

    return walk(Words(alphabet, order), method, rng_seed=rng_seed).plot(view)


def graph(
    reads: ReadSource | None = None,
    *,
    samples: Mapping[str, ReadSource] | None = None,
    k: int = _GRAPH.k,
    min_count: int = _GRAPH.min_count,
    max_count: int | None = _GRAPH.max_count,
    memory_mb: int = _GRAPH.memory_mb,
    progress: bool = False,
) -> ReadGraph:
    """Build the De Bruijn graph of reads, compacted into unitigs.

    Parameters
    ----------
    reads
        FASTA or FASTQ (a path or several, plain or gzip), texts, a dictionary of
        sequences, an open file, or records.
    samples
        Reads by sample, in place of `reads`: the graph is that of all together, and
        `colours` of the result says which sample has which unitig. Each is read twice.
    k
        Length of a k-mer: odd, 3 to 127.
    min_count
        k-mers with a lower count are left out; give 1 for genomes.
    max_count
        k-mers with a higher count are left out; by default, none.
    memory_mb
        Memory for counting k-mers; more goes to disk.
    progress
        Whether to show a bar.

    Returns
    -------
    Unitigs, spectrum and shape of the graph.

    Raises
    ------
    TypeError
        If neither reads nor samples are given, or both.
    MissingFile
        If a path leads to no file.
    BadFasta, BadFastq
        If a file cannot be read.
    BadKmers
        If k cannot be used, no read is long enough, `max_count` is below
        `min_count`, or a sample has a name that GFA cannot hold.

    Examples
    --------
    >>> import bioloom as bl
    >>> result = bl.debruijn.graph(["ACGTTGCATG", "ACGTTGGATC"], k=5, min_count=1)
    >>> result.to_frame()["length"].tolist()
    [6, 8, 6, 6]
    >>> samples = {"a": ["ACGTTGCATG"], "b": ["ACGTTGGATC"]}
    >>> bl.debruijn.graph(samples=samples, k=5, min_count=1).colours.has.tolist()
    [[True, False, True, True], [True, True, False, False]]
    """
    from bioloom.debruijn.graphs.building import coloured_graph_of, graph_of

    if (reads is None) == (samples is None):
        message = "Give reads, or samples."
        raise TypeError(message)
    settings = GraphSettings(
        k=k, min_count=min_count, max_count=max_count, memory_mb=memory_mb
    )
    with progress_bar(shown=progress) as on_step:
        if samples is not None:
            return coloured_graph_of(samples, settings, on_step=on_step)
        return graph_of(reads or [], settings, on_step=on_step)


def assemble(
    reads: ReadSource,
    *,
    k: int = _ASSEMBLY.k,
    min_count: int | None = _ASSEMBLY.min_count,
    min_length: int | None = _ASSEMBLY.min_length,
    memory_mb: int = _ASSEMBLY.memory_mb,
    reference: SequenceSource | Path | None = None,
    progress: bool = False,
) -> Assembly:
    """Assemble reads into contigs.

    Tips are clipped and bubbles popped; unitigs are joined where only one path exists.

    Parameters
    ----------
    reads
        As for `graph`.
    k
        Length of a k-mer: odd, 3 to 127.
    min_count
        k-mers with a lower count are treated as errors; by default, by the spectrum.
    min_length
        Length of the shortest contig; by default 2 k.
    memory_mb
        Memory for counting k-mers; more goes to disk.
    reference
        Sequences that the contigs are compared with.
    progress
        Whether to show a bar.

    Returns
    -------
    Contigs, the cleaned graph, and the comparison with the reference as `check`.

    Raises
    ------
    MissingFile, BadFasta, BadFastq, BadKmers
        As `graph`; also if the reference cannot be read or has no base.

    Examples
    --------
    >>> import bioloom as bl
    >>> genome = "ACGTTGCATGGACCATTAGC"
    >>> reads = [genome[i : i + 12] for i in range(9)]
    >>> bl.debruijn.assemble(reads, k=7, min_count=1).to_frame()["length"].tolist()
    [20]
    """
    from bioloom.debruijn.graphs.building import assembly_of

    settings = AssemblySettings(
        k=k, min_count=min_count, min_length=min_length, memory_mb=memory_mb
    )
    with progress_bar(shown=progress) as on_step:
        return assembly_of(reads, settings, reference=reference, on_step=on_step)
