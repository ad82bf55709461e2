"""What the rules find in a call that has ended: facts with their turns and spans, for people to judge by."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from lms.domain.conversation import State
from lms.domain.evidence import Circumstances, Evidence, Kind, Speaker, TicketForm, Transcript, evidence_of
from lms.domain.evidence import Turn as SpokenTurn
from lms.domain.scenarios import Scenario
from lms.domain.scenarios.customer import KnownBy
from lms.domain.values import Language
from lms.models.roleplays import Call, Turn
from lms.services import call_log

_KINDS = {kind.value: kind for kind in Kind}


def found_in(call: Call) -> tuple[tuple[Evidence, ...], dict[int, int]]:
    """The evidence of a call, and the place of its turns: number in the transcript → seq of the turn."""
    every = call_log.turns_of(call.id)
    turns = [turn for turn in every if turn.speaker != "system" and turn.kind in _KINDS]
    script, language = call_log.script_of_call(call), Language(call.language)
    begun = call.answered_at or call.created_at
    circumstances = _circumstances(script, language, call.alias, call_log.state_of(call))
    found = evidence_of(_transcript(turns, _seconds(every, begun)), language, circumstances)
    return found, {number: turn.seq for number, turn in enumerate(turns)}


def _seconds(turns: Sequence[Turn], begun: datetime) -> dict[int, float]:
    """seq → seconds since the call began. An invigilator's pause is cut out with all that lies between the turn
    before it and the moment the call went on: nobody is charged for the half of a silence that a pause broke off."""
    seconds, last, stopped = {}, begun, timedelta(0)
    for turn in turns:
        if turn.kind == "go-on":
            stopped += turn.at - last
        last = turn.at
        seconds[turn.seq] = max(0.0, (turn.at - begun - stopped).total_seconds())
    return seconds


def _transcript(turns: Sequence[Turn], seconds: dict[int, float]) -> Transcript:
    return Transcript(turns=tuple(_turn(turn, seconds[turn.seq]) for turn in turns))


def _turn(turn: Turn, seconds: float) -> SpokenTurn:
    kind = _KINDS[turn.kind]
    data = turn.data or {}
    form = None
    if kind is Kind.TICKET:
        form = TicketForm(
            queue=str(data.get("department", "")),
            summary=str(data.get("summary", "")),
            contact=str(data.get("contact", "")),
        )
    return SpokenTurn(
        speaker=Speaker(turn.speaker),
        seconds=seconds,
        text=turn.text if kind is Kind.SAY else "",
        kind=kind,
        ticket=form,
    )


def _circumstances(script: Scenario, language: Language, alias: str, state: State | None) -> Circumstances:
    known = [fact for fact in script.facts if fact.known_by is KnownBy.CRM]
    shown = state.need_shown_ms if state else None
    return Circumstances(
        surname=_surname(script, language),
        agent_number=alias,
        facts=tuple(word for fact in known for word in fact.words.in_(language)),
        level=script.level.of,
        level_3_at=None if shown is None else shown / 1000,
    )


def _surname(script: Scenario, language: Language) -> str:
    """As the agent is to say it: 周 of 周女士, Zhou of Ms Zhou."""
    if language is Language.ZH:
        return script.customer.called.zh.removesuffix("女士").removesuffix("先生")
    return script.customer.called.en.split()[-1]
