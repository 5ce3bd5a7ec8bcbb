"""Presidio's pattern recognisers, as shipped and as a user's recogniser registry names them."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Collection
from pathlib import Path
from typing import Any

import tldextract
from presidio_analyzer import PatternRecognizer, predefined_recognizers
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider


def pattern_recognizers(registry: Path | None = None) -> list[PatternRecognizer]:
    """The English pattern recognisers of a registry's YAML file; without one, those on by default.

    Raises what Presidio raises for a file that it does not accept.
    """
    stay_offline()
    known = RecognizerRegistryProvider(conf_file=registry).create_recognizer_registry().recognizers
    return [one for one in known if isinstance(one, PatternRecognizer) and one.supported_language == "en"]


def stay_offline() -> None:
    """Presidio's e-mail recogniser asks tldextract, which would fetch its list of endings from the net."""
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def predefined(entities: Collection[str]) -> list[PatternRecognizer]:
    """Those that Presidio ships for these entities, of whatever language: a number's form has none."""
    kinds: list[Any] = [one for one in vars(predefined_recognizers).values() if inspect.isclass(one)]
    made = [
        kind(supported_language="en")
        for kind in kinds
        if issubclass(kind, PatternRecognizer) and kind is not PatternRecognizer
    ]
    return [one for one in made if one.supported_entities[0] in entities]


def custom(registry: Path) -> list[PatternRecognizer]:
    """Of a registry's YAML file, the pattern recognisers that Presidio does not ship."""
    return [one for one in pattern_recognizers(registry) if type(one) is PatternRecognizer]
