"""The command line as a user's shell runs it."""

import subprocess
import sys
from pathlib import Path

BIOLOOM = [str(Path(sys.executable).with_name("bioloom"))]


def bioloom(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    return subprocess.run(  # type: ignore[call-overload]
        [*BIOLOOM, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
