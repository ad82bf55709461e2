"""What drills' skills, templates and fields are called, in a reader's language; a code that is no more is itself."""

from lms.domain.drills.fields import FIELDS
from lms.domain.values import Language
from lms.services import crm_worlds


def skill_title(skill: str, language: Language) -> str:
    found = crm_worlds.template_files().skills.get(skill)
    return found.in_(language) if found else skill


def template_title(code: str, language: Language) -> str:
    filed = crm_worlds.template_files().filed.get(code)
    return filed.template.title.in_(language) if filed else code


def field_title(field: str, language: Language) -> str | None:
    """The label of a field that tasks ask for; None for what only the desk knows (evidence, the record, the ticket)."""
    source = FIELDS.get(field)
    return source.label.in_(language) if source else None
