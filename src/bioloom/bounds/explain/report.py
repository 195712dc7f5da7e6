"""What a table of predictions proves, claim by claim."""

from bioloom.bounds.calibration import Calibration
from bioloom.bounds.check import percent
from bioloom.bounds.explain.wording import (
    CLOPPER_PEARSON,
    CP_FORMULA,
    MCNEMAR,
    ends,
    points,
    tex,
)
from bioloom.bounds.report import Comparison, Error, ModelReport, Report
from bioloom.explain import Explanation, Quantity, Step, Verdict

MOST_CLASSES = 30


def explain_report(found: Report, *, title: str = "Predictions") -> Explanation:
    """Show each claim with its working."""
    level = percent(1 - found.failure_prob)
    inputs = {
        "models": ", ".join(one.name for one in found.models),
        "intervals": f"each holds with {level}",
        "models tried on this test set": f"{found.n_tried:,}",
    }
    steps: list[Step] = []
    for model in found.models:
        prefix = f"{model.name}: " if len(found.models) > 1 else ""
        steps += [_prefixed(step, prefix) for step in _model(model, found)]
    steps += [_comparison(one, found) for one in found.comparisons]
    n = len(found.models)
    word = f"what {n} models' predictions" if n > 1 else "what the predictions"
    return Explanation(f"{title}: {word} let one claim", tuple(steps), inputs)


def _prefixed(step: Step, prefix: str) -> Step:
    return Step(
        claim=prefix + step.claim,
        formula=step.formula,
        substitution=step.substitution,
        value=step.value,
        verdict=step.verdict,
        source=step.source,
        detail=step.detail,
    )


def _model(model: ModelReport, found: Report) -> list[Step]:
    steps = [_test(model, found)]
    if found.n_tried > 1:
        steps.append(_tried(model, found))
    if model.n_unread:
        steps.append(_unread(model))
    steps += [_baseline(model, found), _classes(model)]
    if model.gaps:
        steps.append(_splits(model))
    if model.calibration:
        steps.append(_calibration(model.calibration, found))
    return [*steps, _halving(model)]


def _test(model: ModelReport, found: Report) -> Step:
    error = model.test
    k, n, span = error.n_mistakes, error.n, error.interval
    return Step(
        claim=f"{k:,} of {n:,} test examples are wrong. If they are independent draws "
        f"of what the model will meet, its error is {ends(span)}.",
        formula=CP_FORMULA,
        substitution=_put_in(error, found.failure_prob / 2),
        value=points(span.share),
        source=CLOPPER_PEARSON,
    )


def _put_in(error: Error, half: float) -> str:
    """Both equations; an end at 0 or 1 has none."""
    k, n, span = error.n_mistakes, error.n, error.interval
    low = rf"P(X \geq {k}; {n}, {tex(span.low)}) = {half:g}"
    high = rf"P(X \leq {k}; {n}, {tex(span.high)}) = {half:g}"
    return r" \quad ".join([low] * (k > 0) + [high] * (k < n))


def _tried(model: ModelReport, found: Report) -> Step:
    return Step(
        claim=f"{found.n_tried:,} models were tried on this test set. Of the one that "
        f"looks best because of it, only {ends(model.all_tried)} can be claimed: the "
        "chance of failure is shared by all.",
        formula=r"\alpha' = \alpha / m",
        substitution=rf"{found.failure_prob:g} / {found.n_tried} = "
        f"{found.failure_prob / found.n_tried:.4g}",
        value=points(model.all_tried.high),
    )


def _unread(model: ModelReport) -> Step:
    many = "example has" if model.n_unread == 1 else "examples have"
    return Step(
        claim=f"{model.n_unread:,} test {many} no prediction and nowhere else a part; "
        f"if that is taken as wrong, the error is {ends(model.worst.interval)}.",
        value=points(model.worst.interval.share),
        verdict=Verdict("note"),
    )


def _baseline(model: ModelReport, found: Report) -> Step:
    one = model.constant
    better = -one.difference.share
    is_better = better > 0 and one.p <= found.failure_prob
    words = "better" if better > 0 else "no better"
    return Step(
        claim=f"Is it better than a model that says {one.first}? {one.only_first:,} "
        f"examples only this one gets right, {one.only_second:,} only the constant: "
        f"{words}, p = {one.p:.3g}.",
        formula=r"p = 2 P(X \leq \min(b, c); b + c, \frac{1}{2})",
        substitution=rf"b = {one.only_first}, c = {one.only_second}",
        value=points(better),
        verdict=Verdict("pass" if is_better else "fail"),
        source=MCNEMAR,
    )


def _classes(model: ModelReport) -> Step:
    worst = max(model.classes, key=lambda name: model.classes[name].interval.share)
    shown = dict(list(model.classes.items())[:MOST_CLASSES])
    lines = _error_lines(shown)
    if len(model.classes) > MOST_CLASSES:
        lines = (*lines, f"… and {len(model.classes) - MOST_CLASSES} more classes")
    told = f"Of the classes {worst!r} is told worst."
    if not model.classes[worst].n_mistakes:
        told = "No class has a mistake."
    return Step(
        claim=f"{told} Each interval holds alone, not all at once.",
        value=points(model.classes[worst].interval.share),
        detail=lines,
    )


def _error_lines(errors: dict[str, Error]) -> tuple[str, ...]:
    width = max(len("error"), *map(len, errors))
    return (
        f"{'':{width}}  mistakes        of     error   interval",
        *(
            f"{name:{width}}{one.n_mistakes:>10,}{one.n:>10,}"
            f"{percent(one.interval.share):>10}   {ends(one.interval)}"
            for name, one in errors.items()
        ),
    )


def _splits(model: ModelReport) -> Step:
    pair, gap = list(model.gaps.items())[-1]
    first, second = pair
    if gap.low > 0:
        words = f"The model errs more on {second} than on {first}, beyond chance"
    elif gap.high < 0:
        words = f"The model errs less on {second} than on {first}, which is odd"
    else:
        words = f"Between {first} and {second} no difference is proved"
    lines = [f"{b} - {a}: {ends(x)}" for (a, b), x in model.gaps.items()]
    return Step(
        claim=f"{words}: the gap is {ends(gap)}. Training examples were seen, and a "
        "validation set that chose the model flatters it: only the test set counts.",
        formula=r"L_{test} - L_{train}" if first == "train" else r"L_{test} - L_{val}",
        value=points(gap.share),
        verdict=Verdict("note"),
        detail=(*_error_lines(model.splits), *lines),
        source=CLOPPER_PEARSON + ", both ends at half the failure probability",
    )


def _calibration(one: Calibration, found: Report) -> Step:
    side = "too sure" if one.confidence > one.accuracy else "too modest"
    is_off = one.p <= found.failure_prob
    words = f"The model is {side}" if is_off else "Confidence may be true"
    lines = (
        "confidence       n    mean   right   interval",
        *(
            f"{bin_.low:.1f}-{bin_.high:.1f}{bin_.n:>11,}{bin_.confidence:>8.3f}"
            f"{bin_.accuracy.share:>8.3f}   {ends(bin_.accuracy)}"
            for bin_ in one.bins
        ),
    )
    return Step(
        claim=f"{words}: it says {percent(one.confidence)} on average and is right in "
        f"{percent(one.accuracy)}. Were each confidence true, a number of right "
        f"answers so far off would come with p = {one.p:.3g}. Expected calibration "
        f"error {one.error:.3f}.",
        formula=r"ECE = \sum_b \frac{n_b}{n} |acc_b - conf_b|",
        value=Quantity(one.error, "", 3),
        verdict=Verdict("fail" if is_off else "pass"),
        detail=lines,
        source="arXiv:1706.04599",
    )


def _halving(model: ModelReport) -> Step:
    error = model.test
    return Step(
        claim=f"The interval is {percent(error.interval.width)} wide. About "
        f"{model.n_more:,} more test examples would halve it, at this rate of "
        "mistakes.",
        formula=r"\mathrm{width} \propto 1 / \sqrt{n}",
        value=Quantity(model.n_more, "examples"),
    )


def _comparison(one: Comparison, found: Report) -> Step:
    is_proved = one.p_adjusted <= found.failure_prob
    better = one.first if one.difference.share > 0 else one.second
    words = f"{better} is better" if is_proved else "no difference is proved"
    many = len(found.comparisons) > 1
    adjusted = f" ({one.p_adjusted:.3g} by Holm)" if many else ""
    return Step(
        claim=f"{one.first} or {one.second}? On {one.n:,} shared test examples "
        f"{one.only_first:,} only {one.first} gets wrong, {one.only_second:,} only "
        f"{one.second}: {words}, p = {one.p:.3g}{adjusted}. The error of {one.second} "
        f"is larger by {ends(one.difference)}.",
        formula=r"p = 2 P(X \leq \min(b, c); b + c, \frac{1}{2})",
        substitution=rf"b = {one.only_first}, c = {one.only_second}",
        value=Quantity(one.p, "", None),
        verdict=Verdict("note", text="proved" if is_proved else "not proved"),
        source=MCNEMAR,
    )
