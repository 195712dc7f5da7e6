"""Points of many dimensions laid out in the plane by t-SNE."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

MOST = 5_000


class Layout(NamedTuple):
    """Numbers of the points that were laid out, and their places, shape (·, 2)."""

    numbers: NDArray[np.int64]
    places: NDArray[np.float64]


def tsne(points: NDArray[np.floating], *, rng_seed: int) -> Layout:
    """Lay points out by t-SNE.

    Parameters
    ----------
    points
        Shape (n, dimensions).
    rng_seed
        Of the sample, where there are more than 5,000 points.

    References
    ----------
    Van der Maaten L., Hinton G. (2008) J Mach Learn Res 9:2579.
    """
    nodes = np.arange(len(points))
    if len(points) > MOST:
        rng = np.random.default_rng(rng_seed)
        nodes = np.sort(rng.choice(nodes, MOST, replace=False))
    perplexity = min(30.0, (len(nodes) - 1) / 3)
    layout = TSNE(
        perplexity=perplexity, init="pca", max_iter=500, random_state=rng_seed
    )
    with threadpool_limits(1):  # several threads mostly wait for each other
        places = layout.fit_transform(points[nodes])
    return Layout(nodes, places.astype(np.float64))
