"""``python -m vestige``: the same command line as ``vestige``."""

from vestige.service.cli import main

if __name__ == "__main__":
    main()
