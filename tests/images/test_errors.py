"""Messages of the room's errors."""

from bioloom.errors import BadInput, BioloomError
from bioloom.images.errors import BadPictures, UnreadablePicture


def test_messages_tell_what_was_found_and_what_to_do():
    assert issubclass(BadPictures, BadInput)
    problem = UnreadablePicture("a.png", code="empty", meaning="no byte")
    assert isinstance(problem, BioloomError)
    assert isinstance(problem, ValueError)
    words = "a.png: found no byte (empty), expected a whole picture. Replace the file"
    assert str(problem).startswith(words)
