"""Whether alignments were made on the genome of the run."""

from collections.abc import Mapping
from pathlib import Path

from bioloom.errors import BadInput

_PREFIX = "chr"


def check_contigs(
    bam: Path, theirs: Mapping[str, int], genome: Mapping[str, int]
) -> None:
    """Check that alignments and genome name the same chromosomes, of equal length.

    Either may have contigs that the other lacks, such as scaffolds or spike-ins.

    Parameters
    ----------
    bam
        The file, for messages.
    theirs, genome
        Bases of each contig, by name: in the header, and in the genome.

    Raises
    ------
    BadInput
        If the header lists no contig, none of the genome, or one of another length.
    """
    if not theirs:
        raise BadInput(
            where=bam,
            found="no contig in its header",
            expected="alignments to a genome",
            advice="Unaligned reads go in fastq_1 and fastq_2: samtools fastq.",
        )
    shared = theirs.keys() & genome.keys()
    if not shared:
        raise BadInput(
            where=bam,
            found=f"contigs {_first(theirs)}",
            expected=f"those of the genome: {_first(genome)}",
            advice=_how_to_rename(bam, theirs, genome),
        )
    odd = [name for name in theirs if name in shared and theirs[name] != genome[name]]
    if odd:
        name = odd[0]
        others = f" ({len(odd)} of {len(shared)} contigs differ)" if odd[1:] else ""
        raise BadInput(
            where=bam,
            found=f"contig {name} of {theirs[name]:,} nt{others}",
            expected=f"{genome[name]:,} nt, as in the genome",
            advice="Give the genome (its version, too) that the reads were aligned to.",
        )


def _first(names: Mapping[str, int]) -> str:
    shown = [repr(name) for name in [*names][:3]]
    return ", ".join(shown) + (", …" if len(names) > 3 else "")


def _how_to_rename(
    bam: Path, theirs: Mapping[str, int], genome: Mapping[str, int]
) -> str:
    """What mends the names, where only the prefix is another."""
    changes = {
        f"s/SN:/SN:{_PREFIX}/": {f"{_PREFIX}{name}": n for name, n in theirs.items()},
        f"s/SN:{_PREFIX}/SN:/": {
            name.removeprefix(_PREFIX): n for name, n in theirs.items()
        },
    }
    for change, renamed in changes.items():
        if renamed.items() & genome.items():
            return (
                f"Only the prefix {_PREFIX!r} differs: samtools reheader -c "
                f"'sed {change}' {bam.name} > renamed.{bam.name}"
            )
    return "Give the genome that the reads were aligned to."
