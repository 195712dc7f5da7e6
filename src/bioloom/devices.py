"""The device that computes: the processor, or a graphics card that torch can use."""

from typing import Literal

from bioloom.errors import NoDevice

DeviceName = Literal["auto", "cpu", "cuda", "mps"]


def device_named(name: DeviceName) -> Literal["cpu", "cuda", "mps"]:
    """The device of that name, as torch calls it.

    Parameters
    ----------
    name
        "auto" takes a graphics card if there is one, of NVIDIA's or AMD's (cuda) or
        Apple's (mps), else the CPU.

    Raises
    ------
    NoDevice
        If there is none of that name.

    Examples
    --------
    >>> device_named("cpu")
    'cpu'
    """
    import torch

    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    chosen = next(each for each in there if there[each]) if name == "auto" else name
    if not there[chosen]:
        raise NoDevice(chosen, there=[each for each in there if there[each]])
    return chosen  # type: ignore[return-value]
