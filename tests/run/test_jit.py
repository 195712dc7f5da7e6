"""Compiled kernels are kept, and not longer than the sources they are made of."""

import subprocess
import sys

INNER = (
    "from bioloom.run.jit import kernel\n\n@kernel\ndef inner(x):\n    return x + {}\n"
)
OUTER = """\
from inside import inner
from bioloom.run.jit import kernel

@kernel
def outer(x):
    return 10 * inner(x)
"""
RUN = """\
from outside import outer
print(outer(1), sum(outer.stats.cache_hits.values()))
"""


def run(folder):
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_a_kernel_is_compiled_anew_when_one_that_it_calls_has_changed(tmp_path):
    (tmp_path / "outside.py").write_text(OUTER)
    (tmp_path / "inside.py").write_text(INNER.format(1))
    assert run(tmp_path) == ["20", "0"]
    assert run(tmp_path) == ["20", "1"]
    (tmp_path / "inside.py").write_text(INNER.format(2))
    assert run(tmp_path) == ["30", "0"]
