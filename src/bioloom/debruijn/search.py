"""Where a word lies in any of the sequences."""

from bioloom.debruijn.data import Words
from bioloom.debruijn.ranking import locate
from bioloom.debruijn.sequences import Method, blocks


def place_of(
    words: Words, word: str, method: Method = "least", *, rng_seed: int = 0
) -> int:
    """Place of a word in a cyclic sequence, counted from 0.

    In the least sequence it is computed (`bioloom.debruijn.ranking.locate`); the others
    have no ranking, and are made and searched.

    Raises
    ------
    BadWords
        If the word does not fit, or the sequence does not fit in memory.
    """
    if method == "least":
        return locate(words, word)
    sought = words.checked_word(word).tobytes()
    text = b"".join(
        block.tobytes() for block in blocks(words, method, rng_seed=rng_seed)
    )
    around = text + (text[: words.order] * words.order)[: words.order - 1]
    return around.find(sought)
