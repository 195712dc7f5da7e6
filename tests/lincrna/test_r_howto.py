"""The R code of the how-to runs on the demo, and says what bioloom says."""

import re
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from bioloom.lincrna.workflow.demo import DemoResult

pytestmark = [pytest.mark.r, pytest.mark.tools]

HOWTO = Path(__file__).parents[2] / "docs/howto/lincrna.md"
WRITE = """
write.table(result, "result.tsv", sep = "\\t", quote = FALSE)
write.table(txi$counts, "txi.tsv", sep = "\\t", quote = FALSE)
"""


@pytest.fixture(scope="module")
def theirs(
    demo: tuple[Path, DemoResult], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Folder with what R wrote."""
    folder = tmp_path_factory.mktemp("r")
    blocks = re.findall(r"```r\n(.*?)```", HOWTO.read_text("utf-8"), re.DOTALL)
    code = "\n".join(blocks).replace('"demo/run"', f'"{demo[0] / "run"}"')
    (folder / "howto.R").write_text(code + WRITE)
    done = subprocess.run(
        ["Rscript", "howto.R"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", index_col=0)


def test_deseq2_calls_the_same_genes(
    demo: tuple[Path, DemoResult], theirs: Path
) -> None:
    """All but a few: four samples leave one degree of freedom after two factors.

    The trend of the dispersions then cannot be fitted; PyDESeq2 takes their mean,
    DESeq2 a local regression. `test_testing.py` has more samples and less difference.
    """
    result = table(theirs / "result.tsv")
    ours = pd.read_csv(demo[0] / "run/tables/comparisons.tsv", sep="\t")
    ours = ours.set_index("gene_id")
    result = result.loc[ours.index]
    gap = (ours["log2_fold_change"] - result["log2FoldChange"]).abs()
    assert gap.median() < 0.01
    agree = (ours["q_value"] < 0.05) == (result["padj"] < 0.05)
    assert agree.mean() > 0.95
    assert (ours["q_value"] < 0.05).sum() > 15


def test_tximport_counts_as_the_tables_do(
    demo: tuple[Path, DemoResult], theirs: Path
) -> None:
    """It takes one read length for all samples, and does not round."""
    txi = table(theirs / "txi.tsv")
    ours = table(demo[0] / "run/tables/gene_counts.tsv").loc[txi.index]
    many = ours[(ours > 100).all(axis=1)]
    assert len(many) > 20
    ratio = txi.loc[many.index] / many
    assert ((ratio > 0.95) & (ratio < 1.05)).all(axis=None)
