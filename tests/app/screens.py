"""Every screen of the application, one after another, as a browser sees it."""

import json
import time

from tests.app.running import Running

LOSSES = "hypothesis\tloss_sample\tloss_all\na\t0.1\t0.11\nb\t0.2\t0.21\n"
READS = [f"{name}_{k}_R{mate}.fastq.gz" for name in ("liver", "brain")
         for k in (1, 2) for mate in (1, 2)]  # fmt: skip


def filled(folder):
    """A folder with files to choose from, and one to look into."""
    (folder / "reads").mkdir(parents=True)
    for name in READS:
        (folder / "reads" / name).write_bytes(b"")
    (folder / "losses.tsv").write_text(LOSSES)
    (folder / "genome.fa").write_text(">chr1\nACGT\n")
    (folder / "genes.gtf").write_text("")
    return folder


def screens(page, app: Running):
    """Names of the screens; the page shows each when its name is given."""
    page.goto(app.address)
    yield "start_empty"
    root = page.evaluate("location.origin")
    for words, fields in (
        ("backprop trace", {"report": "page.html"}),
        ("bounds check", {"losses": "nowhere.tsv"}),
    ):
        page.goto(f"{root}/run/{words.replace(' ', '/')}")
        for name, value in fields.items():
            page.evaluate(f"document.querySelector('[name={name}]').value = '{value}'")
        page.leave("button[type=submit].button")
        page.wait("!document.querySelector('#actions form[action$=stop]')")
        time.sleep(0.5)  # the result comes behind the state
        yield f"job_{words.replace(' ', '_')}"
    page.goto(root)
    yield "start"
    yield from _forms(page, root)
    yield from _lincrna(page, root)
    for name in ("files", "lessons", "nothing"):
        page.goto(f"{root}/{name}")
        yield name


def _forms(page, root):
    page.goto(f"{root}/run/debruijn/sequence")
    yield "form"
    page.goto(f"{root}/run/bounds/check")
    page.click("[data-path-of=losses]")
    page.wait("document.querySelector('.pick-box')")
    yield "form_choosing"
    page.goto(f"{root}/run/debruijn/sequence?order=many")
    page.leave("button[type=submit].button")
    yield "form_wrong"
    page.goto(f"{root}/run/lincrna/filter")
    page.evaluate("document.querySelector('details').open = true")
    yield "form_long"


def _lincrna(page, root):
    page.goto(f"{root}/lincrna")
    yield "lincrna_reads"
    page.goto(f"{root}/lincrna/samples?folder=reads")
    yield "lincrna_samples"
    values = {"genome": "genome.fa", "annotation": "genes.gtf", "project": "project"}
    for name, value in values.items():
        field = f"document.querySelector('[name={name}]')"
        page.evaluate(f"if ({field}) {field}.value = {json.dumps(value)}")
    page.leave("form[action='/lincrna/write'] button.button")
    page.click("form[action$=programs] button")
    page.wait("document.querySelector('#told-programs pre')")
    yield "lincrna_checks"
