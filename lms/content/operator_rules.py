"""What no single value of the operator's files can know: names that must exist elsewhere, and be there once."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from lms.content.problems import Problem, SourceFile
from lms.content.yaml_lines import Place
from lms.domain.crm.billing import CONTRACT_MONTHS
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.circumstances import Circumstance
from lms.domain.crm.claims import CLAIMS
from lms.domain.crm.dossier import IDLE_TOPICS
from lms.domain.crm.ledger import LINES
from lms.domain.crm.names import NameBook
from lms.domain.crm.records import Status, TicketType
from lms.domain.values import Language

Sources = Mapping[str, SourceFile]
NEEDED_NOTES = (*IDLE_TOPICS, "plan-m69", "extra-sim", "refund-r3")  # contact notes that customers are made with
_LANGUAGES = {language.value for language in Language}


def untranslated(source: SourceFile) -> Iterator[Problem]:
    """Every text stands in both languages; people's names have pinyin instead."""
    for place, node in _mappings(source.document.data, ()):
        if "pinyin" not in node and len(_LANGUAGES & node.keys()) == 1:
            missing = next(iter(_LANGUAGES - node.keys()))
            yield source.error(place, f"there is no {missing} text", f"translate it, as {missing}: …")


def _mappings(node: Any, place: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
    if isinstance(node, dict):
        yield place, node
    for step, child in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from _mappings(child, (*place, step))


def across(catalogue: Catalogue, sources: Sources) -> Iterator[Problem]:
    """Everything that the files have to agree on."""
    yield from _products(catalogue, sources["products"])
    yield from _places(catalogue, sources["people_and_places"])
    yield from _knowledge(catalogue, sources["knowledge"])
    yield from _solutions(catalogue, sources["solutions"])
    yield from _notices(catalogue, sources["notices"])
    for kind in TicketType:
        if kind not in catalogue.texts.tickets:
            what = f"there is no text for tickets of type {kind}"
            yield sources["record_texts"].error(("tickets",), what, f"add {kind}: with a text")
    yield from _deck(catalogue, sources["circumstances"])
    yield from _words(sources["desktop"])


def _products(catalogue: Catalogue, source: SourceFile) -> Iterator[Problem]:
    products = catalogue.products
    yield from _twice([(one.code, one.version) for one in products.plans], source, "plans")
    for name, listed in (
        ("packs", products.packs),
        ("broadband", products.broadband),
        ("services", products.services),
        ("departments", products.departments),
    ):
        yield from _twice([one.code for one in listed], source, name)
    yield from _twice([one.type for one in products.tickets], source, "tickets")
    for kind in set(TicketType) - {rule.type for rule in products.tickets}:
        yield source.error(("tickets",), f"nobody takes tickets of type {kind}", f"add a line for {kind}")
    lines, departments = [one.code for one in products.broadband], [one.code for one in products.departments]
    for number, plan in enumerate(products.plans):
        if plan.broadband:
            yield from _unknown(plan.broadband, lines, source, ("plans", number, "broadband"))
    for number, rule in enumerate(products.tickets):
        yield from _unknown(rule.department, departments, source, ("tickets", number, "department"))


def _places(catalogue: Catalogue, source: SourceFile) -> Iterator[Problem]:
    people = catalogue.people
    settings = {area.slug: area.setting for area in people.areas}
    yield from _twice([area.slug for area in people.areas], source, "areas")
    places = {
        "estates": [(one.zh, one.area) for one in people.estates],
        "streets": [(one.zh, one.area) for one in people.streets],
        "villages": [(one.zh, one.area) for one in people.villages],
    }
    for name, listed in places.items():
        yield from _twice([zh for zh, _area in listed], source, name)
        for number, (_zh, area) in enumerate(listed):
            yield from _unknown(area, list(settings), source, (name, number, "area"))
    for number, village in enumerate(people.villages):
        if settings.get(village.area) == "urban":
            yield source.error(("villages", number, "area"), "a village in an urban area", "name a rural area")
    try:
        NameBook(people, 1)
    except ValueError as error:
        yield source.error(("homophones",), str(error), "list names that sound alike and stand above")


def _knowledge(catalogue: Catalogue, source: SourceFile) -> Iterator[Problem]:
    yield from _twice([article.id for article in catalogue.articles], source, "articles")
    current: dict[str, list[str]] = defaultdict(list)
    known = {article.id: article for article in catalogue.articles}
    for number, article in enumerate(catalogue.articles):
        place: Place = ("articles", number)
        if article.superseded:
            if article.replaced_by is None:
                yield source.error(place, "a superseded article without its successor", "add replaced_by: …")
            else:
                yield from _unknown(article.replaced_by, list(known), source, (*place, "replaced_by"))
            continue
        for topic in article.topics:
            current[topic].append(article.id)
            if len(current[topic]) > 1:
                what = f"the topic {topic} has another current article, {current[topic][0]}"
                yield source.error((*place, "topics"), what, "leave the topic to one of them")
    for number, article in enumerate(catalogue.articles):
        for topic in article.topics:
            if topic not in current:
                what = f"the topic {topic} has no current article"
                yield source.error(("articles", number, "topics"), what, "give it one, or take the topic out")


def _solutions(catalogue: Catalogue, source: SourceFile) -> Iterator[Problem]:
    yield from _twice([solution.id for solution in catalogue.solutions], source, "solutions")
    topics = _topics(catalogue)
    for number, solution in enumerate(catalogue.solutions):
        for topic in solution.topics:
            yield from _unknown(topic, topics, source, ("solutions", number, "topics"))


def _notices(catalogue: Catalogue, source: SourceFile) -> Iterator[Problem]:
    yield from _twice([notice.id for notice in catalogue.notices], source, "notices")
    areas = [area.slug for area in catalogue.areas]
    for number, notice in enumerate(catalogue.notices):
        yield from _unknown(notice.area, areas, source, ("notices", number, "area"))
        if not notice.started < min(notice.ended or notice.expected_end, notice.expected_end):
            what = "the notice ends before it starts"
            yield source.error(("notices", number), what, "change started, expected_end or ended")
    topics = _topics(catalogue)
    yield from _twice([note.id for note in catalogue.note_texts], source, "contact_notes")
    for number, note in enumerate(catalogue.note_texts):
        yield from _unknown(note.topic, topics, source, ("contact_notes", number, "topic"))
    for topic in set(NEEDED_NOTES) - {note.topic for note in catalogue.note_texts}:
        yield source.error(("contact_notes",), f"there is no note about {topic}", "add one; customers are made with it")


def _topics(catalogue: Catalogue) -> list[str]:
    return sorted({topic for article in catalogue.articles for topic in article.topics})


def _deck(catalogue: Catalogue, source: SourceFile) -> Iterator[Problem]:
    yield from _twice([one.name for one in catalogue.circumstances], source, "circumstances")
    for number, part in enumerate(catalogue.circumstances):
        place: Place = ("circumstances", number)
        if part.name not in CLAIMS:
            what = f"nothing checks what {part.name} claims"
            yield source.error((*place, "name"), what, "use a name that has a claim in lms/domain/crm/claims.py")
        yield from _parts(part, catalogue, source, place)


def _parts(part: Circumstance, catalogue: Catalogue, source: SourceFile, place: Place) -> Iterator[Problem]:
    products = catalogue.products
    plans = {plan.code: plan for plan in products.plans if plan.on_sale}
    for code in part.plans:
        yield from _unknown(code, list(plans), source, (*place, "plans"))
    for pack in part.packs:
        yield from _unknown(pack.code, [one.code for one in products.packs], source, (*place, "packs"))
    for service in part.services:
        for code in service.codes:
            yield from _unknown(code, [one.code for one in products.services], source, (*place, "services"))
    for code in part.broadband.codes if part.broadband else ():
        yield from _unknown(code, [one.code for one in products.broadband], source, (*place, "broadband"))
    held = [plans[code] for code in part.plans if code in plans]
    if part.contract and not (held and all(plan.contracts for plan in held)):
        yield source.error((*place, "contract"), "its plans take no contract", "name plans that do, such as [m69, m99]")
    if part.extra_sims and not (held and all(plan.extra_sims >= part.extra_sims[1] for plan in held)):
        yield source.error((*place, "extra_sims"), "its plans take fewer extra SIMs", "name plans that take as many")


# What the desk shows of a record, and the family of words that must name it.
_SHOWN: dict[str, tuple[str, ...]] = {
    "line": LINES,
    "status": tuple(Status),
    "contract": tuple(CONTRACT_MONTHS),
    "channel": ("app", "hotline", "store", "sms", "partner"),
    "reminder": ("delivered", "failed", "not-sent", "not-due"),
    "setting": ("urban", "rural"),
    "way": ("in", "out"),
    "merge": ("master", "merged"),
}


def _words(source: SourceFile) -> Iterator[Problem]:
    for family, codes in _SHOWN.items():
        for code in codes:
            if code not in source.document.data.get(family, {}):
                yield source.error((family,), f"there is no word for {code}", f"add {code}: {{zh: …, en: …}}")


def _twice(names: Sequence[Any], source: SourceFile, key: str) -> Iterator[Problem]:
    seen: Counter[Any] = Counter()
    for number, name in enumerate(names):
        seen[name] += 1
        if seen[name] == 2:
            shown = " ".join(name) if isinstance(name, tuple) else name
            yield source.error((key, number), f"{shown} stands twice", "rename or delete one of them")


def _unknown(name: str, known: Collection[str], source: SourceFile, place: Place) -> Iterator[Problem]:
    if name not in known:
        near = get_close_matches(name, known, n=1)
        mend = f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(sorted(known)[:12])}"
        yield source.error(place, f"{name} is not known", mend)
