"""Text that compresses and searches like what agents say: words of a skewed vocabulary.

Random bytes would not compress and a repeated sentence would vanish: both make caches and searches
look other than they are. English text shrinks to about a third with zstd, and so does this.
"""

import itertools
import random
from functools import cache

_ONSETS = ("b", "br", "c", "ch", "d", "f", "g", "h", "l", "m", "n", "p", "pr", "r", "s", "st", "t")
_VOWELS = ("a", "e", "i", "o", "u", "ea", "io")
_CODAS = ("", "", "", "n", "r", "s", "t", "nd", "l", "ck")
_COMMON = (
    "the of and to in a is that for it as was with be by on not he his but at are this have "
    "from or had an they which one you were all her she there would their we him been has "
    "when who will no more if out so up said what its about than into them can only other "
    "time new some could these two may first then do any like my now over such our man me "
    "even most made after also did order refund customer policy shipped because damaged "
    "inventory latency budget query returned rows context summarise supervisor analyst retry "
    "error file function test import return value "
)
_VOCABULARY_WORDS = 3_000
_BLOB_WORDS = 1_500_000
"""About 9 MB: longer than what one compressed segment sees, so that few pieces come twice."""


@cache
def _vocabulary() -> tuple[str, ...]:
    chooser = random.Random("vocabulary")
    words = _COMMON.split()
    seen = set(words)
    while len(words) < _VOCABULARY_WORDS:
        word = "".join(
            chooser.choice(_ONSETS) + chooser.choice(_VOWELS) + chooser.choice(_CODAS)
            for _ in range(chooser.choice((1, 2, 2, 3, 3, 4)))
        )
        if word not in seen:
            seen.add(word)
            words.append(word)
    return tuple(words)


@cache
def _blob() -> str:
    """Return running text: word frequencies after Zipf, a sentence about every twelve words."""
    chooser = random.Random("text")
    words = _vocabulary()
    weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))
    drawn = chooser.choices(words, cum_weights=weights, k=_BLOB_WORDS)
    for place in range(11, len(drawn), 12):
        drawn[place] += ".\n" if place % 9 == 0 else "."
    return " ".join(drawn)


class Text:
    """Draws pieces of running text; cheap, since each piece is a slice of one long text."""

    def __init__(self, chooser: random.Random) -> None:
        self._random = chooser
        self._blob = _blob()

    def piece(self, characters: int) -> str:
        """Return some words of about `characters` characters."""
        begin = int(self._random.random() * (len(self._blob) - characters - 1))
        return self._blob[begin : begin + characters].strip()

    def varying(self, median: int, most: int) -> str:
        """Return a piece whose length varies like that of prompts: most short, some very long."""
        return self.piece(min(most, int(median * self._random.lognormvariate(0, 0.8)) + 3))
