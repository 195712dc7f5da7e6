"""Errors of the miRNA room."""

from bioloom.errors import BadInput, BioloomError


class BadMirna(BadInput):
    """The input given as miRNAs or as targets is something else."""


class FitFailed(BioloomError, RuntimeError):
    """No extreme-value law fits a miRNA's best energies on random targets."""

    def __init__(self, mirna: str, *, n_targets: int, n_tail: int) -> None:
        self.mirna, self.n_targets, self.n_tail = mirna, n_targets, n_tail
        super().__init__(
            f"{mirna}: found {n_tail} usable best energies on {n_targets} random "
            "targets, expected enough to fit an extreme-value law. Take more or longer "
            "random targets (--samples), a weaker rule on the seed, or leave p-values "
            "out (--p-values none)."
        )


class NoSite(BioloomError, ValueError):
    """There is no such site to show."""

    def __init__(self, mirna: str, target: str) -> None:
        self.mirna, self.target = mirna, target
        super().__init__(
            f"{target}: found no such site of {mirna}, expected one to draw. Ask for "
            "an earlier --site, a weaker --max-mfe or another --seed-region."
        )


class NoLaws(BioloomError, ValueError):
    """There are no p-values, and what was asked for is made of them."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"joint p-values: found {reason or 'no p-values'}, expected p-values of "
            "each target. Give more targets, or a preset (--p-values 3utr_fly)."
        )
