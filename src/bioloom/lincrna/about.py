"""What of a run can be explained; `bioloom.lincrna.output.explaining` explains it."""

from typing import Literal

About = Literal["verdict", "expression", "comparison", "partners", "markers", "cells"]
