"""Archives as FastQC writes them, of what it wrote of one file of the simulation."""

from pathlib import Path
from zipfile import ZipFile

WRITTEN = Path(__file__).parents[1] / "data" / "fastqc"
"""FastQC 0.11.9 of 5,742 reads."""


def packed_fastqc(folder: Path, name: str, **texts: str) -> Path:
    """An archive; `texts` are its files in place of FastQC's own, by their stem."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {path.stem: path.read_text("utf-8") for path in WRITTEN.glob("*.txt")}
    archive = folder / f"{name}_fastqc.zip"
    with ZipFile(archive, "w") as packed:
        packed.writestr(f"{name}_fastqc/fastqc_report.html", "<html>")
        for stem, text in {**own, **texts}.items():
            if text:
                packed.writestr(f"{name}_fastqc/{stem}.txt", text)
    return archive
