"""Which lemmas a word can have, and which texts can have a word with a given lemma, by spaCy's own tables.

Parts of speech are not known here: what a word can become as any of them counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from spacy.tokens import Doc

_ANY = ""
_TAGS = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X SPACE"
_REMEMBERED = 1 << 16


class Lemmas:
    """Of a spaCy pipeline whose lemmas come from tables; if they do not, ``known`` is false."""

    def __init__(self, nlp: Any) -> None:
        self._nlp = nlp
        self._lemmatizer: Any = nlp.get_pipe("lemmatizer") if nlp.has_pipe("lemmatizer") else None
        self.known = self._lemmatizer is not None and self._lemmatizer.mode == "rule"
        self._exceptions = list(self._read_exceptions()) if self.known else []
        self._irregular = {token for token, _ in self._exceptions}
        self._rules = [rule for rules in self._table("lemma_rules").values() for rule in rules]
        self._ends = tuple({old for old, _ in self._rules if old})
        names = ("lemma_rules", "lemma_exc", "lemma_index")
        ruled = {part for name in names for part in _TAGS.split() if part.lower() in self._table(name)}
        self._parts_of_speech = sorted(ruled | {"PROPN"})
        self._assigned: dict[str, set[str]] = {}
        self._matched: list[tuple[re.Pattern[str], str]] = []
        self._read_assigned()

    def of(self, word: str) -> set[str]:
        """Every lemma that a token with this text can have."""
        lower = word.lower()
        lemmas = {word, lower} | self._assigned.get(lower, set())
        lemmas |= {lemma for pattern, lemma in self._matched if pattern.search(lower)}
        # No rule and no exception fits most words: those stay as they are.
        if lower in self._irregular or lower.endswith(self._ends):
            lemmas |= self._ruled(word)
        return lemmas

    def _ruled(self, word: str) -> set[str]:
        if len(self._lemmatizer.cache) > _REMEMBERED:
            self._lemmatizer.cache.clear()
        kinds = self._parts_of_speech
        tokens = Doc(self._nlp.vocab, [word] * len(kinds), pos=kinds)
        return {self._lemmatizer.lemmatize(token)[0] for token in tokens}

    def parts(self, word: str) -> set[str]:
        """One of these must be in a text, in lower case, for a lemma of one of its words to hold ``word``."""
        if not self.known:
            return {_ANY}
        parts = {word} | {token for token, lemma in self._exceptions if word in lemma.lower()}
        parts |= {stem + old for old, new in self._rules if new for stem in _stems(word, new)}
        parts |= {
            token for token, lemmas in self._assigned.items() if any(word in one.lower() for one in lemmas)
        }
        if any(word in lemma.lower() for _, lemma in self._matched):
            return {_ANY}
        return {part for part in parts if not any(other in part for other in parts - {part})}

    def _table(self, name: str) -> Any:
        return self._lemmatizer.lookups.get_table(name, {}) if self.known else {}

    def _read_exceptions(self) -> Iterator[tuple[str, str]]:
        for exceptions in self._table("lemma_exc").values():
            for key, lemmas in exceptions.items():
                token = self._nlp.vocab.strings[key] if isinstance(key, int) else key
                yield from ((token, lemma) for lemma in lemmas)

    def _read_assigned(self) -> None:
        """The lemmas that rules of the pipeline give to certain words, whatever the tables say."""
        rules = (
            self._nlp.get_pipe("attribute_ruler").patterns if self._nlp.has_pipe("attribute_ruler") else ()
        )
        for rule in rules:
            if "LEMMA" in rule["attrs"]:
                for tokens in rule["patterns"]:
                    self._assign(tokens[rule["index"]].get("LOWER", {}), rule["attrs"]["LEMMA"])

    def _assign(self, words: Any, lemma: str) -> None:
        named = [words] if isinstance(words, str) else words.get("IN", [])
        for word in named:
            self._assigned.setdefault(word, set()).add(lemma)
        if not named:
            self._matched.append((re.compile(words.get("REGEX", "")), lemma))


def _stems(word: str, new: str) -> Iterator[str]:
    """What of a word may stand before the end ``new`` of a lemma, if the word reaches into that end."""
    if word in new:
        yield ""
    for kept in range(1, len(word)):
        if new.startswith(word[kept:]):
            yield word[:kept]
