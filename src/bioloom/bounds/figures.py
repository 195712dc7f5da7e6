"""Figures of sample sizes, simulations and reports."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.bounds.prediction_report import ModelReport, Report
from bioloom.bounds.sample_sizes import Method, Promise, sample_sizes
from bioloom.bounds.simulation import Simulation
from bioloom.bounds.split_errors import Error
from bioloom.draw import INK, PALETTE, new_figure, style, wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES: dict[Method, tuple[str, str]] = {
    "hoeffding": (wording("Hoeffding, union bound"), PALETTE["blue"]),
    "serfling": (wording("Serfling, union bound"), PALETTE["green"]),
    "hypergeometric": (wording("exact, union bound"), PALETTE["red"]),
    "vc": (wording("Vapnik–Chervonenkis"), PALETTE["purple"]),
    "held_out": (wording("one hypothesis, held-out test"), PALETTE["grey"]),
}
_BOUND_NAMES = {
    "exact": (wording("exact tails, union bound"), PALETTE["red"]),
    "serfling": (wording("Serfling, union bound"), PALETTE["green"]),
    "hoeffding": (wording("Hoeffding, union bound"), PALETTE["blue"]),
    "vc": (wording("Vapnik–Chervonenkis"), PALETTE["purple"]),
}
_N_POINTS = 25
_LARGE, _N_POINTS_LARGE = 100_000, 9  # an exact search takes seconds each
_N_STEPS = 61


def sizes_figure(promise: Promise) -> "Figure":
    """Number of examples against epsilon, from a fifth of the wanted one to five."""
    is_large = (promise.population or 0) > _LARGE
    factors = np.geomspace(0.2, 5, _N_POINTS_LARGE if is_large else _N_POINTS)
    epsilons = [float(f"{promise.epsilon * factor:.3g}") for factor in factors]
    epsilons = [epsilon for epsilon in epsilons if epsilon < 0.5]
    sizes_at = [
        sample_sizes(replace(promise, epsilon=value)).sizes for value in epsilons
    ]
    with style():
        figure = new_figure(6.4, 4.0)
        axes = figure.subplots()
        for method, (name, colour) in NAMES.items():
            curve = [sizes[method] for sizes in sizes_at if method in sizes]
            if curve:
                axes.plot(epsilons, curve, color=colour, label=name)
        axes.axvline(promise.epsilon, color=PALETTE["grey"], lw=0.8, ls=":")
        if promise.population:
            axes.axhline(promise.population, color=PALETTE["grey"], lw=0.8, ls="--")
            axes.text(epsilons[0], promise.population, wording("all data"), va="bottom")
        axes.set(
            xscale="log",
            yscale="log",
            xlabel=wording("ε, largest gap"),
            ylabel=wording("examples"),
        )
        axes.set_title(
            wording(
                f"{promise.n_hypotheses:,} hypotheses, failing with "
                f"{100 * promise.failure_prob:g} % at most"
            )
        )
        axes.legend()
    return figure


def epsilons_of(simulation: Simulation) -> NDArray[np.float64]:
    """Gaps from 0 to beyond the largest that was met, for a curve."""
    top = max(float(simulation.gaps.max()) * 1.25, simulation.epsilon * 1.5)
    return np.round(np.linspace(0, min(1.0, top), _N_STEPS)[1:], 4)


def simulation_figure(simulation: Simulation) -> "Figure":
    """Chance of a gap beyond epsilon, measured and bounded; and the excess."""
    curve = simulation.curve(epsilons_of(simulation))
    with style():
        figure = new_figure(9.0, 4.3)
        left, right = figure.subplots(1, 2, width_ratios=[3, 2])
        n_draws = len(simulation.most)
        name_of_draws = (
            wording("all samples")
            if simulation.is_exact
            else wording(f"{n_draws:,} draws")
        )
        left.plot(
            curve["epsilon"], curve["measured"], color=INK, lw=2, label=name_of_draws
        )
        for name, (words, colour) in _BOUND_NAMES.items():
            left.plot(curve["epsilon"], curve[name], color=colour, label=words)
        left.axvline(simulation.epsilon, color=PALETTE["grey"], lw=0.8, ls=":")
        left.set(
            xlabel=wording("ε, largest gap that is allowed"),
            ylabel=wording("chance of a larger one"),
        )
        left.set_title(
            wording(
                f"samples of {simulation.draws.n_sample:,} "
                f"from {simulation.thresholds.n_examples:,}"
            )
        )
        figure.legend(loc="outside lower center", ncols=3)
        weights = np.full(len(simulation.most), 1 / len(simulation.most))
        right.hist(simulation.excess, bins=30, weights=weights, color=PALETTE["sky"])
        right.axvline(simulation.draws.tolerance, color=PALETTE["grey"], lw=0.8, ls=":")
        right.set(
            xlabel=wording("loss above the best threshold"),
            ylabel=wording("share of samples"),
        )
        right.set_title(wording("the threshold chosen on the sample"))
    return figure


def report_figure(report: Report) -> "Figure":
    """Errors with their intervals, and accuracy against confidence."""
    has_bins = any(model.calibration for model in report.models)
    rows = [
        (f"{model.name}: {name}" if len(report.models) > 1 else name, error)
        for model in report.models
        for name, error in _errors_of(model).items()
    ]
    with style():
        figure = new_figure(9.0 if has_bins else 5.4, 1.4 + 0.26 * max(len(rows), 8))
        axes = figure.subplots(1, 2 if has_bins else 1, squeeze=False)[0]
        for place, (_, error) in enumerate(rows):
            span = error.interval
            axes[0].plot(
                [100 * span.low, 100 * span.high], [place] * 2, color=INK, lw=1
            )
            axes[0].plot([100 * span.value], [place], "o", ms=4, color=PALETTE["blue"])
        axes[0].set_yticks(range(len(rows)), [name for name, _ in rows])
        axes[0].invert_yaxis()
        n_percent = 100 * (1 - report.failure_prob)
        axes[0].set(xlabel=wording(f"error in %; intervals at {n_percent:g} %"))
        axes[0].set_xlim(left=0)
        if has_bins:
            _calibration(axes[1], report)
    return figure


def _errors_of(model: ModelReport) -> dict[str, Error]:
    classes = {f"test, {name}": class_ for name, class_ in model.classes.items()}
    return {**model.splits, **classes}


def _calibration(axes: "Axes", report: Report) -> None:
    colours = list(PALETTE.values())
    axes.plot([0, 1], [0, 1], color=INK, lw=0.8, ls=":")
    for number, model in enumerate(report.models):
        if model.calibration is None:
            continue
        bins, colour = model.calibration.bins, colours[number % len(colours)]
        for shown_bin in bins:
            ends = [shown_bin.accuracy.low, shown_bin.accuracy.high]
            axes.plot([shown_bin.confidence] * 2, ends, color=colour, lw=0.8)
        axes.plot(
            [bin_.confidence for bin_ in bins],
            [bin_.accuracy.value for bin_ in bins],
            "o-",
            ms=4,
            color=colour,
            label=model.name,
        )
    axes.set(
        xlim=(0, 1),
        ylim=(0, 1),
        xlabel=wording("confidence"),
        ylabel=wording("accuracy"),
    )
    axes.legend(loc="upper left")
