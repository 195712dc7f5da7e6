"""Several processes that train one model, started by ``torchrun``.

Each takes its share of every batch; gradients are added up, so that together they take
the step that one process would have taken.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import distributed, nn


@dataclass(frozen=True, slots=True)
class Team:
    """The processes of a training, as one of them sees it.

    Parameters
    ----------
    rank
        Which one it is; number 0 writes and speaks for all.
    size
        How many there are.
    """

    rank: int = 0
    size: int = 1

    def share(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Part of some nodes that falls to it; all parts together are the nodes."""
        return nodes[self.rank :: self.size]

    def rng(self, rng_seed: int, common: np.random.Generator) -> np.random.Generator:
        """Draws this process's dropout and neighbours; of a single process `common`."""
        if self.size == 1:
            return common
        own = np.random.SeedSequence([rng_seed, self.rank])
        return np.random.Generator(np.random.SFC64(own))

    def total(self, value: float) -> float:
        """The sum of all processes' values."""
        if self.size == 1:
            return value
        held = torch.tensor([value], dtype=torch.float64)
        distributed.all_reduce(held)
        return float(held)

    def add_gradients(self, weights: Iterable[nn.Parameter]) -> None:
        """Put the sum of all processes' gradients in the place of each one's own."""
        if self.size == 1:
            return
        held = list(weights)
        grads = [torch.zeros_like(w) if w.grad is None else w.grad for w in held]
        flat = torch.cat([grad.reshape(-1) for grad in grads])
        distributed.all_reduce(flat)
        sizes = [grad.numel() for grad in grads]
        for weight, part in zip(held, torch.split(flat, sizes), strict=True):
            weight.grad = part.view_as(weight)

    def firsts(self, values: Sequence[float]) -> tuple[float, ...]:
        """The first process's values."""
        if self.size == 1:
            return tuple(values)
        held = torch.tensor(values, dtype=torch.float64)
        distributed.broadcast(held, src=0)
        return tuple(held.tolist())


ALONE = Team()


@contextmanager
def assembled() -> Iterator[Team]:
    """The team that torchrun started; a team of one without it."""
    if not distributed.is_torchelastic_launched():
        yield ALONE
        return
    distributed.init_process_group("gloo")
    try:
        yield Team(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()
