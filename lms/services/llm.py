"""An LLM's settings, what it may be asked for as a customer, and the log of it. Off unless somebody decides."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from lms.customers import Utterance
from lms.customers.llm import Exchange, Llm, breaker_open
from lms.customers.llm.endpoint import Endpoint, EndpointRefused, host_and_port, listed
from lms.customers.llm.prompt import Message, messages
from lms.domain.conversation import brief, start
from lms.domain.scenarios import Scenario
from lms.domain.values import Language
from lms.extensions import db
from lms.models.roleplays import CallProposal, LlmExchange, LlmSettings
from lms.services.writing import Deed, writing

THE_ONLY = 1  # the settings are one row
MOST_QUESTIONS = 120  # a call
MOST_TOKENS = 2_000_000  # a day, over all calls


class BadLlmSettings(ValueError):
    """What is wrong, by field; pages word the codes."""

    def __init__(self, **problems: str) -> None:
        self.problems = problems
        super().__init__(", ".join(f"{field}: {code}" for field, code in problems.items()))


@dataclass(frozen=True, slots=True)
class LlmChoice:
    """Whether an LLM may play the customer (``enabled``), whether it may propose quotations and checks to examiners
    (``proposals``), and whom to ask. ``hosts``: host:port pairs, one a line."""

    enabled: bool = False
    base_url: str = ""
    model: str = ""
    hosts: str = ""
    proposals: bool = False

    @property
    def asks(self) -> bool:
        return self.enabled or self.proposals

    def check(self) -> None:
        """Raises :class:`BadLlmSettings`. What is switched off may be left blank."""
        problems = {}
        try:
            allowed = listed(self.hosts)
        except EndpointRefused as refused:
            allowed, problems["hosts"] = frozenset(), refused.reason
        if self.base_url or self.asks:
            try:
                host, port = host_and_port(self.base_url)
                if not problems and f"{host}:{port}" not in allowed:
                    problems["base_url"] = "not-listed"
            except EndpointRefused as refused:
                problems["base_url"] = refused.reason
        if self.asks and not self.model:
            problems["model"] = "missing"
        if problems:
            raise BadLlmSettings(**problems)


def choice() -> LlmChoice:
    row = db.session.get(LlmSettings, THE_ONLY)
    return LlmChoice(row.enabled, row.base_url, row.model, row.hosts, row.proposals) if row else LlmChoice()


def choose(actor_id: int, now: datetime, wanted: LlmChoice) -> None:
    """Raises :class:`BadLlmSettings`."""
    wanted.check()
    with writing(actor_id, now) as deed:
        row = deed.session.get(LlmSettings, THE_ONLY, with_for_update=True) or LlmSettings(id=THE_ONLY)
        row.enabled, row.base_url, row.model, row.hosts = wanted.enabled, wanted.base_url, wanted.model, wanted.hosts
        row.proposals, row.changed_at = wanted.proposals, now
        deed.session.add(row)
        told = {"enabled": wanted.enabled, "proposals": wanted.proposals, "base_url": wanted.base_url,
                "model": wanted.model}  # fmt: skip
        deed.note("llm.settings-changed", "llm:settings", **told, hosts=wanted.hosts.split())


def endpoint() -> Endpoint | None:
    """Whom to ask for the customer's words; None while it is switched off."""
    chosen = choice()
    return _endpoint(chosen) if chosen.enabled else None


def endpoint_for_proposals() -> Endpoint | None:
    """Whom to ask on examiners' behalf; None while that is switched off."""
    chosen = choice()
    return _endpoint(chosen) if chosen.proposals else None


def _endpoint(chosen: LlmChoice) -> Endpoint:
    """The key is the environment's: LLM_API_KEY."""
    return Endpoint(chosen.base_url, chosen.model, os.environ.get("LLM_API_KEY", ""), listed(chosen.hosts))


def customer_of(call_id: int, now: datetime) -> Llm | None:
    """The LLM for one turn of a call, its breaker open where it failed too often or has said enough; None: off."""
    whom = endpoint()
    if whom is None:
        return None
    fallbacks, questions = db.session.execute(
        select(func.count(LlmExchange.fallback), func.count()).where(LlmExchange.call_id == call_id)
    ).one()
    enough = questions >= MOST_QUESTIONS or tokens_spent(now) >= MOST_TOKENS
    return Llm(whom, open_breaker=breaker_open(fallbacks) or enough)


def tokens_spent(now: datetime) -> int:
    """In the last day, for customers' words and for proposals, as far as the servers told."""
    spent = 0
    for table in (LlmExchange, CallProposal):
        sums = select(func.sum(table.tokens_in), func.sum(table.tokens_out)).where(table.at > now - timedelta(days=1))
        spent += sum(count or 0 for count in db.session.execute(sums).one())
    return spent


def keep(deed: Deed, call_id: int, seq: int, exchanges: Iterable[Exchange]) -> bool:
    """Log what was asked for the customer's turn ``seq``; whether the script had to speak instead."""
    fell_back = False
    for one in exchanges:
        answer = one.answer
        deed.session.add(
            LlmExchange(
                call_id=call_id,
                seq=seq,
                purpose=one.purpose,
                template=one.template,
                model_asked=one.model_asked,
                model_answered=answer.model if answer else None,
                prompt={"messages": list(one.prompt)},
                prompt_sha256=one.prompt_sha256,
                seed=one.seed,
                answer=answer.text if answer else None,
                finish_reason=answer.finish_reason if answer else None,
                fingerprint=answer.fingerprint if answer else None,
                tokens_in=answer.tokens_in if answer else None,
                tokens_out=answer.tokens_out if answer else None,
                milliseconds=one.milliseconds,
                guards={name.value: verdict.value for name, verdict in one.guards.items()},
                refused=one.refused,
                fallback=one.fallback,
                at=deed.now,
            )
        )
        fell_back = fell_back or one.fallback is not None
    return fell_back


def scrubbed(text: str, name: str, number: str, alias: str) -> str:
    """``text`` without the trainee's own name and employee number: what a model never gets to see."""
    for own in (name, number):
        if own.strip():
            text = _without(text, own.strip(), alias)
    return text


def _without(text: str, own: str, alias: str) -> str:
    """Every occurrence, whatever its case; spaces within a name are no hiding place."""
    folded, kept, at = text.casefold(), [], 0
    wanted = own.casefold()
    if len(folded) != len(text):  # a letter whose folding is longer: places no longer agree
        return text.replace(own, alias)
    while (found := folded.find(wanted, at)) >= 0:
        kept += [text[at:found], alias]
        at = found + len(wanted)
    return "".join([*kept, text[at:]])


def what_is_sent(scenario: Scenario, language: Language, said: Sequence[Utterance] = ()) -> list[Message]:
    """Exactly what a model would get for the customer's first line of a scenario: for the page that shows it."""
    state, first = start(scenario, language, seed=1)
    return messages(brief(scenario, state, first), said, state.seed)
