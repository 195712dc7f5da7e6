"""What a lesson's kernel gives, run in Chromium."""

import json

from bioloom.lesson.page import lesson_page
from tests.report.browsing import evaluated

N_CASES = 600
EXACT = {"rtol": 1e-9, "atol": 1e-9}


def computed(room, cases, expression, folder):
    """What a lesson's kernel gives for each case, a JSON object named `c`.

    `K` is the kernel, and `D` what the page holds of Python's data.
    """
    script = (
        "const K = globalThis.bioloomKernel;"
        "const D = JSON.parse(document.getElementById('data').textContent);"
        f"const cases = {json.dumps(cases)};"
        f"return cases.map((c) => {expression});"
    )
    return evaluated(lesson_page(room), script, folder)
