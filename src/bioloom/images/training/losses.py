"""Losses of a training of all weights: of one class a picture, or of several labels."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from bioloom.images.training.norms import weighted_loss
from bioloom.processes import Processes


class ClassLoss(NamedTuple):
    """Cross-entropy of classes, each with a weight."""

    weights: Tensor

    def total(self, y: Tensor) -> float:
        """What the loss of a batch is divided by."""
        return float(self.weights[y].sum())

    def of(
        self, scores: Tensor, y: Tensor, *, total: float, processes: Processes
    ) -> Tensor:
        """Loss of this process's part of a batch, as `weighted_loss`."""
        return weighted_loss(scores, y, self.weights, total=total, processes=processes)

    def validated(self, scores: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Sum of the losses, and number of correct classes."""
        loss = functional.cross_entropy(scores, y, reduction="sum")
        return loss, (scores.argmax(dim=1) == y).sum()


class LabelLoss(NamedTuple):
    """Binary cross-entropy, the mean over the labels."""

    weights: Tensor

    def total(self, y: Tensor) -> float:
        """What the loss of a batch is divided by: its pictures."""
        return float(len(y))

    def of(
        self, scores: Tensor, y: Tensor, *, total: float, processes: Processes
    ) -> Tensor:
        """Loss of this process's part of a batch, scaled as `weighted_loss` is."""
        return self._sum(scores, y) * (processes.size / total)

    def validated(self, scores: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Sum of the losses, and of the shares of labels that are right at one half."""
        right = ((scores > 0) == (y > 0)).to(self.weights.dtype)
        return self._sum(scores, y), right.mean(dim=1).sum()

    def _sum(self, scores: Tensor, y: Tensor) -> Tensor:
        exact = scores.to(self.weights.dtype)
        losses = functional.binary_cross_entropy_with_logits(exact, y, reduction="sum")
        return losses / y.shape[1]


def loss_of(y: NDArray[np.generic], weights: Tensor) -> ClassLoss | LabelLoss:
    """The loss that fits what is learnt.

    Parameters
    ----------
    y
        Class of each picture, shape (n,), or whether it has each label, shape (n, K).
    weights
        Of the classes; of labels only the kind of its numbers counts.
    """
    return LabelLoss(weights) if y.ndim > 1 else ClassLoss(weights)
