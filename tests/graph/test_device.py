"""The device path: the kernels' numbers by torch's own operations, on the CPU."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array

from bioloom.errors import NoDevice
from bioloom.graph import predict, train
from bioloom.graph.data.formats import karate_club
from bioloom.graph.data.planetoid import read_planetoid
from bioloom.graph.data.splits import split_of
from bioloom.graph.models import hardware as hardware_module
from bioloom.graph.models import threads
from bioloom.graph.models.adjacency import symmetric, whole
from bioloom.graph.models.device import DeviceSparse
from bioloom.graph.models.hardware import Hardware, hardware_of
from bioloom.graph.models.models import build, scores_of
from bioloom.graph.models.sparse import (
    Sparse,
    attention,
    dropped,
    mixed,
    rows_dropped,
    thinned,
    weighted_sum,
)
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.fit import fit
from bioloom.statistics.runs import mean_of_runs
from tests.graph.test_layers import by_rows, graphs

TORCH = Hardware("cpu", by_kernels=False)
CPU = torch.device("cpu")
DEEP = {"n_layers": 3, "norm": "batch", "residual": True, "linear_head": True}


def shortened(model, **changes):
    base = SETTINGS[model]
    return replace(base, **({"n_layers": min(base.n_layers, 4)} | changes))


def matrix_of(edge_index, n):
    return Sparse.of(symmetric(by_rows(edge_index, n)))


def both(links, work, *shapes):
    """Outputs and gradients of the same work by kernels and by torch."""
    rng = np.random.default_rng(1)
    arrays = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    for matrix in (links, links.on(CPU)):
        inputs = [torch.tensor(array, requires_grad=True) for array in arrays]
        out = work(matrix, *inputs)
        weights = torch.linspace(-1, 2, out.numel()).view_as(out)
        yield out, *torch.autograd.grad((out * weights).sum(), inputs)


WORK = {
    "product": (lambda links, rows: links @ rows, [(4,)]),
    "mixed": (
        lambda links, rows, first: mixed(links, rows, first, share=0.3),
        [(4,), (4,)],
    ),
    "attention": (attention, [(3,), (3,)]),
}


@pytest.mark.parametrize("name", WORK)
@settings(max_examples=25)
@given(graph=graphs())
def test_outputs_and_gradients_equal_the_kernels(name, graph):
    edge_index, x = graph
    links = matrix_of(edge_index, len(x))
    work, shapes = WORK[name]
    pair = both(links, work, *((len(x), *shape) for shape in shapes))
    for kernel, device in zip(*pair, strict=True):
        torch.testing.assert_close(device, kernel, atol=1e-5, rtol=1e-4)


@settings(max_examples=25)
@given(graph=graphs())
def test_weighted_sums_equal_the_kernels(graph):
    edge_index, x = graph
    links = matrix_of(edge_index, len(x))
    pair = both(links, weighted_sum, (len(links.indices), 2), (len(x), 2, 3))
    for kernel, device in zip(*pair, strict=True):
        torch.testing.assert_close(device, kernel, atol=1e-5, rtol=1e-4)


@given(graph=graphs())
def test_rows_are_gathered_where_there_are_no_sparse_matrices(graph):
    """As on Apple's cards."""
    edge_index, x = graph
    links = matrix_of(edge_index, len(x)).on(CPU)
    rows = torch.from_numpy(x)
    gathered = links.gathered(links.values[:, None] * rows[links.indices])
    torch.testing.assert_close(gathered, links.times(rows), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("changes", [{}, DEEP])
@pytest.mark.parametrize("model", SETTINGS)
def test_scores_and_gradients_of_models_equal_the_kernels(model, changes):
    if changes and model in ("grand", "gcnii"):
        return
    graph = split_of(karate_club(), "random", rng_seed=1)
    ours = build(shortened(model, **changes), 34, 2, rng=np.random.default_rng(0))
    links, nodes = ours.normalise(graph.adjacency), np.flatnonzero(graph.train_mask)
    y = torch.from_numpy(graph.y[nodes])
    part = ours.parts(links, graph.x, nodes)
    found = []
    for hardware in (Hardware(), TORCH):
        ours.zero_grad()
        scores = ours(hardware.part(part))
        torch.nn.functional.cross_entropy(scores, y).backward()
        gradients = [weight.grad.clone() for weight in ours.parameters()]
        found.append([scores.detach(), *gradients])
        expected = scores_of(ours, links, graph.x)[nodes]
        assert scores.detach().numpy() == pytest.approx(expected, abs=1e-5)
    for kernel, device in zip(*found, strict=True):
        torch.testing.assert_close(device, kernel, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("size", [None, 8])
@pytest.mark.parametrize("model", SETTINGS)
def test_training_learns_and_repeats(model, size):
    if size and model in ("grand", "gcnii"):
        return
    graph = split_of(karate_club(), "random", rng_seed=1)
    how = shortened(model, max_epochs=100, batch_size=size, class_weights="balanced")
    first, again = (fit(graph, how, rng_seed=2, hardware=TORCH) for _ in range(2))
    assert first.scores == pytest.approx(again.scores, abs=1e-6)
    right = (first.scores.argmax(axis=1) == graph.y)[graph.train_mask]
    assert right.mean() > 0.85


def test_without_dropout_training_equals_the_kernels():
    graph = split_of(karate_club(), "random", rng_seed=1)
    how = replace(SETTINGS["gcn"], p_dropout=0.0, max_epochs=40)
    found = (fit(graph, how, rng_seed=2, hardware=h) for h in (Hardware(), TORCH))
    kernel, device = (fitted.history for fitted in found)
    assert device == pytest.approx(kernel, abs=1e-4)


@pytest.mark.data
def test_accuracy_on_cora_is_the_kernels_within_the_interval(data_dir):
    cora = read_planetoid("cora", data_dir / "graph" / "planetoid")
    y, test = cora.y, cora.test_mask
    means = []
    for hardware in (Hardware(), TORCH):
        runs = (
            fit(cora, SETTINGS["gcn"], rng_seed=seed, hardware=hardware)
            for seed in range(4)
        )
        shares = [(run.scores.argmax(axis=1) == y)[test].mean() for run in runs]
        means.append(mean_of_runs(shares))
    kernel, device = means
    assert device.mean > 0.80
    assert max(kernel.low, device.low) <= min(kernel.high, device.high)


def test_dropout_draws_on_the_device():
    generator = torch.Generator().manual_seed(0)
    matrix = Sparse.of(csr_array(np.eye(5000, dtype=np.float32))).on(CPU)
    assert dropped(matrix, 0.5, None) is matrix
    for thin in (
        dropped(matrix, 0.6, generator).values,
        rows_dropped(matrix, 0.6, generator).values,
        thinned(torch.ones(50, 100), 0.6, generator),
        rows_dropped(torch.ones(5000, 1), 0.6, generator),
    ):
        assert thin.unique().tolist() == pytest.approx([0, 2.5])
        assert thin.mean().item() == pytest.approx(1, abs=0.1)


def test_a_matrix_is_moved_once_and_transposed_once():
    graph = karate_club()
    part = whole(symmetric(graph.adjacency), graph.x, n_layers=3).on(CPU)
    assert len({id(block) for block in part.blocks}) == 1
    links = part.blocks[0]
    assert isinstance(links, DeviceSparse)
    first, again = links.transposed, links.transposed
    assert len(links._order) == 1
    dense = [torch.zeros(34, 34) for _ in range(2)]
    dense[0][links.rows, links.indices] = links.values
    dense[1][first.rows, first.indices] = first.values
    assert (dense[0] == dense[1].T).all()
    assert (first.values == again.values).all()


def test_a_device_that_is_not_there_is_an_error(monkeypatch, bioloom_cli, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert hardware_of("auto") == Hardware("cpu")
    with pytest.raises(NoDevice, match="device cuda: found no such device"):
        hardware_of("cuda")
    with pytest.raises(NoDevice, match="expected auto or cpu"):
        train("karate", device="mps")
    code, out, err = bioloom_cli(
        *("graph", "train", "--device", "cuda", "--out", tmp_path / "k")
    )
    assert (code, out) == (1, "")
    assert "Choose one of these" in err
    assert not (tmp_path / "k").exists()
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert hardware_of("auto") == Hardware("mps", by_kernels=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert hardware_of("auto").device == "cuda"
    assert hardware_of("cpu", threads=2) == Hardware("cpu", threads=2)


def test_the_record_says_what_computed(bioloom_cli, tmp_path):
    words = ("graph", "train", "--device", "cpu", "--threads", 2, "--epochs", 3)
    assert bioloom_cli(*words, "--no-tsne", "--out", tmp_path / "k")[0] == 0
    arguments = json.loads((tmp_path / "k" / "run.json").read_text())["arguments"]
    hardware = {"device": "cpu", "threads": 2, "by_kernels": True}
    assert arguments["hardware"] == hardware


def test_predictions_are_made_on_the_device_that_is_asked_for(monkeypatch):
    nodes = {"id": [*"abcdef"], "label": [*"xxxyyy"], "warm": [5, 6, 5, 0, 1, 0]}
    nodes |= {"cold": [1, 0, 0, 7, 7, 6], "split": ["train", "val", "test"] * 2}
    edges = {"source": [*"abde"], "target": [*"bcef"]}
    result = train(edges, nodes)
    expected = predict(result, edges, nodes).probabilities
    monkeypatch.setattr(hardware_module, "hardware_of", lambda *_, **__: TORCH)
    found = predict(result, edges, nodes, device="auto").probabilities
    assert found == pytest.approx(expected, abs=1e-5)


@st.composite
def matrices(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    drawn = random_array(shape, density=0.2, format="csr", dtype=np.float32, rng=rng)
    return Sparse.of(csr_array(drawn))


@pytest.mark.parametrize("n_threads", [2, 3])
@given(links=matrices())
def test_results_are_the_same_for_any_number_of_threads(n_threads, links):
    """To the last bit: each row is summed by one thread, in the same order."""
    rng = np.random.default_rng(0)
    shapes = (links.num_columns, 3), (links.num_rows, 3), (links.num_columns, 3, 2)
    arrays = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    found = []
    for threads_now in (1, n_threads):
        inputs = [torch.tensor(array, requires_grad=True) for array in arrays]
        source, target, values = inputs
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(threads, "LEAST_WORK", 0)
            patch.setattr(threads.torch, "get_num_threads", lambda n=threads_now: n)
            heads = weighted_sum(links, attention(links, source, target), values)
            thin = thinned(links @ source, 0.5, np.random.default_rng(2))
            total = heads.sum() + (thin * 0.5).sum()
            found.append([heads, thin, *torch.autograd.grad(total, inputs)])
    for single, several in zip(*found, strict=True):
        assert single.detach().numpy().tobytes() == several.detach().numpy().tobytes()


def test_blocks_hold_all_rows_once():
    indptr = np.array([0, 0, 5, 5, 6, 20, 20])
    for n_blocks in (1, 2, 3, 9):
        rows = [
            row
            for part in threads.blocks(indptr, n_blocks)
            for row in range(part.start, part.stop)
        ]
        assert rows == list(range(6))
