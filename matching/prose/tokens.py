"""A text's words and numbers, and its runs of capitalised words: what may be a name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from vestige.matching.prose import lexicon

_TOKEN = re.compile(
    r"(?P<code>[^\W\d_]+\d\w*|\d+[^\W\d_]{2,}\w*)|"
    r"(?P<word>[^\W\d_]+(?:['’‘`´-][^\W\d_]+|\.(?=[^\W\d_]\b)[^\W\d_])*)"
    r"|(?P<number>\d+(?:[-/]\d+)*(?:[A-Za-zº°ª]\b)?)"
)
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")
_CONTRACTED = frozenset({"it", "that", "he", "she", "what", "who", "here", "there", "let", "name", "c"})
PARTICLES = lexicon.words("small", "particles")
_GAP = re.compile(r"[ \t\u00a0]{1,2}")
_INITIAL_GAP = re.compile(r"\.[ \t\u00a0]{0,2}")


@dataclass(frozen=True, slots=True)
class Token:
    """``bare``: folded, without a possessive ending. ``number``: digits, or a code with some."""

    start: int
    end: int
    text: str
    bare: str
    number: bool

    @property
    def is_given(self) -> bool:
        """Whether it is a given name, or a double one that begins with one; the rarer ones have capitals."""
        first = self.bare.split("-")[0]
        rarer = self.capitalised and not self.text.isupper() and len(first) > 3
        return first in lexicon.given() or (rarer and first in lexicon.abroad())

    @property
    def capitalised(self) -> bool:
        """Also behind an article that is cut short: ``d'Angelo``."""
        letter = self.text[2:3] if self.text[:2] in ("d'", "l'", "d’", "l’") else self.text[0]
        return letter.isupper() or letter.istitle()

    @property
    def initial(self) -> bool:
        return len(self.text) == 1 and self.text.isupper()


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens ``first`` up to ``last`` (excluded) of a text that could be one name."""

    first: int
    last: int


class Text:
    """One text, cut up once for all rules."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [_token(match) for match in _TOKEN.finditer(text)]
        self._starts = [token.start for token in self.tokens]
        self.lower = not any(token.capitalised for token in self.tokens) and any(map(str.islower, text))
        self.language = lexicon.language(text)

    def is_common(self, index: int) -> bool:
        """Whether a word is one that texts of this language are full of."""
        return lexicon.is_common(self.tokens[index].bare, self.language or "en")

    def at(self, place: int) -> int | None:
        """The token that starts at this character."""
        index = bisect_left(self._starts, place)
        return index if index < len(self.tokens) and self._starts[index] == place else None

    def capital(self, index: int) -> bool:
        """Whether a word is written as names are; in a text without capitals, whether it may be one."""
        token = self.tokens[index]
        if token.number or not self.lower:
            return token.capitalised
        land = token.bare in lexicon.words("places", "countries") and self.before(index, "phrases", "place")
        if token.is_given or land or self._names(index):
            return True
        if index == 0 or not re.fullmatch(r"\.? ", self.gap(index)):
            return False
        does = token.bare in lexicon.words("phrases", "verb")
        surname = len(token.bare) > 1 and not does and not self.is_common(index)
        before = self.tokens[index - 1]
        if len(before.bare) == 1 and index > 1:
            return surname and self.tokens[index - 2].is_given
        told = before.is_given or self._names(index - 1)
        return told and (surname or "." in self.gap(index + 1))

    def _names(self, index: int) -> bool:
        """Whether a name is told here whatever its letters: ``my name is nyberg``, ``name: nyberg``."""
        if self.is_common(index):
            return False
        role = self.before(index, "phrases", "role", r"[ \t]*:[ \t]*")
        return role or self.before(index, "phrases", "surely_naming", r"[ \t:]+")

    def proper(self, index: int) -> bool:
        """The same for names of places: in a text without capitals, any word that is not common."""
        token = self.tokens[index]
        if token.number or not self.lower:
            return self.capital(index)
        return len(token.bare) > 1 and not self.is_common(index)

    def continues(self, index: int) -> bool:
        """Whether a capitalised word goes on a run."""
        return index < len(self.tokens) and self.goes_on(index) and self.capital(index)

    def is_number(self, index: int) -> bool:
        return index < len(self.tokens) and self.tokens[index].number

    def word(self, index: int) -> bool:
        """Whether there is a word of some length, and not a common one."""
        if index >= len(self.tokens) or self.gap(index) != " ":
            return False
        token = self.tokens[index]
        return not token.number and len(token.bare) > 3 and not self.is_common(index)

    def goes_on(self, index: int) -> bool:
        """Whether a token is of one phrase with that before; a dot is only behind what is cut short."""
        short = len(self.tokens[index - 1].text) <= 3
        return re.fullmatch(r"[ \t]{1,2}|\.[ \t]?" if short else r"[ \t]{1,2}", self.gap(index)) is not None

    def gap(self, index: int) -> str:
        """What stands between a token and the one before it."""
        if index >= len(self.tokens):
            return self.text[self.tokens[-1].end :] if self.tokens else ""
        return self.text[self.tokens[index - 1].end if index else 0 : self.tokens[index].start]

    def begins(self, index: int) -> bool:
        """Whether a token begins a sentence or a line."""
        return index == 0 or re.search(r"[.!?:\n•>]", self.gap(index)) is not None

    def before(self, index: int, section: str, kind: str, gap: str = r"[ \t:,.\n]*") -> bool:
        """Whether the words right before a token are one of these phrases, with such signs in between."""
        if not re.fullmatch(gap, self.gap(index)):
            return False
        return any(self.phrase(first, index) in lexicon.words(section, kind) for first in self._firsts(index))

    def skipped(self, index: int) -> int:
        """The token behind the last telling word before this one: of ``born on the 4th``, the ``on``."""
        while (
            index
            and self.tokens[index - 1].bare in lexicon.words("small", "before")
            and re.fullmatch(r"[\s:,]{1,2}", self.gap(index))
        ):
            index -= 1
        return index

    def after(self, index: int, section: str, kind: str) -> bool:
        """Whether the words from a token on, up to two, are one of these phrases."""
        ends = range(index + 1, min(index + 3, len(self.tokens) + 1))
        return any(self.phrase(index, last) in lexicon.words(section, kind) for last in ends)

    def phrase(self, first: int, last: int) -> str:
        """Folded words, if only blanks and signs within a phrase are between them."""
        if any(not re.fullmatch(r"[ \t\u00a0.'’]{0,2}", self.gap(i)) for i in range(first + 1, last)):
            return ""
        return " ".join(token.bare for token in self.tokens[first:last])

    def _firsts(self, index: int) -> Iterator[int]:
        return iter(range(max(0, index - 4), index))

    @cached_property
    def runs(self) -> list[Run]:
        """Runs of capitalised words, particles and initials included; titles too."""
        made: list[Run] = []
        index = 0
        while index < len(self.tokens):
            last = self._run(index)
            if last > index:
                made.append(Run(index, last))
            index = max(last, index + 1)
        return made

    def _run(self, first: int) -> int:
        last = index = first
        while index < len(self.tokens) and (index == first or self._joins(index)):
            token = self.tokens[index]
            if token.number or (index > first and self._common(index)):
                break
            if self.capital(index):
                last = index + 1
            elif index == first or not self._particle(first, index) or index - last > 2:
                break
            index += 1
            if index == last and _POSSESSIVE.search(token.text):
                break
        return last

    def _common(self, index: int) -> bool:
        """Whether a capitalised word is none of a name, as in ``Back To Canada``."""
        token = self.tokens[index]
        kinds = (("phrases", "title"), ("phrases", "role"), ("organisation", "tail"))
        telling = (
            token.initial
            or token.bare in PARTICLES
            or any(token.bare in lexicon.words(*kind) for kind in kinds)
        )
        return not telling and self.is_common(index)

    def _particle(self, first: int, index: int) -> bool:
        """``Anna von Berg``, ``Anna van der Berg``: not ``Lieferung von Berg``."""
        token, following = self.tokens[index], self.tokens[index + 1 : index + 2]
        double = (
            index > 0
            and self.tokens[index - 1].bare in PARTICLES
            or bool(following and following[0].bare in PARTICLES)
        )
        given = self.tokens[index - 1].initial or any(one.is_given for one in self.tokens[first:index])
        return token.bare in PARTICLES and (double or given or self.before(first, "phrases", "place"))

    def _joins(self, index: int) -> bool:
        gap, before = self.gap(index), self.tokens[index - 1]
        if _GAP.fullmatch(gap) or gap == " & " and self.capital(index):
            return True
        short = before.initial or before.bare in lexicon.words("phrases", "title") or "." in before.text
        return short and _INITIAL_GAP.fullmatch(gap) is not None

    def end(self, index: int) -> int:
        """Where a token ends without its possessive."""
        token = self.tokens[index]
        ending = _POSSESSIVE.search(token.text)
        return token.start + ending.start() if ending and ending.start() else token.end


def _token(match: re.Match[str]) -> Token:
    written = match.group()
    bare = lexicon.fold(_POSSESSIVE.sub("", written) or written)
    if bare in _CONTRACTED:
        bare = lexicon.fold(written)
    return Token(match.start(), match.end(), written, bare, match["word"] is None)
