"""Alignment of translated segments with proteins: DIAMOND, MMseqs2, or phmmer.

Each is called so that what it says of a segment does not depend on which others are
searched with it, nor on the number of threads.

References
----------
Buchfink B. et al. (2021) Nat Methods 18:366. doi:10.1038/s41592-021-01101-x
Steinegger M., Söding J. (2017) Nat Biotechnol 35:1026. doi:10.1038/nbt.3988
Eddy S.R. (2011) PLoS Comput Biol 7:e1002195. doi:10.1371/journal.pcbi.1002195
"""

import csv
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, cast

from bioloom.lincrna.settings import HomologyTool
from bioloom.lincrna.verdict.proteins import ProteinFile
from bioloom.run.external import OPTIONAL_TOOLS, call, find, require_packages, version
from bioloom.run.progress import OnStep, silent
from bioloom.seq.fasta import Record, write_fasta

if TYPE_CHECKING:
    from pyhmmer.easel import DigitalSequence, DigitalSequenceBlock
    from pyhmmer.plan7 import Domain, TopHits

MAX_PROTEINS = 100
"""Proteins shown for each segment, the most similar ones."""
SAMPLE = 24  # segments timed to say beforehand what phmmer will take
_PROGRAMS: tuple[HomologyTool, ...] = ("diamond", "mmseqs")  # the first there is


class Alignment(NamedTuple):
    """One segment aligned with one protein, both by their number.

    `evalue` counts one segment against all proteins; `identity` is the fraction of
    aligned positions with one amino acid; spans are half-open, amino acids.
    """

    segment: int
    protein: int
    evalue: float
    score_bits: float
    identity: float
    start_aa: int
    end_aa: int
    protein_start: int
    protein_end: int


@dataclass(frozen=True, slots=True)
class SearchTool:
    """The program that compares segments with proteins, and its version."""

    name: HomologyTool
    version: str

    @property
    def title(self) -> str:
        """Name and version.

        Examples
        --------
        >>> SearchTool("diamond", "2.1.3").title
        'DIAMOND 2.1.3'
        """
        names = {"diamond": "DIAMOND", "mmseqs": "MMseqs2", "phmmer": "phmmer, pyhmmer"}
        return f"{names[self.name]} {self.version}"

    def align(
        self,
        segments: Sequence[str],
        proteins: ProteinFile,
        *,
        max_evalue: float,
        threads: int = 1,
        on_step: OnStep = silent,
    ) -> Iterator[Alignment]:
        """Alignments of up to an E-value, in no order.

        Parameters
        ----------
        segments
            Translated, at least one.
        proteins
            To compare them with.
        max_evalue
            Largest E-value.
        threads
            Processors to use.
        on_step
            Called as segments are done.

        Raises
        ------
        ToolFailed
            If the program fails; holds its message.
        """
        job = _Job(segments, proteins, max_evalue, threads, on_step)
        yield from _ALIGN[self.name](job)

    def estimated_cpu_s(self, segments: Sequence[str], proteins: ProteinFile) -> float:
        """CPU time that phmmer will take, from a few of the segments; 0 for others."""
        if self.name != "phmmer" or not segments:
            return 0.0
        some = segments[:: -(-len(segments) // SAMPLE)]
        block = _digital(proteins.sequences())
        begin = time.thread_time()
        for _ in _phmmer_hits(some, block, max_evalue=1.0, threads=1):
            pass
        return (time.thread_time() - begin) / len(some) * len(segments)


def chosen_tool(asked: HomologyTool) -> SearchTool:
    """The program that a setting asks for; "auto" takes the first that is there.

    Raises
    ------
    ToolMissing, PackageMissing
        If the one that is asked for is not installed.
    """
    if asked == "auto":
        asked = next((name for name in _PROGRAMS if shutil.which(name)), "phmmer")
    if asked == "phmmer":
        require_packages("pyhmmer", extra="lincrna")
        return SearchTool(asked, metadata.version("pyhmmer"))
    find(asked)
    [tool] = [each for each in OPTIONAL_TOOLS if each.name == asked]
    return SearchTool(asked, version(tool))


class _Job(NamedTuple):
    segments: Sequence[str]
    proteins: ProteinFile
    max_evalue: float
    threads: int
    on_step: OnStep


def _by_diamond(job: _Job) -> Iterator[Alignment]:
    """DIAMOND, its seeds looked up in one way whatever the number of segments."""
    columns = "qseqid sseqid evalue bitscore pident qstart qend sstart send"
    # warnings are errors otherwise: letters such as in poly-glycine look like DNA
    threads = ["--threads", str(job.threads), "--quiet", "--ignore-warnings"]
    with TemporaryDirectory(prefix="bioloom-") as name:
        folder = Path(name)
        _write_numbered(folder / "segments.fa", job.segments)
        _write_numbered(folder / "proteins.fa", job.proteins.sequences())
        call(
            [
                *("diamond", "blastp", "--very-sensitive", "--algo", "0"),
                *("--query", str(folder / "segments.fa")),
                *("--db", str(folder / "proteins.fa")),
                *("--out", str(folder / "hits.tsv")),
                *("--outfmt", "6", *columns.split()),
                *("--evalue", str(job.max_evalue), "--max-hsps", "0"),
                *("--max-target-seqs", str(MAX_PROTEINS), "--tmpdir", name),
                *threads,
            ]
        )
        yield from _read_hits(folder / "hits.tsv", identical=0.01)


def _by_mmseqs(job: _Job) -> Iterator[Alignment]:
    """MMseqs2, told that the letters are amino acids: it would guess."""
    columns = "query,target,evalue,bits,fident,qstart,qend,tstart,tend"
    threads = ["--threads", str(job.threads), "-v", "1"]
    with TemporaryDirectory(prefix="bioloom-") as name:
        folder = Path(name)
        _write_numbered(folder / "segments.fa", job.segments)
        _write_numbered(folder / "proteins.fa", job.proteins.sequences())
        segments, proteins, found = (
            str(folder / each) for each in ("segments", "proteins", "found")
        )
        for database in (segments, proteins):
            make = ["mmseqs", "createdb", f"{database}.fa", database]
            call([*make, "--dbtype", "1", "-v", "1"])
        # without mode 3 it guesses the identity from the score
        limits = ["-e", str(job.max_evalue), "--alignment-mode", "3"]
        places = [segments, proteins, found]
        call(["mmseqs", "search", *places, f"{name}/tmp", *limits, *threads])
        table = ["mmseqs", "convertalis", *places, f"{name}/hits.tsv"]
        call([*table, "--format-output", columns, *threads])
        yield from _read_hits(folder / "hits.tsv", identical=1.0)


def _by_phmmer(job: _Job) -> Iterator[Alignment]:
    block = _digital(job.proteins.sequences())
    results = _phmmer_hits(
        job.segments, block, max_evalue=job.max_evalue, threads=job.threads
    )
    for number, hits in enumerate(results):
        for hit in hits:
            for domain in hit.domains:
                if domain.i_evalue <= job.max_evalue:
                    yield _of_domain(number, int(hit.name), domain)
        job.on_step("", number + 1, len(job.segments))


def _phmmer_hits(
    segments: Sequence[str],
    block: "DigitalSequenceBlock",
    *,
    max_evalue: float,
    threads: int,
) -> "Iterator[TopHits]":
    """Hits of each segment, in order; E-values count all proteins."""
    import pyhmmer

    yield from pyhmmer.phmmer(
        _digital(segments),
        cast("Iterable[DigitalSequence]", block),
        cpus=threads,
        Z=len(block),
        domZ=len(block),
        E=max_evalue,
        domE=max_evalue,
    )


def _digital(sequences: Iterable[str]) -> "DigitalSequenceBlock":
    """Proteins named by their number, as pyhmmer wants them."""
    from pyhmmer.easel import Alphabet, DigitalSequenceBlock, TextSequence

    alphabet = Alphabet.amino()
    return DigitalSequenceBlock(
        alphabet,
        [
            TextSequence(name=str(number), sequence=sequence).digitize(alphabet)
            for number, sequence in enumerate(sequences)
        ],
    )


def _of_domain(segment: int, protein: int, domain: "Domain") -> Alignment:
    found = domain.alignment
    pairs = list(zip(found.hmm_sequence, found.target_sequence, strict=True))
    n_same = sum(a.upper() == b.upper() for a, b in pairs)
    return Alignment(
        segment,
        protein,
        evalue=float(domain.i_evalue),
        score_bits=round(float(domain.score), 2),
        identity=n_same / len(pairs),
        start_aa=found.hmm_from - 1,
        end_aa=found.hmm_to,
        protein_start=found.target_from - 1,
        protein_end=found.target_to,
    )


_ALIGN: Mapping[str, Callable[[_Job], Iterator[Alignment]]] = MappingProxyType(
    {"diamond": _by_diamond, "mmseqs": _by_mmseqs, "phmmer": _by_phmmer}
)


def _write_numbered(path: Path, sequences: Iterable[str]) -> None:
    records = (Record(str(number), each) for number, each in enumerate(sequences))
    write_fasta(path, records)


def _read_hits(path: Path, *, identical: float) -> Iterator[Alignment]:
    """Rows of a program's table; `identical` is what one unit of identity is worth."""
    with path.open(encoding="ascii", newline="") as stream:
        for row in csv.reader(stream, delimiter="\t"):
            start, end, protein_start, protein_end = map(int, row[5:])
            yield Alignment(
                int(row[0]),
                int(row[1]),
                evalue=float(row[2]),
                score_bits=float(row[3]),
                identity=round(float(row[4]) * identical, 4),
                start_aa=start - 1,
                end_aa=end,
                protein_start=protein_start - 1,
                protein_end=protein_end,
            )
