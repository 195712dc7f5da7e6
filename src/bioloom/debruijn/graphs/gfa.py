"""Unitigs as GFA 1 and FASTA."""

from collections.abc import Iterator
from pathlib import Path

from bioloom.debruijn.graphs.colours import Colours
from bioloom.debruijn.graphs.shape import links
from bioloom.debruijn.graphs.unitigs import UnitigGraph
from bioloom.run.output import open_aside
from bioloom.seq.fasta import Record, write_fasta


def name_of(unitig: int) -> str:
    """Name of a unitig, counted from 1."""
    return str(unitig + 1)


def oriented_name(oriented: int) -> str:
    """Name with its orientation, as in ``12+``."""
    return name_of(oriented >> 1) + sign_of(oriented)


def sign_of(oriented: int) -> str:
    """Plus, or minus for a reverse complement."""
    return "+-"[oriented & 1]


def write_gfa(
    path: str | Path, graph: UnitigGraph, colours: Colours | None = None
) -> None:
    """Write unitigs and links as GFA 1.

    Segments have the tags LN (bases), KC (sum of the k-mers' counts) and km (their
    mean); links overlap by k - 1 bases. With several samples the header names them
    (sn), and each segment has the number of its k-mers that each sample has (kn) and
    the sum of their counts in it (ks), in this order.

    References
    ----------
    GFA specification 1.0, https://gfa-spec.github.io/GFA-spec/GFA1.html
    """
    with open_aside(path) as stream:
        names = f"\tsn:Z:{','.join(colours.names)}" if colours else ""
        stream.write(f"H\tVN:Z:1.0{names}\n")
        for unitig in range(graph.n_unitigs):
            tags = "\t".join([*_tags(graph, unitig), *_colour_tags(colours, unitig)])
            stream.write(f"S\t{name_of(unitig)}\t{graph.sequence(unitig)}\t{tags}\n")
        for link in links(graph).tolist():
            before, after = (f"{name_of(x >> 1)}\t{sign_of(x)}" for x in link)
            stream.write(f"L\t{before}\t{after}\t{graph.k - 1}M\n")


def write_unitigs(path: str | Path, graph: UnitigGraph) -> None:
    """Write unitigs as FASTA, with the same tags in their descriptions."""
    write_fasta(path, _records(graph))


def _records(graph: UnitigGraph) -> Iterator[Record]:
    for unitig in range(graph.n_unitigs):
        description = " ".join(_tags(graph, unitig))
        yield Record(name_of(unitig), graph.sequence(unitig), description)


def _colour_tags(colours: Colours | None, unitig: int) -> Iterator[str]:
    if colours:
        for tag, numbers in (("kn", colours.n_kmers), ("ks", colours.sums)):
            yield f"{tag}:B:I,{','.join(map(str, numbers[:, unitig].tolist()))}"


def _tags(graph: UnitigGraph, unitig: int) -> tuple[str, ...]:
    total, n_kmers = int(graph.sums[unitig]), int(graph.n_kmers[unitig])
    mean = f"km:f:{total / n_kmers:.2f}"
    return f"LN:i:{int(graph.lengths[unitig])}", f"KC:i:{total}", mean
