"""The application as its user starts it: a process that prints an address."""

import os
import subprocess
import sys
from contextlib import contextmanager


class Running:
    """The process, and the address that lets a browser in."""

    def __init__(self, folder, *options, language="C.UTF-8"):
        words = ("-P", "-m", "bioloom", "app", "--port", "0", *options)
        self.process = subprocess.Popen(
            [sys.executable, *words],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": language, "PYTHONUNBUFFERED": "1"},
            text=True,
        )
        self.address = self.next_address()

    def next_address(self):
        line = self.process.stdout.readline()
        return line.rpartition(" ")[2].strip()

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@contextmanager
def running(folder, *options, **more):
    app = Running(folder, *options, **more)
    try:
        yield app
    finally:
        app.end()
