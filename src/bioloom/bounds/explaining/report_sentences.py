"""Sentences to copy into a paper: of what tables of predictions prove."""

from bioloom.bounds.comparisons import Comparison
from bioloom.bounds.explaining.wording import ends, level_of
from bioloom.bounds.prediction_report import ModelReport, Report
from bioloom.bounds.representative import percent
from bioloom.run.language import mark, tr
from bioloom.statistics.calibration import N_BINS
from bioloom.statistics.intervals import Estimate


def report_sentences(report: Report) -> tuple[str, ...]:
    """Sentences of what tables of predictions prove."""
    found: list[str] = []
    for model in report.models:
        found += [
            _error(model, report),
            _baseline(model, report),
            *_worst_class(model, report),
            *_gap(model, report),
            *_calibration(model, report),
        ]
    found += [_comparison(comparison, report) for comparison in report.comparisons]
    return tuple(found)


def _error(model: ModelReport, report: Report) -> str:
    """The test error, with the interval that holds for all tries."""
    error = model.test
    span = model.all_tried if _n_claims(report) > 1 else error.interval
    sentence = tr(
        "{model} misclassified {k:,} of {n:,} test examples ({share}; {level} "
        "confidence interval {interval}, {method}).",
        model=model.name,
        k=error.n_mistakes,
        n=error.n,
        share=percent(error.interval.value),
        level=level_of(report.failure_prob),
        interval=ends(span),
        method=_method(span, report),
    )
    return _with_caveats(sentence, model)


def _with_caveats(sentence: str, model: ModelReport) -> str:
    """What a reader has to know of the test examples."""
    if model.n_unread:
        sentence = tr(
            "{sentence} With the test examples without a prediction counted as errors, "
            "it is {k:,} of {n:,} ({share}).",
            sentence=sentence,
            k=model.worst.n_mistakes,
            n=model.worst.n,
            share=percent(model.worst.interval.value),
        )
    if model.leak:
        sentence = tr(
            "{sentence} Of these test examples, {n:,} belong to groups that were also "
            "used in training or validation.",
            sentence=sentence,
            n=model.leak.n_examples,
        )
    return sentence


def _n_claims(report: Report) -> int:
    return report.n_tried * report.n_looks


def _method(span: Estimate, report: Report) -> str:
    """How an interval was found, and what it is corrected for."""
    name = tr("Clopper-Pearson")
    if span.method == "bootstrap over groups":
        name = tr("bootstrap over groups")
    if _n_claims(report) == 1:
        return name
    message = mark("{method}, corrected for {n:,} models by Bonferroni")
    if report.n_looks > 1:
        message = mark(
            "{method}, corrected by Bonferroni for {n_looks:,} looks (models: {n:,})"
        )
    return tr(message, method=name, n=report.n_tried, n_looks=report.n_looks)


def _p(p: float, p_adjusted: float) -> str:
    """The p-value that counts."""
    if p == p_adjusted:
        return f"p = {p:.3g}"
    return tr("p = {p:.3g} after correction for all tests (Holm)", p=p_adjusted)


def _baseline(model: ModelReport, report: Report) -> str:
    one = model.constant
    message = mark(
        "No difference between {model} and a model that always predicts {label} was "
        "shown (exact McNemar test, {p})."
    )
    if one.p_adjusted <= report.failure_prob:
        message = mark(
            "{model} made fewer errors than a model that always predicts {label}, by "
            "{difference} of the test examples (exact McNemar test, {p})."
        )
        if one.difference.value > 0:
            message = mark(
                "{model} made more errors than a model that always predicts {label}, "
                "by {difference} of the test examples (exact McNemar test, {p})."
            )
    return tr(
        message,
        model=model.name,
        label=one.first.removeprefix("always "),
        difference=percent(abs(one.difference.value)),
        p=_p(one.p, one.p_adjusted),
    )


def _worst_class(model: ModelReport, report: Report) -> list[str]:
    if len(model.classes) < 2:
        return []
    name = max(model.classes, key=lambda name: model.classes[name].interval.value)
    error = model.classes[name]
    if not error.n_mistakes:
        return []
    return [
        tr(
            "{model} erred most often on class {name!r}: {k:,} of {n:,} test examples "
            "({share}; {level} confidence interval {interval}, for this class alone).",
            model=model.name,
            name=name,
            k=error.n_mistakes,
            n=error.n,
            share=percent(error.interval.value),
            level=level_of(report.failure_prob),
            interval=ends(error.interval),
        )
    ]


def _gap(model: ModelReport, report: Report) -> list[str]:
    if not model.gaps:
        return []
    (first, second), gap = list(model.gaps.items())[-1]
    message = mark(
        "{model}: no difference between the error on {second} and on {first} was shown "
        "({gap}; {level} confidence interval {interval})."
    )
    if gap.low > 0 or gap.high < 0:
        message = mark(
            "{model}: the error on {second} minus that on {first} is {gap} ({level} "
            "confidence interval {interval})."
        )
    return [
        tr(
            message,
            model=model.name,
            first=tr(first),
            second=tr(second),
            gap=percent(gap.value),
            level=level_of(report.failure_prob),
            interval=ends(gap),
        )
    ]


def _calibration(model: ModelReport, report: Report) -> list[str]:
    if model.calibration is None:
        return []
    one = model.calibration
    message = mark(
        "{model} predicted with a mean confidence of {said} and an accuracy of "
        "{right}; no miscalibration was shown (exact test of the number of correct "
        "predictions, {p}; expected calibration error {error:.3f}, {n} bins)."
    )
    if one.p_adjusted <= report.failure_prob:
        message = mark(
            "{model} predicted with a mean confidence of {said} but an accuracy of "
            "{right}: it is miscalibrated (exact test of the number of correct "
            "predictions, {p}; expected calibration error {error:.3f}, {n} bins)."
        )
    return [
        tr(
            message,
            model=model.name,
            said=percent(one.confidence),
            right=percent(one.accuracy),
            p=_p(one.p, one.p_adjusted),
            error=one.error,
            n=N_BINS,
        )
    ]


def _comparison(one: Comparison, report: Report) -> str:
    message = mark(
        "On {n:,} shared test examples no difference between {first} and {second} was "
        "shown ({n_first:,} errors of {first} alone, {n_second:,} of {second} alone; "
        "exact McNemar test, {p})."
    )
    first, second = one.first, one.second
    counts = (one.only_first, one.only_second)
    if one.p_adjusted <= report.failure_prob:
        message = mark(
            "On {n:,} shared test examples {first} made fewer errors than {second} "
            "({n_first:,} errors of {first} alone, {n_second:,} of {second} alone; "
            "exact McNemar test, {p})."
        )
        if one.difference.value < 0:
            first, second, counts = second, first, counts[::-1]
    return tr(
        message,
        n=one.n,
        first=first,
        second=second,
        n_first=counts[0],
        n_second=counts[1],
        p=_p(one.p, one.p_adjusted),
    )
