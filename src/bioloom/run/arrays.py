"""Named arrays in a safetensors file, with what they are about."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioloom.errors import BadRunFolder
from bioloom.run.output import written_aside

if TYPE_CHECKING:
    import numpy as np

ABOUT = "bioloom"
"""Key of what a file says of itself; one alone, since keys come in any order."""


def save_arrays(
    path: Path, arrays: "dict[str, np.ndarray]", about: dict[str, Any]
) -> None:
    """Write a safetensors file aside and rename it; `about` is kept as JSON in it."""
    import numpy as np
    from safetensors.numpy import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {name: np.asarray(value, order="C") for name, value in arrays.items()}
    with written_aside(path) as aside:
        save_file(whole, aside, metadata={ABOUT: json.dumps(about)})


def load_arrays(
    path: Path, *, command: str
) -> "tuple[dict[str, np.ndarray], dict[str, Any]]":
    """What `save_arrays` wrote.

    Parameters
    ----------
    path
        The file.
    command
        What writes it, for the message.

    Raises
    ------
    BadRunFolder
        If the file is not there or cut short.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as kept:
            about = json.loads((kept.metadata() or {})[ABOUT])
            arrays = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, KeyError):
        raise BadRunFolder(
            where=path,
            found="no readable weights",
            expected="those of a finished training",
            advice=f"Train again with `{command}`.",
        ) from None
    return arrays, about
