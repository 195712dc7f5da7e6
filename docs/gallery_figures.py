"""How the gallery takes an example's figures: bioloom's know no pyplot."""

from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst

from bioloom.draw import style


def save_figure(_block, block_vars, gallery_conf):
    """Save the figure that an example calls `figure`."""
    found = block_vars["example_globals"].pop("figure", None)
    if not isinstance(found, Figure):
        return ""
    path = next(block_vars["image_path_iterator"])
    with style():
        found.savefig(path, dpi=150)
    return figure_rst([path], gallery_conf["src_dir"])


def _get_sg_image_scraper():
    return save_figure
