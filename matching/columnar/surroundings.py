"""Whether a context word stands beside a match, told from the words alone, without their parts of speech.

Presidio's enhancer looks at the lemmas of the last six keywords up to a match and of the next one from it on.
A word has few lemmas, whatever its part of speech: mostly each reading of the text gives the same answer.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Any, NamedTuple

from spacy.attrs import IS_PUNCT, IS_STOP
from spacy.tokenizer import Tokenizer
from spacy.vocab import Vocab

from vestige.matching.columnar.lemmas import Lemmas

_COUNTED, _HELPS, _SKIPPED = 1, 2, 4
_YES, _NO = 1, 2
_NEAR = -1
_REMEMBERED = 1 << 15
# spaCy's tokeniser splits at white space before all else, and no token spans it.
_CHUNK = re.compile(r"\s+|\S+")


Readings = frozenset[tuple[str, bool]]
"""What a token's lemma may be, in lower case, each with whether it may be a keyword."""


class _Token(NamedTuple):
    """``end``: within its chunk."""

    end: int
    text: str


_Seen = tuple[int, tuple[str, ...]]
"""What a token is to the enhancer, and the lemmas for which it counts if one of them is beside a colon."""


@dataclass(frozen=True)
class Words:
    """A recogniser's context words, in lower case.

    ``parts``: patterns of what a text, folded, must hold to have such a lemma; ``near``: any of them.
    ``counts``, ``seen``: what is known of chunks and of tokens.
    """

    words: tuple[str, ...]
    parts: tuple[str, ...]
    near: re.Pattern[str]
    counts: dict[str, int] = field(default_factory=dict)
    seen: dict[str, _Seen] = field(default_factory=dict)


def folded(text: str) -> str:
    """A text in lower case; the Greek sigma, whose lower case depends on its place, always the same."""
    return text.lower().replace("ς", "σ")


class Surroundings:
    """Looks around places for context words. To be used within a memory zone of ``nlp``."""

    def __init__(self, nlp: Any, before: int, after: int) -> None:
        self._nlp = nlp
        self.lemmas = Lemmas(nlp)
        # The match's own token is one more, on both sides.
        self._before, self._after = before + 1, after + 1
        self._forget()
        self._is_stop = nlp.vocab.lex_attr_getters[IS_STOP]
        self._is_punct = nlp.vocab.lex_attr_getters[IS_PUNCT]

    def words(self, context: Iterable[str]) -> Words:
        lower = tuple(word.lower() for word in context)
        parts = sorted({re.escape(folded(part)) for word in lower for part in self.lemmas.parts(word)})
        return Words(lower, tuple(parts), re.compile("|".join(parts)))

    def help(self, text: str, start: int, words: Words) -> bool | None:
        """Whether one of the words stands near ``start``; None: that depends on parts of speech."""
        if not self.lemmas.known:
            return None
        chunks, own, offset = around(text, start)
        if not self._is_reached(chunks, own, words):
            return False
        tokens = self.tokens(chunks[own])
        at = next((i for i, token in enumerate(tokens) if token.end > offset), None)
        if at is None:
            return None
        further = (token for one in reversed(chunks[:own]) for token in reversed(self.tokens(one)))
        behind = chain(reversed(tokens[: at + 1]), further)
        answers = _walked((self._options(token, text, words) for token in behind), self._before)
        if answers == _YES:
            return True
        ahead = chain(tokens[at:], (token for one in chunks[own + 1 :] for token in self.tokens(one)))
        others = _walked((self._options(token, text, words) for token in ahead), self._after)
        return True if others == _YES else False if answers | others == _NO else None

    def _is_reached(self, chunks: Sequence[str], own: int, words: Words) -> bool:
        """Whether one of the chunks whose words the enhancer looks at may hold one that helps."""
        for step, many, end in ((-1, self._before, -1), (1, self._after, len(chunks))):
            at = own
            while at != end and many > 0:
                count = words.counts.get(chunks[at])
                if count is None:
                    count = self._count(chunks[at], words)
                if count == _NEAR:
                    return True
                many -= count if at != own else 0
                at += step
        return False

    def _count(self, chunk: str, words: Words) -> int:
        """How many tokens of a chunk are sure to be keywords, at least; ``_NEAR`` if one may help."""
        if len(words.counts) > _REMEMBERED:
            words.counts.clear()
        if words.near.search(folded(chunk)):
            count = _NEAR
        else:
            # What looks unique is not worth a look into it.
            tokens = self.tokens(chunk) if chunk.isalpha() else ()
            readings = [self._readings(token.text) for token in tokens]
            count = sum(all(kept and ":" not in lemma for lemma, kept in one) for one in readings)
        words.counts[chunk] = count
        return count

    def _options(self, token: _Token, text: str, words: Words) -> int:
        """What a token may be to the enhancer, by its readings."""
        known = words.seen.get(token.text)
        if known is None:
            if len(words.seen) > _REMEMBERED:
                words.seen.clear()
            known = words.seen[token.text] = self._seen(token.text, words.words)
        options, doubtful = known
        if doubtful and ":" in text:
            lower = text.lower()
            for lemma in doubtful:
                # Keywords are split at colons, and a part of one may be this very lemma.
                if f":{lemma}" in lower or f"{lemma}:" in lower:
                    options |= _HELPS if any(word in lemma for word in words.words) else _COUNTED
        return options

    def _seen(self, text: str, words: Sequence[str]) -> _Seen:
        options, doubtful = 0, []
        for lemma, kept in self._readings(text):
            if kept and ":" not in lemma:
                options |= _HELPS if any(word in lemma for word in words) else _COUNTED
            else:
                options |= _SKIPPED
                doubtful += [lemma] if ":" not in lemma else []
        return options, tuple(doubtful)

    def tokens(self, chunk: str) -> tuple[_Token, ...]:
        """The tokens of one chunk."""
        known = self._chunks.get(chunk)
        if known is None:
            if len(self._chunks) > _REMEMBERED:
                self._forget()
            found = self._tokenizer(chunk)
            known = self._chunks[chunk] = tuple(_Token(one.idx + len(one), one.text) for one in found)
        return known

    def _forget(self) -> None:
        """Start with the pipeline's tokeniser and a vocabulary that computes nothing about words."""
        self._chunks: dict[str, tuple[_Token, ...]] = {}
        self._words: dict[str, Readings] = {}
        own = self._nlp.tokenizer
        names = ("rules", "prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match")
        self._tokenizer = Tokenizer(Vocab(), **{name: getattr(own, name) for name in names})

    def _readings(self, word: str) -> Readings:
        known = self._words.get(word)
        if known is None:
            lemmas = self.lemmas.of(word)
            known = self._words[word] = frozenset((one.lower(), self._is_kept(one)) for one in lemmas)
        return known

    def _is_kept(self, lemma: str) -> bool:
        """Whether Presidio's ``set_keywords`` keeps a lemma."""
        return not self._is_stop(lemma) and not self._is_punct(lemma) and lemma not in ("-PRON-", "be")


def around(text: str, start: int) -> tuple[list[str], int, int]:
    """The chunks of a text, the number of the one that holds a place, and where in that the place is.

    They are what the tokeniser takes one by one: a single space after a word belongs to the word.
    """
    chunks = text.split(" ")
    own = text.count(" ", 0, start)
    if "" in chunks or not text.isprintable():
        return _spaced(text, start)
    if text[start] == " ":
        return chunks, own + 1, 0
    return chunks, own, start - text.rfind(" ", 0, start) - 1


def _spaced(text: str, start: int) -> tuple[list[str], int, int]:
    """The same where more than single spaces stand between words; no chunk holds a space at the end."""
    pieces = _CHUNK.findall(text)
    ends = list(accumulate(map(len, pieces)))
    place = bisect_right(ends, start)
    chunks = pieces[:1] + [piece[piece[0] == " " :] for piece in pieces[1:]]
    if place < len(chunks) and not chunks[place]:
        place += 1
    if place == len(chunks):
        return [""], 0, 0
    offset = max(0, start - (ends[place] - len(chunks[place])))
    own = sum(map(bool, chunks[:place]))
    return list(filter(None, chunks)), own, offset


def _walked(tokens: Iterable[int], many: int) -> int:
    """Whether one of the first ``many`` tokens that count helps: the answers that are possible."""
    answers, left = 0, 1 << many
    for options in tokens:
        if options & _HELPS:
            answers |= _YES
        # Bit i: that i tokens may be left to look at.
        left = (left >> 1 if options & _COUNTED else 0) | (left if options & _SKIPPED else 0)
        if left & 1:
            answers |= _NO
            left ^= 1
        if not left:
            return answers
    return answers | _NO
