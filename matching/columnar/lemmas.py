"""Which texts can have a word with a given lemma: what spaCy's tables for a language can do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

ANYWHERE = ""


class Lemmas:
    """Of a spaCy pipeline with the rule lemmatiser. Another kind of pipeline may turn any word into any."""

    def __init__(self, nlp: Any) -> None:
        lemmatizer = nlp.get_pipe("lemmatizer") if nlp.has_pipe("lemmatizer") else None
        self._known = lemmatizer is not None and lemmatizer.mode == "rule"
        tables = lemmatizer.lookups if lemmatizer is not None else {}
        self._rules = {
            (old, new)
            for rules in _table(tables, "lemma_rules")
            for old, new in rules
            if not old.endswith(new)
        }
        self._exceptions = [
            (token, lemma)
            for exceptions in _table(tables, "lemma_exc")
            for token, lemmas in _by_name(exceptions, nlp.vocab.strings)
            for lemma in lemmas
        ]
        self._assigned = list(_assigned(nlp)) if self._known else []

    def pattern(self, words: Iterable[str]) -> str:
        """RE2's pattern for the values of bytes in which a lemma may hold one of the words, in any case.

        Values with other characters than ASCII always match.
        """
        parts = sorted({part for word in words for part in self.parts(word.lower())})
        ascii_ = [re.escape(part) for part in parts if part.isascii()]
        return "(?is)" + "|".join(["[\\x80-\\xff]", *ascii_])

    def parts(self, word: str) -> Iterator[str]:
        """What a text, in lower case, must hold for a lemma of one of its words to hold ``word``."""
        yield word if self._known else ANYWHERE
        for old, new in self._rules:
            yield from (stem + old for stem in _stems(word, new))
        yield from (token for token, lemma in self._exceptions if word in lemma.lower())
        yield from (token for token, lemma in self._assigned if word in lemma.lower())


def _stems(word: str, new: str) -> Iterator[str]:
    """What of a word may stand before the end of a lemma, if the word reaches into that end."""
    if word in new:
        yield ""
    for kept in range(1, len(word)):
        if new.startswith(word[kept:]):
            yield word[:kept]


def _table(lookups: Any, name: str) -> Iterable[Any]:
    return lookups.get_table(name).values() if name in lookups else ()


def _by_name(table: Any, strings: Any) -> Iterator[tuple[str, list[str]]]:
    for key, value in table.items():
        yield (strings[key] if isinstance(key, int) else key), value


def _assigned(nlp: Any) -> Iterator[tuple[str, str]]:
    """(a token in lower case, its lemma) as rules give them; a rule that names no token may fit any."""
    if not nlp.has_pipe("attribute_ruler"):
        return
    for rule in nlp.get_pipe("attribute_ruler").patterns:
        if "LEMMA" in rule["attrs"]:
            for tokens in rule["patterns"]:
                named = tokens[rule["index"]].get("LOWER", ANYWHERE)
                for token in named.get("IN", [ANYWHERE]) if isinstance(named, dict) else [named]:
                    yield token, rule["attrs"]["LEMMA"]
