"""Presidio's pattern recognisers, as shipped and as a user's recogniser registry names them."""

from __future__ import annotations

import logging
from pathlib import Path

import tldextract
from presidio_analyzer import PatternRecognizer
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider


def pattern_recognizers(registry: Path | None = None) -> list[PatternRecognizer]:
    """The English pattern recognisers of a registry's YAML file; without one, those on by default.

    Raises what Presidio raises for a file that it does not accept.
    """
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    # The e-mail recogniser asks tldextract, which would fetch its list of endings from the net.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    known = RecognizerRegistryProvider(conf_file=registry).create_recognizer_registry().recognizers
    return [one for one in known if isinstance(one, PatternRecognizer) and one.supported_language == "en"]
