"""All exceptions of bioloom, one class per kind of error.

Each has its facts as attributes and its message in one form: where it
is, what was found, what was expected, what to do. Data errors are also
`ValueError`, failures of the system also `RuntimeError`, so plain Python code
can catch them. The command line prints the message and exits with 1.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from bioloom.extras import install_command

_MOST_COMPARED = 10_000
_MOST_LISTED = 1_000
_MOST_MISTAKES = 20


class BioloomError(Exception):
    """Base of all errors that bioloom raises on purpose."""


class InputWarning(UserWarning):
    """Something odd in the input was interpreted; the result is still valid.

    The command line prints it as a note; in Python it is an ordinary warning.
    """


class BadInput(BioloomError, ValueError):
    """Something that was given does not hold what it should.

    Parameters
    ----------
    where
        File with line or record, or the name of the option.
    found, expected
        What was there and what should have been, as noun phrases.
    advice
        What the user can do about it, as a sentence.
    """

    def __init__(
        self, *, where: str | Path, found: str, expected: str, advice: str
    ) -> None:
        self.where, self.found = str(where), found
        self.expected, self.advice = expected, advice
        super().__init__(f"{where}: found {found}, expected {expected}. {advice}")


class UnreadableFile(BadInput):
    """A file is packed in a way that is not read, or is not text."""


class BadFasta(BadInput):
    """A FASTA file cannot be read as one."""


class BadFastq(BadInput):
    """A FASTQ file is truncated, broken or empty."""


class BadAnnotation(BadInput):
    """A GTF, GFF3 or BED file cannot be read as one."""


class BadConfig(BadInput):
    """A configuration file has a wrong, missing or unknown entry."""


class BadModel(BadInput):
    """A model file cannot be used: of coding potential, an HMM, of pictures."""


class BadRunFolder(BadInput):
    """A run folder is not one, or is not finished."""


class BadExplanation(BadInput):
    """A file does not hold an explanation as ``explain --json`` writes it."""


class BadTable(BadInput):
    """A table of examples lacks a column or holds a value that cannot be used."""


class MissingFile(BioloomError, FileNotFoundError):
    """A file that is needed does not exist.

    Parameters
    ----------
    path
        The file.
    role
        What it was meant to be, e.g. "the genome".
    where
        Where its name was read, e.g. "config.yaml: genome"; empty if typed.

    Attributes
    ----------
    near
        Name of a file in that folder that may be meant; empty if none is.
    """

    def __init__(self, path: str | Path, *, role: str, where: str = "") -> None:
        self.path, self.role, self.where = Path(path), role, where
        prefix = f"{where}: " if where else ""
        self.near = _near(self.path.name, _names_in(self.path.parent), most=1)
        advice = (
            "Check the spelling; relative paths start at the folder of the file "
            "that names them, or at the current folder when typed."
        )
        if self.near:
            advice = f"Did you mean {self.near[0]!r}, which is there?"
        super().__init__(
            f"{prefix}{path}: found no such file, expected {role}. {advice}"
        )


class SeveralMistakes(BioloomError, ValueError):
    """Several mistakes in what was given, told at once.

    Parameters
    ----------
    mistakes
        The errors, in the order found; the message shows the first 20.
    """

    def __init__(self, mistakes: Sequence[BioloomError]) -> None:
        self.mistakes = tuple(mistakes)
        lines = [f"  {n}. {each}" for n, each in enumerate(self.mistakes, 1)]
        n_more = len(lines) - _MOST_MISTAKES
        if n_more > 0:
            lines = [*lines[:_MOST_MISTAKES], f"  … and {n_more} more"]
        super().__init__(f"{len(self.mistakes)} mistakes:\n" + "\n".join(lines))


class ChromNamesDiffer(BioloomError, ValueError):
    """Two files name their chromosomes differently.

    Parameters
    ----------
    first, second
        The files.
    only_first, only_second
        Examples of names that stand in one file only.
    """

    def __init__(
        self,
        first: str | Path,
        second: str | Path,
        *,
        only_first: Sequence[str],
        only_second: Sequence[str],
    ) -> None:
        self.first, self.second = Path(first), Path(second)
        self.only_first, self.only_second = tuple(only_first), tuple(only_second)
        super().__init__(
            f"{second}: found chromosome {_listed(only_second)}, expected names of "
            f"{first} such as {_listed(only_first)}. Rename one of the two (often "
            "only the prefix 'chr' differs) and run again."
        )


class StepFailed(BioloomError, RuntimeError):
    """A step of a workflow failed with its own error.

    Parameters
    ----------
    step
        Name of the workflow's rule.
    message
        What it said.
    """

    def __init__(self, step: str, *, message: str) -> None:
        self.step, self.message = step, message
        super().__init__(message)


class ToolMissing(BioloomError, RuntimeError):
    """An external program is not installed."""

    def __init__(self, name: str, *, install: str) -> None:
        self.name, self.install = name, install
        super().__init__(
            f"{name}: found no such program on PATH, expected it installed. "
            f"Install it with: {install}"
        )


class ToolFailed(BioloomError, RuntimeError):
    """An external program ended with an error.

    Parameters
    ----------
    name
        Program or workflow rule.
    command
        What was run.
    exit_code
        Its exit status.
    log_tail
        Last lines of its own log.
    """

    def __init__(
        self, name: str, *, command: str, exit_code: int, log_tail: str
    ) -> None:
        self.name, self.command = name, command
        self.exit_code, self.log_tail = exit_code, log_tail
        super().__init__(
            f"{name} failed with exit code {exit_code}.\n"
            f"  command: {command}\n  its last lines:\n{_indented(log_tail)}"
        )


class CannotWrite(BioloomError, OSError):
    """A file cannot be written; nothing is left of it."""

    def __init__(self, path: str | Path, *, reason: str) -> None:
        self.path, self.reason = Path(path), reason
        super().__init__(
            f"{path}: found that it cannot be written ({reason.lower()}), expected "
            "free space and permission to write. Free some space or choose another "
            "--out; nothing was left under that name."
        )


class RunIsBusy(BioloomError, RuntimeError):
    """Another process works in the run folder."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        super().__init__(
            f"{path}: found another run at work in it, expected none. Wait for it to "
            "end, or stop it; then run the same command again."
        )


class PackageMissing(BioloomError, RuntimeError):
    """An optional Python package is not installed.

    Parameters
    ----------
    package
        Its name.
    extra
        The extra of bioloom that brings it.
    install
        The command that installs it, where no extra can.
    """

    def __init__(self, package: str, *, extra: str = "", install: str = "") -> None:
        self.package, self.extra = package, extra
        self.install = install or install_command(extra)
        super().__init__(
            f"{package}: found no such Python package, expected it installed. "
            f"Install it with: {self.install}"
        )


class NoDevice(BioloomError, ValueError):
    """The computer has no device of that name, or torch can't use it.

    Parameters
    ----------
    device
        Its name.
    there
        Names of those that there are.
    """

    def __init__(self, device: str, *, there: Sequence[str]) -> None:
        self.device, self.there = device, tuple(there)
        super().__init__(
            f"device {device}: found no such device that this torch can use, expected "
            f"{' or '.join(('auto', *there))}. Choose one of these; a card also needs "
            "a torch that is built for it."
        )


class OutputExists(BioloomError, ValueError):
    """A finished run folder would be overwritten."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        super().__init__(
            f"{path}: found a finished run, expected a new or unfinished folder. "
            "Choose another --out, or add --force to replace it."
        )


class UnknownName(BioloomError, KeyError):
    """A name was asked for that the data do not hold.

    Parameters
    ----------
    name, kind
        What was asked for, and what it should name.
    where
        What does not hold it.
    known
        Names that it has; the message lists those close to `name`, or the first ones.
    """

    def __init__(
        self, name: str, *, kind: str, where: str, known: Sequence[str]
    ) -> None:
        self.name, self.kind, self.where = name, kind, where
        self.close = _near(name, known)
        hint = f"It holds {_listed(known)}." if known else "Check the spelling."
        if self.close:
            hint = f"Did you mean {_listed(self.close)}?"
        self.message = (
            f"{where}: found no {kind} {name!r}, expected one of its names. {hint}"
        )
        super().__init__(self.message)

    def __str__(self) -> str:
        """Return the message itself; `KeyError` would show its repr."""
        return self.message


def _listed(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(repr(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def _near(name: str, known: Sequence[str], most: int = 3) -> tuple[str, ...]:
    """The names that may be meant; to compare with all of many would take long."""
    from difflib import get_close_matches

    return tuple(get_close_matches(name, known[:_MOST_COMPARED], n=most))


def _names_in(folder: Path) -> list[str]:
    """Names of the files in a folder; none if it cannot be read."""
    try:
        return sorted(path.name for path in islice(folder.iterdir(), _MOST_LISTED))
    except OSError:
        return []


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())
