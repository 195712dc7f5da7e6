"""Expression of transcripts per sample, as `stringtie -e` measured it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bioloom.genome.gtf import parse_attributes
from bioloom.run.output import open_text

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
        Mean number of reads over each base.
    """

    tpm: float
    coverage: float

    def n_reads(self, length_nt: int, read_length_nt: int) -> int:
        """Estimated read count: coverage × length / read length, rounded.

        As in StringTie's own prepDE script; mates count apart.
        """
        return round(self.coverage * length_nt / read_length_nt)


def read_abundances(gtf: Path) -> dict[str, Abundance]:
    """Abundance by transcript_id in the output of ``stringtie -e``."""
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
    """Expression, one row per transcript, one column per sample."""

    tpm: "pd.DataFrame"
    counts: "pd.DataFrame"


def expression_frames(
    quantified: Mapping[str, Path],
    *,
    read_lengths_nt: Mapping[str, int],
    lengths_nt: Mapping[str, int],
) -> ExpressionFrames:
    """TPM and read counts, one row per transcript, one column per sample.

    Parameters
    ----------
    quantified
        ``stringtie -e`` output by sample.
    read_lengths_nt
        Read length by sample, nt.
    lengths_nt
        Spliced length of the transcripts to report, nt; others are left out.
    """
    import pandas as pd

    names: Collection[str] = lengths_nt.keys()
    tpm = pd.DataFrame({"transcript_id": [*names]})
    counts = tpm.copy()
    none = Abundance(0.0, 0.0)
    for sample, gtf in quantified.items():
        abundances = read_abundances(gtf)
        rows = [abundances.get(name, none) for name in names]
        tpm[sample] = [row.tpm for row in rows]
        counts[sample] = [
            row.n_reads(lengths_nt[name], read_lengths_nt[sample])
            for row, name in zip(rows, names, strict=True)
        ]
    return ExpressionFrames(tpm, counts)
