"""Expression of transcripts per sample: of StringTie or Salmon, or a table."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from bioloom.errors import BadTable, MissingFile
from bioloom.genome.gtf import is_gtf, parse_attributes
from bioloom.genome.transcript import Span, Transcript
from bioloom.run.output import open_text
from bioloom.run.table_reader import read_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Abundance:
    """Expression of one transcript in one sample.

    Parameters
    ----------
    tpm
        Transcripts per million.
    coverage
        Mean number of reads over each base; 0 of Salmon.
    counted
        Reads, or pairs, as Salmon estimates them; None of StringTie.
    """

    tpm: float
    coverage: float
    counted: float | None = None

    def n_reads(self, length_nt: int, read_length_nt: float | None) -> float:
        """Estimated read count: coverage × length / read length, rounded up.

        The rule of StringTie's own prepDE script, given the mean length of the reads;
        mates count apart. A long read (length None) covers the transcript that it is
        from, whatever the lengths of others: then the count is the coverage. What
        Salmon counted is no whole number: it is rounded where it is reported, so that
        the sum of a gene's isoforms is not one of rounded parts.
        """
        if self.counted is not None:
            return self.counted
        if read_length_nt is None:
            return ceil(self.coverage)
        return ceil(self.coverage * length_nt / read_length_nt)


Quantifier = Literal["stringtie", "salmon"]
_SALMON = ".sf"
_SALMON_COLUMNS = ("Name", "Length", "EffectiveLength", "TPM", "NumReads")


def quantified_path(working: Path, sample: str, quantifier: Quantifier) -> Path:
    """Where a run keeps what a program measured of a sample."""
    ending = _SALMON if quantifier == "salmon" else ".gtf"
    return working / f"quantified/{sample}{ending}"


def quantifier_name(quantified: Iterable[Path]) -> str:
    """Name of the program that wrote these files."""
    by_salmon = any(path.suffix == _SALMON for path in quantified)
    return "Salmon" if by_salmon else "StringTie"


def read_abundances(path: Path) -> dict[str, Abundance]:
    """Abundance by transcript_id in the output of ``stringtie -e`` or Salmon."""
    return _of_stringtie(path) if is_gtf(path) else _of_salmon(path)


def _of_salmon(table: Path) -> dict[str, Abundance]:
    with open_text(table) as stream:
        next(stream, "")
        rows = (line.rstrip("\n").split("\t") for line in stream)
        return {
            name: Abundance(float(tpm), 0.0, float(counted))
            for name, _, _, tpm, counted in rows
        }


def _of_stringtie(gtf: Path) -> dict[str, Abundance]:
    abundances = {}
    with open_text(gtf) as stream:
        for line in stream:
            if "\ttranscript\t" in line:
                attributes = parse_attributes(line.split("\t")[8])
                coverage = float(attributes.get("cov", 0))
                tpm = float(attributes.get("TPM", 0))
                abundances[attributes["transcript_id"]] = Abundance(tpm, coverage)
    return abundances


class ExpressionFrames(NamedTuple):
    """Expression, one row per transcript, one column per sample.

    `n_unmeasured` of the transcripts asked for are missing from the output of a sample,
    `n_unlisted` of those in the output were not asked for.
    """

    tpm: "pd.DataFrame"
    counts: "pd.DataFrame"
    n_unmeasured: int = 0
    n_unlisted: int = 0


def expression_frames(
    quantified: Mapping[str, Path],
    *,
    read_lengths_nt: Mapping[str, float | None],
    lengths_nt: Mapping[str, int],
) -> ExpressionFrames:
    """TPM and read counts, one row per transcript, one column per sample.

    Parameters
    ----------
    quantified
        Output of ``stringtie -e`` or Salmon, by sample.
    read_lengths_nt
        Mean read length by sample, nt; None of long reads.
    lengths_nt
        Spliced length of the transcripts to report, nt; others are left out.
    """
    import pandas as pd

    names = lengths_nt.keys()
    tpm = pd.DataFrame({"transcript_id": [*names]})
    counts = tpm.copy()
    none = Abundance(0.0, 0.0)
    unmeasured, unlisted = set[str](), set[str]()
    for sample, gtf in quantified.items():
        abundances = read_abundances(gtf)
        unmeasured |= names - abundances.keys()
        unlisted |= abundances.keys() - names
        rows = [abundances.get(name, none) for name in names]
        tpm[sample] = [row.tpm for row in rows]
        counts[sample] = [
            row.n_reads(lengths_nt[name], read_lengths_nt[sample])
            for row, name in zip(rows, names, strict=True)
        ]
    return ExpressionFrames(tpm, counts, len(unmeasured), len(unlisted))


class Intron(NamedTuple):
    """An intron of a genome: half-open, 0-based, whatever its strand."""

    chrom: str
    span: Span


@dataclass(frozen=True, slots=True)
class Expressed:
    """Expression of one transcript in the samples of a run.

    Parameters
    ----------
    tpm
        Transcripts per million, by sample, in the order of the samples.
    weakest_junction
        Reads over the junction with the fewest, all samples together; None without
        introns, or where junctions were not counted.
    """

    tpm: tuple[float, ...]
    weakest_junction: int | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """Expression of the transcripts of a run.

    Parameters
    ----------
    samples
        Their names.
    tpm
        By transcript_id, one number per sample.
    junctions
        Uniquely mapped reads over each intron, all samples together; None where they
        were not counted.
    droplets
        Samples that are cells or nuclei.
    """

    samples: tuple[str, ...]
    tpm: Mapping[str, tuple[float, ...]]
    junctions: Mapping[Intron, int] | None = None
    droplets: frozenset[str] = frozenset()

    def of(self, tx: Transcript) -> Expressed:
        """Expression of a transcript; none where it was not measured.

        Droplet reads come from 3' ends, few of them over a junction: a transcript that
        only droplet samples express is not asked for junction reads.
        """
        tpm = self.tpm.get(tx.transcript_id, (0.0,) * len(self.samples))
        is_in_bulk = any(
            value > 0 and sample not in self.droplets
            for sample, value in zip(self.samples, tpm, strict=True)
        )
        if self.junctions is None or not tx.is_spliced or not is_in_bulk:
            return Expressed(tpm)
        reads = (self.junctions.get(Intron(tx.chrom, span), 0) for span in tx.introns)
        return Expressed(tpm, min(reads))


def measured_expression(
    quantified: Mapping[str, Path],
    junctions: Mapping[str, Path] | None = None,
    *,
    droplets: frozenset[str] = frozenset(),
) -> Expression:
    """Expression as a run measured it.

    Parameters
    ----------
    quantified
        Output of ``stringtie -e`` or Salmon, by sample.
    junctions
        StringTie's ``i_data.ctab`` (option ``-b``), by sample; None where there are
        none.
    droplets
        Samples that are cells or nuclei.
    """
    by_sample = [read_abundances(path) for path in quantified.values()]
    names = dict.fromkeys(name for abundances in by_sample for name in abundances)
    none = Abundance(0.0, 0.0)
    tpm = {
        name: tuple(abundances.get(name, none).tpm for abundances in by_sample)
        for name in names
    }
    counted = _junction_reads(junctions.values()) if junctions else None
    return Expression(tuple(quantified), tpm, counted, droplets)


def _junction_reads(paths: Iterable[Path]) -> Mapping[Intron, int]:
    """Uniquely mapped reads over each intron, from tables of ``stringtie -b``."""
    reads: Counter[Intron] = Counter()
    for path in paths:
        with open_text(path) as stream:
            next(stream, "")
            for line in stream:
                _, chrom, _, first, last, _, n_unique, *_ = line.split("\t")
                reads[Intron(chrom, (int(first) - 1, int(last)))] += int(n_unique)
    return reads


def read_expression(paths: Sequence[Path]) -> Expression:
    """Expression from the user's files.

    Parameters
    ----------
    paths
        Tables of TPM (CSV or TSV: the first column names the transcript, the others
        are samples), GTF of StringTie, whose samples are named by their files, or
        Salmon's quant.sf, whose samples are named by their folders.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadTable
        If an entry is not a number, or two samples have one name.
    """
    parts = [_of_file(path) for path in paths]
    samples = [name for part in parts for name in part.samples]
    if len(set(samples)) < len(samples):
        raise BadTable(
            where=", ".join(map(str, paths)),
            found="a sample twice",
            expected="each sample once",
            advice="Give each file once, and name the columns by their samples.",
        )
    names = dict.fromkeys(name for part in parts for name in part.tpm)
    return Expression(
        tuple(samples),
        {
            name: sum(
                (part.tpm.get(name, (0.0,) * len(part.samples)) for part in parts), ()
            )
            for name in names
        },
    )


def _of_file(path: Path) -> Expression:
    if not path.is_file():
        raise MissingFile(path, role="expression")
    if not is_gtf(path) and not _is_salmon(path):
        return _tpm_table(path)
    name = path.name.partition(".gtf" if is_gtf(path) else _SALMON)[0]
    if name == "quant":  # each sample's is called that, in a folder of its own
        name = path.resolve().parent.name
    try:
        return measured_expression({name: path})
    except (ValueError, KeyError, IndexError) as problem:
        raise BadTable(
            where=path,
            found=f"a line that cannot be read ({problem})",
            expected="a whole table of Salmon, or GTF of `stringtie -e`",
            advice="Copy or make it again; it may have been cut off.",
        ) from None


def _is_salmon(path: Path) -> bool:
    """Whether a table is Salmon's own, whose columns are no samples."""
    if not path.is_file():
        return False
    with open_text(path) as stream:
        return tuple(next(stream, "").rstrip("\r\n").split("\t")) == _SALMON_COLUMNS


def _tpm_table(path: Path) -> Expression:
    frame = read_table(path, role="a table of TPM")
    name_column, *samples = map(str, frame.columns)
    values: list[list[float]] = []
    for sample in samples:
        try:
            values.append(frame[sample].fillna("0").astype(float).tolist())
        except ValueError as problem:
            raise BadTable(
                where=f"{path}: column {sample}",
                found=str(problem),
                expected="a transcript in the first column, TPM in all others",
                advice="Leave out columns that are not samples.",
            ) from None
    names = frame[name_column].astype(str).tolist()
    if twice := [name for name, n in Counter(names).items() if n > 1]:
        raise BadTable(
            where=f"{path}: column {name_column}",
            found=f"{twice[0]} more than once",
            expected="each transcript once",
            advice="Add its rows up, or leave all but one out.",
        )
    rows = zip(*values, strict=True) if values else ((),) * len(names)
    return Expression(tuple(samples), dict(zip(names, rows, strict=True)))
