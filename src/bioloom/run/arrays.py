"""Named arrays in a safetensors file, with what they are about."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bioloom.errors import BadRunFolder
from bioloom.run.output import written_aside

if TYPE_CHECKING:
    import numpy as np

ABOUT = "bioloom"
"""Key of the file's description; a single one, since keys come in any order."""


def save_arrays(
    path: Path, arrays: "dict[str, np.ndarray]", about: dict[str, Any]
) -> None:
    """Write a safetensors file, whole or not at all, with `about` in it as JSON."""
    import numpy as np
    from safetensors.numpy import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {name: np.asarray(value, order="C") for name, value in arrays.items()}
    with written_aside(path) as aside:
        save_file(whole, aside, metadata={ABOUT: json.dumps(about)})


class StoredArrays(NamedTuple):
    """What a file of `save_arrays` holds."""

    arrays: "dict[str, np.ndarray]"
    about: dict[str, Any]


def load_arrays(path: Path, *, command: str) -> StoredArrays:
    """Read what `save_arrays` wrote.

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
        with safe_open(path, framework="numpy") as stored:
            about = json.loads((stored.metadata() or {})[ABOUT])
            arrays = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, KeyError):
        raise BadRunFolder(
            where=path,
            found="no readable weights",
            expected="those of a finished training",
            advice=f"Train again with `{command}`.",
        ) from None
    return StoredArrays(arrays, about)
