"""One sentence for each claim, complete in itself, ready to copy into a paper."""

from collections.abc import Sequence

from bioloom.bounds.explaining.report_sentences import report_sentences
from bioloom.bounds.explaining.theory_sentences import (
    check_sentences,
    samples_sentences,
    simulation_sentences,
)
from bioloom.bounds.prediction_report import Report
from bioloom.bounds.representative import Check
from bioloom.bounds.sample_sizes import SampleSizes
from bioloom.bounds.simulation import Simulation
from bioloom.explain import Step
from bioloom.run.language import LANGUAGES, tr, use_language

Claims = Report | SampleSizes | Check | Simulation


def sentences_step(sentences: Sequence[str]) -> Step:
    """The last step of a working: the sentences, one a line."""
    return Step(
        claim=tr("Sentences to copy, one for each claim:"), detail=tuple(sentences)
    )


def sentences_in_all_languages(result: Claims) -> str:
    """Text with the sentences of a result, first in English, then in Chinese."""
    parts = []
    for language in LANGUAGES:
        with use_language(language):
            parts.append("\n".join(sentences(result)) + "\n")
    return "\n".join(parts)


def sentences(result: Claims) -> tuple[str, ...]:
    """One sentence for each claim of a result, in the language in force."""
    if isinstance(result, Report):
        return report_sentences(result)
    if isinstance(result, SampleSizes):
        return samples_sentences(result)
    if isinstance(result, Check):
        return check_sentences(result)
    return simulation_sentences(result)
