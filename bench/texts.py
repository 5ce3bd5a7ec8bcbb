"""Log lines, cells and notes about nobody: reserved names and numbers only, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

KINDS = ("log", "cells", "notes")

_FIRST = "Anna Ben Carla Dmitri Eva Farid Grace Hugo Inês Jon Kira Léo Mona Nils Olga Paul Zoë"
_LAST = "Smith Müller García Rossi Kowalski Okafor Nguyen Haddad Silva Jensen Novák Brown"
_WORDS = """order parcel invoice account website address delivery weekend customer manager refund question
    answer contact device window ticket shipping description machine link date number card social yesterday
    tomorrow quickly again finally garden report colour table music paper letter travel market summer winter
    product review basket stock label return store mirror chair kitchen bottle pencil river bridge evening"""
_HOSTS = "example.com example.org mail.example.net shop.example.com"
_NETS = "192.0.2 198.51.100 203.0.113"
_CARDS = "4111111111111111 5555-5555-5555-4444 378282246310005 4012888888881881 6011111111111117"
_IBANS = "DE89370400440532013000 GB82WEST12345698765432 FR1420041010050500013M02606"
# Test vectors of Bitcoin's own documents.
_WALLETS = "16UwLL9Risc3QfPqBUvKofHmBQ7wMtjvM bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
_FROM = "[http-nio-8080-exec-7]/c.s.api.OrderService [worker-31]/shop.auth.Login [scheduler-2]/pay.Gateway"

_LINES = {
    '{ip} "GET /v1/{word}/{count} HTTP/1.1" 200 {count} 31ms': 36,
    "request {uuid} finished in {count} ms, status=ok": 16,
    "sent {word} to {email}, attempt {count}": 10,
    "login of {email} from client_ip={ip} refused": 2,
    "redirect user={count} url={url}": 5,
    "device {mac} joined from ip {ip}": 3,
    "payment refused for card {card}, amount {amount}": 2,
    "transfer to {iban} scheduled, wallet {wallet}, ssn={ssn}": 2,
    "cache refreshed, {count} entries of {word} in {count} ms, heap 31 MB of 4096 MB, {count} hits": 24,
}
_CELLS = {
    "{email}": 3, "{ip}": 2, "{uuid}": 2, "{url}": 1, "{mac}": 1, "{card}": 1, "{iban}": 1, "{wallet}": 1,
    "{ssn}": 1, "{first} {last}": 6, "{word}": 6, "{count}": 6, "{amount}": 4, "{stamp}": 4,
    "{word} {word} {count}": 4,
}  # fmt: skip
_SENTENCES = {
    "{first} {last} wrote about the {word} and the {word}, see {email}.": 2,
    "The {word} was {word} {word}, so we called {first} {last} {word}.": 8,
    "Her social security number {ssn} did not match the {word} of {first} {last}!": 1,
    "Please look at {url} before the {word} is closed.": 1,
    "He logged in from {ip} and paid {amount} by card {card}.": 1,
    "It’s the {word} that {first} asked for — nothing else.": 3,
    "We wait for the {word}; {first} will ask the {word} {word}.": 6,
}


def values(kind: str, size: int, seed: int = 7) -> Iterator[str]:
    """Values of a kind with about ``size`` characters together."""
    maker = _Maker(random.Random(f"{seed} {kind}"))
    while size > 0:
        value = maker.value(kind)
        size -= len(value) + 1
        yield value


class _Maker:
    """Fills the templates: a field ``{ip}`` by the method of its name, or by one of a list."""

    def __init__(self, rng: random.Random) -> None:
        self._random = rng
        lists = {"first": _FIRST, "last": _LAST, "word": _WORDS, "host": _HOSTS, "net": _NETS, "card": _CARDS}
        lists |= {"iban": _IBANS, "wallet": _WALLETS, "source": _FROM}
        self._lists = {name: words.split() for name, words in lists.items()}

    def __getitem__(self, name: str) -> str:
        made: str = self._random.choice(self._lists[name]) if name in self._lists else getattr(self, name)()
        return made

    def value(self, kind: str) -> str:
        if kind == "log":
            return f"{self.stamp()} INFO {self['source'].replace('/', ' ')} {self._filled(_LINES)}"
        if kind == "cells":
            return self._filled(_CELLS)
        return " ".join(self._filled(_SENTENCES) for _ in range(self._random.randint(1, 4)))

    def _filled(self, templates: dict[str, int]) -> str:
        (template,) = self._random.choices(list(templates), list(templates.values()))
        parts = template.replace("}", "{").split("{")
        return "".join(self[part] if i % 2 else part for i, part in enumerate(parts))

    def email(self) -> str:
        return f"{self['word']}.{self['word']}{self.count()}@{self['host']}"

    def ip(self) -> str:
        return f"{self['net']}.{self._random.randrange(256)}"

    def mac(self) -> str:
        return f"00:00:5e:00:53:{self._random.randrange(256):02x}"

    def uuid(self) -> str:
        digits = f"{self._random.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def ssn(self) -> str:
        """One of those that are set aside for advertisements."""
        return f"987-65-43{self._random.randrange(20, 30)}"

    def url(self) -> str:
        return f"https://{self['host']}/{self['word']}/{self.count()}?ref={self['word']}"

    def stamp(self) -> str:
        pick = self._random.randrange
        day, second = f"2026-{pick(1, 13):02}-{pick(1, 29):02}", f"{pick(60):02}.{pick(1000):03}Z"
        return f"{day}T{pick(24):02}:{pick(60):02}:{second}"

    def amount(self) -> str:
        return f"{self._random.randrange(10**4)}.{self._random.randrange(100):02}"

    def count(self) -> str:
        return str(self._random.randrange(10 ** self._random.randint(1, 6)))
