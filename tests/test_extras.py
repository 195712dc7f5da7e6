"""How an extra is installed: from where bioloom came."""

import json
import re
from importlib.metadata import PathDistribution, requires

import pytest

from bioloom.cli.doctor import EXTRAS
from bioloom.extras import install_command


@pytest.mark.parametrize(
    ("origin", "command"),
    [
        (None, "pip install 'bioloom[igv]'"),
        (
            {"url": "file:///my%20work/bioloom", "dir_info": {"editable": True}},
            "pip install -e '/my work/bioloom[igv]'",
        ),
        ({"url": "file:///src", "dir_info": {}}, "pip install '/src[igv]'"),
        (
            {"url": "file:///b-0.1-py3-none-any.whl", "archive_info": {}},
            "pip install 'bioloom[igv] @ file:///b-0.1-py3-none-any.whl'",
        ),
        (
            {"url": "https://x.org/b", "vcs_info": {"vcs": "git", "commit_id": "a1"}},
            "pip install 'bioloom[igv] @ git+https://x.org/b@a1'",
        ),
    ],
)
def test_an_extra_is_asked_for_where_bioloom_came_from(monkeypatch, origin, command):
    said = origin and json.dumps(origin)
    monkeypatch.setattr(PathDistribution, "read_text", lambda *_: said)
    install_command.cache_clear()
    assert install_command("igv") == command
    install_command.cache_clear()


def test_the_doctor_knows_every_extra_of_users():
    found = {
        match[1]
        for one in requires("bioloom") or ()
        if (match := re.search(r"extra == ['\"]([\w-]+)['\"]", one))
    }
    assert found - {"docs", "dev"} == set(EXTRAS)
