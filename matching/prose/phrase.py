"""One run of capitalised words, and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from vestige.matching.prose import lexicon
from vestige.matching.prose.tokens import PARTICLES, Run, Text, Token

BLANK = r"[ \t]+"
_COMMA = re.compile(r",[ \t]{0,2}")


class Phrase:
    """A run without the words of the sentence around it. ``said``: the model's entity of a token,
    ``read``: whether there is a model of the text's language."""

    def __init__(self, text: Text, run: Run, said: Mapping[int, str] | None) -> None:
        self.text, self.said, self.read = text, said or {}, said is not None
        self.titled = False
        self.first, self.last = run.first, run.last
        self._trim()

    def _trim(self) -> None:
        while self.first < self.last:
            if self._is_title():
                self.titled = True
            elif self._leads():
                self.titled = False
            else:
                break
            self.first += 1
        while self.last > self.first and self._trails():
            self.last -= 1

    def _is_title(self) -> bool:
        token = self.text.tokens[self.first]
        if token.bare not in lexicon.words("phrases", "title"):
            return False
        return not token.initial or (
            not self.titled and self.first + 1 < self.last and self._dotted and self._begins
        )

    @property
    def _dotted(self) -> bool:
        return self.text.gap(self.first + 1).startswith(".")

    @property
    def _begins(self) -> bool:
        return self.text.begins(self.first) or not self.text.capital(self.first - 1)

    def _leads(self) -> bool:
        """Whether the first word belongs to the sentence, not to a name."""
        token, words = self.text.tokens[self.first], self.last - self.first
        if words > 1 and len(token.bare) < 4 and self._names_part(self.first + 1):
            return True
        if words > 1 and (token.bare in PARTICLES or token.initial and self._dotted):
            return False
        for kind in ("greeting", "closing", "role", "verb", "naming", "spoke"):
            surely = not token.is_given or (kind == "greeting" and self.text.begins(self.first))
            if surely and token.bare in lexicon.words("phrases", kind):
                return True
        if self.text.is_common(self.first):
            return True
        if words == 1 or token.is_given or token.initial:
            return False
        following = self.text.tokens[self.first + 1]
        does = words > 2 or token.bare in lexicon.vocabulary()
        return self.text.begins(self.first) and does and following.is_given

    def _names_part(self, index: int) -> bool:
        """Whether a word is a title or a role: ``Der Patient``, ``Il signor``."""
        kinds = ("title", "role")
        return any(self.text.tokens[index].bare in lexicon.words("phrases", kind) for kind in kinds)

    def _trails(self) -> bool:
        token = self.text.tokens[self.last - 1]
        return self.text.is_common(self.last - 1) and not token.initial

    @cached_property
    def words(self) -> list[Token]:
        return self.text.tokens[self.first : self.last]

    @cached_property
    def folded(self) -> str:
        return self.text.phrase(self.first, self.last)

    @cached_property
    def known(self) -> bool:
        """Whether a given name is among its words."""
        return any(word.is_given for word in self.words)

    @cached_property
    def of_words(self) -> bool:
        """Whether some word is an English verb, adjective or adverb, and none a given name."""
        words = [stem for word in self.words for stem in (word.bare, word.bare.removesuffix("s"))]
        return not self.known and not lexicon.vocabulary().isdisjoint(words)

    @property
    def end(self) -> int:
        """In characters."""
        return self.text.end(self.last - 1)

    def before(self, section: str, kind: str, gap: str = BLANK) -> bool:
        """Whether one of these phrases stands right before it."""
        return self.text.before(self.first, section, kind, gap)

    @cached_property
    def acts(self) -> bool:
        """Whether a verb follows that people alone do."""
        following = self.last < len(self.text.tokens) and self.text.gap(self.last) == " "
        return following and self.text.after(self.last, "phrases", "verb")

    @cached_property
    def surname_first(self) -> bool:
        """``Berg, Anna``: the given name behind the comma ends there."""
        at = self.last
        return (
            len(self.words) == 1
            and at < len(self.text.tokens)
            and self.text.begins(self.first)
            and self.text.capital(at)
            and self.text.tokens[at].is_given
            and _COMMA.fullmatch(self.text.gap(at)) is not None
            and re.match(r"[ \t]*(?:[-–:;\n(]|$)", self.text.gap(at + 1)) is not None
        )

    @cached_property
    def by_model(self) -> str:
        """What the model takes most of its words for."""
        votes = [self.said[index] for index in range(self.first, self.last) if index in self.said]
        if len(votes) * 2 < self.last - self.first:
            return ""
        return max(sorted(set(votes)), key=votes.count, default="")
