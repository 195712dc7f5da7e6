"""Print every help text of the command line, and Click's words, as calls of `mark`.

    python scripts/help_messages.py > build/help/help_messages.py

`make messages` reads them from there, for the catalogue of the help.
"""

import sys

from bioloom.cli import GROUPS, cli
from bioloom.cli.help import CLICK_COUNTED, CLICK_WORDS, help_texts

texts = dict.fromkeys([*CLICK_WORDS, *GROUPS.values(), *help_texts(cli)])
sys.stdout.write("".join(f"mark({text!r})\n" for text in texts))
sys.stdout.write("".join(f"trn{forms!r}\n" for forms in CLICK_COUNTED))
