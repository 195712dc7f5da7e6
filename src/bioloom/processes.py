"""Several processes that train one model together, started by ``torchrun``.

Each process takes its share of every batch. Sums of losses and gradients over all
processes give the same training step as a single process would take.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, distributed, nn

Backend = Literal["gloo", "nccl"]


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes of a training, as seen by one of them.

    Parameters
    ----------
    rank
        Number of this process, from 0.
    size
        Number of processes.

    Examples
    --------
    >>> Processes(rank=1, size=3).share(np.arange(7)).tolist()
    [1, 4]
    """

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process writes the files and reports progress."""
        return self.rank == 0

    @property
    def places(self) -> slice:
        """Places of a batch that belong to this process."""
        return slice(self.rank, None, self.size)

    def share(self, items: NDArray[Any]) -> NDArray[Any]:
        """Part of a batch that belongs to this process."""
        return items[self.places]

    def rng(self, rng_seed: int, common: np.random.Generator) -> np.random.Generator:
        """Generator for draws of this process only; a single process uses `common`."""
        if self.size == 1:
            return common
        seed = np.random.SeedSequence([rng_seed, self.rank])
        return np.random.Generator(np.random.SFC64(seed))

    def summed(self, values: Tensor) -> Tensor:
        """Sum over all processes, in place."""
        if self.size > 1:
            distributed.all_reduce(values)
        return values

    def total(self, value: float) -> float:
        """Sum of one number over all processes."""
        if self.size == 1:
            return value
        return float(self.summed(torch.tensor([value], dtype=torch.float64)))

    def add_gradients(self, weights: Iterable[nn.Parameter]) -> None:
        """Replace each gradient by its sum over all processes."""
        if self.size == 1:
            return
        parameters = list(weights)
        gradients = [
            torch.zeros_like(w) if w.grad is None else w.grad for w in parameters
        ]
        flat = self.summed(torch.cat([gradient.reshape(-1) for gradient in gradients]))
        sizes = [gradient.numel() for gradient in gradients]
        for weight, part in zip(parameters, torch.split(flat, sizes), strict=True):
            weight.grad = part.view_as(weight)

    def from_first(self, values: Sequence[float]) -> tuple[float, ...]:
        """Values of the first process."""
        if self.size == 1:
            return tuple(values)
        numbers = torch.tensor(values, dtype=torch.float64)
        distributed.broadcast(numbers, src=0)
        return tuple(numbers.tolist())

    def wait(self) -> None:
        """Wait until all processes have come this far."""
        if self.size > 1:
            distributed.barrier()


ALONE = Processes()


@contextmanager
def joined(backend: Backend = "gloo") -> Iterator[Processes]:
    """Join the processes that ``torchrun`` started; `ALONE` without it.

    Parameters
    ----------
    backend
        "gloo" for tensors in main memory, "nccl" for one graphics card a process.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    if backend == "nccl":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    distributed.init_process_group(backend)
    try:
        yield Processes(distributed.get_rank(), size)
    finally:
        distributed.destroy_process_group()
