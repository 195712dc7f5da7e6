"""An application that serves a folder, and a browser that it has let in."""

import pytest

from tests.app.serving import serving


@pytest.fixture
def served(tmp_path):
    """The browser, the jobs, and the folder."""
    with serving(tmp_path) as (browser, jobs):
        browser.enter()
        yield browser, jobs, tmp_path


@pytest.fixture
def browser(served):
    return served[0]
