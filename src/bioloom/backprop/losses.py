"""Losses of one example each; that of several examples is their mean."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp, softmax

from bioloom.backprop.activations import Name as ActivationName

Name = Literal["half_squared_error", "mse", "binary_cross_entropy", "cross_entropy"]
Values = NDArray[np.float64]

NEEDS: Mapping[Name, ActivationName] = MappingProxyType(
    {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}
)
"""Last activation that a loss requires: together they are safe for any z."""


def loss(name: Name, z: Values, y: Values, target: Values) -> Values:
    """Loss of each example, shape (n_examples,).

    Parameters
    ----------
    name
        Half squared error sums over the outputs; mean squared error and binary
        cross-entropy take their mean; cross-entropy is that of the target's
        distribution.
    z, y
        Outputs before and after the last activation, shape (n_examples, n_outputs).
    target
        What they should be.

    Notes
    -----
    Cross-entropies are computed from z, so that none is infinite where y is 0 or 1.
    """
    if name == "half_squared_error":
        losses: Values = 0.5 * ((y - target) ** 2).sum(axis=1)
    elif name == "mse":
        losses = ((y - target) ** 2).mean(axis=1)
    elif name == "binary_cross_entropy":
        losses = (np.logaddexp(0, z) - target * z).mean(axis=1)
    else:
        losses = (target * (logsumexp(z, axis=1, keepdims=True) - z)).sum(axis=1)
    return losses


def slope(name: Name, y: Values, target: Values) -> Values:
    """Derivative of an example's loss by each output y, for the squared errors."""
    slopes: Values = (y - target) * (1 if name != "mse" else 2 / y.shape[1])
    return slopes


def joint_slope(name: Name, z: Values, y: Values, target: Values) -> Values:
    """Derivative of a cross-entropy by z, its last activation included.

    Notes
    -----
    y - t loses all digits where y is nearly t. What the other class or the other
    outputs have is added up instead, unless y was rounded, as by hand.
    """
    if name == "binary_cross_entropy":
        exact = (1 - target) * expit(z) - target * expit(-z)
        slopes: Values = np.where(y == expit(z), exact, y - target) / y.shape[1]
        return slopes
    others = 1 - np.eye(y.shape[1])
    exact = y * (target @ others) - target * (y @ others)
    by_hand = y * target.sum(axis=1, keepdims=True) - target
    is_exact = (y == softmax(z, axis=1)).all(axis=1, keepdims=True)
    return np.where(is_exact, exact, by_hand)
