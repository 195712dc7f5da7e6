"""Jobs: run, stopped, resumed, found again after the application was killed."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from bioloom.app.errors import AppIsBusy
from bioloom.app.jobs import Jobs, is_held
from bioloom.app.queue import Queue, alone, started
from bioloom.app.seal import sealed
from bioloom.app.worker import environment_of
from tests.app.serving import ended, until


@pytest.fixture
def jobs(tmp_path):
    return Jobs(tmp_path / "bioloom_jobs")


@pytest.fixture
def queue(jobs):
    queue = Queue(jobs)
    yield queue
    until(lambda: (queue.advance(), queue._worker is None)[1])


def add(jobs, *arguments, words=("bounds", "samples")):
    return jobs.add(words, arguments, {}, place=jobs.folder.parent, language="en")


def change(job, *, has_key=True, **facts):
    """Change a job's record, as one who has the key could, or as any other."""
    path = job.folder / "job.json"
    asked = json.loads(path.read_text()) | facts
    seal = asked.pop("seal")
    path.write_text(json.dumps(sealed(asked) if has_key else asked | {"seal": seal}))


def test_a_job_waits_runs_and_is_done(jobs, queue):
    job = add(jobs, "--epsilon=0.1")
    assert (job.state, job.seconds, job.code) == ("waiting", 0, None)
    queue.advance()
    job = ended(jobs, job.name)
    assert (job.state, job.code) == ("done", 0)
    assert "examples" in job.output
    assert job.command == "bioloom bounds samples --epsilon=0.1"
    assert job.seconds >= 0
    assert not is_held(job.folder / "lock")


def test_a_job_never_looks_interrupted_while_it_begins_or_ends(jobs):
    for _ in range(5):
        job = add(jobs, "bash", words=("completion",))
        worker = started(job.folder)
        states = []
        while not states or not jobs.get(job.name).is_over:
            states.append(jobs.get(job.name).state)
        os.waitpid(worker, 0)
        states.append(jobs.get(job.name).state)
        # on a busy machine it may be over before it is looked at
        seen = list(dict.fromkeys(states))
        assert seen == [one for one in ("waiting", "running", "done") if one in seen]
        assert seen[-1] == "done"


def test_a_job_that_fails_says_why(jobs, queue):
    job = add(jobs, "nowhere.tsv", words=("bounds", "check"))
    queue.advance()
    job = ended(jobs, job.name)
    assert (job.state, job.code) == ("failed", 1)
    assert "bioloom: error: nowhere.tsv" in job.messages
    assert "Traceback" not in job.messages


def test_one_after_another_the_oldest_first(jobs, queue):
    first = add(jobs, words=("doctor",))
    second = add(jobs, "--epsilon=0.1")
    queue.advance()
    queue.advance()
    assert jobs.get(second.name).state == "waiting"
    assert [job.name for job in jobs.all()] == [second.name, first.name]
    ended(jobs, first.name)
    assert until(lambda: (queue.advance(), jobs.get(second.name).is_over)[1])


def test_the_steps_of_a_command_are_told(jobs, queue, tmp_path):
    (tmp_path / "r.fq").write_text("@a\nACGTACGTAC\n+\nIIIIIIIIII\n" * 5)
    words = ("debruijn", "graph")
    job = add(jobs, "--out=g", "--k=5", "--", "r.fq", words=words)
    queue.advance()
    job = ended(jobs, job.name)
    assert job.state == "done", job.messages
    steps = job.steps()
    assert len(steps) > 1
    assert all(0 <= step.done <= max(step.total, step.done) for step in steps)


def test_a_waiting_job_is_taken_back(jobs, queue):
    job = add(jobs, "--epsilon=0.1")
    jobs.stop(job)
    queue.advance()
    assert jobs.get(job.name).state == "stopped"


def sleeping(jobs):
    """A job that runs until it is stopped: it waits for a pipe that nobody writes."""
    os.mkfifo(jobs.folder.parent / "pipe")
    job = add(jobs, "pipe", words=("bounds", "check"))
    worker = started(job.folder)
    until(lambda: jobs.get(job.name).state == "running")
    until(lambda: len(children(worker)) > 0)
    return worker, jobs.get(job.name)


def children(pid):
    path = f"/proc/{pid}/task/{pid}/children"
    with pathlib.Path(path).open() as stream:
        return [int(word) for word in stream.read().split()]


def test_stop_ends_the_command_as_an_interrupt_does(jobs):
    worker, job = sleeping(jobs)
    time.sleep(1.5)  # until the command itself listens to signals
    jobs.stop(job)
    job = ended(jobs, job.name)
    assert job.state == "stopped"
    os.waitpid(worker, 0)
    if job.code == 130:
        assert "run the same command again to resume" in job.messages


def test_a_killed_job_is_interrupted_and_can_be_asked_for_again(jobs):
    worker, job = sleeping(jobs)
    assert os.getpgid(worker) == worker != os.getpgid(0)
    os.killpg(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    assert ended(jobs, job.name).state == "interrupted"
    assert jobs.get(job.name).code is None


def test_a_job_runs_on_without_its_worker_until_its_command_ends(jobs):
    """The worker alone is killed: the command holds the lock, and counts as running."""
    worker, job = sleeping(jobs)
    (command,) = children(worker)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    assert jobs.get(job.name).state == "running"
    os.kill(command, signal.SIGKILL)
    assert ended(jobs, job.name).state == "interrupted"


def test_a_worker_runs_no_job_twice(jobs):
    job = add(jobs, "--epsilon=0.1")
    assert os.waitpid(started(job.folder), 0)[1] == 0
    end = (job.folder / "end.json").read_text()
    assert os.waitpid(started(job.folder), 0)[1] == 0
    assert (job.folder / "end.json").read_text() == end


def test_a_job_that_cannot_begin_does_not_begin_for_ever(jobs, queue):
    job = add(jobs, "--epsilon=0.1")
    (job.folder / "job.json").write_text('{"words": ["bounds"], "arguments": [], ')
    with pytest.raises(KeyError):
        jobs.get(job.name)
    assert jobs.all() == []
    job = add(jobs, "--epsilon=0.1")
    change(job, place="/nowhere/x")
    queue.advance()
    job = ended(jobs, job.name)
    assert (job.state, job.code) == ("failed", 127)


def test_a_job_of_someone_else_does_not_run_by_itself(jobs, queue):
    job = add(jobs, "--epsilon=0.1")
    change(job, has_key=False, arguments=["--out=/elsewhere"])
    found = jobs.get(job.name)
    assert (found.state, found.is_own) == ("interrupted", False)
    copied = jobs.folder / "20260101-000000-000000"
    copied.mkdir()
    own = add(jobs, "--epsilon=0.1")
    (copied / "job.json").write_text((own.folder / "job.json").read_text())
    assert not jobs.get(copied.name).is_own
    queue.advance()
    assert ended(jobs, own.name).state == "done"
    assert {one.state for one in jobs.all()} == {"interrupted", "done"}


@pytest.mark.parametrize(
    "facts",
    [
        *({"asked": 5}, {"words": "doctor"}, {"values": []}, {"asked": "today"}),
        *({"words": []}, {"asked": "2026-01-01T00:00:00"}),
    ],
)
def test_a_record_that_is_none_is_no_job(jobs, facts):
    job = add(jobs, "--epsilon=0.1")
    change(job, **facts)
    with pytest.raises(KeyError):
        jobs.get(job.name)
    assert jobs.all() == []
    for text in ('{"words": ["doctor"]}', '{"seal": "é"}', "[" * 100_000):
        (job.folder / "job.json").write_text(text)
        assert jobs.all() == []


def test_the_queue_goes_on_after_a_moment_in_which_it_cannot(jobs, monkeypatch, caplog):
    import asyncio

    from bioloom.app import queue as module

    def no_memory(_folder):
        monkeypatch.undo()
        raise OSError("no memory")

    monkeypatch.setattr(module, "started", no_memory)
    job = add(jobs, "--epsilon=0.1")

    async def work():
        task = asyncio.create_task(Queue(jobs).work())
        while not jobs.get(job.name).is_over:
            await asyncio.sleep(0.1)
        task.cancel()

    asyncio.run(asyncio.wait_for(work(), 60))
    assert jobs.get(job.name).state == "done"
    assert "could not start" in caplog.text


def test_a_folder_of_jobs_that_is_gone_has_none(jobs):
    jobs.folder.rmdir()
    assert jobs.all() == []


@pytest.mark.parametrize("name", ["../x", "", "20260101-000000-zzzzzz", "a/b", "\0"])
def test_names_of_jobs_lead_nowhere_else(jobs, name):
    with pytest.raises(KeyError):
        jobs.get(name)


def test_two_applications_do_not_share_jobs(jobs):
    with alone(jobs.folder), pytest.raises(AppIsBusy), alone(jobs.folder):
        pass


def test_no_module_is_taken_from_the_folder_of_the_data(jobs, queue, tmp_path):
    (tmp_path / "click.py").write_text("raise SystemExit(99)")
    (tmp_path / "bioloom.py").write_text("raise SystemExit(98)")
    job = add(jobs, "--epsilon=0.1")
    queue.advance()
    assert ended(jobs, job.name).code == 0


def test_explanations_are_in_the_language_of_the_session(jobs, queue):
    name = jobs.add(
        ("bounds", "samples"),
        ["--epsilon=0.1"],
        {},
        place=jobs.folder.parent,
        language="zh",
    ).name
    queue.advance()
    assert "样例" in ended(jobs, name).output
    assert environment_of("en")["LC_MESSAGES"] == "C.UTF-8"


SERVER = """
import sys
from pathlib import Path
from tests.app.serving import LINE
from bioloom.app.roots import Roots
from bioloom.app.server import Place, serve
roots = Roots({"work": Path(sys.argv[1]).resolve()})
say = lambda address: print(address, flush=True)
serve(roots, LINE, Place(port=0), on_address=say)
"""


def test_an_interrupt_of_the_application_leaves_its_job_alone(jobs, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    job = add(jobs, "pipe", words=("bounds", "check"))
    server = subprocess.Popen([sys.executable, "-c", SERVER, tmp_path])
    until(lambda: jobs.get(job.name).state == "running")
    server.send_signal(signal.SIGINT)
    server.wait(20)
    assert jobs.get(job.name).state == "running"
    jobs.stop(jobs.get(job.name))
    assert ended(jobs, job.name).state == "stopped"
