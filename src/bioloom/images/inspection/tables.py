"""Tables of an inspection's run folder, and what their columns mean."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from bioloom.images.inspection.inspection import PictureInspection
from bioloom.images.inspection.outliers import thresholds
from bioloom.images.inspection.problems import KINDS
from bioloom.run.output import write_text
from bioloom.run.tables import tables_readme, write_table

TABLES: Mapping[str, str] = MappingProxyType(
    {
        "problems": "One row for every problem, the weightiest kinds first: path "
        "below the data folder, label, problem, detail, other (path of the picture "
        "that it is compared with), score, action (what to do). A picture may have "
        "several. Kinds: "
        + " ".join(f"{name}: {kind.meaning}" for name, kind in KINDS.items())
        + " "
        + thresholds(),
        "files": "One row for every file: path; status (pictures: read; unreadable; "
        "formats: not read here; others: no picture; hidden); label; side of a given "
        "split; reason why it cannot be read; format, mode (Pillow's name), width, "
        "height, size in bytes; brightness and contrast, 0 to 1; label_margin "
        "(probability of its label minus that of the likeliest other one, by a head "
        "that did not see it: the lower, the likelier its label is wrong).",
        "classes": "Every label: its pictures, on each side of a given split, its "
        "unreadable files, and its files with a problem of any kind.",
        "formats": "Pictures by format and mode, with the smallest, median and "
        "largest width and height.",
    }
)


def write_tables(found: PictureInspection, out: Path) -> None:
    """Write the tables of an inspection and their README."""
    write_table(found.to_frame(), out, "problems")
    write_table(found.files_frame(), out, "files")
    write_table(found.classes_frame(), out, "classes")
    write_table(found.formats_frame(), out, "formats")
    write_text(out / "tables" / "README.md", tables_readme(TABLES))
