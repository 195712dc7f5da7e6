"""Small data to try the application with, made on the spot."""

from pathlib import Path

from bioloom.run.output import write_text

# of the lecture notes: loss on the sample and on all data, by hypothesis
LOSSES = """\
hypothesis\tloss_sample\tloss_all
h1\t0.10\t0.11
h2\t0.04\t0.05
h3\t0.06\t0.055
"""


def write_example(folder: Path) -> Path:
    """Write simulated reads, a genome, miRNAs and a table of losses below a folder.

    Parameters
    ----------
    folder
        Gets a folder ``example``; what is there already is kept.

    Returns
    -------
    That folder.
    """
    from bioloom.lincrna.simulate import simulate
    from bioloom.mirna.demonstration import write_demo_files

    place = folder / "example"
    if not place.exists():
        simulate(place / "lincrna")
        write_demo_files(place / "mirna")
        write_text(place / "losses.tsv", LOSSES)
    return place
