"""Defaults that commands and functions of the room share."""

TOLERANCE = 0.02
"""How much worse than the best hypothesis the chosen one may be."""

FAILURE_PROB = 0.05
"""Probability that a guarantee or an interval fails."""

N_DRAWS = 10_000
"""Training sets that a simulation draws."""
