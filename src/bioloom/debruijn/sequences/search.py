"""Place of a word in a sequence of any method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bioloom.debruijn.errors import BadWords
from bioloom.debruijn.sequences.generate import Method, blocks
from bioloom.debruijn.sequences.ranking import locate, window_at
from bioloom.debruijn.sequences.words import Words
from bioloom.result import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class WordPlace(Result):
    """A word and its place in a cyclic sequence, counted from 0.

    Parameters
    ----------
    words
        Alphabet and order of the sequence.
    word
        The word.
    place
        Where it begins.
    """

    words: Words
    word: str
    place: int

    def summary(self) -> str:
        """Word and place."""
        return f"{self.word} at {self.place:,} of {self.words.n_words:,}"

    def to_frame(self) -> pd.DataFrame:
        """One row: word, place."""
        import pandas as pd

        return pd.DataFrame({"word": [self.word], "place": [self.place]}, dtype=object)


def word_and_place(
    word: str | None,
    *,
    at: int | None = None,
    alphabet: str,
    order: int | None = None,
    method: Method = "least",
    rng_seed: int = 0,
) -> WordPlace:
    """The place of a word, or the word at a place; see `bioloom.debruijn.locate`.

    Raises
    ------
    BadWords
        If both or neither are given, or they do not fit the sequence.
    """
    if (word is None) == (at is None):
        found = "a word and a place" if word else "no word and no place"
        raise _bad_question(found)
    if word is not None:
        words = Words(alphabet, len(word) if order is None else order)
        place = place_of(words, word, method, rng_seed=rng_seed)
        return WordPlace(words, word, place)
    if method != "least" or order is None:
        found = "a place without an order, or with a method"
        raise _bad_question(found)
    words, place = Words(alphabet, order), at or 0
    if not 0 <= place < words.n_words:
        raise BadWords(
            where=f"place {place}",
            found="no word",
            expected=f"a place from 0 to {words.n_words - 1}",
            advice="Give a place within the sequence.",
        )
    return WordPlace(words, window_at(words, place), place)


def _bad_question(found: str) -> BadWords:
    return BadWords(
        where="locate",
        found=found,
        expected="a word, or a place in the least sequence of some order",
        advice="Give one of the two; with a place, give the order too.",
    )


def place_of(
    words: Words, word: str, method: Method = "least", *, rng_seed: int = 0
) -> int:
    """Place of a word in a cyclic sequence, counted from 0.

    In the least sequence it is computed (`bioloom.debruijn.sequences.ranking.locate`);
    the others have no ranking: they are built and searched.

    Raises
    ------
    BadWords
        If the word does not fit, or the sequence does not fit in memory.
    """
    if method == "least":
        return locate(words, word)
    codes = words.checked_word(word).tobytes()
    text = b"".join(
        block.tobytes() for block in blocks(words, method, rng_seed=rng_seed)
    )
    around = text + (text[: words.order] * words.order)[: words.order - 1]
    return around.find(codes)
