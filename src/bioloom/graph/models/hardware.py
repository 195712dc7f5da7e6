"""Where a model is computed: by kernels on the CPU, or by torch on a device."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from bioloom.devices import DeviceName, device_named
from bioloom.graph.models.adjacency import Closure, Part
from bioloom.graph.models.sparse import DropRng, Rng


@dataclass(frozen=True, slots=True)
class Hardware:
    """What computes a model.

    Parameters
    ----------
    device
        As torch names it, such as "cpu" or "cuda".
    threads
        On the CPU, for products of large matrices.
    by_kernels
        Whether compiled kernels make the sparse products, which they can on the CPU
        only; else torch's own operations.
    """

    device: str = "cpu"
    threads: int = 1
    by_kernels: bool = True

    def part(self, part: Closure) -> Part:
        """A part of the graph where it is computed."""
        return part if self.by_kernels else part.on(torch.device(self.device))

    def drop_rng(self, rng: Rng) -> DropRng:
        """What draws dropout there, seeded by `rng`."""
        if self.by_kernels:
            return rng
        generator = torch.Generator(self.device)
        return generator.manual_seed(int(rng.integers(2**63)))

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Set torch's number of threads, and reset it in the end."""
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)


ONE_THREAD = Hardware()


def hardware_of(device: DeviceName = "cpu", *, threads: int = 1) -> Hardware:
    """The hardware of that name.

    Parameters
    ----------
    device
        As for `bioloom.devices.device_named`.
    threads
        On the CPU.

    Raises
    ------
    NoDevice
        If there is none of that name.

    Examples
    --------
    >>> hardware_of("cpu", threads=2)
    Hardware(device='cpu', threads=2, by_kernels=True)
    """
    name = device_named(device)
    return Hardware(name, threads, by_kernels=name == "cpu")
