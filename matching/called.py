"""What a person is called, looked for only in records that are already known to concern them.

Names, user names and addresses say nothing by themselves: others bear them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vestige.matching import forms, names
from vestige.matching.spellings import Named

_MINIMUM = 3
_WORD = re.compile(r"[^\W_]+")
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Called(NamedTuple):
    """(entity, form) of something a text calls the person by."""

    entity: str
    form: str


class Names:
    """Everything one subject is called."""

    def __init__(self, identifiers: Sequence[Named]) -> None:
        spoken = [forms.name(i.value) for i in identifiers if i.entity == "PERSON"]
        full = {name for name in spoken if len(name) > 1}
        # A single word is a given name if a full name begins with it, a whole name if there is no other.
        self._full = full or {name for name in spoken if name}
        self._given = {name[0] for name in full if len(name[0]) >= _MINIMUM}
        self._family = {token for name in full for token in name[1:]}
        parts = {word for name in full for word in name}
        alone = {name[0] for name in spoken if len(name) == 1} - parts
        joined = {"".join(turned) for name in full for turned in _turned(name)}
        self._spaceless = {name for name in alone | joined if _is_spaceless(name)}
        self._short = {word for word in parts if _is_spaceless(word)}
        self._phrases = [
            (i.entity, pattern)
            for i in identifiers
            if i.entity in ("USERNAME", "ADDRESS") and (pattern := _phrase(i.value))
        ]

    def search(self, text: str) -> Iterator[Called]:
        """What of it stands in a text."""
        words = names.words(text)
        if any(name in text for name in self._spaceless) or self._in_full(words):
            yield Called("PERSON", "full name")
        elif self._short.intersection(words) or (
            self._given.intersection(words) and self._by_given_name(text)
        ):
            yield Called("PERSON", "given name")
        for entity, pattern in self._phrases:
            if pattern.search(text):
                yield Called(entity, "clear")

    def _in_full(self, words: Sequence[str]) -> bool:
        return any(_contains(words, turned) for name in self._full for turned in _turned(name))

    def _by_given_name(self, text: str) -> bool:
        """Whether a given name stands alone: not before another family name, nor inside a double one."""
        found = list(_WORD.finditer(text))
        for word, following in zip(found, [*found[1:], None], strict=True):
            apart = text[word.start() - 1 : word.start()] != "-"
            written = word.group()
            # In lower case it may be a word like any other (will, grace, mark).
            if apart and not written.islower() and names.folded(written) in self._given:
                gap = text[word.end() : following.start()] if following else ""
                if following is None or self._ends(gap, following.group()):
                    return True
        return False

    def _ends(self, gap: str, following: str) -> bool:
        if gap.strip() or names.folded(following) in self._family:
            return gap != "-"
        return following[0].islower() or following[0].isdigit()


def _is_spaceless(name: str) -> bool:
    """Whether a name is of a script that writes no spaces: a full one may stand inside a run of letters, a
    part of one says something only alone."""
    return all(map(_SPACELESS.match, name))


def _turned(name: tuple[str, ...]) -> set[tuple[str, ...]]:
    """A name as spoken, family name first, and without what stands between."""
    return {name, name[-1:] + name[:-1], name[1:] + name[:1], (name[0], name[-1]), (name[-1], name[0])}


def _contains(tokens: Sequence[str], name: tuple[str, ...]) -> bool:
    return any(tuple(tokens[i : i + len(name)]) == name for i in range(len(tokens) - len(name) + 1))


def _phrase(value: str) -> re.Pattern[str] | None:
    """A pattern for what is telling enough: ``zoe_1985``, ``12 Elm Street``; not a town, nor a plain word."""
    words = re.findall(r"[^\W_]+|_", value)
    if sum(map(len, words)) <= _MINIMUM or not re.search(r"\d|[._-]", value) or value.isdigit():
        return None
    return re.compile(r"(?<!\w)" + r"[\W]{0,3}".join(map(re.escape, words)) + r"(?!\w)", re.IGNORECASE)
