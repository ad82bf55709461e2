"""What a drill plan may name: the task templates of its kind."""

from pathlib import Path

from lms.content.drill_plans import template_codes
from lms.domain.drills.plans import DrillKind


def offered_templates(root: Path, kind: DrillKind) -> list[tuple[str, str]]:
    """(code, what a form says) of the shipped templates; ``root``: where the content's folders stand."""
    return [(code, code) for code in template_codes(root, kind)]
