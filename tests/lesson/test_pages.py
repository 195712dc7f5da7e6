"""Lesson pages in a real browser: both languages, keyboard, links, exercises, width."""

import inspect
import re
from pathlib import Path

import pytest

import bioloom as bl
from bioloom.bounds.tails import hypergeometric_tail
from bioloom.errors import InputWarning, PackageMissing
from bioloom.explain import Explanation, Quantity, Step
from bioloom.lesson import examples, page, pictures
from bioloom.lesson.words import page_words
from bioloom.run.language import LANGUAGES
from tests.report.browsing import NEEDS_CHROMIUM, dump, evaluated

pytestmark = NEEDS_CHROMIUM
MOST_BYTES = 400_000
EXPLORERS = ("graph", "backprop", "debruijn", "bounds", "images", "mirna", "lincrna")
PICTURES = ("graph", "backprop", "debruijn")
N_TASKS = {"debruijn": 9, "bounds": 6, "graph": 6}
WEB = Path(page.__file__).parent / "web"
NARROW = """
document.body.style.width = "360px";
return Array.from(document.querySelectorAll("main *")).filter((one) => {
  const parent = one.parentElement.closest(".scroll, svg, .formula, pre");
  return !parent && one.getBoundingClientRect().right > 361;
}).map((one) => one.outerHTML.slice(0, 200));
"""
NAMELESS = """
const names = (one) => one.getAttribute("aria-label") || one.textContent.trim()
  || (one.labels && one.labels[0] && one.labels[0].textContent.trim());
const ids = Array.from(document.querySelectorAll("[id]")).map((one) => one.id);
return [
  Array.from(document.querySelectorAll("a, button, input, select, [role]"))
    .filter((one) => !names(one) && one.getAttribute("role") !== "status")
    .map((one) => one.outerHTML),
  ids.filter((id, k) => ids.indexOf(id) !== k),
  Array.from(document.querySelectorAll("[data-w], [data-wl]")).length,
];
"""
VISIBLE = """
const shown = (one) => one !== null && one.checkVisibility();
const play = document.querySelector(".play");
const current = play.querySelector("li.current");
"""


@pytest.fixture(scope="module")
def pages():
    """All pages, by file name."""
    return page.all_pages()


@pytest.fixture(scope="module", params=bl.ROOMS)
def lesson(request, pages):
    return pages[f"{request.param}.html"]


def test_there_is_a_lesson_of_every_room_and_a_page_that_leads_to_them(pages):
    assert list(pages) == ["index.html", *(f"{room}.html" for room in bl.ROOMS)]
    links = re.findall(r'<a href="\./([^"]*)"', pages["index.html"])
    assert links == list(pages)[1:]
    for text in pages.values():
        assert len(text.encode()) < MOST_BYTES


def test_a_page_runs_under_its_own_policy_and_needs_nothing_else(lesson, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(lesson, "utf-8")
    assert '<html lang="en" class="js">' in dump(path, tmp_path / "p", "#lang=en")
    assert not re.findall(r'(?:src|href)="(?!#)', lesson)
    assert "unsafe" not in lesson.partition("</head>")[0]
    outside = set(re.findall(r"https?://[^\s\"'<>)]*", lesson))
    names = {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"}
    assert outside <= names


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wider_than_a_narrow_screen(lesson, tmp_path, language):
    assert evaluated(lesson, NARROW, tmp_path, f"#lang={language}") == []


def test_everything_has_a_name_for_screen_readers(lesson, tmp_path):
    nameless, doubled, n_worded = evaluated(lesson, NAMELESS, tmp_path)
    assert nameless == []
    assert doubled == []
    assert n_worded > 10


def test_the_address_leads_to_a_step_in_a_language(lesson, tmp_path):
    script = (
        f"{VISIBLE} return [document.documentElement.lang,"
        " Array.from(play.querySelectorAll('.steps > li')).indexOf(current),"
        " shown(current.querySelector('.in-zh')),"
        " shown(current.querySelector('.in-en')),"
        " current.querySelector('.in-zh .claim').textContent];"
    )
    tag, step, is_zh, is_en, claim = evaluated(
        lesson, script, tmp_path, "#lang=zh&step1=3"
    )
    assert (tag, step, is_zh, is_en) == ("zh-Hans", 2, True, False)
    assert re.search(r"[\u4e00-\u9fff]", claim)


@pytest.mark.parametrize(
    "broken",
    [
        "#step1=x&seen1=y&lang=constructor&seed=-5",
        "#step1=999&edges=zz 11 21&h=a&at=1_2_3&rounds=1e9&kind=toString&node=77",
        "#net=constructor&p=1 2&x=&act1=toString&eta=NaN",
        "#letters=&order=99&text=<b>&dir=up&turn=-3&walk=00 11 zz",
        "#n=-1&delta=x&losses=1 2 x&draws=1e99&draw=0",
        "#net=own&units=9 x&round=77&act4=toString&p=1",
        "#gs=-1&gm=x&len=1e99&orf=0&cod=2&hk=NaN&dom=3&rule=<b>",
        "#mi=<b>&ta=x&pos=-1&row=99&loop=99&pair=toString",
        "#mi=AA&ta=CC&pos=2&row=1&loop=zz",
        "#src=<b>&k=99&len=1&cov=x&err=-1&min=1e9&strands=up&reads=z&lit=7&clean=2",
        "#strands=one&src=aaaaaaaaaaaa&k=2&len=2&lit=-3&cov=1&err=10",
        "#%%%&=&&lang",
    ],
)
def test_a_broken_address_is_an_ordinary_page(pages, tmp_path, broken):
    for room in EXPLORERS:
        script = "return document.documentElement.className;"
        assert evaluated(pages[f"{room}.html"], script, tmp_path, broken) == "js"


PREDICT = """
const [look] = Array.from(play.querySelectorAll("form.ask button"));
const field = play.querySelector("form.ask input");
const answer = () => shown(current.querySelector(".in-en .answer"));
const before = answer();
field.value = TYPED;
look.click();
return [before, answer(), play.querySelector(".judged").textContent, location.hash];
"""


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("-0.2689414", "Right, as far as the digits shown go."),
        ("−0,2689414", "Right, as far as the digits shown go."),
        ("0", "Off by 0.268941."),
        ("none", "What was typed is not a number."),
        ("", ""),
    ],
)
def test_the_value_is_hidden_until_asked_for(pages, tmp_path, typed, message):
    script = VISIBLE + PREDICT.replace("TYPED", repr(typed))
    before, after, judged, hash_ = evaluated(
        pages["backprop.html"], script, tmp_path, "#lang=en&step1=5"
    )
    assert (before, after, judged) == (False, True, message)
    assert "seen1=1" in hash_


KEYS = """
const press = (key) => play.querySelector(".jumps button").dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const step = () => play.querySelector("[aria-current]").textContent;
const seen = [step()];
for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "a"]) {
  press(key);
  seen.push(step());
}
for (let k = 0; k < 40; k += 1) press("ArrowRight");
return [seen, step(), play.querySelectorAll(".steps > li").length];
"""


def test_arrow_keys_turn_the_steps(lesson, tmp_path):
    seen, last, n_steps = evaluated(lesson, VISIBLE + KEYS, tmp_path)
    assert seen == ["1", "2", "3", "2", "2"]
    assert int(last) == n_steps


LIT = """
const next = Array.from(play.querySelectorAll(".controls button"))[1];
const lit = [];
for (let k = 0; k < 40; k += 1) {
  lit.push(play.querySelectorAll(".scene .lit").length);
  if (next.disabled) return lit;
  next.click();
}
"""


@pytest.mark.parametrize("room", PICTURES)
def test_every_step_with_a_picture_says_what_it_lights(pages, tmp_path, room):
    with_picture = [one for one in examples.plays_of(room) if one.picture]
    assert with_picture
    for place, play in enumerate(with_picture):
        n_steps = len(play.workings["en"].steps)
        # a step that only some examples have stands at the end
        assert n_steps <= len(play.picture.lit) <= n_steps + place
        parts = set(re.findall(r'data-part="(\w+)"', play.picture.svg))
        assert {name for names in play.picture.lit for name in names.split()} == parts
    lit = evaluated(pages[f"{room}.html"], VISIBLE + LIT, tmp_path)
    assert len(lit) == len(with_picture[0].workings["en"].steps)
    assert sum(number > 0 for number in lit) >= len(lit) - 1


SHEET = """
const [field] = document.querySelectorAll("#exercises input[type=number]");
const tasks = () => Array.from(document.querySelectorAll(".tasks > li"));
const lay = (seed) => { field.value = seed; field.dispatchEvent(new Event("change")); };
const questions = () => tasks().map((one) => one.textContent);
const answers = () => tasks().map((one) => {
  one.querySelectorAll("button")[1].click();
  return one.querySelector("[role=status]").textContent.match(/is (.*)\\.$/)[1];
});
const found = [];
for (let seed = 1; seed <= 40; seed += 1) {
  lay(seed);
  const asked = questions();
  const right = answers();
  const shown = document.querySelector(".score").textContent;
  lay(seed + 1);
  lay(seed);
  const again = questions();
  tasks().forEach((one, k) => {
    one.querySelector("input").value = "?";
    one.querySelector("button").click();
    one.querySelector("input").value = right[k];
    one.querySelector("button").click();
  });
  const solved = document.querySelector(".score").textContent;
  found.push([asked.join() === again.join(), shown, solved, asked.join()]);
}
return found;
"""


@pytest.mark.parametrize("room", EXPLORERS)
def test_a_sheet_is_always_the_same_and_its_answers_are_right(pages, tmp_path, room):
    found = evaluated(pages[f"{room}.html"], SHEET, tmp_path, "#lang=en")
    for is_same, shown, solved, _ in found:
        assert is_same
        assert shown == f"Score: 0 of {N_TASKS.get(room, 5)}"
        assert solved == f"Score: {N_TASKS.get(room, 5)} of {N_TASKS.get(room, 5)}"
    assert len({asked for *_, asked in found}) == len(found)
    assert not any(
        word in asked for *_, asked in found for word in ("undefined", "NaN", "{")
    )


def test_an_edge_is_added_in_the_matrix(pages, tmp_path):
    script = (
        "const cell = document.querySelectorAll('.matrix tbody tr')[0]"
        ".querySelectorAll('button')[5];"
        "const said = () => document.querySelector('.working').textContent;"
        "const before = said(); cell.click();"
        "return [before, said(), location.hash];"
    )
    before, after, hash_ = evaluated(pages["graph.html"], script, tmp_path, "#lang=en")
    assert before == "Node 1, last round: 1 · 2 + 1 · 5 = 7"
    assert after == "Node 1, last round: 1 · 2 + 1 · 5 + 1 · 6 = 13"
    assert "16" in hash_


def test_nodes_are_moved_and_joined_by_keys(pages, tmp_path):
    script = (
        "const node = document.querySelectorAll('.node')[3];"
        "const press = (key) => node.dispatchEvent("
        "new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));"
        "press('ArrowRight');"
        "document.querySelector('#explore input[type=checkbox]').checked = true;"
        "press('Enter');"
        "return [node.getAttribute('transform'),"
        " document.querySelector('.working').textContent];"
    )
    place, said = evaluated(pages["graph.html"], script, tmp_path, "#lang=en")
    assert place == "translate(310,190)"
    assert said == "Node 1, last round: 1 · 2 + 1 · 4 + 1 · 5 = 11"


def test_many_rounds_of_the_mean_make_nodes_alike(pages, tmp_path):
    script = (
        "return Array.from(document.querySelectorAll('td.result'),"
        " (one) => one.textContent);"
    )

    def spread(rounds):
        hash_ = f"#kind=mean&rounds={rounds}"
        values = evaluated(pages["graph.html"], script, tmp_path, hash_)
        return max(map(float, values)) - min(map(float, values))

    assert spread(8) < spread(4) < spread(1) < 5


def test_gradient_descent_lowers_the_loss_and_stands_in_the_address(pages, tmp_path):
    script = (
        "const all = Array.from(document.querySelectorAll('#explore button'));"
        "const press = (key) => all.find((one) => one.dataset.w === key).click();"
        "press('one_step'); const first = location.hash; press('ten_steps');"
        "return [first, document.querySelector('.working').textContent];"
    )
    first, said = evaluated(pages["backprop.html"], script, tmp_path, "#lang=en")
    frame = bl.backprop.trace().to_frame()
    moved = frame["value"] - 0.5 * frame["gradient"]
    numbers = re.search(r"p=([^&]*)", first)[1].split("+")
    # the page keeps weights before biases in each layer, as the table does
    assert [float(x) for x in numbers] == pytest.approx(list(moved), rel=1e-9)
    assert float(re.search(r"= ([\d.e-]+);", said)[1]) < 1e-4


@pytest.mark.parametrize(("decimals", "rough"), [(3, "-0.0528959"), (1, "-0.063")])
def test_rounding_by_hand_costs_what_the_room_says(pages, tmp_path, decimals, rough):
    script = (
        "const shown = document.querySelector('#explore p:nth-of-type(2)').textContent;"
        "const label = document.querySelector('.sliders label').textContent;"
        "return [shown, label];"
    )
    hash_ = f"#lang=en&round={decimals}"
    shown, label = evaluated(pages["backprop.html"], script, tmp_path, hash_)
    assert f"rounded to {decimals} decimals" in shown
    assert label == f"w11 = 1, gradient {rough}"


def test_a_network_of_ones_own_is_traced(pages, tmp_path):
    script = (
        "return [document.querySelectorAll('#explore svg circle').length,"
        " document.querySelectorAll('.sliders input').length,"
        " [...document.querySelectorAll('#explore select')]"
        ".filter((one) => one.checkVisibility()).length];"
    )
    hash_ = "#lang=en&net=own&units=4 1 3"
    found = evaluated(pages["backprop.html"], script, tmp_path, hash_)
    assert found == [2 + 4 + 1 + 3 + 1, (12 + 5 + 6 + 4) + 3, 6]


def test_the_other_solution_of_the_notes_is_a_rotation(pages, tmp_path):
    script = (
        "return Array.from(document.querySelectorAll('.working'),"
        " (one) => one.textContent);"
    )
    shows, judged, *_ = evaluated(
        pages["debruijn.html"], script, tmp_path, "#lang=en&text=0110&turn=1"
    )
    assert shows == "Turn 1: the window shows 11"
    assert judged == (
        "Each of the 4 words occurs exactly once: a solution. It is the sequence "
        "0011, rotated by 1: the same cycle, not a second solution."
    )


WALK = """
const steps = () => Array.from(document.querySelectorAll("#explore .controls button"))
  .filter((one) => one.textContent.startsWith("Walk "));
for (const word of ["00", "01", "11", "10"]) {
  steps().find((one) => one.textContent === `Walk ${word}`).click();
}
return Array.from(document.querySelectorAll(".working"), (one) => one.textContent);
"""


def test_an_eulerian_walk_spells_a_solution(pages, tmp_path):
    said = evaluated(pages["debruijn.html"], WALK, tmp_path, "#lang=en")
    assert said[2] == "Done: the first letters of the edges spell 0011."


def test_a_text_is_put_together_where_k_is_longer_than_its_repeats(pages, tmp_path):
    script = (
        "return Array.from(document.querySelectorAll('.working'),"
        " (one) => one.textContent).at(-1);"
    )

    def verdict(hash_):
        hash_ = f"#lang=en&err=0&{hash_}&cov=40"
        return evaluated(pages["debruijn.html"], script, tmp_path, hash_)

    whole = "One contig is left, and it spells the whole text."
    assert verdict("k=9") == verdict("strands=one&k=13") == whole
    assert re.match(r"Contigs: \d+; the longest has \d+ of", verdict("k=7"))
    assert re.match(r"Contigs: \d+; ", verdict("strands=one&k=4"))
    assert verdict("min=6&cov=1") == "No k-mer is left."


def test_errors_make_tips_and_bubbles_that_cleaning_removes(pages, tmp_path):
    script = (
        "const box = document.querySelector('#explore input[type=checkbox]');"
        "const said = () => Array.from(document.querySelectorAll('.working'),"
        " (one) => one.textContent);"
        "const before = said(); box.click(); return [before, said()];"
    )
    hash_ = "#lang=en"
    before, after = evaluated(pages["debruijn.html"], script, tmp_path, hash_)
    assert not re.search("tips: 0|bubbles: 0", before[-2])
    assert re.search(r"tips: 0; bubbles: 0. Removed as errors: [1-9]", after[-2])
    assert after[-1] == "One contig is left, and it spells the whole text."


def test_the_notes_pair_has_no_seed_and_far_less_energy_than_they_say(pages, tmp_path):
    script = (
        "return [...document.querySelectorAll('.working, .loops tr:last-child,"
        " .warning:not([hidden])')].map((one) => one.textContent);"
    )
    found = evaluated(pages["mirna.html"], script, tmp_path, "#lang=en&pair=notes")
    assert found[1] == (
        "Minimum free energy (MFE): −7.70 kcal/mol, from target base 1 on, seed: none."
    )
    assert "RNAhybrid prints −7.7 too." in found[2]
    assert found[-1] == "Sum−7.70"
    other = evaluated(pages["mirna.html"], script, tmp_path, "#lang=en&pair=let7")
    assert not any("RNAhybrid" in text for text in other)


def test_a_miRNA_slides_to_each_target_base(pages, tmp_path):  # noqa: N802
    script = (
        "const slide = document.querySelector('#explore input[type=range]');"
        "const said = [];"
        "for (let k = 1; k <= Number(slide.max); k += 1) {"
        " slide.value = k; slide.dispatchEvent(new Event('input'));"
        " said.push(document.querySelector('.working').textContent); }"
        "return said;"
    )
    hash_ = "#lang=en&mi=UGAGGUAG&ta=CUACCUCA"
    said = evaluated(pages["mirna.html"], script, tmp_path, hash_)
    # as the room says: fold_all(...).mfe is -15.5
    assert said[0].startswith("Best duplex that begins at target base 1: −15.50 kcal")
    assert said[7].startswith("Best duplex that begins at target base 8: ")
    assert len(set(said)) == 8


def test_a_lower_rule_lets_decoys_in(pages, tmp_path):
    script = (
        "const [domains, rule] ="
        " document.querySelectorAll('#explore input[type=checkbox]');"
        "const said = () => Array.from(document.querySelectorAll('#explore > p'),"
        " (one) => one.textContent).slice(1, 3);"
        "const before = said(); rule.click(); const without = said();"
        "rule.click(); return [before, without, said()];"
    )
    found = evaluated(pages["lincrna.html"], script, tmp_path, "#lang=en&orf=101")
    before, without, again = found
    assert before[1].endswith("came: decoy_orf_01.1; went: –.")
    assert without[1].endswith("came: retrocopy_01.2, decoy_orf_01.1; went: –.")
    assert again == before
    assert "Candidates that are no lincRNA: 1. lincRNAs that are lost: 0." in before[0]


def test_an_exam_drawn_often_is_broken_as_often_as_the_exact_tail_says(pages, tmp_path):
    script = (
        "return Array.from(document.querySelectorAll('#explore p'),"
        " (one) => one.textContent);"
    )
    losses = "losses=5 100 100 100 100"  # only the first can leave its band
    hash_ = f"#lang=en&draws=500&n=500&delta=20&{losses}"
    found = evaluated(pages["bounds.html"], script, tmp_path, hash_)
    latest, chain, broken, promise = found
    n_broken = int(re.search(r"(\d+) of 500", broken)[1])
    exact = hypergeometric_tail(500, 500, population=10_000, epsilon=0.01)
    assert f"at most {100 * float(exact):.6g} % by the exact" in promise
    assert abs(n_broken - 500 * exact) < 4 * (500 * exact * (1 - exact)) ** 0.5
    assert latest.startswith("Draw 500: ")
    seen, bound, goal = map(float, re.findall(r"([\d.]+) %", chain))
    assert (bound, goal) == (pytest.approx(seen + 1), 7)


def test_a_corner_pixel_deceives_the_test_pictures_too(pages, tmp_path):
    script = (
        "const all = Array.from(document.querySelectorAll('#explore button'));"
        "all.find((one) => one.dataset.w === 'fit').click();"
        "return Array.from(document.querySelectorAll('#explore p'),"
        " (one) => one.textContent);"
    )

    def shares(hash_):
        texts = evaluated(pages["images.html"], script, tmp_path, f"#lang=en&{hash_}")
        return [float(x) for x in re.findall(r"([\d.]+) %", " ".join(texts))]

    train, test, wild = shares("feature=corner&planted=1")
    assert min(train, test) > 95
    assert 35 < wild < 65
    train, test, wild = shares("feature=edges&planted=1")
    assert min(train, test, wild) > 60


def test_words_are_escaped(tmp_path):
    nasty = '</script><img src=x onerror="document.title=1">&amp;'
    step = Step(nasty, r"\frac{<b>}{2}", nasty, Quantity(1.0, nasty), None, nasty)
    text = page.player_page(Explanation(nasty, (step,), {nasty: nasty}))
    found = evaluated(
        text,
        "return [document.querySelectorAll('main img, main b').length,"
        " document.title, document.querySelector('.claim').textContent];",
        tmp_path,
    )
    assert found == [0, nasty, nasty]


def test_every_word_of_a_page_is_used_and_every_word_used_is_there():
    def source(*names):
        return "\n".join((WEB / name).read_text("utf-8") for name in names)

    common = source("frame.js", "player.js", "exercise.js", "frame.html", "lesson.html")
    common += inspect.getsource(pictures)
    common += source("index.html")
    every = common + source(*(x for room in EXPLORERS for x in page._EXPLORERS[room]))
    for room in EXPLORERS:
        text = common + source(*page._EXPLORERS[room])
        words = page_words("Lessons", room)
        assert words["en"].keys() == words["zh"].keys()
        for name in words["en"]:
            used = re.search(rf"""["`_. ]{name}["`_(| }}]""", every)
            family = name.partition("_")[0]
            assert used or f"{family}_${{" in text or f'{family}_" ~' in text, name
        said = set(re.findall(r'(?:say|labelled|button)\("(\w+)"', text))
        said |= set(re.findall(r'data-wl?"?[:=] ?"(\w+)"', text))
        said -= {"room_", "lead_"}
        assert said <= words["en"].keys()


def test_a_room_whose_package_is_missing_is_left_out(monkeypatch):
    def missing():
        raise PackageMissing("torch", extra="images")

    made = examples._MAKERS["backprop"]
    monkeypatch.setattr(
        examples,
        "_MAKERS",
        dict.fromkeys(bl.ROOMS, made) | {"images": missing},
    )
    with pytest.warns(InputWarning, match="No lesson of images: "):
        pages = page.all_pages()
    assert "images.html" not in pages
    assert 'href="./images.html"' not in pages["index.html"]
