"""Tests in a report: against a constant, of the confidences, between models."""

from bioloom.bounds.calibration import Calibration
from bioloom.bounds.comparisons import Comparison
from bioloom.bounds.explaining.wording import MCNEMAR, ends, points
from bioloom.bounds.prediction_report import ModelReport, Report
from bioloom.bounds.representative import percent
from bioloom.explain import Quantity, Step, Verdict, cell
from bioloom.run.language import mark, tr
from bioloom.statistics.calibration import N_BINS


def baseline_step(model: ModelReport, report: Report) -> Step:
    """Whether a model is better than a constant one."""
    one = model.constant
    better = -one.difference.value
    is_proved = one.p_adjusted <= report.failure_prob
    answer = mark("no better")
    if is_proved:
        answer = mark("better") if better > 0 else mark("worse")
    elif better > 0:
        answer = mark("better, but not proved to be")
    claim = tr(
        "Is it better than a model that always predicts {label}? Only this model "
        "gets {n_own:,} examples right, only the constant one {n_constant:,}: "
        "{answer}, {chance}.",
        label=one.first.removeprefix("always "),
        n_own=one.only_first,
        n_constant=one.only_second,
        answer=tr(answer),
        chance=chance_words(one.p, one.p_adjusted),
    )
    return Step(
        claim=claim,
        formula=r"p = 2 P(X \leq \min(b, c); b + c, \frac{1}{2})",
        substitution=rf"b = {one.only_first}, c = {one.only_second}",
        value=points(better),
        verdict=_baseline_verdict(better, is_proved=is_proved),
        source=MCNEMAR,
    )


def _baseline_verdict(better: float, *, is_proved: bool) -> Verdict:
    """What is not proved is no failure: more examples may prove it."""
    if not is_proved:
        return Verdict("note", text=tr("not proved"))
    return Verdict("pass" if better > 0 else "fail")


def chance_words(p: float, p_adjusted: float) -> str:
    """A p-value, and where there were several tests the corrected one."""
    if p_adjusted == p:
        return f"p = {p:.3g}"
    return tr("p = {p:.3g} ({adjusted:.3g} by Holm)", p=p, adjusted=p_adjusted)


def calibration_step(calibration: Calibration, report: Report) -> Step:
    """Whether confidences are those of the accuracy."""
    is_off = calibration.p_adjusted <= report.failure_prob
    names = (("n", 8), (tr("mean"), 8), (tr("right"), 8))
    heading = "".join(cell(name, width, to="right") for name, width in names)
    lines = (
        cell(tr("confidence"), 10) + heading + "   " + tr("interval"),
        *(
            f"{bin_.low:.2f}-{bin_.high:.2f}{bin_.n:>9,}{bin_.confidence:>8.3f}"
            f"{bin_.accuracy.value:>8.3f}   {ends(bin_.accuracy)}"
            for bin_ in calibration.bins
        ),
    )
    return Step(
        claim=tr(
            "{sentence} If all confidences were calibrated, a number of correct "
            "answers this extreme would have {chance}. Expected calibration error: "
            "{error:.3f} with {n} bins, {error_10:.3f} with 10.",
            sentence=_sureness(calibration, is_off=is_off),
            chance=chance_words(calibration.p, calibration.p_adjusted),
            error=calibration.error,
            n=N_BINS,
            error_10=calibration.error_10,
        ),
        formula=r"ECE = \sum_b \frac{n_b}{n} |acc_b - conf_b|",
        value=Quantity(calibration.error, "", 3),
        verdict=Verdict("fail")
        if is_off
        else Verdict("note", text=tr("no contradiction")),
        detail=lines,
        source="arXiv:1706.04599",
    )


def _sureness(calibration: Calibration, *, is_off: bool) -> str:
    """Whether the model's confidence is that of its accuracy."""
    message = mark(
        "The confidences may be calibrated: they are {said} on average, and {right} "
        "of the predictions are correct."
    )
    if is_off and calibration.confidence > calibration.accuracy:
        message = mark(
            "The model is overconfident: its confidence is {said} on average, but "
            "{right} of the predictions are correct."
        )
    elif is_off:
        message = mark(
            "The model is underconfident: its confidence is {said} on average, but "
            "{right} of the predictions are correct."
        )
    return tr(
        message,
        said=percent(calibration.confidence),
        right=percent(calibration.accuracy),
    )


def comparison_step(comparison: Comparison, report: Report) -> Step:
    """Whether one of two models is better."""
    is_proved = comparison.p_adjusted <= report.failure_prob
    answer = tr("no difference is proved")
    if is_proved:
        better = (
            comparison.first if comparison.difference.value > 0 else comparison.second
        )
        answer = tr("{model} is better", model=better)
    chance = chance_words(comparison.p, comparison.p_adjusted)
    return Step(
        claim=tr(
            "{first} or {second}? Of {n:,} shared test examples, only {first} gets "
            "{n_first:,} wrong, only {second} {n_second:,}: {answer}, {chance}. The "
            "error of {second} is larger by {difference}.",
            first=comparison.first,
            second=comparison.second,
            n=comparison.n,
            n_first=comparison.only_first,
            n_second=comparison.only_second,
            answer=answer,
            chance=chance,
            difference=ends(comparison.difference),
        ),
        formula=r"p = 2 P(X \leq \min(b, c); b + c, \frac{1}{2})",
        substitution=rf"b = {comparison.only_first}, c = {comparison.only_second}",
        value=Quantity(comparison.p, "", None),
        verdict=Verdict("note", text=tr("proved") if is_proved else tr("not proved")),
        source=MCNEMAR,
    )
