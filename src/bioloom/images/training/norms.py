"""Batch normalisation and loss of a batch that several processes share.

Every process draws the same batch and takes each n-th picture of it. Losses are
weighted so that their mean over the processes is the mean over the batch, and batch
normalisation takes its mean and variance from the whole batch.
"""

import torch
from torch import Tensor, nn
from torch.distributed.nn import functional as shared
from torch.nn import functional

from bioloom.processes import Processes


class SharedBatchNorm2d(nn.BatchNorm2d):
    """Batch normalisation with mean and variance over the pictures of all processes."""

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
        self._update_running(mean.detach(), (var * count / (count - 1)).detach())
        scale = self.weight * torch.rsqrt(var + self.eps)
        normalised: Tensor = centred * scale.view(1, -1, 1, 1) + self.bias.view(
            1, -1, 1, 1
        )
        return normalised.to(x.dtype)

    def _update_running(self, mean: Tensor, var: Tensor) -> None:
        share = self.momentum or 0.0
        for running, new in ((self.running_mean, mean), (self.running_var, var)):
            if running is not None:
                running.mul_(1 - share).add_(new, alpha=share)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)


def _all_sum(values: Tensor) -> Tensor:
    """Sum over the processes; gradients flow back through it."""
    total: Tensor = shared.all_reduce(values)  # type: ignore[no-untyped-call]
    return total


def share_norms(model: nn.Module) -> None:
    """Share every batch normalisation of a model between the processes, in place."""
    for module in model.modules():
        if type(module) is nn.BatchNorm2d:
            module.__class__ = SharedBatchNorm2d


def unshare_norms(model: nn.Module) -> None:
    """Make every shared batch normalisation a plain one again, in place."""
    for module in model.modules():
        if isinstance(module, SharedBatchNorm2d):
            object.__setattr__(module, "__class__", nn.BatchNorm2d)


def weighted_loss(
    scores: Tensor, y: Tensor, weights: Tensor, *, total: float, processes: Processes
) -> Tensor:
    """Cross-entropy of the pictures of this process.

    Parameters
    ----------
    scores, y
        Of this process's part of a batch.
    weights
        Of the classes.
    total
        Weight of the whole batch.
    processes
        DistributedDataParallel averages gradients over them; the loss is scaled to make
        up for that.
    """
    exact = scores.to(weights.dtype)
    loss = functional.cross_entropy(exact, y, weight=weights, reduction="sum")
    return loss * (processes.size / total)
