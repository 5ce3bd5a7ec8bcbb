"""``python -m bench.quality TOPIC …``: a topic is a module here with a ``main(arguments) -> exit code``."""

from __future__ import annotations

import sys
from importlib import import_module

TOPICS = ("fields", "spans")


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in TOPICS:
        print(f"usage: python -m bench.quality {{{'|'.join(TOPICS)}}} …", file=sys.stderr)
        return 2
    code: int = import_module(f"bench.quality.{arguments[0]}").main(arguments[1:])
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
