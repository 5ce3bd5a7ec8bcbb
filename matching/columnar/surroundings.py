"""Whether a context word stands beside a match, told from the words alone, without their parts of speech.

Presidio's enhancer looks at the lemmas of the last six keywords up to a match and of the next one from it on.
A word has few lemmas, whatever its part of speech: mostly each reading of the text gives the same answer.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any, NamedTuple

from spacy.attrs import IS_PUNCT, IS_STOP
from spacy.tokenizer import Tokenizer
from spacy.vocab import Vocab

from vestige.matching.columnar.lemmas import Lemmas

_COUNTED, _HELPS, _SKIPPED = 1, 2, 4
_REMEMBERED = 1 << 15
# spaCy's tokeniser splits at white space before all else, and no token spans it.
_CHUNK = re.compile(r"\s+|\S+")


Readings = frozenset[tuple[str, bool]]
"""What a token's lemma may be, in lower case, each with whether it may be a keyword."""


class _Token(NamedTuple):
    """``end``: within its chunk."""

    end: int
    text: str


@dataclass(frozen=True)
class Words:
    """A recogniser's context words, in lower case.

    ``parts``: patterns of what a text, folded, must hold to have such a lemma; ``near``: any of them.
    """

    words: tuple[str, ...]
    parts: tuple[str, ...]
    near: re.Pattern[str]


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
        lower = text.lower()
        if self._says_own(text, start, lower, words):
            return True
        before, own, offset, after = around(text, start)
        if not words.near.search(folded(" ".join(self._reached(before, own, after)))):
            return False
        tokens = self.tokens(own)
        at = next((i for i, token in enumerate(tokens) if token.end > offset), None)
        if at is None:
            return None
        further = (token for one in before for token in reversed(self.tokens(one)))
        behind = chain(reversed(tokens[: at + 1]), further)
        ahead = chain(tokens[at:], (token for one in after for token in self.tokens(one)))
        answers = _walked((self._options(token, lower, words.words) for token in behind), self._before)
        others = _walked((self._options(token, lower, words.words) for token in ahead), self._after)
        return True if {True} in (answers, others) else False if answers | others == {False} else None

    def _says_own(self, text: str, start: int, lower: str, words: Words) -> bool:
        """Whether the match's own chunk is enough: ``ip=192.0.2.1``. Only a short cut."""
        if text[start].isspace():
            return False
        before = "" if start == 0 or text[start - 1].isspace() else text[:start].rsplit(None, 1)[-1]
        own = before + text[start:].split(None, 1)[0]
        if not words.near.search(folded(own)):
            return False
        behind = [token for token in self.tokens(own) if token.end - len(token.text) <= len(before)]
        options = (self._options(token, lower, words.words) for token in reversed(behind))
        return _walked(options, self._before) == {True}

    def _reached(self, before: Sequence[str], own: str, after: Sequence[str]) -> Iterator[str]:
        """The chunks, at most, whose words the enhancer looks at."""
        yield own
        for others, many in ((before, self._before), (after, self._after)):
            for chunk in others:
                if many <= 0:
                    break
                yield chunk
                many -= self._keywords(chunk)

    def _keywords(self, chunk: str) -> int:
        """How many tokens of a chunk are sure to be keywords, at least."""
        known = self._counts.get(chunk)
        if known is None:
            # What looks unique is not worth a look into it.
            tokens = self.tokens(chunk) if chunk.isalpha() else ()
            readings = [self._readings(token.text) for token in tokens]
            known = sum(all(kept and ":" not in lemma for lemma, kept in one) for one in readings)
            self._counts[chunk] = known
        return known

    def _options(self, token: _Token, text: str, words: Sequence[str]) -> int:
        """What a token may be to the enhancer, by its readings."""
        options = 0
        for lemma, kept in self._readings(token.text):
            counted = _HELPS if any(word in lemma for word in words) else _COUNTED
            if kept and ":" not in lemma:
                options |= counted
            else:
                options |= _SKIPPED
                # Keywords are split at colons, and a part of one may be this very lemma.
                if ":" not in lemma and (f":{lemma}" in text or f"{lemma}:" in text):
                    options |= counted
        return options

    def tokens(self, chunk: str) -> tuple[_Token, ...]:
        """The tokens of one chunk."""
        known = self._chunks.get(chunk)
        if known is None:
            if len(self._chunks) + len(self._counts) > _REMEMBERED:
                self._forget()
            found = self._tokenizer(chunk)
            known = self._chunks[chunk] = tuple(_Token(one.idx + len(one), one.text) for one in found)
        return known

    def _forget(self) -> None:
        """Start with the pipeline's tokeniser and a vocabulary that computes nothing about words."""
        self._chunks: dict[str, tuple[_Token, ...]] = {}
        self._counts: dict[str, int] = {}
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


def around(text: str, start: int) -> tuple[list[str], str, int, list[str]]:
    """The chunks before a place, nearest first; its own, and where it is in that; the chunks after it.

    They are what the tokeniser takes one by one: a single space after a word belongs to the word.
    """
    pieces = _CHUNK.findall(text)
    ends = list(accumulate(map(len, pieces)))
    own = bisect_right(ends, start)
    chunks = pieces[:1] + [piece[piece[0] == " " :] for piece in pieces[1:]]
    if own < len(chunks) and not chunks[own]:
        own += 1
    if own == len(chunks):
        return [], "", 0, []
    offset = max(0, start - (ends[own] - len(chunks[own])))
    return list(filter(None, chunks[:own][::-1])), chunks[own], offset, list(filter(None, chunks[own + 1 :]))


def _walked(tokens: Iterable[int], many: int) -> set[bool]:
    """Whether one of the first ``many`` tokens that count helps: the answers that are possible."""
    answers = set()
    left = {many}
    for options in tokens:
        if options & _HELPS:
            answers.add(True)
        after = {count - 1 for count in left} if options & _COUNTED else set()
        left = (after | left if options & _SKIPPED else after) - {0}
        if 0 in after:
            answers.add(False)
        if not left:
            return answers
    return answers | {False}
