"""The words that a De Bruijn sequence contains: an alphabet and an order, checked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.errors import BadWords

Codes = NDArray[np.uint8]

MOST_LETTERS = 255
MOST_ORDER = 1_000_000  # letters of one word that are kept in memory


@dataclass(frozen=True, slots=True)
class Words:
    """All words of one length over an alphabet.

    Parameters
    ----------
    letters
        The alphabet, in order; each letter once.
    order
        Letters of a word.

    Raises
    ------
    BadWords
        If a letter repeats, is blank or not printable, there is no letter, or the order
        is not a positive number.

    Examples
    --------
    >>> Words("ACGT", 3).n_words
    64
    """

    letters: str
    order: int

    def __post_init__(self) -> None:
        """Check both."""
        _check_alphabet(self.letters)
        if not 1 <= self.order <= MOST_ORDER:
            raise BadWords(
                where="order",
                found=str(self.order),
                expected=f"a whole number from 1 to {MOST_ORDER}",
                advice="The order is the number of letters in a window.",
            )

    @property
    def alphabet_size(self) -> int:
        """Number of letters."""
        return len(self.letters)

    @property
    def n_words(self) -> int:
        """Number of words: the length of the sequence."""
        return int(self.alphabet_size**self.order)

    def spelled(self, codes: Codes) -> str:
        """Text of letter codes."""
        if self.letters.isascii():
            letters = self.letters.encode("ascii").ljust(256)
            return codes.tobytes().translate(letters).decode("ascii")
        table = np.frombuffer(self.letters.encode("utf-32-le"), dtype=np.uint32)
        return table[codes].tobytes().decode("utf-32-le")

    def codes_of(self, word: str) -> Codes:
        """Letter codes of a text.

        Raises
        ------
        BadWords
            If a letter is not in the alphabet.
        """
        strange = next((each for each in word if each not in self.letters), None)
        if strange is not None:
            raise BadWords(
                where=f"word {word}",
                found=f"the letter {strange!r}",
                expected=f"letters of the alphabet {self.letters}",
                advice="Correct the word, or give its alphabet with --alphabet.",
            )
        return np.array([self.letters.index(each) for each in word], dtype=np.uint8)

    def checked_word(self, word: str) -> Codes:
        """Letter codes of one of these words.

        Raises
        ------
        BadWords
            If it has another length, or a letter is not in the alphabet.
        """
        codes = self.codes_of(word)
        if len(codes) != self.order:
            raise BadWords(
                where=f"word {word}",
                found=f"{len(codes)} letters",
                expected=f"{self.order}, as the order requires",
                advice="Correct the word or the --order.",
            )
        return codes


def _check_alphabet(letters: str) -> None:
    repeated = next((each for each in letters if letters.count(each) > 1), None)
    hidden = next((x for x in letters if not x.isprintable() or x == " "), None)
    if not letters or len(letters) > MOST_LETTERS:
        found = f"{len(letters)} letters"
    elif repeated is not None:
        found = f"the letter {repeated!r} more than once"
    elif hidden is not None:
        found = f"{hidden!r}, which is not visible"
    else:
        return
    raise BadWords(
        where=f"alphabet {letters[:20]!r}",
        found=found,
        expected=f"1 to {MOST_LETTERS} different visible letters",
        advice="Write each letter once, e.g. --alphabet ACGT.",
    )
