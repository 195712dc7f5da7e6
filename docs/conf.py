"""Sphinx configuration."""

import sys
from pathlib import Path

import bioloom

sys.path.insert(0, str(Path(__file__).parent))

project = "bioloom"
author = "the bioloom developers"
copyright = f"2026, {author}"
version = release = bioloom.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_click",
    "settings_tables",
    "table_columns",
    "sphinx_gallery.gen_gallery",
    "sphinx_copybutton",
]
myst_enable_extensions = ["colon_fence"]
nb_execution_mode = "auto"  # the notebooks run when the documentation is built
nb_execution_raise_on_error = True
nb_execution_timeout = 600
nb_merge_streams = True
myst_heading_anchors = 3
autosummary_generate = True
autodoc_typehints = "signature"
numpydoc_show_class_members = False
templates_path = ["_templates"]
exclude_patterns = ["_build", "gallery/*.ipynb"]  # the gallery's pages are .rst
smartquotes_action = "qe"  # options keep their two dashes
# copied are commands alone, without prompts and what they print
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True
copybutton_line_continuation_character = "\\"
html_theme = "furo"
html_title = f"bioloom {version}"


def setup(app):
    """Write the lessons beside the pages that embed them."""
    app.connect("build-finished", _write_lessons)


def _write_lessons(app, problem):
    if problem is None and app.builder.format == "html":
        bioloom.lesson.write_all(out=Path(app.outdir) / "lessons")


sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "image_scrapers": ("gallery_figures",),
    "reset_modules": (),
    "abort_on_example_error": True,
    "show_memory": False,
    "download_all_examples": False,
    "within_subsection_order": "FileNameSortKey",
    "min_reported_time": 5,
    "write_computation_times": False,
}
