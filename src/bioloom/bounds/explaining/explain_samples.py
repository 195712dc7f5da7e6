"""How many examples suffice: each number with its formula."""

from bioloom.bounds.exact_size import MOST_TESTED
from bioloom.bounds.explaining.paper import sentences_step
from bioloom.bounds.explaining.theory_sentences import samples_sentences
from bioloom.bounds.explaining.wording import (
    CLOPPER_PEARSON,
    CP_FORMULA,
    HOEFFDING,
    SERFLING,
    VC,
    ends,
    points,
)
from bioloom.bounds.representative import percent
from bioloom.bounds.sample_sizes import MOST_EXACT, Method, Promise, SampleSizes
from bioloom.bounds.tails import serfling_tail, worst_tail
from bioloom.explain import Explanation, Quantity, Step, Verdict
from bioloom.run.language import mark, tr, trn
from bioloom.statistics.intervals import Estimate


def explain_samples(sample_sizes: SampleSizes) -> Explanation:
    """Show each number of examples with its formula."""
    promise = sample_sizes.promise
    inputs = {
        tr("hypotheses |H|"): f"{promise.n_hypotheses:,}",
        "ε": percent(promise.epsilon),
        tr("tolerance δ = 2ε"): percent(promise.tolerance),
        tr("failure_prob p"): percent(promise.failure_prob),
    }
    if promise.population is not None:
        inputs[tr("all data N")] = f"{promise.population:,}"
    if promise.vc_dim is not None:
        inputs[tr("VC dimension d")] = str(promise.vc_dim)
    steps = [_size(method, n, promise) for method, n in sample_sizes.sizes.items()]
    if sample_sizes.test_set and sample_sizes.test_interval:
        steps.append(_test_set(*sample_sizes.test_set, sample_sizes.test_interval))
    if sample_sizes.is_exact_missing:
        steps.append(_left_out())
    steps.append(sentences_step(samples_sentences(sample_sizes)))
    return Explanation(
        title=tr(
            "How many examples keep every gap within {epsilon}",
            epsilon=percent(promise.epsilon),
        ),
        inputs=inputs,
        steps=tuple(steps),
    )


def _left_out() -> Step:
    return Step(
        claim=tr(
            "The exact hypergeometric search is left out here: it is done for up to "
            "{most:,} examples in all, and given up after {n:,} sample sizes. "
            "Serfling's number holds in any case; the exact one is no larger.",
            most=MOST_EXACT,
            n=MOST_TESTED,
        ),
        verdict=Verdict("note"),
    )


def _test_set(n_mistakes: int, n: int, estimate: Estimate) -> Step:
    return Step(
        claim=tr(
            "One held-out test set with {n_mistakes:,} mistakes in {n:,} examples: the "
            "error is {interval}.",
            n_mistakes=n_mistakes,
            n=n,
            interval=ends(estimate),
        ),
        formula=CP_FORMULA,
        value=points(estimate.value),
        source=CLOPPER_PEARSON,
    )


def _size(method: Method, n: int, promise: Promise) -> Step:
    claim, formula, source = _SIZES[method]
    unit = trn("example", "examples", n)
    return Step(
        claim=tr(claim),
        formula=formula,
        substitution=_substituted(method, n, promise),
        value=Quantity(n, unit),
        source=source,
    )


def _substituted(method: Method, n: int, promise: Promise) -> str:
    eps, p, size = promise.epsilon, promise.failure_prob, promise.n_hypotheses
    if method == "hoeffding":
        return rf"n \geq \frac{{\ln(2 \cdot {size} / {p:g})}}{{2 \cdot {eps:g}^2}}"
    if method == "vc":
        return (
            rf"4 \sum_{{i=0}}^{{{promise.vc_dim}}} \mathrm{{C}}({2 * n}, i) "
            rf"e^{{-{n} \cdot {eps:g}^2 / 8}} \leq {p:g}"
        )
    if method == "held_out":
        return ""
    total = promise.population or 0
    if method == "serfling":
        tail = float(serfling_tail(n, epsilon=eps, population=total))
    else:
        tail = worst_tail(n, population=total, epsilon=eps)
    return rf"{size} \cdot {tail:.4g} = {size * tail:.4g} \leq {p:g}"


_SIZES: dict[Method, tuple[str, str, str]] = {
    "hoeffding": (
        mark(
            "Hoeffding's inequality for each hypothesis and the union bound over "
            "all of them; for independent draws from any distribution."
        ),
        r"2 |H| e^{-2 n \varepsilon^2} \leq p \quad\Leftrightarrow\quad "
        r"n \geq \frac{\ln(2 |H| / p)}{2 \varepsilon^2}",
        HOEFFDING,
    ),
    "serfling": (
        mark(
            "Serfling's inequality: drawing without replacement from finite data "
            "leaves less room for deviation."
        ),
        r"2 |H| e^{-2 n \varepsilon^2 / (1 - (n - 1)/N)} \leq p",
        SERFLING,
    ),
    "hypergeometric": (
        mark(
            "The exact hypergeometric tail for the worst number of mistakes K, and "
            "the union bound, the only inequality used."
        ),
        r"|H| \max_K P\left(\left|\frac{k}{n} - \frac{K}{N}\right| > "
        r"\varepsilon\right) \leq p",
        "",
    ),
    "vc": (
        mark(
            "Vapnik and Chervonenkis, for a class of any size with this dimension; "
            "growth bounded by Sauer's sum."
        ),
        r"4 \sum_{i=0}^{d} \mathrm{C}(2n, i) e^{-n \varepsilon^2 / 8} \leq p",
        VC,
    ),
    "held_out": (
        mark(
            "One hypothesis, chosen without these examples: a held-out test set "
            "whose exact interval is at most 2ε wide, whatever the number of "
            "mistakes."
        ),
        "",
        CLOPPER_PEARSON,
    ),
}
