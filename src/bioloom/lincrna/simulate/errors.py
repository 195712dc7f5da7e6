"""What can go wrong while a simulation is drawn."""

from bioloom.errors import BioloomError


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
