"""The pages' kernels, run in Chromium, against the Python that they stand for."""

from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

import bioloom as bl
from bioloom.backprop.tracing import trace as rounded_trace
from bioloom.bounds.tails import hoeffding_tail, hypergeometric_tail
from bioloom.bounds.thresholds import thresholds_of
from bioloom.debruijn.sequences.generate import first_repeat
from bioloom.debruijn.sequences.walk import turned_by
from bioloom.debruijn.sequences.words import Words
from bioloom.graph.explaining.aggregation import KINDS
from tests.lesson.computing import EXACT, N_CASES, computed
from tests.report.browsing import NEEDS_CHROMIUM

pytestmark = NEEDS_CHROMIUM


def random_network(rng):
    widths = rng.integers(1, 5, size=rng.integers(2, 5)).tolist()
    names = ["identity", "sigmoid", "tanh", "relu", "leaky_relu"]
    layers = [
        {
            "activation": str(rng.choice(names)),
            "weights": rng.normal(0, 2, (units, before)).tolist(),
            "bias": rng.normal(0, 2, units).tolist(),
        }
        for before, units in pairwise(widths)
    ]
    x, target = (rng.normal(0, 2, n).tolist() for n in (widths[0], widths[-1]))
    return {"layers": layers, "x": x, "target": target}


def flat(*parts):
    return [float(x) for part in parts for x in np.asarray(part).ravel()]


def traced(case, decimals=None):
    trace = bl.backprop.trace({"layers": case["layers"]}, case["x"], case["target"])
    if decimals is not None:
        examples = trace.inputs, trace.target
        trace = rounded_trace(trace.network, *examples, decimals=decimals)
    of_layers = range(1, len(case["layers"]) + 1)
    return flat(
        [trace.loss],
        *trace.z,
        *trace.a,
        *trace.delta,
        *(trace.weight_gradients(k) for k in of_layers),
        *(trace.bias_gradients(k) for k in of_layers),
    )


def test_backprop_is_that_of_the_room(tmp_path):
    rng = np.random.default_rng(1)
    cases = [random_network(rng) for _ in range(N_CASES)]
    expression = (
        "((t) => [t.loss, t.z, t.a, t.delta, t.weights, t.bias].flat(4))"
        "(K.trace(c.layers, c.x, c.target))"
    )
    found = computed("backprop", cases, expression, tmp_path)
    for case, numbers in zip(cases, found, strict=True):
        np.testing.assert_allclose(numbers, traced(case), **EXACT)


def test_rounding_by_hand_is_that_of_the_room(tmp_path):
    rng = np.random.default_rng(7)
    cases = [
        random_network(rng) | {"decimals": int(rng.integers(1, 7))}
        for _ in range(N_CASES)
    ]
    expression = (
        "((t) => [t.loss, t.z, t.a, t.delta, t.weights, t.bias].flat(4))"
        "(K.trace(c.layers, c.x, c.target, c.decimals))"
    )
    found = computed("backprop", cases, expression, tmp_path)
    for case, numbers in zip(cases, found, strict=True):
        np.testing.assert_allclose(numbers, traced(case, case["decimals"]), **EXACT)


def test_half_is_rounded_to_the_even_digit(tmp_path):
    cases = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.4, -0.6, 2.4999]
    found = computed("backprop", cases, "K.rounded(c, 0)", tmp_path)
    assert found == np.round(cases).tolist()


def test_a_step_of_gradient_descent_is_the_gradients_times_the_rate(tmp_path):
    rng = np.random.default_rng(2)
    cases = [
        random_network(rng) | {"rate": float(rng.uniform(0.01, 2))} for _ in range(20)
    ]
    expression = (
        "K.descended(c.layers, K.trace(c.layers, c.x, c.target), c.rate)"
        ".flatMap((layer) => [layer.weights.flat(), layer.bias].flat())"
    )
    for case, numbers in zip(
        cases, computed("backprop", cases, expression, tmp_path), strict=True
    ):
        trace = bl.backprop.trace({"layers": case["layers"]}, case["x"], case["target"])
        expected = trace.to_frame()
        moved = expected["value"] - case["rate"] * expected["gradient"]
        np.testing.assert_allclose(sorted(numbers), sorted(moved), **EXACT)


def random_graph(rng):
    n = int(rng.integers(1, 9))
    A = np.triu(rng.random((n, n)) < rng.uniform(0, 1), k=int(rng.integers(0, 2)))
    return {
        "A": (A | A.T).astype(float).tolist(),
        "H": rng.normal(0, 3, (n, int(rng.integers(1, 4)))).tolist(),
        "kind": str(rng.choice(list(KINDS))),
        "rounds": int(rng.integers(1, 4)),
    }


def double_precision(A, kind):
    """The formulas as the papers have them; the room keeps 32-bit weights."""
    if kind == "sum":
        return A
    if kind == "mean":
        return A / np.maximum(A.sum(axis=1, keepdims=True), 1)
    looped = np.maximum(A, np.eye(len(A)))
    if kind == "self-loops":
        return looped
    root = np.diag(looped.sum(axis=1) ** -0.5)
    return root @ looped @ root


def test_aggregation_is_that_of_the_room(tmp_path):
    rng = np.random.default_rng(3)
    cases = [random_graph(rng) for _ in range(N_CASES)]
    found = computed(
        "graph", cases, "K.aggregate(c.A, c.H, c.kind, c.rounds)[c.rounds]", tmp_path
    )
    for case, result in zip(cases, found, strict=True):
        A, H = (np.array(case[name]) for name in "AH")
        of_room = KINDS[case["kind"]](csr_array(A)).toarray().astype(float)
        rounds = case["rounds"]
        exact = np.linalg.matrix_power(double_precision(A, case["kind"]), rounds) @ H
        np.testing.assert_allclose(result, exact, rtol=1e-9, atol=1e-9)
        weighted = np.linalg.matrix_power(of_room, rounds) @ H
        np.testing.assert_allclose(result, weighted, rtol=1e-5, atol=1e-5)


def test_edges_make_the_matrix_of_the_notes(tmp_path):
    edges = [[0, 1], [0, 4], [1, 2], [1, 4], [2, 3], [3, 4], [3, 5]]
    (A,) = computed("graph", [edges], "K.adjacency(6, c)", tmp_path)
    rows = ["".join(map(str, row)) for row in A]
    assert rows == ["010010", "101010", "010100", "001011", "110100", "000100"]


def random_wheel(rng):
    """Letters, a solution turned by some letters, and a text that may be none."""
    order, size = int(rng.integers(1, 5)), int(rng.integers(2, 5))
    letters = "".join(rng.permutation(list("01abcxyz甲乙"))[:size])
    method = str(rng.choice(["least", "random"]))
    seed = int(rng.integers(2**31))
    text = bl.debruijn.sequence(letters, order, method=method, rng_seed=seed).text
    turn = int(rng.integers(len(text)))
    other = "".join(rng.choice(list(letters), size=int(rng.integers(1, 9))))
    return {
        "letters": letters,
        "order": order,
        "text": text,
        "rotated": text[turn:] + text[:turn],
        "other": other if rng.random() < 0.5 else text,
    }


def judged(case):
    words = Words(case["letters"], case["order"])
    text, order = case["text"], case["order"]
    round_ = text + text[: order - 1]
    other = case["other"]
    repeat = None
    if len(other) >= order:
        repeat = first_repeat(words, words.codes_of(other))
    return [
        bl.debruijn.sequence(case["letters"], order).text,
        [round_[k : k + order] for k in range(len(text))],
        turned_by(text, case["rotated"]),
        turned_by(text, other),
        repeat is None,
        str(bl.debruijn.count(case["letters"], order)),
    ]


def test_sequences_are_those_of_the_room(tmp_path):
    rng = np.random.default_rng(4)
    cases = [random_wheel(rng) for _ in range(N_CASES)]
    for case in cases:
        if len(case["other"]) < case["order"]:
            case["other"] = case["text"]
    expression = (
        "[K.leastSequence(c.letters, c.order),"
        " K.windows(c.text, c.order, 'counterclockwise'),"
        " K.turnedBy(c.text, c.rotated), K.turnedBy(c.text, c.other),"
        " K.firstRepeat(c.other, c.order) === null,"
        " String(K.countSequences(c.letters.length, c.order))]"
    )
    found = computed("debruijn", cases, expression, tmp_path)
    for case, result in zip(cases, found, strict=True):
        assert result == judged(case)


def test_a_wheel_that_turns_clockwise_shows_the_words_of_the_notes(tmp_path):
    case = {"text": "0011", "order": 2}
    expression = "K.windows(c.text, c.order, 'clockwise')"
    (found,) = computed("debruijn", [case], expression, tmp_path)
    assert found == ["00", "10", "11", "01"]


def random_exam(rng):
    population = int(rng.integers(1, 12_000))
    return {
        "population": population,
        "n": int(rng.integers(1, population + 1)),
        "mistakes": int(rng.integers(0, population + 1)),
        "epsilon": int(rng.integers(1, 300)),
        "failure": float(rng.uniform(0.001, 0.5)),
        "hypotheses": int(rng.integers(1, 1000)),
    }


def promised(case):
    n, epsilon = case["n"], case["epsilon"] / 1000
    exact = hypergeometric_tail(
        case["mistakes"], n, population=case["population"], epsilon=epsilon
    )
    needed = bl.bounds.samples(
        epsilon=epsilon,
        failure_prob=case["failure"],
        n_hypotheses=case["hypotheses"],
    )
    hoeffding = needed.to_frame().set_index("method")["n_samples"]["hoeffding"]
    return [float(exact), float(hoeffding_tail(n, epsilon=epsilon)), int(hoeffding)]


def test_chances_are_those_of_the_room(tmp_path):
    rng = np.random.default_rng(5)
    cases = [random_exam(rng) for _ in range(N_CASES)]
    expression = (
        "[K.exactTail(c.mistakes, c.n, c.population, c.epsilon),"
        " K.hoeffdingTail(c.n, c.epsilon),"
        " K.hoeffdingSize(c.epsilon, c.failure, c.hypotheses)]"
    )
    found = computed("bounds", cases, expression, tmp_path)
    for case, numbers in zip(cases, found, strict=True):
        np.testing.assert_allclose(numbers, promised(case), **EXACT)


def test_draws_without_replacement_have_the_mean_and_spread_they_should(tmp_path):
    case = {"mistakes": 300, "n": 200, "population": 1000, "draws": 4000}
    expression = (
        "((seed) => { const random = () =>"
        " (seed = (seed * 48271) % 2147483647) / 2147483647;"
        " return Array.from({ length: c.draws }, () =>"
        " K.drawMistakes(random, c.mistakes, c.n, c.population)); })(7)"
    )
    (found,) = computed("bounds", [case], expression, tmp_path)
    variance = 200 * 0.3 * 0.7 * 800 / 999
    assert abs(np.mean(found) - 60) < 5 * (variance / 4000) ** 0.5
    assert abs(np.var(found) / variance - 1) < 0.15


def random_pictures(rng):
    n = int(rng.integers(2, 60))
    labels = rng.random(n) < 0.5
    labels[:2] = True, False
    return {
        "values": rng.integers(0, 30, n).tolist(),
        "labels": labels.tolist(),
        "rows": rng.permutation(n)[: int(rng.integers(1, n + 1))].tolist(),
    }


def test_thresholds_are_those_of_the_room(tmp_path):
    rng = np.random.default_rng(6)
    cases = [random_pictures(rng) for _ in range(N_CASES)]
    expression = (
        "((cuts, v, l) => [cuts, K.mistakesAbove(v, l, cuts),"
        " K.bestThreshold(v, l, cuts), v.length])"
        "(K.cutsOf(c.values), c.rows.map((i) => c.values[i]),"
        " c.rows.map((i) => c.labels[i]))"
    )
    found = computed("images", cases, expression, tmp_path)
    for case, (cuts, above, best, n) in zip(cases, found, strict=True):
        names = ["Digimon" if one else "Pokémon" for one in case["labels"]]
        room = thresholds_of(case["values"], names, positive="Digimon")
        expected = room.mistakes(np.array(case["rows"]))
        assert cuts == room.cuts.tolist()
        assert above == expected.tolist()
        all_ = [*expected, *(n - expected)]
        number = int(np.argmin(all_))
        assert best == {
            "cut": room.cuts[number % len(cuts)],
            "isAbove": number < len(cuts),
            "mistakes": all_[number],
        }
