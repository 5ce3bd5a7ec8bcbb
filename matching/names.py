"""Names of persons: folded tokens, in any script."""

from __future__ import annotations

import re
import unicodedata

# What Unicode does not decompose, though a keyboard without it does.
_LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h",
        "ŧ": "t", "ŋ": "n", "ĸ": "k", "ə": "e", "ɛ": "e", "ɔ": "o", "ƒ": "f", "ʼ": None, "ʻ": None,
        "’": None, "‘": None, "'": None, "`": None, "´": None, "\u0640": None, "ک": "ك", "ی": "ي",
    }
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:[\u0900-\u0dff\u0e30-\u0e4e\u3099\u309a]+[^\W_]*)*")
_DEGREE = re.compile(
    r"\b(?:ph\s*\.?\s*d|m\s*\.\s*d|ll\s*\.\s*[mbd]|[bm]\s*\.\s*(?:sc|a|eng)|г-(?:н|жа))\b\.?"
)
_TITLE_WORDS = """
    dr doctor prof professor mr mrs ms mx miss mister madam sir dame lord lady rev reverend hon
    herr herrn frau fraulein hr fr dipl ing med phil jur rer nat mag
    monsieur mme madame mlle mademoiselle maitre docteur professeur
    senor senora senorita sr sra srta dona don doctora profesor profesora lic
    signor signore signora signorina sig dott dottore dottoressa avv
    senhor senhora doutor doutora meneer mevrouw mevr dhr mw drs fru froken mgr inz pan pani
    господин госпожа др проф профессор доктор пан пані κυριοσ κυρια κοσ κα δρ καθ
    السيد السيدة الدكتور الدكتورة الاستاذ
"""
_TITLES = frozenset(_TITLE_WORDS.split())
# Also given names or surnames: titles only where a dot follows.
_AMBIGUOUS = frozenset({"don", "pan", "mag", "hon", "ing", "med", "nat", "sig", "fr", "lord", "dame", "phil"})
_SUFFIX_WORDS = "jr sr jun sen esq phd md dds cpa msc bsc mba llm ii iii iv"
_SUFFIXES = frozenset(_SUFFIX_WORDS.split())
_HONORIFICS = ("さん", "様", "さま", "氏", "先生", "女士", "小姐", "님", "씨")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]+")


def folded(text: str) -> str:
    """Case-folded, without accents; letters that do not decompose, as typed without them (ß, ø, ł)."""
    if text.isascii():
        return text.lower().translate(_LETTERS)
    marked = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", marked) if unicodedata.combining(c) < 10)
    return unicodedata.normalize("NFC", bare)


def words(text: str) -> list[str]:
    """The folded words of a text, without punctuation."""
    return _WORD.findall(folded(text))


def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a name in their order, without titles, degrees and honorifics (or these, if alone)."""
    dotless = _DEGREE.sub(" ", folded(text))
    found = _WORD.findall(dotless)
    start, end = _core(found, text)
    return tuple(_without_honorific(word) for word in found[start:end])


def canonical(text: str) -> str:
    """One text per name, whatever the order of its parts; unspaced scripts as they are written, joined."""
    found = tokens(text)
    if found and all(_UNSPACED.fullmatch(word) for word in found):
        return "".join(found)
    return " ".join(sorted(found))


def _core(found: list[str], text: str) -> tuple[int, int]:
    """Where titles end and suffixes begin."""
    start, end = 0, len(found)
    while start < end - 1 and _is_title(found[start], text):
        start += 1
    while start < end - 1 and found[end - 1] in _SUFFIXES:
        end -= 1
    return start, end


def _is_title(word: str, text: str) -> bool:
    if word in _AMBIGUOUS:
        return re.search(rf"\b{re.escape(word)}\.", text, re.IGNORECASE) is not None
    return word in _TITLES


def _without_honorific(word: str) -> str:
    for honorific in _HONORIFICS:
        if len(word) > len(honorific) + 1 and word.endswith(honorific):
            return word.removesuffix(honorific)
    return word
