"""The application as an attacker sees it."""

import os
import re
import socket
from html import unescape
from urllib.parse import quote

import pytest
from starlette.routing import Route

from bioloom.app.errors import CannotListen
from bioloom.app.roots import Roots
from bioloom.app.security import MOST_BYTES, MOST_FIELDS
from bioloom.app.server import Place, application, door_at
from bioloom.errors import PackageMissing
from bioloom.extras import install_command
from tests.app.serving import LINE, ended, serving

FORM = "application/x-www-form-urlencoded"


def routes(method, tmp_path):
    app = application(Roots({"work": tmp_path}), LINE, door_at("127.0.0.1", 1))
    for route in app.routes:
        assert isinstance(route, Route)
        if method in route.methods:
            yield route.path


def filled(path):
    """An address for a route."""
    job = "20260101-000000-000000"
    words = {"words:path": "bounds/samples", "job": job, "room": "graph"}
    words |= {"check": "programs", "name": "app.css", "token": "x", "path:path": "y"}
    for name, value in words.items():
        path = path.replace(f"{{{name}}}", value)
    assert "{" not in path
    return path


# ---- who is let in


def test_without_the_token_nothing_is_shown(tmp_path):
    with serving(tmp_path) as (browser, _):
        for path in map(filled, routes("GET", tmp_path)):
            is_drawing = path in ("/static/app.css", "/favicon.ico")
            wanted = 404 if path.startswith("/view/") else 200 if is_drawing else 401
            assert browser.get(path).status == wanted, path
        for token in ("", "x", "é" * 9, browser.door.way_in[-20:]):
            assert browser.get(f"/enter?token={quote(token)}").status == 401
        assert browser.get("/", Cookie=f"{browser.door.cookie}=x").status == 401


def test_the_token_is_good_once_and_the_cookie_is_strict(tmp_path):
    with serving(tmp_path) as (browser, _):
        way_in = browser.door.way_in.removeprefix(browser.door.address)
        cookie = browser.enter().headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert browser.get(way_in, Cookie=None).status == 401
        assert browser.get("/").status == 200
        assert browser.door.way_in.removeprefix(browser.door.address) != way_in
        assert way_in[-30:] not in browser.get("/").text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "", "127.0.0.1"]
)
def test_another_name_of_this_address_is_not_answered(served, host):
    browser, _, _ = served
    answer = browser.get("/", Host=host.format(port=browser.port) or None)
    assert answer.status in (400, 421)  # 400 by the server, without a Host
    assert "bioloom_jobs" not in answer.text


def test_its_own_names_are_answered(browser):
    for name in ("127.0.0.1", "localhost"):
        assert browser.get("/", Host=f"{name}:{browser.port}").status == 200


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://evil.example", "https://{host}", "http://127.0.0.1:1", ""],
)
def test_a_form_of_another_origin_does_nothing(served, origin):
    browser, jobs, _ = served
    origin = origin and origin.format(host=browser.host)
    answer = browser.post("/run/bounds/samples", {"epsilon": "0.1"}, Origin=origin)
    assert answer.status == 403
    assert jobs.all() == []


def test_every_form_needs_the_token_of_its_session(served, tmp_path):
    browser, jobs, _ = served
    paths = [filled(path) for path in routes("POST", tmp_path)]
    assert len(paths) > 8
    for path in paths:
        for csrf in ("", "x", browser.csrf[:-1]):
            answer = browser.post(path, {"epsilon": "0.1"}, csrf=csrf)
            assert answer.status == 403, path
    assert jobs.all() == []


def test_the_token_of_another_session_is_not_enough(tmp_path):
    with serving(tmp_path) as (browser, _):
        browser.enter()
        first = browser.csrf
        browser.enter()
        assert browser.csrf != first
        assert browser.post("/language", {}, csrf=first).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pages_of_others_cannot_even_read(browser, site):
    assert browser.get("/", Sec_Fetch_Site=site).status == 403
    assert browser.get("/", Sec_Fetch_Site="same-origin").status == 200


def test_what_changes_something_is_no_get(browser, tmp_path):
    for path in map(filled, routes("POST", tmp_path)):
        if path not in map(filled, routes("GET", tmp_path)):
            assert browser.get(path).status == 405
    assert browser.ask("PUT", "/", b"", Origin=browser.origin).status == 405
    assert browser.ask("DELETE", "/files", Origin=browser.origin).status == 405


# ---- what a request may hold


def test_a_long_request_is_refused_before_it_is_read(browser):
    answer = browser.ask(
        "POST",
        "/run/bounds/samples",
        Origin=browser.origin,
        Content_Type=FORM,
        Content_Length=str(MOST_BYTES + 1),
    )
    assert answer.status == 413


def test_a_request_that_is_longer_than_it_says_is_refused(browser):
    with socket.create_connection(("127.0.0.1", browser.port)) as stream:
        head = (
            f"POST /run/bounds/samples HTTP/1.1\r\nHost: {browser.host}\r\n"
            f"Origin: {browser.origin}\r\nCookie: {browser.cookie}\r\n"
            f"Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        stream.sendall(head.encode())
        try:
            for _ in range(MOST_BYTES // 65536 + 4):
                stream.sendall(b"10000\r\n" + b"a" * 65536 + b"\r\n")
            stream.sendall(b"0\r\n\r\n")
        except OSError:
            pass  # closed on us
        stream.settimeout(20)
        assert b" 413 " in stream.recv(200)


def test_a_form_of_very_many_fields_is_refused(browser):
    fields = {f"f{number}": "1" for number in range(MOST_FIELDS + 1)}
    assert browser.post("/run/bounds/samples", fields).status == 413


def test_files_cannot_be_uploaded(browser):
    answer = browser.post(
        "/lincrna/write", Content_Type="multipart/form-data; boundary=x"
    )
    assert answer.status == 415


# ---- headers


@pytest.mark.parametrize("path", ["/", "/files", "/run/mirna/predict", "/nothing"])
def test_pages_allow_nothing_inline_and_no_frame(browser, path):
    headers = browser.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in headers


def test_refusals_have_the_headers_too(tmp_path):
    with serving(tmp_path) as (browser, _):
        headers = browser.get("/").headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_pages_hold_no_script_style_or_address_of_others(browser):
    for path in ("/", "/files", "/lessons", "/lincrna", "/run/lincrna/filter"):
        text = browser.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert text.count("<script") == text.count('<script src="/static/')
        assert "http://" not in text
        assert "https://" not in text.replace("https://spdx.org", "")


# ---- files


@pytest.fixture
def secret(tmp_path):
    """A file beside the folder that is served."""
    folder = tmp_path / "work"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "inner").mkdir()
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to(tmp_path)
    (folder / "ring").symlink_to(folder / "ring")
    (folder / "good.txt").symlink_to(folder / "inner" / "good.txt")
    (folder / "inner" / "good.txt").write_text("good")
    os.mkfifo(folder / "pipe")
    with serving(folder) as (browser, _):
        browser.enter()
        yield browser, folder


ESCAPES = [
    "../secret.txt",
    "inner/../../secret.txt",
    "{above}/secret.txt",
    "/etc/passwd",
    "//etc/passwd",
    "~/",
    "out.txt",
    "up/secret.txt",
    "up",
    "ring",
    "good.txt\0.png",
    "..%2fsecret.txt",
    "a" * 5000,
]


@pytest.mark.parametrize("path", ESCAPES)
@pytest.mark.parametrize("way", ["/files", "/files/save", "/files/show"])
def test_no_path_leads_out(secret, path, way):
    browser, folder = secret
    asked = quote(path.format(above=folder.parent), safe="")
    answer = browser.get(f"{way}?path={asked}")
    assert answer.status == 404
    assert "secret" not in answer.text.replace("secret.txt", "")


@pytest.mark.parametrize("path", ["pipe", "/dev/zero", "bioloom_jobs/.lock/.."])
def test_only_plain_files_are_given(secret, path):
    browser, _ = secret
    assert browser.get(f"/files/save?path={quote(path)}").status == 404


def test_links_inside_the_roots_and_files_are_given(secret):
    browser, _ = secret
    answer = browser.get("/files/save?path=good.txt")
    assert (answer.status, answer.text) == (200, "good")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    listing = browser.get("/files").text
    assert "inner/" in listing
    assert "out.txt" not in listing
    assert "pipe" not in listing


def test_the_chooser_never_lists_what_is_outside(secret):
    browser, folder = secret
    for path in ESCAPES:
        asked = quote(path.format(above=folder.parent), safe="")
        text = browser.get(f"/files/pick?field=x&kind=any&path={asked}").text
        assert "secret.txt" not in text
        assert "inner/" in text


def test_a_result_can_be_read_with_its_token_alone_but_not_what_is_beside(secret):
    browser, folder = secret
    (folder / "inner" / "report.html").write_text("<p>report</p>")
    answer = browser.get("/files/show?path=inner/report.html")
    address = answer.headers["Location"]
    report = browser.get(address, Cookie=None, Sec_Fetch_Site="cross-site")
    assert report.status == 200
    policy = report.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-same-origin" not in policy
    assert "connect-src 'none'" in policy
    base = address.rpartition("/")[0]
    assert browser.get(f"{base}/good.txt", Cookie=None).text == "good"
    (folder / "beside.txt").write_text("secret")
    assert browser.get("/files/save?path=beside.txt").text == "secret"
    ways_out = ("../beside.txt", "..%2fbeside.txt", "x/../../beside.txt")
    ways_out += ("../out.txt", "..%2fout.txt", "%2e%2e/pipe", "%2fetc/passwd", "", "no")
    for way in ways_out:
        assert browser.get(f"{base}/{way}", Cookie=None).status in (401, 404)
    assert browser.get(f"/view/{'x' * 32}/report.html", Cookie=None).status == 404


def test_a_result_whose_folder_became_a_link_is_not_given(secret):
    browser, folder = secret
    (folder / "run").mkdir()
    (folder / "run" / "report.html").write_text("x")
    address = browser.get("/files/show?path=run/report.html").headers["Location"]
    (folder / "run").rename(folder / "moved")
    (folder / "run").symlink_to(folder.parent)
    (folder.parent / "report.html").write_text("secret")
    assert browser.get(address).status == 404


# ---- HTML in names


NASTY = "<img src=x onerror=alert(1)>\"'&.tsv"


def test_names_of_files_are_text(served):
    browser, _, folder = served
    (folder / NASTY).write_text("x")
    (folder / "<b>").mkdir()
    for path in ("/files", "/files/pick?field=%3Cb%3E&kind=any"):
        text = browser.get(path).text
        assert "<img" not in text
        assert "<b>" not in text
        assert "&lt;img" in text


def test_values_of_forms_are_text(served):
    browser, _, folder = served
    answer = browser.get(f"/run/bounds/check?losses={quote(NASTY)}")
    assert "<img" not in answer.text
    assert "&lt;img" in answer.text
    answer = browser.post("/run/debruijn/sequence", {"order": "<img src=x>"})
    assert answer.status == 422
    assert "<img" not in answer.text
    (folder / NASTY).write_text("hypothesis\tloss_sample\n")
    name = browser.run("bounds/check", losses=NASTY)
    assert "<img" not in browser.get(f"/jobs/{name}").text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil"])
def test_the_language_switch_leads_nowhere_else(browser, back):
    answer = browser.post("/language", {"language": "zh", "back": back})
    assert answer.headers["Location"] == "/"


# ---- where it listens


def test_a_folder_without_room_for_jobs_is_said(bioloom_cli, tmp_path):
    (tmp_path / "bioloom_jobs").touch()
    code, _, err = bioloom_cli("app", "--root", f"a={tmp_path}", "--port", "0")
    assert code == 1
    assert "as the first --root" in err


def test_browsers_do_not_name_the_port_of_http():
    door = door_at("127.0.0.1", 80)
    assert {"127.0.0.1", "127.0.0.1:80", "localhost", "[::1]"} <= door.hosts
    assert "http://localhost" in door.origins
    assert "localhost" not in door_at("127.0.0.1", 8080).hosts


def test_a_taken_port_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"127.0.0.1:{port}: .*--port"):
            Place(port=port).listening()


def test_others_are_let_in_only_when_that_is_said(bioloom_cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    served = []
    monkeypatch.setattr("bioloom.app.server.serve", lambda *a, **k: served.append(a))
    code, _, err = bioloom_cli("app", "--host", "192.0.2.1")
    assert code == 2
    assert "--open-to-network" in err
    code, _, err = bioloom_cli("app", "--host", "0.0.0.0", "--open-to-network")
    assert code == 2
    assert served == []
    code, _, err = bioloom_cli("app", "--host", "192.0.2.1", "--open-to-network")
    assert code == 0
    assert "warning: other machines can reach 192.0.2.1" in err
    assert door_at("192.0.2.1", 8642).hosts == {"192.0.2.1:8642"}


def test_roots_have_to_be_folders_with_names(bioloom_cli, tmp_path):
    for root in (f"a={tmp_path}/none", f"={tmp_path}"):
        code, _, err = bioloom_cli("app", "--root", root)
        assert code == 1
        assert "expected a folder" in err


def test_without_its_packages_it_says_how_to_get_them(bioloom_cli, monkeypatch):
    def missing(package, *, extra):
        raise PackageMissing(package, extra=extra)

    monkeypatch.setattr("bioloom.run.external.require_packages", missing)
    code, _, err = bioloom_cli("app")
    assert code == 1
    assert install_command("app") in err


def test_a_name_that_is_no_text_is_left_out_of_listings(served):
    browser, _, folder = served
    (folder / "reads.txt").touch()
    os.close(os.open(os.fsencode(folder) + b"/donn\xe9es.txt", os.O_CREAT))
    for path in ("/files", "/files/pick?field=x"):
        answer = browser.get(path)
        assert answer.status == 200
        assert "reads.txt" in answer.words
        assert "donn" not in answer.words


def test_events_of_no_job_are_not_found(browser):
    assert browser.get("/jobs/20260101-000000-000000/events").status == 404


def test_a_job_of_someone_else_is_shown_as_a_form_before_it_runs(served):
    browser, jobs, _ = served
    name = browser.run("bounds/samples", epsilon="0.1")
    record = ended(jobs, name).folder / "job.json"
    foreign = jobs.folder / "20260101-000000-000000"
    foreign.mkdir()
    (foreign / "job.json").write_text(record.read_text())
    answer = browser.post(f"/jobs/{foreign.name}/again")
    assert answer.headers["Location"] == f"/run/bounds/samples?job={foreign.name}"
    assert [one.name for one in jobs.all()] == [name, foreign.name]
    assert jobs.get(foreign.name).state == "interrupted"


def test_the_language_is_switched_on_the_same_page(served):
    browser, _, folder = served
    (folder / "a & b").mkdir()
    back = re.compile('name="back" value="([^"]+)"')
    place = "/files?path=a+%26+b"
    shown = unescape(back.search(browser.get(place).text)[1])
    assert shown == place
    assert browser.get(shown).status == 200
    wrong = browser.post("/lincrna/write", {"project": "x"})
    assert back.search(wrong.text)[1] == "/"
