"""The film of a run 回放: what the desk showed after each action, worked out here; a page only moves a pointer.

What was seen again is kept once: a frame names its record, panel, hits and pad by their place in the film's shelves.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Generic, TypeVar

from lms.domain.crm import knowledge, panels
from lms.domain.crm.desk import ArticleText, Card, Hit, Panel, PanelName
from lms.domain.crm.search import QueryRefused
from lms.domain.drills.journal import Action, ActionKind, RunState
from lms.domain.drills.plans import DrillPlan
from lms.domain.drills.replay import ARTICLE, Step, steps
from lms.domain.values import Language
from lms.services import crm_search
from lms.services.replay_access import Seat, watched
from lms.services.replay_answers import Right, articles_of, label_in, right_answers, worded
from lms.services.run_desk import DeskView, label_of
from lms.services.run_ledgers import RunLedger, ledger_of
from lms.services.run_scores import journal_of, plan_of_set
from lms.services.runs import desk_view
from lms.services.sign_in import SignedIn

MOST_HITS = 5  # of a search's results that the film shows

Kept = TypeVar("Kept", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Found:
    """A search's results: ``count`` of at most fifty (``more``: there were others), the first ones by name."""

    query: str
    count: int
    more: bool
    first: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Pad:
    """What the trainee had put down: verification, evidence and answers as (label, text); ``unmasked``: what of the
    open record they had unmasked."""

    level: int
    proofs: tuple[str, ...]
    unmasked: tuple[str, ...]
    pins: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The desk after one action. ``at_ms``: since the cue; ``lag_ms``: how long the desk took to show it; numbers
    point into the film's shelves; ``faults`` into the ledger's lines."""

    seq: int
    kind: str
    at_ms: int
    about: str
    lag_ms: int | None
    obeyed: bool
    card: int | None
    panel: int | None
    found: int | None
    article: str | None
    pad: int
    faults: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Film:
    """``whole_ms``: the length of the strip; ``answers`` empty where the right ones are not for the viewer."""

    run_id: int
    set_id: int
    seat: Seat
    practice: bool
    who: str
    kind: str
    language: Language
    skill: str
    cue: str
    says: str
    plan: DrillPlan
    factor: Fraction
    ledger: RunLedger
    frames: Sequence[Frame]
    whole_ms: int
    cards: Sequence[Card]
    panels: Sequence[Panel]
    found: Sequence[Found]
    pads: Sequence[Pad]
    articles: dict[str, tuple[ArticleText, ...]]
    answers: Sequence[Right]
    slowest: Frame | None


class Shelf(Generic[Kept]):
    """Values in the order in which they first came; the same value has the same place."""

    def __init__(self) -> None:
        self.places: dict[Kept, int] = {}

    def place(self, value: Kept) -> int:
        return self.places.setdefault(value, len(self.places))

    def values(self) -> list[Kept]:
        return list(self.places)


def film(viewer: SignedIn, run_id: int, language: Language) -> Film:
    """The film of an ended run, errors in ``language``, the desk in the run's own. Raises NotForYou."""
    seen = watched(viewer, run_id)
    run, view, journal = seen.run, desk_view(seen.run), journal_of(run_id)
    ledger = ledger_of(run, language)
    shown = _Desk(view)
    frames = [
        shown.frame(step, later, _faults(ledger, step.action.seq))
        for step, later in zip(steps(view.task, journal), [*journal[1:], None], strict=True)
    ]
    who = seen.attempt.candidate_number if seen.seat == "examiner" and seen.attempt else run.drill_set.person.name
    tells = seen.attempt is None or seen.seat != "own"
    return Film(
        run_id=run_id,
        set_id=run.set_id,
        seat=seen.seat,
        practice=seen.attempt is None,
        who=who,
        kind=run.drill_set.kind,
        language=view.look.language,
        skill=run.skill,
        cue=view.task.cue,
        says=view.task.caller.says,
        plan=plan_of_set(run.drill_set),
        factor=run.drill_set.factor,
        ledger=ledger,
        frames=frames,
        whole_ms=max([1, *(frame.at_ms for frame in frames)]),
        cards=shown.cards.values(),
        panels=shown.panels.values(),
        found=shown.found.values(),
        pads=shown.pads.values(),
        articles=articles_of(view, ledger),
        answers=right_answers(view, shown.state, ledger, shown.pin) if tells else (),
        slowest=max((one for one in frames if one.lag_ms is not None), key=lambda one: one.lag_ms or 0, default=None),
    )


def _faults(ledger: RunLedger, seq: int) -> tuple[int, ...]:
    return tuple(place for place, line in enumerate(ledger.lines) if line.at_seq == seq)


class _Desk:
    """Sets up frame after frame; what is dear to word is worded once."""

    def __init__(self, view: DeskView) -> None:
        self.view = view
        self.state = RunState()
        self.cards, self.panels, self.pads = Shelf[Card](), Shelf[Panel](), Shelf[Pad]()
        self.found = Shelf[Found]()
        self._searches: dict[str, Found] = {}
        self._labels: dict[tuple[int, str], str] = {}
        self._last_found: int | None = None
        self._article: str | None = None

    def frame(self, step: Step, later: Action | None, faults: tuple[int, ...]) -> Frame:
        action, state = step.action, step.after
        self.state = state
        if step.obeyed and action.kind is ActionKind.SEARCH:
            self._last_found = self.found.place(self._search(str(action.data["q"])))
        if step.obeyed and action.kind is ActionKind.ARTICLE:
            self._article = str(action.data["article"])
        return Frame(
            seq=action.seq,
            kind=action.kind.value,
            at_ms=_since(state, action),
            about=self._about(action, state),
            lag_ms=later.lag_ms if later else None,
            obeyed=step.obeyed,
            card=self._card(state),
            panel=self._panel(state),
            found=self._last_found,
            article=self._title(self._article) if self._article else None,
            pad=self.pads.place(self._pad(state)),
            faults=faults,
        )

    def _card(self, state: RunState) -> int | None:
        if state.customer is None:
            return None
        customer = self.view.world.customer(state.customer)
        return self.cards.place(panels.card(customer, self.view.look, _unmasked(state)))

    def _panel(self, state: RunState) -> int | None:
        if state.customer is None or state.panel is None:
            return None
        customer = self.view.world.customer(state.customer)
        return self.panels.place(panels.panel(customer, PanelName(state.panel), self.view.look, _unmasked(state)))

    def _search(self, query: str) -> Found:
        if query not in self._searches:
            try:
                hits = crm_search.search_in(self.view.rows, self.view.world, query, self.view.look)
                found = Found(query, len(hits.hits), hits.more, hits.hits[:MOST_HITS])
            except QueryRefused:
                found = Found(query, 0, False, ())
            self._searches[query] = found
        return self._searches[query]

    def _pad(self, state: RunState) -> Pad:
        pins = tuple(self.pin(customer, ref) for customer, ref in state.pins)
        given = [*((asked.field, label_in(self.view, asked)) for asked in self.view.task.fields), (ARTICLE, "")]
        answers = tuple(
            (label, self._typed(field, state.answers[field])) for field, label in given if state.answers.get(field)
        )
        unmasked = tuple(self._column(field) for customer, field in state.unmasked if customer == state.customer)
        return Pad(state.level, state.proofs, unmasked, pins, answers)

    def _column(self, field: str) -> str:
        """``number``, or of a list ``contact:1``."""
        return self.view.look.say("column", field.split(":")[0])

    def pin(self, customer: int, ref: str) -> str:
        if (customer, ref) not in self._labels:
            self._labels[customer, ref] = label_of(self.view, customer, ref)
        return self._labels[customer, ref]

    def _typed(self, field: str, value: str) -> str:
        return worded(self.view, field, value)

    def _title(self, article: str) -> str:
        found = knowledge.read_article(self.view.look.catalogue.articles, article, self.view.look.language)
        return found.title if found else article

    def _about(self, action: Action, state: RunState) -> str:
        """What the action was about, in the run's language; empty where its kind says all."""
        data = action.data
        match action.kind:
            case ActionKind.BEGIN:
                return self.view.task.cue
            case ActionKind.SEARCH | ActionKind.KNOWLEDGE:
                return str(data.get("q", ""))
            case ActionKind.OPEN:
                place = self._card(state)
                return self.cards.values()[place].title if place is not None else ""
            case ActionKind.PANEL:
                return self.view.look.say("panel", str(data.get("panel", "")))
            case ActionKind.UNMASK:
                return self._column(str(data.get("field", "")))
            case ActionKind.ARTICLE:
                return self._title(str(data.get("article", "")))
            case ActionKind.PIN | ActionKind.UNPIN:
                return next(
                    (self.pin(customer, ref) for customer, ref in state.pins if ref == data.get("ref")),
                    self._labels.get((state.customer or 0, str(data.get("ref"))), str(data.get("ref", ""))),
                )
            case ActionKind.ANSWER:
                field = str(data.get("field", ""))
                label = next((label_in(self.view, one) for one in self.view.task.fields if one.field == field), "")
                said = self._typed(field, str(data.get("value", "")))
                return f"{label} {said}".strip()
            case ActionKind.VERIFY:
                return f"V{data.get('level', '')}"
        return ""


def _since(state: RunState, action: Action) -> int:
    if state.begun_at is None:
        return 0
    return max(0, (action.at - state.begun_at) // timedelta(milliseconds=1))


def _unmasked(state: RunState) -> set[str]:
    return {field for customer, field in state.unmasked if customer == state.customer}
