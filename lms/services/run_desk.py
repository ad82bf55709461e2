"""What the desk shows of a run: computed from task, journal and world, never from what a page claims.

`shown` answers one action; `screen` rebuilds the whole desk, for a page that was loaded anew. Both are plain data,
and say nothing that the action did not ask for.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lms.domain.crm import knowledge, panels
from lms.domain.crm.desk import Card, Panel, PanelName
from lms.domain.crm.panels import Look
from lms.domain.crm.search import QueryRefused
from lms.domain.crm.world import World as Customers
from lms.domain.drills.journal import Action, ActionKind, RunState
from lms.domain.drills.replay import NOBODY, NOTICE, replay
from lms.domain.drills.tasks import Task
from lms.services import crm_search

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CrmView:
    """A world of customers, the index by which it is searched, and how it is shown."""

    rows: crm_search.Rows
    world: Customers
    look: Look


@dataclass(frozen=True, slots=True)
class DeskView(CrmView):
    """One run's task and the world in which it takes place."""

    task: Task


def shown(view: DeskView, journal: Sequence[Action]) -> Shown:
    """What the desk shows because of the journal's last action."""
    state, last = replay(view.task, journal), journal[-1]
    match last.kind:
        case ActionKind.BEGIN:
            return _begun(view, state)
        case ActionKind.PIN | ActionKind.UNPIN:
            return {"pins": _pins(view, state)}
        case ActionKind.ANSWER:
            return {"answers": dict(state.answers)}
    return looked_up(view, state, last)


def looked_up(view: CrmView, state: RunState, last: Action) -> Shown:
    """What a look into the CRM shows: the last action, after which the desk stands as in ``state``."""
    match last.kind:
        case ActionKind.SEARCH:
            return _searched(view, last.data["q"])
        case ActionKind.OPEN:
            return {"card": _plain(_card(view, state)), "panel": None}
        case ActionKind.PANEL:
            return {"panel": _plain(_panel(view, state))}
        case ActionKind.UNMASK:
            return {"card": _plain(_card(view, state)), "panel": _plain(_panel(view, state))}
        case ActionKind.VERIFY:
            return {"level": state.level, "proofs": list(state.proofs)}
        case ActionKind.KNOWLEDGE:
            return _knowledge(view, last.data["q"])
        case ActionKind.ARTICLE:
            return _article(view, last.data["article"])
    return {}


def screen(view: DeskView, journal: Sequence[Action]) -> Shown:
    """The whole desk after the journal; empty before the clock was started."""
    state = replay(view.task, journal)
    if state.begun_at is None:
        return {}
    last = {action.kind: action for action in journal}
    whole = {**_begun(view, state), "pins": _pins(view, state), "answers": dict(state.answers)}
    whole |= records(view, state)
    if ActionKind.SEARCH in last:
        whole |= _searched(view, last[ActionKind.SEARCH].data["q"])
    if ActionKind.KNOWLEDGE in last:
        whole |= _knowledge(view, last[ActionKind.KNOWLEDGE].data["q"])
    if ActionKind.ARTICLE in last:
        whole |= _article(view, last[ActionKind.ARTICLE].data["article"])
    whole["read"] = [
        {"article": one, "title": text.title}
        for one in state.articles
        if (text := knowledge.read_article(view.look.catalogue.articles, one, view.look.language))
    ]
    return whole


def records(view: CrmView, state: RunState) -> Shown:
    """The record that is open, the verification that was reached, and the notices of the day."""
    level, proofs = state.level, list(state.proofs)
    opened = {"card": _plain(_card(view, state)), "panel": _plain(_panel(view, state))}
    return {**opened, "level": level, "proofs": proofs, "notices": _notices(view)}


def _begun(view: DeskView, state: RunState) -> Shown:
    task, language = view.task, view.look.language
    # Which proofs the caller has, and so which level they allow, is for the trainee to hear from their words.
    face = {"cue": task.cue, "number": task.caller.number, "says": task.caller.says}
    fields = [
        {
            "field": one.field,
            "kind": one.kind.value,
            "label": one.label.in_(language),
            "choices": [{"code": choice.code, "label": choice.label.in_(language)} for choice in one.choices],
        }
        for one in view.task.fields
    ]
    level, proofs = state.level, list(state.proofs)
    return {"face": face, "fields": fields, "level": level, "proofs": proofs, "notices": _notices(view)}


def _searched(view: CrmView, query: str) -> Shown:
    try:
        hits = crm_search.search_in(view.rows, view.world, query, view.look)
    except QueryRefused:  # it was looked up by the rules of its day
        return {"query": query, "hits": [], "more": False}
    return {"query": query, "hits": [asdict(one) for one in hits.hits], "more": hits.more}


def _unmasked(state: RunState) -> set[str]:
    return {field for customer, field in state.unmasked if customer == state.customer}


def _card(view: CrmView, state: RunState) -> Card | None:
    if state.customer is None:
        return None
    return panels.card(view.world.customer(state.customer), view.look, _unmasked(state))


def _panel(view: CrmView, state: RunState) -> Panel | None:
    if state.customer is None or state.panel is None:
        return None
    customer = view.world.customer(state.customer)
    return panels.panel(customer, PanelName(state.panel), view.look, _unmasked(state))


def _plain(value: Card | Panel | None) -> Shown | None:
    return asdict(value) if value is not None else None


def _knowledge(view: CrmView, query: str) -> Shown:
    found = knowledge.find_articles(view.look.catalogue.articles, query, view.look.language)
    return {"asked": query, "articles": [asdict(one) for one in found]}


def _article(view: CrmView, article: str) -> Shown:
    text = knowledge.read_article(view.look.catalogue.articles, article, view.look.language)
    return {"article": asdict(text) if text else None}


def _notices(view: CrmView) -> list[Shown]:
    return [asdict(one) for one in knowledge.notices(view.look.catalogue, view.look.language)]


# --- evidence ---------------------------------------------------------------------------------------------------------


def _pins(view: DeskView, state: RunState) -> list[Shown]:
    """What is pinned, in words: the first cells of its row."""
    return [{"customer": customer, "ref": ref, "label": label_of(view, customer, ref)} for customer, ref in state.pins]


def label_of(view: CrmView, customer: int, ref: str) -> str:
    """A piece of evidence in words: its panel and the first cells of its row."""
    if customer == NOBODY and ref.startswith(NOTICE):
        found = knowledge.notices(view.look.catalogue, view.look.language)
        return next((one.title for one in found if one.ref == ref), ref)
    for name in PanelName:
        panel = panels.panel(view.world.customer(customer), name, view.look)
        for table in panel.tables:
            for row in table.rows:
                if row.ref == ref:
                    return f"{panel.title} · {' '.join(cell.text for cell in row.cells[:2])}"
    return ref


def makes_sense(view: DeskView, state: RunState, kind: ActionKind, data: dict[str, Any]) -> bool:
    """Whether what an action names is there: the customer, the article, the row, the masked cell.

    What stands in ``data`` has the right shape; whether its turn has come, replaying tells.
    """
    match kind:
        case ActionKind.PIN:
            return data["ref"] in _pinnable(view, state)
        case ActionKind.ANSWER:
            return data["field"] == "article" or any(one.field == data["field"] for one in view.task.fields)
    return is_there(view, state, kind, data)


def is_there(view: CrmView, state: RunState, kind: ActionKind, data: dict[str, Any]) -> bool:
    """As :func:`makes_sense`, of looks into the CRM alone."""
    match kind:
        case ActionKind.OPEN:
            return bool(0 <= data["customer"] < view.world.size)
        case ActionKind.ARTICLE:
            return any(one.id == data["article"] for one in view.look.catalogue.articles)
        case ActionKind.UNMASK:
            return data["field"] in _maskable(view, state)
    return True


def _maskable(view: CrmView, state: RunState) -> set[str]:
    if state.customer is None:
        return set()
    customer = view.world.customer(state.customer)
    rows = [row for name in PanelName for table in panels.panel(customer, name, view.look).tables for row in table.rows]
    cells = [cell for row in rows for cell in row.cells]
    cells += [cell for _label, cell in panels.card(customer, view.look).cells]
    return {cell.unmask for cell in cells if cell.unmask}


def _pinnable(view: DeskView, state: RunState) -> set[str]:
    refs = {one.ref for one in knowledge.notices(view.look.catalogue, view.look.language)}
    if state.customer is None:
        return refs
    customer = view.world.customer(state.customer)
    tables = [table for name in PanelName for table in panels.panel(customer, name, view.look).tables]
    return refs | {row.ref for table in tables for row in table.rows if row.ref}
