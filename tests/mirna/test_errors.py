"""Messages of the room's errors."""

import pytest

from bioloom.errors import BioloomError
from bioloom.mirna.errors import FitFailed, NoSite


def test_a_fit_that_failed_says_what_to_change():
    problem = FitFailed("let-7", n_targets=500, n_tail=3)
    assert isinstance(problem, (BioloomError, RuntimeError))
    assert "let-7: found 3 usable best energies on 500 random" in str(problem)
    assert "expected enough to fit" in str(problem)


def test_a_missing_site_says_what_to_ask_for():
    with pytest.raises(ValueError, match="utr: found no such site of let-7") as caught:
        raise NoSite("let-7", "utr")
    assert "--max-mfe" in str(caught.value)
