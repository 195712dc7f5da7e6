"""A folder served with byte ranges, opened by igv.js in Chromium."""

import json
import re
import subprocess
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from urllib.parse import quote

from tests.report.browsing import CHROMIUM, QUIET

PAGE = Path(__file__).with_name("page.html")


class RangeServer(SimpleHTTPRequestHandler):
    """Serves a folder, the page and igv.js; takes the page's report."""

    def __init__(self, *arguments, igv_js, reports, **options):
        self.extra = {"/igv.esm.min.js": igv_js, "/page.html": PAGE}
        self.reports = reports
        super().__init__(*arguments, **options)

    def translate_path(self, path):
        name = path.partition("?")[0]
        return str(self.extra.get(name) or super().translate_path(path))

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.reports.put(json.loads(self.rfile.read(length)))
        self.send_response(204)
        self.end_headers()

    def do_GET(self):
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if asked is None or not path.is_file():
            super().do_GET()
            return
        content = path.read_bytes()
        first = int(asked[1])
        part = content[first : int(asked[2]) + 1 if asked[2] else None]
        last = first + len(part) - 1
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def log_message(self, *words):
        """Keep quiet."""


@contextmanager
def serving(folder, igv_js):
    """Address of a folder that is served, and the queue of the page's reports."""
    reports = Queue()
    handler = partial(
        RangeServer, directory=str(folder), igv_js=igv_js, reports=reports
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", reports
    finally:
        server.shutdown()
        server.server_close()


def show(folder, options, *, igv_js, profile, picture, wait_s=60):
    """What igv.js reports of a folder; a picture of it is written.

    `options` are those of ``igv.createBrowser``.
    """
    with serving(folder, igv_js) as (address, reports):
        command = [
            *(CHROMIUM, *QUIET, "--disable-gpu", f"--user-data-dir={profile}"),
            *("--hide-scrollbars", "--window-size=1300,900"),
            *(f"--screenshot={picture}", "--virtual-time-budget=20000"),
            f"{address}/page.html?{quote(json.dumps(options))}",
        ]
        subprocess.run(command, capture_output=True, check=True, timeout=wait_s)
        return reports.get(timeout=5)
