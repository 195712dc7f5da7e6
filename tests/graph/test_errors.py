"""Messages of the room's errors."""

from bioloom.errors import BadInput, BioloomError
from bioloom.graph.errors import BadGraph, NoDownload


def test_messages_tell_what_was_found_and_what_to_do():
    assert issubclass(BadGraph, BadInput)
    problem = NoDownload("cora", found="no network", command="wget it")
    assert isinstance(problem, BioloomError)
    assert isinstance(problem, RuntimeError)
    for part in ("cora", "found no network", "wget it"):
        assert part in str(problem)
