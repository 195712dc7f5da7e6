"""Draw the picture of the web application for the documentation.

    python scripts/app_picture.py docs/images/app.png

Needs headless Chromium.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.app.devtools import chromium
from tests.app.running import running

WIDTH, HEIGHT = 1100, 820
PREVIEW = "document.querySelector('#preview code')?.textContent.includes('0.03')"

with TemporaryDirectory() as folder, chromium(Path(folder) / "profile") as browser:
    data = Path(folder) / "data"
    data.mkdir()
    (data / "losses.tsv").write_text("hypothesis\tloss_sample\tloss_all\na\t.1\t.11\n")
    with running(data) as app:
        page = browser.page()
        page.size(WIDTH, HEIGHT)
        page.goto(app.address)
        page.leave(".room a", "check")
        page.type("#field-losses", "losses.tsv")
        page.type("#field-tolerance", "0.03")
        page.wait(PREVIEW)
        # the folder is a temporary one
        page.evaluate(
            "[...document.querySelectorAll('.run-bar .quiet')].forEach((one) => "
            "{ one.textContent = 'Runs in /data/course.'; })"
        )
        page.picture(Path(sys.argv[1]))
