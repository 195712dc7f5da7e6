"""
A classifier that looks at the corner
=====================================

Two families of creatures are drawn, one of them with a mark in the corner. In the
shell: ``bioloom images demo --out creatures --plant corner``.
"""

from pathlib import Path
from tempfile import mkdtemp

import bioloom as bl

demo = bl.images.demo(mkdtemp(), plant="corner")
print(demo)

# %%
# The same pictures, trained on once more: all test pictures are right …
pictures = Path(demo.out) / "pictures"
training = bl.images.train(pictures, Path(demo.out) / "again")
figure = training.plot("confusion")

# %%
# … but the corner pixels alone do as well, and the audit says so.
figure = training.plot("audit")

# %%
# Where the two classes differ: the mark is a bright dot in a corner.
figure = training.audit.plot_where()

# %%
# Confidence against accuracy.
figure = training.plot("calibration")

# %%
# How the strength of the regularisation was chosen.
figure = training.plot("curves")
