"""Words of the page of a network, in the language in force."""

from bioloom.graph.drawing.drawing import Piece
from bioloom.run import phrases
from bioloom.run.language import tr


def piece_words(piece: Piece) -> str:
    """What part of the graph is drawn."""
    words = tr(piece.description)
    return phrases.told(words) if words == piece.description else words


def still_words(piece: Piece, graph: str, model: str, sizes: str) -> dict[str, str]:
    """Title, description and caption of the static picture."""
    what = tr("predictions of {model}", model=model) if model else tr("classes")
    return {
        "title": tr("{graph}, {part}", graph=graph, part=piece_words(piece)),
        "description": tr(
            "Nodes as dots, edges as lines, colours by {what}; {sizes}. With scripts, "
            "the search field finds every node by its name.",
            what=what,
            sizes=sizes,
        ),
        "caption": tr("The same places, coloured by {what}.", what=what),
    }


def page_words(sizes: str, n_models: int, *, has_still: bool) -> dict[str, str]:
    """The words of the template."""
    left = tr("The picture next to this page shows the same.")
    if has_still:
        left = tr("The static picture shows the same.")
    return {
        "lead": _lead(sizes, n_models),
        "sections": tr("Sections"),
        "short": tr("Network"),
        "network": tr("The network"),
        "picture": tr("Static picture"),
        "licences": tr("Licences"),
        "no_viewer": tr(
            "Exploring the network needs scripts and WebGL, which are not available "
            "here."
        ),
        "left": left,
        "third_party": tr(
            "This page contains third-party programs that draw the network, under the "
            "MIT licence."
        ),
        "key": tr(
            "Test nodes are larger. Neighbours are counted among the nodes drawn here. "
            "Distances come from a force layout; they only show that linked nodes are "
            "close to each other."
        ),
        **_control_words(),
    }


def _lead(sizes: str, n_models: int) -> str:
    if n_models == 1:
        return tr(
            "{sizes}. Point at a node to see the classes of its neighbours, by label "
            "and by the model.",
            sizes=sizes,
        )
    if n_models:
        return tr(
            "{sizes}. Point at a node to see the classes of its neighbours, by label "
            "and by the models.",
            sizes=sizes,
        )
    return tr("{sizes}.", sizes=sizes)


def _control_words() -> dict[str, str]:
    return {
        "node": tr("Node"),
        "model": tr("Model"),
        "colour_by": tr("Colour by"),
        "palette": tr("Palette"),
        "show": tr("Show"),
        "all_classes": tr("all classes"),
        "judged": tr("Show right or wrong"),
        "right_and_wrong": tr("right and wrong"),
        "only_right": tr("test nodes, right"),
        "only_wrong": tr("test nodes, wrong"),
        "reset": tr("Reset view"),
        "save_png": tr("Save PNG"),
        "save_svg": tr("Save SVG"),
        "found": tr("Nodes found"),
        "stage": tr("The network; search for a node to read its properties"),
        "point": tr("Point at a node; click to select it, press Escape to deselect."),
        "colours": tr("Colours"),
        "correct": tr("right or wrong"),
        "class": tr("class"),
        "prediction": tr("prediction"),
        "confidence": tr("confidence"),
        "standard": tr("usual"),
        "safe": tr("for colour-blind readers"),
    }


def script_words() -> dict[str, str]:
    """The words of the page's script; gaps are filled there."""
    return {
        "no_label": tr("no label"),
        "not_test": tr("not in the test set"),
        "test_right": tr("test node, right"),
        "test_wrong": tr("test node, wrong"),
        "none": tr("none"),
        "train": tr("train"),
        "val": tr("validation"),
        "test": tr("test"),
        "id": tr("id"),
        "label": tr("label"),
        "split": tr("split"),
        "says": tr("{model} says", model="{model}"),
        "confidence": tr("confidence"),
        "so_it_is": tr("so it is"),
        "right": tr("right"),
        "wrong": tr("wrong"),
        "neighbours": tr("neighbours"),
        "drawn": tr("{n} drawn of {all}", n="{n}", all="{all}"),
        "votes": tr("Its neighbours' votes"),
        "class": tr("Class"),
        "labelled": tr("labelled"),
        "called": tr("called"),
        "what_led": tr("What led to its class:"),
        "of_nodes": tr("{n} of {all} nodes", n="{n}", all="{all}"),
        "point": tr("Point at a node; click to select it, press Escape to deselect."),
    }
