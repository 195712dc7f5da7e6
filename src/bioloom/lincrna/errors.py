"""Errors of the lincRNA room."""

from pathlib import Path

from bioloom.errors import BadInput, BioloomError


class BadSampleSheet(BadInput):
    """A sample sheet has a wrong, missing or unknown entry."""


class BadVotes(BadInput):
    """Results of another coding-potential program cannot be used."""


class BadDesign(BadInput):
    """A comparison cannot be made with these samples."""


class NoReads(BioloomError, ValueError):
    """A sample has no reads, or none that can be used."""

    def __init__(self, sample: str, *, path: str | Path, stage: str) -> None:
        self.sample, self.path, self.stage = sample, Path(path), stage
        super().__init__(
            f"sample {sample}: {path}: found no reads {stage}, expected at least one. "
            "Remove the sample from the sample sheet or give the right file."
        )


class NoCells(BioloomError, ValueError):
    """No barcode of a droplet sample stands out as a cell."""

    def __init__(self, sample: str, *, n_barcodes: int, n_reads: int) -> None:
        self.sample, self.n_barcodes, self.n_reads = sample, n_barcodes, n_reads
        super().__init__(
            f"sample {sample}: found {n_barcodes} barcodes in {n_reads} reads and none "
            "above the knee, expected cells with many more reads than the rest. Set "
            "cells.n_cells to the number of cells, or give the right files."
        )


class NothingAssembled(BioloomError, ValueError):
    """No sample has an assembled transcript."""

    def __init__(self, n_samples: int) -> None:
        self.n_samples = n_samples
        super().__init__(
            f"assembly: found no transcript in any of {n_samples} samples, expected at "
            "least one. Look at the mapping rates (aligned/*.summary.txt): too few "
            "reads map, or assembly.min_coverage is too high."
        )


class StrandnessMismatch(BioloomError, ValueError):
    """The stated strandness of a sample contradicts its reads.

    Parameters
    ----------
    sample
        Name of the sample.
    stated, inferred
        "forward", "reverse" or "unstranded".
    n_sense, n_antisense
        Read counts on annotated exons.
    advice
        What to do, if not to correct the strandness.
    """

    def __init__(
        self,
        sample: str,
        *,
        stated: str,
        inferred: str,
        n_sense: int,
        n_antisense: int,
        advice: str = "",
    ) -> None:
        self.sample, self.stated, self.inferred = sample, stated, inferred
        self.n_sense, self.n_antisense = n_sense, n_antisense
        total = max(1, n_sense + n_antisense)
        super().__init__(
            f"sample {sample}: found {n_sense} sense reads ({n_sense / total:.1%}) and "
            f"{n_antisense} antisense reads ({n_antisense / total:.1%}) on annotated "
            f"exons, which is {inferred}; expected {stated} as the sample sheet says. "
            + (
                advice
                or f"Set strandness of {sample} to {inferred} (or auto) and run again."
            )
        )


class NoSuchSequence(BioloomError, RuntimeError):
    """No random draw met what a simulated sequence must meet.

    Parameters
    ----------
    longest_orf_aa
        The longest ORF that the sequence should have had, aa.
    tries
        How many were drawn.
    """

    def __init__(self, *, longest_orf_aa: int, tries: int) -> None:
        self.longest_orf_aa, self.tries = longest_orf_aa, tries
        super().__init__(
            f"simulation: found no RNA in {tries} draws, expected one with a longest "
            f"ORF of {longest_orf_aa} aa. Choose another rng_seed."
        )
