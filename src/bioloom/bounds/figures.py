"""Figures of sample sizes, simulations and reports."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bioloom.bounds.samples import Method, Promise, sample_sizes
from bioloom.draw import PALETTE, new_figure, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES: dict[Method, tuple[str, str]] = {
    "hoeffding": ("Hoeffding, union bound", PALETTE["blue"]),
    "serfling": ("Serfling, union bound", PALETTE["green"]),
    "hypergeometric": ("exact, union bound", PALETTE["red"]),
    "vc": ("Vapnik–Chervonenkis", PALETTE["purple"]),
    "held_out": ("one hypothesis, held-out test", PALETTE["grey"]),
}
_N_POINTS = 25


def sizes_figure(promise: Promise) -> "Figure":
    """Number of examples against epsilon, from a fifth of the wanted one to five."""
    factors = np.geomspace(0.2, 5, _N_POINTS)
    epsilons = [float(f"{promise.epsilon * one:.3g}") for one in factors]
    epsilons = [one for one in epsilons if one < 0.5]
    found = [sample_sizes(replace(promise, epsilon=one)).sizes for one in epsilons]
    with style():
        figure = new_figure(6.4, 4.0)
        axes = figure.subplots()
        for method, (name, colour) in NAMES.items():
            curve = [sizes[method] for sizes in found if method in sizes]
            if curve:
                axes.plot(epsilons, curve, color=colour, label=name)
        axes.axvline(promise.epsilon, color=PALETTE["grey"], lw=0.8, ls=":")
        if promise.population:
            axes.axhline(promise.population, color=PALETTE["grey"], lw=0.8, ls="--")
            axes.text(epsilons[0], promise.population, "all data", va="bottom")
        axes.set(xscale="log", yscale="log", xlabel="ε, largest gap", ylabel="examples")
        axes.set_title(
            f"{promise.n_hypotheses:,} hypotheses, failing with "
            f"{100 * promise.failure_prob:g} % at most"
        )
        axes.legend()
    return figure
