"""Exit with 0 if a C compiler and Python's headers are there, else with 1."""

import shutil
import sys
import sysconfig
from pathlib import Path

has_headers = (Path(sysconfig.get_paths()["include"]) / "Python.h").is_file()
sys.exit(0 if has_headers and shutil.which("gcc") else 1)
