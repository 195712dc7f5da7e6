"""Activation functions and their derivatives.

At exactly 0, where ReLU and leaky ReLU have none, the derivative on the left is taken,
as PyTorch does.

References
----------
Hendrycks D., Gimpel K. (2016) Gaussian error linear units. arXiv:1606.08415
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf, expit, softmax

Name = Literal["identity", "sigmoid", "tanh", "relu", "leaky_relu", "gelu", "softmax"]
Values = NDArray[np.float64]
KINKED = ("relu", "leaky_relu")
SATURATING = ("sigmoid", "tanh")


@dataclass(frozen=True, slots=True)
class Activation:
    """A function of each value of a layer.

    Parameters
    ----------
    apply
        Takes z and the slope of leaky ReLU.
    derivative
        Takes z, the function's values and the slope; for softmax only the diagonal of
        its Jacobian.
    """

    apply: Callable[[Values, float], Values]
    derivative: Callable[[Values, Values, float], Values]


def _ones(z: Values, _a: Values, _slope: float) -> Values:
    return np.ones_like(z)


def _logistic(z: Values, a: Values, _slope: float) -> Values:
    """Of a = 1 as well, which is only nearly 1; of a rounded a as one does by hand."""
    return np.where(a == expit(z), expit(z) * expit(-z), a * (1 - a))


def _share(_z: Values, a: Values, _slope: float) -> Values:
    return a * (1 - a)


def _tanh(z: Values, a: Values, _slope: float) -> Values:
    exact: Values = 4 * expit(2 * z) * expit(-2 * z)
    return np.where(a == np.tanh(z), exact, 1 - a**2)


def _step(z: Values, _a: Values, _slope: float) -> Values:
    return np.where(z > 0, 1.0, 0.0)


def _leaky(z: Values, _a: Values, slope: float) -> Values:
    return np.where(z > 0, 1.0, slope)


def _normal_share(z: Values) -> Values:
    share: Values = 0.5 * (1 + erf(z / np.sqrt(2)))
    return share


def _gelu(z: Values, _a: Values, _slope: float) -> Values:
    density: Values = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return _normal_share(z) + z * density


ACTIVATIONS: Mapping[Name, Activation] = MappingProxyType(
    {
        "identity": Activation(lambda z, _: z, _ones),
        "sigmoid": Activation(lambda z, _: expit(z), _logistic),
        "tanh": Activation(lambda z, _: np.tanh(z), _tanh),
        "relu": Activation(lambda z, _: np.maximum(z, 0.0), _step),
        "leaky_relu": Activation(
            lambda z, slope: np.where(z > 0, z, slope * z), _leaky
        ),
        "gelu": Activation(lambda z, _: z * _normal_share(z), _gelu),
        "softmax": Activation(lambda z, _: softmax(z, axis=1), _share),
    }
)
