"""Loss and quality of scores, for one class a node and for several labels."""

from torch import Tensor
from torch.nn import functional


def node_loss(scores: Tensor, y: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean negative log-likelihood of some nodes.

    Parameters
    ----------
    scores
        Shape (nodes, classes or labels).
    y
        Class of each node, int64, for cross-entropy; or 1 for each label that a node
        has, float32 and of the shape of `scores`, for the binary cross-entropy, added
        up over the labels.
    weight
        Of each class; or, of each label, what its members weigh in comparison with
        others.
    """
    if not y.is_floating_point():
        return functional.cross_entropy(scores, y, weight)
    each = functional.binary_cross_entropy_with_logits(
        scores, y, pos_weight=weight, reduction="none"
    )
    return each.sum(dim=1).mean()


def quality(scores: Tensor, y: Tensor) -> float:
    """Accuracy; of labels, the micro F1 of those with a probability above one half.

    Parameters
    ----------
    scores, y
        As for `node_loss`.
    """
    if not y.is_floating_point():
        return (scores.argmax(dim=1) == y).float().mean().item()
    called = scores > 0
    n_either = called.sum().item() + y.sum().item()
    return 2 * (called * y).sum().item() / n_either if n_either else 0.0
