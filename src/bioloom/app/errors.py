"""What the application refuses."""

from pathlib import Path

from bioloom.errors import BioloomError
from bioloom.run.language import tr


class OutsideRoots(BioloomError, ValueError):
    """A path leads out of the folders that the application may use."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            tr("{path} is outside the folders of this application.", path=path)
        )


class BadValue(BioloomError, ValueError):
    """A value of a form that no command line can hold, or that would do harm."""

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class AppIsBusy(BioloomError, RuntimeError):
    """Another application works with the same jobs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"{folder}: another `bioloom app` works with these jobs. Stop it, or give "
            "another folder as the first --root."
        )


class CannotKeepJobs(BioloomError, OSError):
    """The folder of the jobs' records cannot be made."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder, self.reason = folder, reason
        super().__init__(
            f"{folder}: {reason}. Give a folder that you may write in as the first "
            "--root."
        )


class CannotListen(BioloomError, OSError):
    """The address cannot be had."""

    def __init__(self, host: str, port: int, *, reason: str) -> None:
        self.host, self.port, self.reason = host, port, reason
        super().__init__(
            f"{host}:{port}: {reason}. Give another --port; 0 takes a free one."
        )


class BadRoot(BioloomError, ValueError):
    """A folder that cannot be used."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        super().__init__(
            f"--root {name}={folder}: expected a folder, under a name of its own"
        )
