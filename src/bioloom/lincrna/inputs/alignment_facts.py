"""What is stored of the alignments that a sample was given as."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlignmentFacts:
    """What became of the alignments that a sample was given as.

    Parameters
    ----------
    origin
        File, its format and the aligner that its header names.
    note
        What was done with them or is not known of them; empty if nothing.
    """

    origin: str
    note: str
