"""The page of igv.js: what it holds, its size, and what a browser draws of it."""

import base64
import gzip
import html
import json
import re
import socketserver
import threading
from dataclasses import replace
from urllib.parse import unquote

import pytest

from bioloom.genome.gtf import read_annotation
from bioloom.lincrna.browser.bigfiles import write_bigwig
from bioloom.lincrna.browser.folder import BrowserInputs
from bioloom.lincrna.page import igv
from bioloom.lincrna.page.features import Site, Sites
from bioloom.lincrna.page.locus import window_of
from bioloom.lincrna.verdict.domains import DomainHit
from bioloom.report.lincrna_igv import igv_pages
from bioloom.report.page import asset
from tests.app.devtools import chromium
from tests.chinese import english_words
from tests.lincrna.test_browser_folder import GTF, LENGTHS, rows
from tests.report.browsing import LATER, NEEDS_CHROMIUM, dump
from tests.report.judging import NEEDS_AXE, faults_shown
from tests.report.reading import read_page
from tests.report.test_languages import own_words

pytest.importorskip("igv_reports")

BASES = {name: ("ACGTTGCA" * length)[:length] for name, length in LENGTHS.items()}
NAMES = ("igv.html", "igv.zh.html")
NAMED = (
    "document.getElementById('igv').shadowRoot?.querySelector('[type=range]').ariaLabel"
)
READS = [("chr10", 0, 60, 0.0), ("chr10", 60, 240, 3.0), ("chr10", 240, 9000, 0.0)]


@pytest.fixture
def inputs(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "Toy.fa").write_text("".join(f">{n}\n{b}\n" for n, b in BASES.items()))
    (source / "a.gtf").write_text(GTF)
    annotated = read_annotation(source / "a.gtf").transcripts
    coverage = tmp_path / "run/browser/coverage"
    coverage.mkdir(parents=True)
    write_bigwig(coverage / "gut.bw", LENGTHS, READS)
    return BrowserInputs(source / "Toy.fa", annotated, cache=source, samples=("gut",))


def written(candidates, inputs, out, **given):
    return igv.write_igv_page(candidates, inputs, out, igv_pages, **given)


def held(page, tag="application/json"):
    text = re.search(rf'<script type="{tag}"[^>]*>(.*?)</script>', page, re.DOTALL)[1]
    return json.loads(html.unescape(text))


def lines(address):
    text = gzip.decompress(base64.b64decode(address.partition(",")[2])).decode()
    return [line.split("\t") for line in text.splitlines()]


def page_of(folder):
    """The page of a run in a folder."""
    return (folder / "run/browser/igv.html").read_text("utf-8")


def test_sessions_hold_what_lies_around_each_candidate(inputs, tmp_path):
    candidates = rows()
    notes = written(candidates, inputs, tmp_path / "run")
    assert notes == ("browser/igv.html shows all 3 candidates.",)
    page = page_of(tmp_path)
    sessions = held(page)
    for row, session in zip(candidates, sessions, strict=True):
        tx = row.collected.transcript
        start, end = window_of(row)
        end = min(end, LENGTHS[tx.chrom])
        assert session["locus"] == f"{tx.chrom}:{start + 1}-{end}"
        [[head], [bases]] = lines(session["reference"]["fastaURL"])
        first, last = re.fullmatch(
            rf">{tx.chrom}:(\d+)-(\d+) @len={LENGTHS[tx.chrom]}", head
        ).groups()
        assert int(first) <= start + 1
        assert int(last) >= end
        assert bases == BASES[tx.chrom][int(first) - 1 : int(last)]
        tracks = {one["name"]: lines(one["url"]) for one in session["tracks"]}
        [own] = [line for line in tracks["lincRNAs"] if line[3] == tx.transcript_id]
        assert own[:3] == [tx.chrom, str(tx.start), str(tx.end)]
        assert int(own[9]) == len(tx.exons)
        near = {
            (gene.gene_name or gene.transcript_id)
            for gene in inputs.annotated
            if gene.chrom == tx.chrom and gene.start < end and gene.end > start
        }
        assert {line[3] for line in tracks["Annotated genes"]} == near
        if tx.chrom == "chr10" and start < 240:
            assert tracks["gut"] == [["chr10", "60", "240", "3"]]
    assert asset("LICENSE-igv.txt")[:60] in html.unescape(page)


def test_sites_and_domains_are_shown_where_they_are_on_the_genome(inputs, tmp_path):
    candidates = rows()
    chosen, other, *_ = candidates
    tx = chosen.collected.transcript
    hit = DomainHit("PF1", "PF1.1", 9.0, 25.0, 1e-3, "+0:0", 3, 8, is_member=False)
    weak = replace(other, evidence=replace(other.evidence, domain=hit))
    sites = Sites(
        {tx.transcript_id: [Site("miR-1", ((2, 9),)), Site("miR-1", ((2, 9),))]}
    )
    written([chosen, weak], inputs, tmp_path / "run", sites=sites)
    first, second = held(page_of(tmp_path))
    tracks = {one["name"]: one for one in first["tracks"]}
    [site] = lines(tracks["miRNA sites"]["url"])
    start = tx.start + 2 if tx.strand != "-" else tx.end - 9
    assert site[:6] == [tx.chrom, str(start), str(start + 7), "miR-1", "0", tx.strand]
    assert site[6:8] == site[1:3]
    assert tracks["miRNA sites"]["color"] == "rgb(0,114,178)"
    tracks = {one["name"]: lines(one["url"]) for one in second["tracks"]}
    [found] = tracks["Protein domains"]
    assert found[3] == "PF1 (below its threshold)"
    assert {one["delimiter"] for one in second["tracks"]} == {"\t"}


def test_each_language_has_a_page(inputs, tmp_path):
    written(rows(), inputs, tmp_path / "run")
    folder = tmp_path / "run/browser"
    assert {path.name for path in folder.glob("*.html")} == {*NAMES}
    english, chinese = (read_page((folder / name).read_text("utf-8")) for name in NAMES)
    for page, other, report in [
        (english, NAMES[1], "./../report.html"),
        (chinese, NAMES[0], "./../report.zh.html"),
    ]:
        assert page.one("header").one("a").attributes["href"] == f"./{other}"
        links = [one.attributes["href"] for one in page.one("main").all("a")]
        assert report in links
    told = " ".join(own_words(chinese.one("main"), kept=("pre", "tbody")))
    assert english_words(told, {"igv", "js", "MIT"}) == set()


def test_the_same_inputs_give_the_same_bytes(inputs, tmp_path, monkeypatch):
    written(rows(), inputs, tmp_path / "run")
    first = page_of(tmp_path)
    monkeypatch.setattr("time.time", lambda: 1e9)  # which gzip writes into its header
    written(rows(), inputs, tmp_path / "run")
    assert page_of(tmp_path) == first


def test_as_many_are_shown_as_fit(inputs, tmp_path):
    written(rows(), inputs, tmp_path / "run")
    full = (tmp_path / "run/browser/igv.html").stat().st_size
    less = replace(inputs, igv_mb=(full - 1) / 1e6)
    [note] = written(rows(), less, tmp_path / "run")
    page = page_of(tmp_path)
    assert len(page.encode()) <= full - 1
    assert len(held(page)) == page.count("<tr data-session") == 2
    assert note.startswith("browser/igv.html shows 2 of 3 candidates: as many as fit")
    assert "2 of the run&#39;s 3 candidates are here" in page


def test_what_igv_js_cannot_show_is_left_out_and_counted(inputs, tmp_path):
    """It splits a place at the first colon, which names of HLA genes have."""
    named = inputs.genome.with_name("HLA.fa")
    named.write_text(inputs.genome.read_text().replace(">chr10", ">HLA-A*01:01"))
    renamed = []
    for row in rows():
        tx = row.collected.transcript
        if tx.chrom == "chr10":
            tx = replace(tx, chrom="HLA-A*01:01")
        collected = replace(row.collected, transcript=tx)
        renamed.append(replace(row, collected=collected))
    changed = replace(inputs, genome=named)
    assert written(renamed, changed, tmp_path / "run") == (
        "browser/igv.html shows 1 of 3 candidates.",
        "Candidates on chromosomes with a colon in their name, which igv.js cannot "
        "show: 2.",
    )
    assert len(held(page_of(tmp_path))) == 1
    assert "1 of the run&#39;s 3 candidates are here. The others" in page_of(tmp_path)
    notes = written(renamed[1:], changed, tmp_path / "run")
    assert notes[0] == "browser/igv.html shows 0 of 2 candidates."
    assert not (tmp_path / "run/browser/igv.html").exists()


@pytest.mark.parametrize(
    ("size", "notes"), [(0, []), (0.5, ["browser/igv.html was left out: not one"])]
)
def test_a_page_of_an_earlier_run_goes(inputs, tmp_path, size, notes):
    path, chinese = (tmp_path / "run/browser" / name for name in NAMES)
    path.write_text("old")
    chinese.write_text("old")
    told = written(rows(), replace(inputs, igv_mb=size), tmp_path / "run")
    assert [
        note[: len(start)] for note, start in zip(told, notes, strict=True)
    ] == notes
    assert not path.exists()
    assert not chinese.exists()


def test_without_igv_reports_a_note_says_what_is_missing(inputs, tmp_path, monkeypatch):
    monkeypatch.setattr(igv, "is_igv_reports_installed", lambda: False)
    [note] = written(rows(), inputs, tmp_path / "run")
    assert "`bioloom doctor igv`" in note
    assert not (tmp_path / "run/browser/igv.html").exists()


RECORDER = """
window.asked = [];
document.addEventListener("securitypolicyviolation", function (event) {
  asked.push(event.violatedDirective + " " + event.blockedURI);
});
const fetched = window.fetch;
window.fetch = function (what) { asked.push(String(what.url || what).slice(0, 60));
  return fetched.apply(this, arguments); };
const opened = XMLHttpRequest.prototype.open;
XMLHttpRequest.prototype.open = function (way, url) {
  asked.push(String(url).slice(0, 60));
  return opened.apply(this, arguments); };
const painted = CanvasRenderingContext2D.prototype.fillText;
window.written = [];
CanvasRenderingContext2D.prototype.fillText = function (words) {
  written.push(String(words)); return painted.apply(this, arguments); };
"""
DRIVER = """
function place() {
  const roots = [document, ...Array.from(document.querySelectorAll("#igv, #igv *"),
    (one) => one.shadowRoot).filter(Boolean)];
  for (const root of roots) {
    const input = root.querySelector(".igv-search-input");
    if (input) return input.value;
  }
  return "";
}
function when(test, then) {
  if (test()) then(); else setTimeout(() => when(test, then), 20);
}
const found = {};
when(() => written.includes("N.1") && place(), () => {
  found.first = place();
  written.length = 0;
  document.querySelectorAll("#loci tbody tr")[1].querySelector("td").click();
  when(() => document.body.dataset.shown === "1" && written.includes("K.1"), () => {
    found.second = place();
    found.second_texts = Array.from(new Set(written));
    found.current = document.querySelector("[aria-current] button").textContent;
    found.problem = document.getElementById("problem").hidden;
    found.asked = asked.concat(performance.getEntriesByType("resource")
      .map((one) => one.name).filter((name) => !name.startsWith("data:")));
    document.body.dataset.found = encodeURIComponent(JSON.stringify(found));
  });
});
"""


class _Asked(socketserver.StreamRequestHandler):
    """A proxy that notes what it is asked for, and answers nothing."""

    def handle(self):
        self.server.lines.append(self.rfile.readline().decode())


@pytest.fixture
def proxy():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Asked) as server:
        server.lines = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class TestInABrowser:
    pytestmark = NEEDS_CHROMIUM

    def test_it_draws_from_disk_moves_by_a_row_and_asks_no_network(
        self, inputs, tmp_path, proxy
    ):
        written(rows(), inputs, tmp_path / "run")
        policy = r"script-src 'sha256-[^']*'"
        text, n_policies = re.subn(
            policy, "script-src 'unsafe-inline'", page_of(tmp_path)
        )
        assert n_policies == 1
        text = text.replace("<body>", f"<body><script>{RECORDER}</script>", 1)
        at = text.rindex("</body>")
        path = tmp_path / "page.html"
        path.write_text(f"{text[:at]}<script>{DRIVER}</script>{text[at:]}", "utf-8")
        address = f"127.0.0.1:{proxy.server_address[1]}"
        options = (LATER, "--disable-gpu", f"--proxy-server={address}")
        shown = dump(path, tmp_path / "p", options=options)
        found = json.loads(unquote(re.search(r'data-found="([^"]*)"', shown)[1]))
        assert found["first"].startswith("chr2:")
        assert found["second"].startswith("chr10:")
        assert found["current"] == "K.1"
        assert found["problem"] is True
        assert found["asked"] == []
        assert "connect-src" not in re.search(r"Content-Security-Policy[^>]*", text)[0]
        assert "default-src 'none'" in text
        # Chromium itself asks for the time and for updates
        assert [line for line in proxy.lines if "google" not in line] == []


@pytest.mark.parametrize(("name", "dark"), [(NAMES[0], True), (NAMES[1], False)])
class TestJudged:
    pytestmark = NEEDS_AXE

    def test_axe_finds_nothing(self, inputs, tmp_path, name, dark):
        written(rows(), inputs, tmp_path / "run")
        with chromium(tmp_path / "profile") as browser:
            page = browser.page()
            page.size(1280, dark=dark)
            page.goto((tmp_path / "run/browser" / name).as_uri())
            page.wait(NAMED)
            assert faults_shown(page) == []
