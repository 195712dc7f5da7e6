"""Several processes that train one model as one would (`torchrun`).

A batch is drawn by all of them alike; each takes every n-th picture of it. Losses are
weighted so that the mean over processes is the mean over the batch, and batch
normalisation sees the whole batch.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn
from torch.distributed.nn import functional as shared
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Team:
    """Which process this is, of how many."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this one writes files."""
        return self.rank == 0

    def own(self) -> slice:
        """Places of a batch that are this process's."""
        return slice(self.rank, None, self.size)

    def summed(self, values: Tensor) -> Tensor:
        """Sum over the processes."""
        if self.size > 1:
            distributed.all_reduce(values)
        return values

    def wait(self) -> None:
        """Until all are here."""
        if self.size > 1:
            distributed.barrier()


@contextmanager
def joined_team() -> Iterator[Team]:
    """The team that `torchrun` started, or one alone."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Team()
        return
    backend = "nccl" if torch.cuda.is_available() else "gloo"
    distributed.init_process_group(backend)
    try:
        yield Team(distributed.get_rank(), size)
    finally:
        distributed.destroy_process_group()


class SharedBatchNorm2d(nn.BatchNorm2d):
    """Batch normalisation whose mean and variance are of all processes' pictures."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalise, shape as it came."""
        if not self.training:
            return super().forward(x)
        n = torch.full((1,), float(x.numel() / x.shape[1]), device=x.device)
        values = x if x.dtype == torch.float64 else x.float()
        sums = torch.cat([values.sum(dim=(0, 2, 3)), n.to(values)])
        total = _all_sum(sums)
        mean, count = total[:-1] / total[-1], total[-1]
        centred = values - mean.view(1, -1, 1, 1)
        var = _all_sum((centred * centred).sum(dim=(0, 2, 3))) / count
        self._keep(mean.detach(), (var * count / (count - 1)).detach())
        scale = self.weight * torch.rsqrt(var + self.eps)
        found: Tensor = centred * scale.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)
        return found.to(x.dtype)

    def _keep(self, mean: Tensor, var: Tensor) -> None:
        share = self.momentum or 0.0
        for kept, new in ((self.running_mean, mean), (self.running_var, var)):
            if kept is not None:
                kept.mul_(1 - share).add_(new, alpha=share)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)


def _all_sum(values: Tensor) -> Tensor:
    """Sum over the processes, through which gradients flow back."""
    found: Tensor = shared.all_reduce(values)  # type: ignore[no-untyped-call]
    return found


def share_norms(model: nn.Module) -> None:
    """Make every batch normalisation of a model a shared one, in place."""
    for module in model.modules():
        if type(module) is nn.BatchNorm2d:
            module.__class__ = SharedBatchNorm2d


def weighted_loss(
    scores: Tensor, y: Tensor, weights: Tensor, *, total: float, team: Team
) -> Tensor:
    """Cross-entropy of this process's pictures.

    Parameters
    ----------
    scores, y
        Of this process's part of a batch.
    weights
        Of the classes.
    total
        Weight of the whole batch.
    team
        Gradients are averaged over it: the loss is scaled to make up for it.
    """
    exact = scores.to(weights.dtype)
    loss = functional.cross_entropy(exact, y, weight=weights, reduction="sum")
    return loss * (team.size / total)
