"""``python -m bioloom`` is ``bioloom``."""

from bioloom.cli import main

if __name__ == "__main__":
    main()
