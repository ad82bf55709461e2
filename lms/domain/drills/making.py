"""Making a task: a template, a world, a seed and a language give one task, and the same four give it again."""

from collections.abc import Mapping
from hashlib import sha256

from lms.domain.crm.dice import Dice
from lms.domain.crm.moments import START
from lms.domain.crm.records import Customer
from lms.domain.crm.world import World
from lms.domain.drills import evidence, facts, workflow_fields
from lms.domain.drills.facts import Case
from lms.domain.drills.fields import UnreadableField, ask
from lms.domain.drills.figures import outage_hours
from lms.domain.drills.tasks import Caller, Expected, Task
from lms.domain.drills.templates import SLOT, CallerProfile, Template, WorkflowPart
from lms.domain.values import Language

MERGED = "merged"  # the companion that is the same person's other account
_PURPOSE = 71  # of the dice


class CannotMake(LookupError):
    """The world's customer does not give what the template asks; the message says what."""


def make_task(template: Template, world: World, seed: int, language: Language) -> Task:
    """Raises CannotMake, or the world's UnknownCircumstance."""
    dice = Dice(seed, int(sha256(template.code.encode()).hexdigest()[:12], 16), _PURPOSE)
    n = world.with_circumstance(template.circumstance, dice.below(1 << 40))
    case = case_of(world, n)
    try:
        words = slots(case, language)
        fields = tuple(ask(field, case) for field in template.ask)
        expected = _expected(template.workflow, case) if template.workflow else None
        if template.workflow:
            fields = (*fields, *workflow_fields.of(template.workflow, case, dice))
        article, superseded = articles(world, template.topic)
        return Task(
            kind=template.kind,
            template=template.code,
            seed=seed,
            language=language,
            world_seed=world.seed,
            world_size=world.size,
            now=START,
            skill=template.skill,
            difficulty=template.difficulty,
            cue=filled(dice.one_of(template.cue.in_(language)), words),
            caller=_caller(template.caller, case, words, language, dice),
            verified=template.verified,
            customer=n,
            similar=tuple(other for other in world.group(n) if other != n),
            may_open=(case.companion.n,) if case.companion and case.companion.circumstance == MERGED else (),
            fields=fields,
            topic=template.topic,
            article=article,
            article_rule=world.catalogue.article(article).rule,
            superseded=superseded,
            may_unmask=template.may_unmask,
            private=private(case.customer),
            workflow=expected,
        )
    except (UnreadableField, evidence.NoSuchEvidence) as lack:
        raise CannotMake(f"{template.code}: customer {n} has no {lack}") from lack


def case_of(world: World, n: int) -> Case:
    companion = world.companion(n)
    return Case(world.customer(n), world.catalogue, None if companion is None else world.customer(companion))


def articles(world: World, topic: str) -> tuple[str, tuple[str, ...]]:
    """The topic's current article, and its superseded ones. Raises CannotMake unless exactly one is current."""
    listed = [one for one in world.catalogue.articles if topic in one.topics]
    current = [one.id for one in listed if not one.superseded]
    if len(current) != 1:
        raise CannotMake(f"{len(current)} current articles cover the topic {topic!r}")
    return current[0], tuple(one.id for one in listed if one.superseded)


def private(customer: Customer) -> tuple[str, ...]:
    """What must not stand whole in a note (rulebook 1.8)."""
    names = () if customer.enterprise else (customer.name.zh, customer.name.en)
    told = (*names, customer.id_number, customer.number, *(sim.number for sim in customer.sims))
    return tuple(dict.fromkeys(one for one in told if one))


def slots(case: Case, language: Language) -> dict[str, str]:
    """What the words of a template can be filled with; what the customer has not is not among them."""
    customer = case.customer
    found = {
        "number": customer.number,
        "tail": customer.number[-4:],
        "name": customer.name.in_(language),
        "surname": _surname(customer, language),
        "address": customer.address.in_(language) if customer.address else None,
        "account": customer.account,
        "id_last4": customer.id_last4,
    }
    if ticket := facts.open_ticket(case):
        found["ticket"] = ticket.number
    if service := facts.service(case):
        found["service"] = case.catalogue.service(service.code).name.in_(language)
    if pack := facts.pack(case):
        found["pack"] = case.catalogue.pack(pack.code).name.in_(language)
    if hours := outage_hours(case):
        found["hours"] = str(hours)
    return {slot: text for slot, text in found.items() if text}


def _surname(customer: Customer, language: Language) -> str:
    name = customer.name.in_(language)
    return name.split()[0] if language is Language.EN else name[:1]


def filled(text: str, words: Mapping[str, str]) -> str:
    """``text`` with its slots filled. Raises UnreadableField for one that cannot be."""
    for slot in SLOT.findall(text):
        if slot not in words:
            raise UnreadableField(f"{{{slot}}}")
    return SLOT.sub(lambda found: words[found[1]], text)


def _caller(profile: CallerProfile, case: Case, words: Mapping[str, str], language: Language, dice: Dice) -> Caller:
    says = filled(dice.one_of(profile.says.in_(language)), words)
    return Caller(number=_calling_from(profile, case, dice), says=says, proofs=profile.proofs)


def _calling_from(profile: CallerProfile, case: Case, dice: Dice) -> str | None:
    customer = case.customer
    if profile.number == "own":
        return customer.number
    if profile.number == "extra-sim":
        extra = [sim.number for sim in customer.sims if not sim.main]
        if not extra:
            raise UnreadableField("extra SIM")
        return dice.one_of(extra)
    if profile.number == "contact":
        if not customer.contacts:
            raise UnreadableField("authorised contact")
        return customer.contacts[0].number
    # 128 is nobody's range: a number that no record has.
    return f"128{dice.below(10**8):08d}" if profile.number == "other" else None


def _expected(part: WorkflowPart, case: Case) -> Expected:
    wanted = tuple(evidence.ref(name, case) for name in part.evidence)
    related = {ref for name in part.related for ref in evidence.refs(name, case)} - set(wanted)
    return Expected(level=part.level, evidence=wanted, related=tuple(sorted(related)))
