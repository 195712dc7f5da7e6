"""What all results have in common."""

from dataclasses import dataclass

import pandas as pd
import pytest

from bioloom.explain import Explanation, Step
from bioloom.result import SHOWN_ROWS, Result


@dataclass(frozen=True, slots=True, repr=False)
class Numbers(Result):
    """As many numbers as asked for."""

    n: int

    def summary(self):
        return f"{self.n} <numbers>"

    def to_frame(self):
        return pd.DataFrame({"number": range(self.n)})


def test_a_result_is_one_line_however_large():
    assert repr(Numbers(100_000)) == "<Numbers: 100000 <numbers>>"


def test_a_notebook_shows_escaped_words_and_the_first_rows():
    page = Numbers(SHOWN_ROWS + 2)._repr_html_()
    assert page.startswith("<p>12 &lt;numbers&gt;</p>")
    assert page.count("<tr>") == SHOWN_ROWS
    assert "… and 2 more rows" in page
    assert "more rows" not in Numbers(SHOWN_ROWS)._repr_html_()


def test_a_result_must_say_what_it_holds():
    class Silent(Result):
        pass

    with pytest.raises(TypeError, match="abstract"):
        Silent()


def test_an_explanation_shows_itself():
    explanation = Explanation("Title", (Step("It is <so>."),))
    assert repr(explanation) == str(explanation).rstrip("\n")
    assert explanation._repr_html_() == explanation.to_html()
    assert "&lt;so&gt;" in explanation._repr_html_()
