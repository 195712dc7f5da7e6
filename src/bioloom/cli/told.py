"""Errors and notes in the language of the user's locale."""

import os
from collections.abc import Mapping

from bioloom.errors import BadInput, SeveralMistakes
from bioloom.run.language import language_of, use_language
from bioloom.run.phrases import told

_FRAME = "{where}: found {found}, expected {expected}. {advice}"


def told_error(problem: Exception, environment: Mapping[str, str] = os.environ) -> str:
    """The message of an error; one of bioloom's own from its facts.

    Parameters
    ----------
    problem
        The error.
    environment
        Environment variables, which name the locale.
    """
    with use_language(language_of(environment)):
        return _message(problem)


def told_note(text: object, environment: Mapping[str, str] = os.environ) -> str:
    """The line of a note."""
    with use_language(language_of(environment)):
        return told("bioloom: note: {text}").format(text=told(str(text)))


def told_line(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Any other line of the command line's own."""
    with use_language(language_of(environment)):
        return told(text)


def _message(problem: Exception) -> str:
    match problem:
        case BadInput() if str(problem) == _FRAME.format_map(vars(problem)):
            facts = {
                name: told(getattr(problem, name))
                for name in ("where", "found", "expected", "advice")
            }
            return told(_FRAME).format(**facts)
        case SeveralMistakes():
            text = str(problem)  # each by itself: together they would fit one phrase
            for mistake in problem.mistakes:
                text = text.replace(str(mistake), _message(mistake), 1)
            return told(text)
    return told(str(problem))
