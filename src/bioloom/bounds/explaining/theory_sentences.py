"""Sentences to copy into a paper: of sample sizes, checked and simulated samples."""

from bioloom.bounds.explaining.wording import ends, level_of
from bioloom.bounds.representative import Check, percent
from bioloom.bounds.sample_sizes import Method, SampleSizes
from bioloom.bounds.simulation import Simulation
from bioloom.run.language import mark, tr


def samples_sentences(sizes: SampleSizes) -> tuple[str, ...]:
    """Sentences of how many examples suffice, and of what a test set gives."""
    promise = sizes.promise
    values = {
        "h": promise.n_hypotheses,
        "epsilon": percent(promise.epsilon),
        "level": level_of(promise.failure_prob),
        "total": promise.population or 0,
        "d": promise.vc_dim or 0,
        "width": percent(promise.tolerance),
    }
    found = [
        tr(_SIZE_SENTENCES[method], n=n, **values) for method, n in sizes.sizes.items()
    ]
    if sizes.test_set and sizes.test_interval:
        found.append(_test_set_sentence(sizes))
    return tuple(found)


def _test_set_sentence(sizes: SampleSizes) -> str:
    k, n = sizes.test_set or (0, 0)
    span = sizes.test_interval
    return tr(
        "With {k:,} errors in {n:,} held-out test examples, the error is {interval} "
        "({level} confidence interval, Clopper-Pearson).",
        k=k,
        n=n,
        interval=ends(span) if span else "",
        level=level_of(sizes.promise.failure_prob),
    )


_SIZE_SENTENCES: dict[Method, str] = {
    "hoeffding": mark(
        "With probability {level} or more, every loss on {n:,} independent examples is "
        "within {epsilon} of the true one (Hoeffding's inequality, union bound over "
        "|H| = {h:,})."
    ),
    "serfling": mark(
        "With probability {level} or more, every loss on {n:,} of {total:,} examples, "
        "drawn without replacement, is within {epsilon} of that on all (Serfling's "
        "inequality, union bound over |H| = {h:,})."
    ),
    "hypergeometric": mark(
        "With probability {level} or more, every loss on {n:,} of {total:,} examples, "
        "drawn without replacement, is within {epsilon} of that on all (exact "
        "hypergeometric tail, union bound over |H| = {h:,})."
    ),
    "vc": mark(
        "With probability {level} or more, every loss on {n:,} independent examples is "
        "within {epsilon} of the true one, for a class of VC dimension {d:,} (Vapnik "
        "and Chervonenkis)."
    ),
    "held_out": mark(
        "For one model, a held-out test set of {n:,} examples gives a {level} "
        "confidence interval of the error that is at most {width} wide "
        "(Clopper-Pearson)."
    ),
}


def check_sentences(check: Check) -> tuple[str, ...]:
    """The sentence of whether a sample is representative."""
    message = mark(
        "The sample is not representative at ε = {epsilon}: the loss of {name!r} on it "
        "differs from that on all data by {gap}."
    )
    if check.is_representative:
        message = mark(
            "The sample is representative at ε = {epsilon}: the loss of no hypothesis "
            "({h:,} in all) on it differs from that on all data by more than {gap}."
        )
    if check.is_representative and check.n_unknown:
        message = mark(
            "As far as is known ({known:,} of {h:,} hypotheses), the sample is "
            "representative at ε = {epsilon}: no loss on it differs from that on all "
            "data by more than {gap}."
        )
    values = {
        "epsilon": percent(check.epsilon),
        "h": len(check.losses),
        "known": len(check.losses) - check.n_unknown,
        "name": check.losses.names[check.worst],
        "gap": percent(float(check.gaps[check.worst])),
    }
    return (tr(message, **values),)


def simulation_sentences(simulation: Simulation) -> tuple[str, ...]:
    """The sentence of how often a sample misleads."""
    draws, missed = simulation.draws, simulation.missed
    message = mark(
        "Of {draws:,} samples of {n:,} from {total:,} examples, drawn without "
        "replacement, {share} were not representative at ε = {epsilon} ({level} "
        "confidence interval {interval}, Clopper-Pearson)."
    )
    if simulation.is_exact:
        message = mark(
            "Of all {draws:,} samples of {n:,} from {total:,} examples, {share} are "
            "not representative at ε = {epsilon}."
        )
    return (
        tr(
            message,
            draws=len(simulation.most),
            n=draws.n_sample,
            total=simulation.thresholds.n_examples,
            share=percent(missed.value),
            epsilon=percent(simulation.epsilon),
            level=level_of(draws.failure_prob),
            interval=ends(missed),
        ),
    )
