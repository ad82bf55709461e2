"""Every deed that the audit trail records has words on its page."""

import re
from pathlib import Path

from lms.web.words import WORDS

ROOT = Path(__file__).resolve().parents[2]


def test_every_recorded_deed_has_words() -> None:
    sources = [path.read_text() for path in (ROOT / "lms" / "services").glob("*.py")]
    deeds = {deed for source in sources for deed in re.findall(r'\.note\(\s*"([a-z-]+\.[a-z-]+)"', source)}
    assert len(deeds) > 40
    assert deeds <= set(WORDS["audited"]), deeds - set(WORDS["audited"])
