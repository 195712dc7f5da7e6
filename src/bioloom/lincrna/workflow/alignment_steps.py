"""The step of the workflow for bulk samples that come as alignments."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bioloom.genome.sequence import Genome, contig_lengths
from bioloom.lincrna.alignments.taking import look_at, take_alignments
from bioloom.lincrna.alignments.tally import Tally
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.workflow.read_steps import write_json
from bioloom.run.external import require_packages
from bioloom.run.mistakes import Mistakes
from bioloom.run.output import write_text


def check_alignments(samples: Sequence[Sample], genome: Path) -> None:
    """Check the alignments of bulk samples before a run.

    Raises
    ------
    PackageMissing
        If pysam is not installed.
    BadInput, SeveralMistakes
        If a file cannot be used, or several.
    """
    files = [each.bam for each in samples if each.route == "alignments" and each.bam]
    if not files:
        return
    require_packages("pysam", extra="lincrna")
    contigs = contig_lengths(genome)
    mistakes = Mistakes()
    for file in files:
        with mistakes.gathered():
            look_at(file, contigs)
    mistakes.check()


def take_sample(sample: Sample, working: Path) -> None:
    """Take a bulk sample's alignments in place of reads.

    Writes ``aligned/SAMPLE.bam``, the facts on it, and what the steps from reads to
    alignments would have written.

    Raises
    ------
    BadInput
        If they cannot be used.
    """
    assert sample.bam is not None  # noqa: S101 (asked before)
    name = sample.name
    with Genome(working / "reference/genome.fa", cache=working / "reference") as genome:
        taken = take_alignments(sample.bam, working / f"aligned/{name}.bam", genome)
    for stage in ("raw", "trimmed"):
        stats = asdict(taken.tally.stats)
        write_json(working / f"reads/{name}.{stage}.json", stats)
    write_text(working / f"aligned/{name}.summary.txt", _summary(taken.tally))
    write_json(working / f"aligned/{name}.facts.json", asdict(taken.facts))


def _summary(tally: Tally) -> str:
    """A summary in HISAT2's form; without rates if no unmapped reads are there."""
    what = "pairs" if tally.n_paired else "reads"
    lines = ["Reads of the alignments given:", f"\tTotal {what}: {tally.n_reads}"]
    if tally.has_unmapped:
        once = 100 * tally.n_once / tally.n_reads
        how = "concordantly 1 time" if tally.n_paired else "1 time"
        mapped = 100 * tally.n_mapped / tally.n_ends
        lines += [
            f"\t\tAligned {how}: {tally.n_once} ({once:.2f}%)",
            f"\tOverall alignment rate: {mapped:.2f}%",
        ]
    return "".join(f"{line}\n" for line in lines)
