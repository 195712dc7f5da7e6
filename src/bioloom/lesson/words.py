"""Words of the lesson pages, by the names that their scripts use."""

from collections.abc import Mapping
from types import MappingProxyType

from bioloom.lesson.words_duplex import DUPLEX
from bioloom.lesson.words_filters import FILTERS
from bioloom.lesson.words_reads import READS
from bioloom.run.language import LANGUAGES, Language, mark, tr, use_language

INDEX_TITLE = mark("Lessons")
ROOM_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "lincrna": mark("Which transcript is a lincRNA?"),
        "mirna": mark("Where does a miRNA bind?"),
        "graph": mark("What does a node receive from its neighbours?"),
        "images": mark("Why this class?"),
        "debruijn": mark("The turning wheel"),
        "bounds": mark("Why a good sample makes a good model"),
        "backprop": mark("Backpropagation by hand"),
    }
)
ROOM_LEADS: Mapping[str, str] = MappingProxyType(
    {
        "lincrna": mark(
            "Every criterion with its evidence, threshold and margin. Move the "
            "thresholds, and watch candidates come and go."
        ),
        "mirna": mark(
            "The energy loop by loop, the seed, the score. Slide a miRNA along a "
            "target, and watch the least energy being found."
        ),
        "graph": mark(
            "A·H adds up the features of a node's neighbours. Drag the nodes, add "
            "edges, and watch matrix and picture together."
        ),
        "images": mark(
            "A classifier that is one threshold, and a corner pixel that fools it; "
            "then from the cells of a picture to a score and a probability."
        ),
        "debruijn": mark(
            "A wheel of letters whose window shows every word once. Turn it, walk the "
            "graph behind it, and put a text of your own together from its reads."
        ),
        "bounds": mark(
            "500 questions of 10,000, and what they can promise. Draw the exam again "
            "and again, and count how often it misleads."
        ),
        "backprop": mark(
            "Every gradient is a product of simple factors. Move a weight and watch "
            "values and gradients follow."
        ),
    }
)
_FRAME = {
    "skip": mark("Skip to the lesson"),
    "language": mark("Language"),
    "kind": mark("Lesson"),
    "working": mark("Step by step"),
    "playing": mark("Try it"),
    "training": mark("Exercises"),
    "index_lead": mark(
        "Each lesson is one file that needs no network. All play workings step by "
        "step; those with a part to try say so."
    ),
    "has_player": mark("Workings step by step"),
    "has_explorer": mark("Workings step by step, a part to try, exercises"),
    "footer": mark(
        "Written by bioloom. This page needs no network. Its address holds what you "
        "have set: copy it to share this very situation."
    ),
    "no_script": mark(
        "Without scripts all steps are shown at once, and nothing can be tried."
    ),
}
_PLAYER = {
    "back": mark("Back"),
    "next": mark("Next"),
    "look": mark("Look"),
    "all_steps": mark("All steps"),
    "step_of": mark("Step {step} of {n}"),
    "predict": mark("Predict first: what comes out? Then look."),
    "predict_value": mark("Your value"),
    "your_guess": mark("Your value"),
    "guess_right": mark("Right, as far as the digits shown go."),
    "guess_off": mark("Off by {difference}."),
    "not_a_number": mark("What was typed is not a number."),
    "scene_label": mark(
        "Picture of the example; the parts that the step is about are highlighted."
    ),
}
_EXERCISE = {
    "reset": mark("Begin anew"),
    "sheet": mark("Sheet number"),
    "new_sheet": mark("New sheet"),
    "check": mark("Check"),
    "show_answer": mark("Show the answer"),
    "your_answer": mark("Your answer"),
    "task_right": mark("✓ Right: {answer}"),
    "task_wrong": mark("✗ Not yet; try again."),
    "task_shown": mark("The answer is {answer}."),
    "score": mark("Score: {right} of {n}"),
}
_GRAPH = {
    "graph_picture": mark(
        "The graph. Arrow keys move a node, Enter chooses it, or joins it."
    ),
    "matrix_caption": mark(
        "The matrix, the features H and the result. Press an entry to add or remove "
        "its edge."
    ),
    "aggregation": mark("Aggregation"),
    "kind_sum": mark("sum: A·H"),
    "kind_loops": mark("with self-loops: (A + I)·H"),
    "kind_mean": mark("mean of the neighbours"),
    "kind_gcn": mark("symmetric normalisation, as in GCN"),
    "rounds": mark("Rounds"),
    "joining": mark("Pressing another node adds or removes an edge to the chosen one"),
    "notes_graph": mark("The graph of the notes"),
    "no_edges": mark("Remove all edges"),
    "node_label": mark("Node {node}, neighbours {neighbours}, value {value}"),
    "cell_label": mark("Row {row}, column {column}: {value}"),
    "h_label": mark("Feature of node {node}"),
    "node_working": mark("Node {node}, last round: {terms} = {value}"),
    "spread": mark(
        "Largest minus smallest value, round by round: {values}. With a mean it "
        "shrinks: after many rounds all nodes look alike (over-smoothing)."
    ),
    "ask_notes": mark(
        "In the drawing of the notes node 1 has three neighbours, in their matrix "
        "(the graph that this page begins with) two. With H = 1, 2, …, 6, which value "
        "does A·H give node 1 by the matrix?"
    ),
    "ask_mismatch": mark(
        "In the notes, drawing and matrix are not the same graph. Here they differ in "
        "one edge. Between which nodes? Write both numbers, the smaller one first, "
        "such as 25."
    ),
    "drawn_edges": mark("Drawing with the edges {edges}"),
    "ask_aggregate": mark(
        "Rows of A, and one feature h of each node. Which value has node {node} after "
        "{rounds} round(s)? Aggregation: {kind}. Two decimals are enough."
    ),
}
_BACKPROP = {
    "network": mark("Network"),
    "net_notes": mark("the notes' network, 1-1-1"),
    "net_wide": mark("two inputs, two units, 2-2-1"),
    "net_own": mark("your own: up to three hidden layers"),
    "hidden_units": mark("Units in hidden layer {layer}"),
    "rounding": mark("Round every z and a to decimals"),
    "rounding_off": mark("no rounding"),
    "rounding_cost": mark(
        "With every z and a rounded to {decimals} decimals, ∂J/∂{name} is {rough} "
        "instead of {exact}: no gradient is further off than this one, by {off}. "
        "Exactly, J = {loss}."
    ),
    "network_picture": mark(
        "The network: values in its units, weights and gradients at its edges."
    ),
    "activation": mark("Activation, layer {layer}"),
    "parameters": mark("Parameters, inputs and target"),
    "slider": mark("{name} = {value}"),
    "slider_gradient": mark("{name} = {value}, gradient {gradient}"),
    "rate": mark("Learning rate η"),
    "one_step": mark("One step of gradient descent"),
    "ten_steps": mark("Ten steps"),
    "loss_line": mark("J = ½ Σ(y − t)² = {loss}; y = {y}, t = {target}"),
    "steps_line": mark("Loss from step to step: {values}"),
    "network_is_flat": mark(
        "All gradients are 0: gradient descent does not move from here."
    ),
    "ask_network": mark(
        "x = {x}, w11 = {w11}, b1 = {b1}, sigmoid, then w21 = {w21}, b2 = {b2}, "
        "{activation}; target t = {target}, J = ½(y − t)². How large is {wanted}? "
        "Three decimals are enough."
    ),
    "ask_direction": mark(
        "∂J/∂w11 = {gradient} and w11 = {w11}. Which w11 follows after one step of "
        "gradient descent with η = {rate}? Three decimals are enough."
    ),
}
_WHEEL = {
    "alphabet": mark("Letters"),
    "order": mark("Letters in the window"),
    "text_on_wheel": mark("Letters on the wheel, clockwise"),
    "direction": mark("The wheel turns"),
    "counterclockwise": mark("counterclockwise"),
    "clockwise": mark("clockwise"),
    "turn_once": mark("Turn by one sector"),
    "turn_back": mark("Turn back"),
    "least": mark("A solution"),
    "notes_other": mark("The notes' other solution, 0110"),
    "wheel_picture": mark("The wheel; the window is at the top."),
    "window_shows": mark("Turn {turn}: the window shows {word}"),
    "windows_of": mark("Windows in the order of the turns: {words}"),
    "direction_note": mark(
        "Letters laid clockwise on a wheel that turns clockwise pass the window in "
        "reverse: 0011 shows 00, 10, 11, 01."
    ),
    "wheel_right": mark("Each of the {n} words occurs exactly once: a solution."),
    "wheel_same": mark(
        "It is the sequence {least}, rotated by {n}: the same cycle, not a second "
        "solution."
    ),
    "wheel_other": mark("It is a different cycle from {least}."),
    "wheel_length": mark("{n} letters are needed, one for each word; these are {m}."),
    "wheel_repeat": mark("The word {word} comes twice: no solution."),
    "wheel_cycles": mark("Number of different solutions, rotations counted once: {n}"),
    "walk": mark("An Eulerian walk"),
    "walk_lead": mark(
        "Each word is an edge, from its letters without the last to its letters "
        "without the first. Walk over every edge once and come back."
    ),
    "walk_picture": mark("The graph; edges walked are highlighted."),
    "walk_here": mark("You are at {node}; {n} of {all} edges are walked."),
    "walk_done": mark("Done: the first letters of the edges spell {text}."),
    "walk_stuck": mark(
        "No edge leads on from {node}, and {n} are left. Undo and go another way."
    ),
    "walk_by": mark("Walk {word}"),
    "undo": mark("Undo"),
    "empty_node": mark("(empty)"),
    "ask_window": mark(
        "Clockwise on a wheel stand the letters {text}; the window shows {order} of "
        "them, now {now}. The wheel turns {direction}. What does the window show "
        "after {turns} turn(s)?"
    ),
    "ask_sectors": mark(
        "How many sectors does a wheel need whose window shows {order} of {size} "
        "different letters, each word once?"
    ),
    "ask_rotation": mark(
        "By how many letters must {text} be rotated to the left to give {other}?"
    ),
    "ask_missing": mark(
        "The cycle {text} lacks exactly one of the words of {order} letters over 0 "
        "and 1 (going round). Which one?"
    ),
}
_EXAM = {
    "exam_picture": mark(
        "Each hypothesis with the band δ/2 around its loss on all data, and the losses "
        "on the samples drawn."
    ),
    "sample_size": mark("Questions drawn of 10,000"),
    "tolerance": mark("Tolerance δ"),
    "draw_one": mark("Draw once"),
    "draw_many": mark("Draw 100 times"),
    "other_draws": mark("Other draws"),
    "losses_on_all": mark("Loss of each hypothesis on all data, %"),
    "loss_of": mark("Loss of h{h}"),
    "draw_kept": mark(
        "Draw {draw}: every hypothesis is within its band. Best on the sample is h{h} "
        "with {seen}; on all data it has {all}, at most the goal of {goal}."
    ),
    "draw_broken": mark(
        "Draw {draw}: a hypothesis is outside its band, and nothing is promised. Best "
        "on the sample is h{h} with {seen}; on all data it has {all}, the goal is "
        "{goal}."
    ),
    "bands_broken": mark("Draws with a hypothesis outside its band: {broken} of {n}"),
    "promise": mark(
        "Chance of such a draw: at most {bound} by Hoeffding's bound for all "
        "hypotheses, at most {exact} by the exact tails added up. For 5 % by "
        "Hoeffding's bound, {size} independent questions are needed."
    ),
    "chain_line": mark(
        "From the sample alone: {seen} + δ/2 = {bound}, at most, if it is "
        "representative. The goal, best on all data + δ = {goal}, is what is promised "
        "before anything is drawn."
    ),
    "ask_step_four": mark(
        "In the notes δ = 2 %; on the sample, h_train has 4.5 %. On all data, their "
        "last step promises at most 7 %. Which value, in %, does their fourth step, "
        "loss on the sample + δ/2, give already?"
    ),
    "ask_smallest": mark(
        "In the notes, h_train begins with 8 %, h_all with 6 %. But "
        "h_train is the best on the sample: which loss, in %, may it have there at "
        "most?"
    ),
    "ask_gap": mark(
        "In the notes a method has 10 %, on all data 12 %; every "
        "gap shall be at most 1 %. How large is this gap, in %?"
    ),
    "ask_at_most": mark(
        "On the sample h_train has {loss} %; δ = {delta} %, and the sample is "
        "representative. Which loss, in %, has h_train on all data at most?"
    ),
    "ask_goal": mark(
        "On all data the best hypothesis has {loss} %; δ = {delta} %. Which loss, in "
        "%, may h_train have on all data at most?"
    ),
    "ask_size": mark(
        "How many independent examples does Hoeffding's bound ask for, so that the "
        "gaps of {n} hypotheses are at most {epsilon} %, with a chance of failure of "
        "{failure} %? n ≥ ln(2·|H|/p) / (2ε²), rounded up."
    ),
}
_THRESHOLDS = {
    "threshold_picture": mark(
        "Pictures of two families along the feature, those for training filled; the "
        "line is the threshold."
    ),
    "feature": mark("Feature"),
    "feature_edges": mark("number of edge pixels"),
    "feature_corner": mark("brightness of the corner pixel"),
    "planted": mark("Plant a bright corner pixel in nearly all Digimon (99 %)"),
    "train_share": mark("Pictures for training"),
    "threshold": mark("Threshold"),
    "side": mark("Digimon is"),
    "side_above": mark("above it"),
    "side_below": mark("up to it"),
    "fit": mark("Choose the best threshold on the training pictures"),
    "other_pictures": mark("Other pictures"),
    "rule_above": mark("Digimon if the feature is above {cut}, else Pokémon"),
    "rule_below": mark("Digimon if the feature is at most {cut}, else Pokémon"),
    "accuracies": mark(
        "Right: {train} of {n} pictures for training, {test} of {m} test pictures"
    ),
    "accuracy_wild": mark(
        "On {n} pictures from elsewhere, where no pixel is planted: {wild}. If that is "
        "far below the test, the classifier knows a shortcut and not the families; the "
        "test pictures have the same shortcut and cannot show it."
    ),
    "ask_mistakes": mark(
        "Values and families of eight pictures. How many are wrong if a picture is "
        "called Digimon when its value is above {cut}?"
    ),
    "ask_accuracy": mark(
        "What share of these eight pictures, in %, is right if a picture is called "
        "Digimon when its value is above {cut}?"
    ),
    "ask_hypotheses": mark(
        "How many different classifiers do thresholds on these values give? For each "
        "distinct value there are two: Digimon above it, and Digimon up to it."
    ),
    "ask_fewest": mark(
        "How many mistakes has the best threshold on these pictures, if either side "
        "may be Digimon?"
    ),
}
_OF_ROOM: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "graph": _GRAPH,
        "backprop": _BACKPROP,
        "debruijn": {**_WHEEL, **READS},
        "bounds": _EXAM,
        "images": _THRESHOLDS,
        "lincrna": FILTERS,
        "mirna": DUPLEX,
    }
)


def page_words(page_title: str, room: str = "") -> dict[Language, dict[str, str]]:
    """Words of a page in each language, by name.

    Parameters
    ----------
    page_title
        Its title, a marked message.
    room
        Whose part to try it holds; empty for none.
    """
    messages = {
        **_FRAME,
        **_PLAYER,
        **_EXERCISE,
        **_OF_ROOM.get(room, {}),
        "page_title": page_title,
        "lead": ROOM_LEADS.get(room, ""),
        **{f"room_{name}": title for name, title in ROOM_TITLES.items()},
        **{f"lead_{name}": lead for name, lead in ROOM_LEADS.items()},
    }
    words: dict[Language, dict[str, str]] = {}
    for language in LANGUAGES:
        with use_language(language):
            words[language] = {name: tr(text) for name, text in messages.items()}
    return words
