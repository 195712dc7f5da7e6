"""What a table of predictions proves, claim by claim."""

from dataclasses import replace

from bioloom.bounds.explaining.explain_tests import (
    baseline_step,
    calibration_step,
    comparison_step,
)
from bioloom.bounds.explaining.paper import sentences_step
from bioloom.bounds.explaining.report_sentences import report_sentences
from bioloom.bounds.explaining.wording import (
    BOOTSTRAP,
    CLOPPER_PEARSON,
    CP_FORMULA,
    ends,
    level_of,
    points,
    tex,
)
from bioloom.bounds.notes import sentences_of
from bioloom.bounds.prediction_report import ModelReport, Report
from bioloom.bounds.representative import percent
from bioloom.bounds.split_errors import Error, Leak
from bioloom.explain import Explanation, Quantity, Step, Verdict, cell, width_of
from bioloom.run.language import listed, mark, tr, trn

MOST_CLASSES = 30

# names that results hold
SPLIT_NAMES = (mark("train"), mark("validation"), mark("test"))


def explain_report(report: Report, *, title: str = "") -> Explanation:
    """Show each claim with its working; `title` says whose predictions they are."""
    level = level_of(report.failure_prob)
    inputs = {
        tr("models"): listed(model.name for model in report.models),
        tr("intervals"): tr("each holds with {level}", level=level),
        tr("models tried on this test set"): f"{report.n_tried:,}",
    }
    if report.n_looks > 1:
        inputs[tr("looks at the growing test set")] = f"{report.n_looks:,}"
    if report.notes:
        inputs[tr("how the tables were read")] = sentences_of(report.notes)
    steps: list[Step] = []
    for model in report.models:
        model_steps = _model(model, report)
        if len(report.models) > 1:
            model_steps = [_named(step, model.name) for step in model_steps]
        steps += model_steps
    steps += [comparison_step(comparison, report) for comparison in report.comparisons]
    steps.append(sentences_step(report_sentences(report)))
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
    if model.leak:
        steps.append(_leak(model.leak))
    if report.n_tried * report.n_looks > 1:
        steps.append(_tried(model, report))
    if model.n_unread:
        steps.append(_unread(model))
    steps += [baseline_step(model, report), _classes(model)]
    if model.gaps:
        steps.append(_splits(model))
    if model.calibration:
        steps.append(calibration_step(model.calibration, report))
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


def _leak(leak: Leak) -> Step:
    rest = tr("Every test example is of such a group: nothing is known of new ones.")
    if leak.rest is not None:
        rest = tr(
            "Of the other {n:,} test examples {k:,} are wrong, an error of {interval}.",
            n=leak.rest.n,
            k=leak.rest.n_mistakes,
            interval=ends(leak.rest.interval),
        )
    return Step(
        claim=tr(
            "{n:,} test examples belong to {n_groups:,} groups that the model has seen "
            "in training or validation; they are no test of what is new. {rest}",
            n=leak.n_examples,
            n_groups=leak.n_groups,
            rest=rest,
        ),
        value=points(leak.rest.interval.value) if leak.rest else None,
        verdict=Verdict("fail", text=tr("groups leak between splits")),
    )


def _tried(model: ModelReport, report: Report) -> Step:
    n_claims = report.n_tried * report.n_looks
    return Step(
        claim=tr(
            "{sentence} Only {interval} can be claimed: the failure probability is "
            "shared by all.",
            sentence=_tries(report),
            interval=ends(model.all_tried),
        ),
        formula=r"\alpha' = \alpha / m",
        substitution=rf"{report.failure_prob:g} / {n_claims} = "
        f"{report.failure_prob / n_claims:.4g}",
        value=points(model.all_tried.high),
    )


def _tries(report: Report) -> str:
    """How many results there were to choose from."""
    message = mark(
        "{n:,} models were tried on this test set, and one looked {n_looks:,} times at "
        "the result of each while the test set grew."
    )
    if report.n_looks == 1:
        message = mark(
            "{n:,} models were tried on this test set, and this may be the one that "
            "does best on it."
        )
    elif report.n_tried == 1:
        message = mark(
            "One looked at the result {n_looks:,} times while the test set grew, and "
            "may have stopped where it was best."
        )
    return tr(message, n=report.n_tried, n_looks=report.n_looks)


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
