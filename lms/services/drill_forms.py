"""The tasks of one certification form: drawn from the shipped templates by the attempt's seed (contract 5)."""

from collections.abc import Sequence

from lms.domain.drills.drawing import draw_set
from lms.domain.drills.plans import DrillPlan
from lms.domain.drills.tasks import Task
from lms.domain.values import Language
from lms.services import crm_worlds


def tasks_of(plan: DrillPlan, language: Language, seed: int) -> Sequence[Task]:
    """Same plan, language and seed, same tasks. Raises crm_worlds.NotBuilt, and CannotMake where the templates do not
    suffice for the plan."""
    if crm_worlds.find_world() is None:
        raise crm_worlds.NotBuilt
    return draw_set(crm_worlds.templates(), crm_worlds.customers(), plan, seed, language)
