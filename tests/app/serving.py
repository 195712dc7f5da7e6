"""The application served in a thread, and a browser that may misbehave."""

import http.client
import re
import threading
import time
from contextlib import contextmanager
from html import unescape
from urllib.parse import urlencode

import uvicorn

from bioloom.app.commands import CommandLine
from bioloom.app.jobs import Jobs
from bioloom.app.roots import Roots
from bioloom.app.server import Place, application, door_at
from bioloom.cli import cli
from bioloom.cli.help import speaking, translated

LINE = CommandLine(cli, translated, speaking)
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Answer:
    """Status, headers and text of an answer."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.content = response.read()

    @property
    def text(self):
        return self.content.decode()

    @property
    def words(self):
        """The text as it is read: no tags, no escapes."""
        return unescape(re.sub(r"<[^>]*>", " ", self.text))


class Browser:
    """Asks the application, with whatever headers are wanted."""

    def __init__(self, port, door):
        self.port, self.door = port, door
        self.host = f"127.0.0.1:{port}"
        self.origin = f"http://{self.host}"
        self.cookie = ""

    def ask(self, method, path, body=None, **headers):
        """One request; headers that are None are left out."""
        given = {
            "Host": self.host,
            "Cookie": self.cookie or None,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in given.items():
            if value is not None:
                connection.putheader(name, value)
        if body is not None and "Content-Length" not in given:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        if body is not None:
            connection.send(body)
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, fields=None, *, csrf=None, **headers):
        """A form as our own pages send it, unless told otherwise."""
        token = self.csrf if csrf is None else csrf
        body = urlencode({"csrf": token, **(fields or {})}).encode()
        kind = "application/x-www-form-urlencoded"
        given = {"Origin": self.origin, "Content-Type": kind, **headers}
        return self.ask("POST", path, body, **given)

    def enter(self):
        answer = self.get(self.door.way_in.removeprefix(self.door.address))
        assert answer.status == 303, answer.text
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer

    @property
    def csrf(self):
        return CSRF.search(self.get("/").text)[1]

    def followed(self, answer):
        assert answer.status == 303, answer.words
        return self.get(answer.headers["Location"])

    def run(self, words, **fields):
        """The name of a job that a form has started."""
        answer = self.post(f"/run/{words}", fields)
        assert answer.status == 303, answer.words
        return answer.headers["Location"].rpartition("/")[2]


@contextmanager
def serving(folder, **more):
    """A browser that has not been let in, and the jobs."""
    roots = Roots({"work": folder.resolve(), **more})
    listening = Place(port=0).listening()
    port = listening.getsockname()[1]
    door = door_at("127.0.0.1", port)
    config = uvicorn.Config(
        application(roots, LINE, door),
        log_level="error",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield Browser(port, door), Jobs(roots.jobs)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def ended(jobs, name, seconds=60):
    """A job once it is over."""
    return until(lambda: (job := jobs.get(name)).is_over and job, seconds)


def until(condition, seconds=60):
    """What a condition comes to, once it is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it took too long")
