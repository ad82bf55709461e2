"""Drawing a set of tasks: as many skills as there are, no template twice while others are left, and the same sum of
difficulty whatever the seed, so that no form is easier than another (rulebook 4: equal count of distractors too)."""

from collections.abc import Sequence

from lms.domain.crm.dice import Dice
from lms.domain.crm.world import World
from lms.domain.drills.making import CannotMake, make_task
from lms.domain.drills.plans import DrillKind, DrillPlan
from lms.domain.drills.tasks import Task
from lms.domain.drills.templates import Template
from lms.domain.values import Language

_PURPOSE, _TASKS, _CHOICE, _TRIES = 72, 73, 74, 20


def draw_set(
    templates: Sequence[Template], world: World, plan: DrillPlan, seed: int, language: Language
) -> tuple[Task, ...]:
    """``plan.tasks`` tasks about different customers. Raises CannotMake where the templates do not suffice."""
    pool = usable(templates, plan)
    tasks: list[Task] = []
    for place, template in enumerate(_chosen(pool, plan.tasks, Dice(seed, 0, _PURPOSE))):
        tasks.append(_task(template, world, Dice(seed, place, _TASKS), language, {one.customer for one in tasks}))
    return tuple(tasks)


def usable(templates: Sequence[Template], plan: DrillPlan) -> list[Template]:
    """The plan's templates, by code. Raises CannotMake where there is none, or one that it names is missing."""
    known = {template.code: template for template in templates if template.kind is plan.kind}
    missing = [code for code in plan.templates if code not in known]
    if missing or not known:
        raise CannotMake(f"{plan.code}: no template {', '.join(missing) or f'of kind {plan.kind}'}")
    return [known[code] for code in sorted(plan.templates or known)]


def pick_template(templates: Sequence[Template], kind: DrillKind, seed: int) -> Template:
    """The one of its kind that the seed chooses. Raises CannotMake where there is none."""
    pool = sorted((one for one in templates if one.kind is kind), key=lambda one: one.code)
    if not pool:
        raise CannotMake(f"there is no template of kind {kind}")
    return Dice(seed, 0, _CHOICE).one_of(pool)


def _task(template: Template, world: World, dice: Dice, language: Language, taken: set[int]) -> Task:
    for _ in range(_TRIES):
        task = make_task(template, world, dice.below(1 << 48), language)
        if task.customer not in taken:
            break
    return task


def difficulty_of_a_set(pool: Sequence[Template], count: int) -> int:
    """The sum that every set of ``count`` tasks has: the one nearest to the pool's mean that can be reached."""
    mean = sum(template.difficulty for template in pool) * count / len(pool)
    caps = _caps(pool, count)
    sums = sorted(range(count, 3 * count + 1), key=lambda wanted: (abs(wanted - mean), wanted))
    return next(wanted for wanted in sums if _pick(sorted(pool, key=lambda one: one.code), count, wanted, caps))


def _caps(pool: Sequence[Template], count: int) -> tuple[int, int]:
    """How often a template and a skill may come at most: as seldom as the count allows."""
    by_skill: dict[str, int] = {}
    for template in pool:
        by_skill[template.skill] = by_skill.get(template.skill, 0) + 1
    uses = -(-count // len(pool))
    skill = 1
    while sum(min(skill, held * uses) for held in by_skill.values()) < count:
        skill += 1
    return uses, skill


def _chosen(pool: Sequence[Template], count: int, dice: Dice) -> list[Template]:
    order = sorted(pool, key=lambda template: (dice.below(1 << 40), template.code))
    picked = _pick(order, count, difficulty_of_a_set(pool, count), _caps(pool, count))
    assert picked is not None  # the sum was chosen so that it can be reached
    return sorted(picked, key=lambda template: (dice.below(1 << 40), template.code))


def _pick(order: Sequence[Template], count: int, wanted: int, caps: tuple[int, int]) -> list[Template] | None:
    """The first ``count`` in this order that keep the caps and sum up to ``wanted``; None where there are none."""
    uses, per_skill = caps
    listed = [template for _ in range(uses) for template in order]
    dead: set[tuple[int, int, int, tuple[tuple[str, int], ...]]] = set()

    def further(start: int, left: int, due: int, skills: dict[str, int]) -> list[Template] | None:
        if left == 0:
            return [] if due == 0 else None
        if not left <= due <= 3 * left:
            return None
        state = (start, left, due, tuple(sorted(skills.items())))
        if state in dead:
            return None
        for at in range(start, len(listed) - left + 1):
            template = listed[at]
            if skills.get(template.skill, 0) < per_skill:
                grown = {**skills, template.skill: skills.get(template.skill, 0) + 1}
                rest = further(at + 1, left - 1, due - template.difficulty, grown)
                if rest is not None:
                    return [template, *rest]
        dead.add(state)
        return None

    return further(0, count, wanted, {})
