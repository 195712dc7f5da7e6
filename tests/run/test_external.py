"""Outside programs."""

import stat

import pytest

from bioloom.errors import ToolFailed, ToolMissing
from bioloom.run.external import (
    OPTIONAL_TOOLS,
    TOOLS,
    Tool,
    call,
    find,
    installed_versions,
    tail,
    version,
)


@pytest.fixture
def script(tmp_path, monkeypatch):
    def write(name, text):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    return write


def test_what_a_program_prints_is_returned():
    assert call(["printf", "%s", "a b; $HOME"]) == "a b; $HOME"


def test_a_failed_program_shows_command_status_and_last_lines():
    shell = "i=0; while [ $i -lt 30 ]; do echo line $i >&2; i=$((i+1)); done; exit 3"
    with pytest.raises(ToolFailed) as caught:
        call(["sh", "-c", shell])
    message = str(caught.value)
    assert caught.value.exit_code == 3
    assert message.startswith("sh failed with exit code 3.\n  command: sh -c 'i=0;")
    assert message.endswith("    line 29")
    assert "line 15\n" in message
    assert "line 14\n" not in message


def test_a_program_that_fails_without_error_output_shows_its_output():
    with pytest.raises(ToolFailed, match="only words"):
        call(["sh", "-c", "echo only words; exit 1"])


def test_a_missing_program_says_how_to_install_it(monkeypatch):
    with pytest.raises(ToolMissing, match="your package manager"):
        find("no-such-program-here")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolMissing, match="apt-get install stringtie"):
        call(["stringtie", "--version"])
    assert installed_versions() == {}


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("echo 'FastQC v0.11.9'", "0.11.9"),
        ("echo 'tool version 2.2.1-3.0.0' >&2", "2.2.1-3.0.0"),
        ("echo nothing; exit 1", "unknown"),
        ("echo 14-7e284+ds", "14-7e284+ds"),
        ("printf '\\377 4.5'", "4.5"),
    ],
)
def test_versions_are_read_from_either_stream(script, printed, expected):
    script("mytool", printed)
    version.cache_clear()
    assert version(Tool("mytool", "", "", "")) == expected


def test_each_tool_says_what_installs_it():
    for tool in (*TOOLS, *OPTIONAL_TOOLS):
        assert tool.apt in tool.install
        assert tool.install.startswith("apt-get" if tool.apt else "conda")
        assert f"bioconda::{tool.conda}" in tool.install


def test_tail_keeps_the_last_lines():
    assert tail("a\nb\nc\n\n", 2) == "b\nc"
    assert tail("") == ""
