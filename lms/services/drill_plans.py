"""What a drill plan may name: the task templates of its kind."""

from lms.domain.drills.plans import DrillKind
from lms.domain.values import Language
from lms.services import crm_worlds


def offered_templates(kind: DrillKind, language: Language) -> list[tuple[str, str]]:
    """(code, title) of the shipped templates."""
    return [(one.code, one.title.in_(language)) for one in crm_worlds.templates() if one.kind is kind]
