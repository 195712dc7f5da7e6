"""What a table of predictions proves, claim by claim."""

from dataclasses import replace

from bioloom.bounds.calibration import Calibration
from bioloom.bounds.explaining.wording import (
    BOOTSTRAP,
    CLOPPER_PEARSON,
    CP_FORMULA,
    MCNEMAR,
    ends,
    points,
    tex,
)
from bioloom.bounds.prediction_report import Comparison, Error, ModelReport, Report
from bioloom.bounds.representative import percent
from bioloom.explain import Explanation, Quantity, Step, Verdict, cell, width_of
from bioloom.run.language import listed, mark, tr, trn

MOST_CLASSES = 30

# names that results hold
SPLIT_NAMES = (mark("train"), mark("validation"), mark("test"))


def explain_report(report: Report, *, title: str = "") -> Explanation:
    """Show each claim with its working; `title` says whose predictions they are."""
    level = percent(1 - report.failure_prob)
    inputs = {
        tr("models"): listed(model.name for model in report.models),
        tr("intervals"): tr("each holds with {level}", level=level),
        tr("models tried on this test set"): f"{report.n_tried:,}",
    }
    steps: list[Step] = []
    for model in report.models:
        model_steps = _model(model, report)
        if len(report.models) > 1:
            model_steps = [_named(step, model.name) for step in model_steps]
        steps += model_steps
    steps += [_comparison(comparison, report) for comparison in report.comparisons]
    return Explanation(_title(report, title), tuple(steps), inputs)


def _title(report: Report, title: str) -> str:
    title, n = title or tr("Predictions"), len(report.models)
    if n > 1:
        return tr("{title}: what {n} models' predictions prove", title=title, n=n)
    return tr("{title}: what the predictions prove", title=title)


def _named(step: Step, model: str) -> Step:
    return replace(step, claim=tr("{name}: {value}", name=model, value=step.claim))


def _model(model: ModelReport, report: Report) -> list[Step]:
    steps = [_test(model, report)]
    if report.n_tried > 1:
        steps.append(_tried(model, report))
    if model.n_unread:
        steps.append(_unread(model))
    steps += [_baseline(model, report), _classes(model)]
    if model.gaps:
        steps.append(_splits(model))
    if model.calibration:
        steps.append(_calibration(model.calibration, report))
    return [*steps, _halving(model)]


def _test(model: ModelReport, report: Report) -> Step:
    error = model.test
    k, n, span = error.n_mistakes, error.n, error.interval
    if span.method == "bootstrap over groups":
        return _grouped_test(error)
    return Step(
        claim=tr(
            "{k:,} of {n:,} test examples are wrong. If they are independent draws of "
            "what the model will meet, its error is {interval}.",
            k=k,
            n=n,
            interval=ends(span),
        ),
        formula=CP_FORMULA,
        substitution=_put_in(error, report.failure_prob / 2),
        value=points(span.value),
        source=CLOPPER_PEARSON,
    )


def _grouped_test(error: Error) -> Step:
    return Step(
        claim=tr(
            "{k:,} of {n:,} test examples are wrong. Examples of one group are alike, "
            "so whole groups were resampled: the error is {interval}. The other tests "
            "below count every example.",
            k=error.n_mistakes,
            n=error.n,
            interval=ends(error.interval),
        ),
        value=points(error.interval.value),
        source=BOOTSTRAP,
    )


def _put_in(error: Error, half: float) -> str:
    """Both equations; an end at 0 or 1 has none."""
    k, n, span = error.n_mistakes, error.n, error.interval
    low = rf"P(X \geq {k}; {n}, {tex(span.low)}) = {half:g}"
    high = rf"P(X \leq {k}; {n}, {tex(span.high)}) = {half:g}"
    return r" \quad ".join([low] * (k > 0) + [high] * (k < n))


def _tried(model: ModelReport, report: Report) -> Step:
    return Step(
        claim=tr(
            "{n:,} models were tried on this test set. For the one that does best "
            "on it, only {interval} can be claimed: the failure probability is "
            "shared by all.",
            n=report.n_tried,
            interval=ends(model.all_tried),
        ),
        formula=r"\alpha' = \alpha / m",
        substitution=rf"{report.failure_prob:g} / {report.n_tried} = "
        f"{report.failure_prob / report.n_tried:.4g}",
        value=points(model.all_tried.high),
    )


def _unread(model: ModelReport) -> Step:
    return Step(
        claim=trn(
            "{n} test example has no prediction and counts nowhere else; if it is "
            "counted as wrong, the error is {interval}.",
            "{n:,} test examples have no prediction and count nowhere else; if all of "
            "them are counted as wrong, the error is {interval}.",
            model.n_unread,
            interval=ends(model.worst.interval),
        ),
        value=points(model.worst.interval.value),
        verdict=Verdict("note"),
    )


def _baseline(model: ModelReport, report: Report) -> Step:
    one = model.constant
    better = -one.difference.value
    is_better = better > 0 and one.p <= report.failure_prob
    answer = mark("no better")
    if better > 0:
        answer = mark("better") if is_better else mark("better, but not proved to be")
    claim = tr(
        "Is it better than a model that always predicts {label}? Only this model "
        "gets {n_own:,} examples right, only the constant one {n_constant:,}: "
        "{answer}, p = {p:.3g}.",
        label=one.first.removeprefix("always "),
        n_own=one.only_first,
        n_constant=one.only_second,
        answer=tr(answer),
        p=one.p,
    )
    return Step(
        claim=claim,
        formula=r"p = 2 P(X \leq \min(b, c); b + c, \frac{1}{2})",
        substitution=rf"b = {one.only_first}, c = {one.only_second}",
        value=points(better),
        verdict=Verdict("pass" if is_better else "fail"),
        source=MCNEMAR,
    )


def _classes(model: ModelReport) -> Step:
    worst = max(model.classes, key=lambda name: model.classes[name].interval.value)
    shown = dict(list(model.classes.items())[:MOST_CLASSES])
    lines = _error_lines(shown)
    if len(model.classes) > MOST_CLASSES:
        more = len(model.classes) - MOST_CLASSES
        lines = (*lines, tr("… and {n} more classes", n=more))
    summary = tr("Class {name!r} has the highest error.", name=worst)
    if not model.classes[worst].n_mistakes:
        summary = tr("No class has a mistake.")
    return Step(
        claim=tr(
            "{sentence} Each interval holds by itself, not all of them at once.",
            sentence=summary,
        ),
        value=points(model.classes[worst].interval.value),
        detail=lines,
    )


def _error_lines(errors: dict[str, Error]) -> tuple[str, ...]:
    width = max(len("error"), *map(width_of, errors))
    names = (tr("mistakes"), tr("of"), tr("error"))
    heading = "".join(cell(name, 10, to="right") for name in names)
    return (
        " " * width + heading + "   " + tr("interval"),
        *(
            f"{cell(name, width)}{error.n_mistakes:>10,}{error.n:>10,}"
            f"{percent(error.interval.value):>10}   {ends(error.interval)}"
            for name, error in errors.items()
        ),
    )


def _splits(model: ModelReport) -> Step:
    (first, _), gap = list(model.gaps.items())[-1]
    lines = [
        tr("{second} - {first}: {gap}", second=tr(b), first=tr(a), gap=ends(x))
        for (a, b), x in model.gaps.items()
    ]
    errors = {tr(name): split for name, split in model.splits.items()}
    return Step(
        claim=tr(
            "{sentence} The model has seen the training examples, and results on "
            "the validation set, which was used to choose it, are optimistic: only "
            "the test set counts.",
            sentence=_last_gap(model),
        ),
        formula=r"L_{test} - L_{train}" if first == "train" else r"L_{test} - L_{val}",
        value=points(gap.value),
        verdict=Verdict("note"),
        detail=(*_error_lines(errors), *lines),
        source=tr(
            "{source}, both ends at half the failure probability",
            source=CLOPPER_PEARSON,
        ),
    )


def _last_gap(model: ModelReport) -> str:
    """Whether the test set's error differs from that of the split before it."""
    pair, gap = list(model.gaps.items())[-1]
    first, second = map(tr, pair)
    message = mark(
        "Between {first} and {second} no difference is proved: the gap is {gap}."
    )
    if gap.low > 0:
        message = mark(
            "The model makes more errors on {second} than on {first}, beyond "
            "chance: the gap is {gap}."
        )
    elif gap.high < 0:
        message = mark(
            "The model makes fewer errors on {second} than on {first}, which is "
            "odd: the gap is {gap}."
        )
    return tr(message, first=first, second=second, gap=ends(gap))


def _calibration(calibration: Calibration, report: Report) -> Step:
    is_off = calibration.p <= report.failure_prob
    names = (("n", 8), (tr("mean"), 8), (tr("right"), 8))
    heading = "".join(cell(name, width, to="right") for name, width in names)
    lines = (
        cell(tr("confidence"), 10) + heading + "   " + tr("interval"),
        *(
            f"{bin_.low:.1f}-{bin_.high:.1f}{bin_.n:>11,}{bin_.confidence:>8.3f}"
            f"{bin_.accuracy.value:>8.3f}   {ends(bin_.accuracy)}"
            for bin_ in calibration.bins
        ),
    )
    return Step(
        claim=tr(
            "{sentence} If all confidences were calibrated, a number of correct "
            "answers this extreme would have p = {p:.3g}. Expected calibration "
            "error {error:.3f}.",
            sentence=_sureness(calibration, is_off=is_off),
            p=calibration.p,
            error=calibration.error,
        ),
        formula=r"ECE = \sum_b \frac{n_b}{n} |acc_b - conf_b|",
        value=Quantity(calibration.error, "", 3),
        verdict=Verdict("fail" if is_off else "pass"),
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


def _halving(model: ModelReport) -> Step:
    error = model.test
    return Step(
        claim=tr(
            "The interval is {width} wide. About {n:,} more test examples would halve "
            "it, at this rate of mistakes.",
            width=percent(error.interval.width),
            n=model.n_more,
        ),
        formula=r"\mathrm{width} \propto 1 / \sqrt{n}",
        value=Quantity(model.n_more, trn("example", "examples", model.n_more)),
    )


def _comparison(comparison: Comparison, report: Report) -> Step:
    is_proved = comparison.p_adjusted <= report.failure_prob
    answer = tr("no difference is proved")
    if is_proved:
        better = (
            comparison.first if comparison.difference.value > 0 else comparison.second
        )
        answer = tr("{model} is better", model=better)
    chance = f"p = {comparison.p:.3g}"
    if len(report.comparisons) > 1:
        chance = tr(
            "p = {p:.3g} ({adjusted:.3g} by Holm)",
            p=comparison.p,
            adjusted=comparison.p_adjusted,
        )
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
