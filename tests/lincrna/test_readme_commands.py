"""The README's commands, typed one after another beside the demo's folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# the demo is there, the environment too, and Cora comes by the network
_ELSEWHERE = re.compile(r"make |\. \.venv|.*--dataset cora")


def commands():
    """What stands behind a prompt, with the lines that continue it."""
    blocks = "\n".join(_BLOCK.findall(README.read_text("utf-8")))
    typed = re.findall(r"^\$ ((?:.*\\\n)*.*)$", blocks, re.MULTILINE)
    return [one for one in typed if not _ELSEWHERE.match(one)]


@pytest.mark.slow
@pytest.mark.tools
def test_commands_work_as_typed(demo, tmp_path):
    folder, _ = demo
    (tmp_path / "demo").symlink_to(folder)
    paths = (str(Path(sys.executable).parent), os.environ["PATH"])
    environment = os.environ | {"PATH": os.pathsep.join(paths)}
    given = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
    assert len(commands()) > 15
    for command in commands():
        done = subprocess.run(command, shell=True, check=False, **given)  # noqa: S602 (our README)
        assert done.returncode == 0, (command, done.stderr)
