"""The LLM customer: words what the engine allows, within six seconds and behind guards; else the script speaks.

It may fail at any turn and in any way: the scripted line takes over at the same beat (contract 8). What was asked
and what came back is kept in `exchanges`, complete.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

from pydantic import ValidationError

from lms.customers import Line, Utterance
from lms.customers.llm.asking import Answer, Budget, NoAnswer, ask_for_object
from lms.customers.llm.endpoint import Endpoint, EndpointRefused
from lms.customers.llm.prompt import TEMPLATE, Message, digest, fence, instructions, messages, schema
from lms.customers.scripted import Scripted
from lms.domain.conversation import Brief, Reply, State, brief, unsaid_words
from lms.domain.conversation.guards import Guard, Verdict, guard, not_run
from lms.domain.scenarios import Scenario
from lms.domain.values import Value

SECONDS = 6.0  # for a whole turn, whatever is asked in it
TRIES = 2  # a wording that a guard stops is asked for once more
MOST_FALLBACKS = 2  # then a call's breaker opens and the script speaks to its end


class Worded(Value):
    """The object that is asked for."""

    say: str
    intent: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer. ``fallback``: why the script spoke instead, on the last question of a turn."""

    purpose: str  # say | listen
    template: str
    prompt: tuple[Message, ...]
    prompt_sha256: str
    model_asked: str
    seed: int
    answer: Answer | None
    refused: str | None  # why there was no answer, or why it was not taken
    guards: dict[Guard, Verdict]
    milliseconds: int
    fallback: str | None = None


def breaker_open(fallbacks: int) -> bool:
    """Whether a call's model has failed often enough to be left alone."""
    return fallbacks >= MOST_FALLBACKS


@dataclass
class Llm:
    """One turn of one call. ``open_breaker``: ask nobody."""

    endpoint: Endpoint
    open_breaker: bool = False
    seconds: float = SECONDS
    clock: Callable[[], float] = monotonic
    exchanges: list[Exchange] = field(default_factory=list)
    _budget: Budget | None = None

    def hint(self, scenario: Scenario, transcript: Sequence[Utterance], state: State, due: Reply) -> str | None:
        """The intent that the model heard in the agent's last words; for turns in which the engine heard none."""
        if self.open_breaker:
            return None
        told = brief(scenario, state, due)
        worded = self._worded(told, messages(told, transcript, state.seed, listen=True), state, "listen")
        return worded.intent if worded and worded.intent in scenario.intents else None

    def reply(self, scenario: Scenario, transcript: Sequence[Utterance], state: State, due: Reply) -> Line | None:
        scripted = Scripted().reply(scenario, transcript, state, due)
        if scripted is None or due.line is None or self.open_breaker:
            return scripted
        told = brief(scenario, state, due)
        sent = messages(told, transcript, state.seed)
        for _ in range(TRIES):
            worded = self._worded(told, sent, state, "say", unsaid_words(scenario, state), transcript)
            if worded is not None:
                return Line(text=worded.say.strip(), line_id=due.line.id, by="llm")
            if self._time.left <= 0:
                break
        self._note_fallback()
        return scripted

    @property
    def _time(self) -> Budget:
        if self._budget is None:
            self._budget = Budget(self.seconds, self.clock)
        return self._budget

    def _worded(
        self,
        told: Brief,
        sent: list[Message],
        state: State,
        purpose: str,
        unsaid: Sequence[str] = (),
        transcript: Sequence[Utterance] = (),
    ) -> Worded | None:
        """The model's answer if it can be used; every question is kept, whatever came of it."""
        before, seed = self._time.used_ms, (state.seed + len(self.exchanges)) % 2**31
        answer, worded, refused, verdicts = None, None, None, not_run()
        try:
            answer = self._ask(told, sent, seed)
            worded = _read(answer)
        except (NoAnswer, EndpointRefused) as error:
            refused = error.reason
        if worded and purpose == "say":
            known = [*told.facts, told.line or "", *(one.text for one in transcript)]
            rules = instructions(told, fence(state.seed))
            verdicts = guard(
                worded.say, told.language, line=told.line or "", unsaid=unsaid, known=known, instructions=rules
            )
            failed = [name.value for name, verdict in verdicts.items() if verdict is not Verdict.PASS]
            refused = f"guard-{'-'.join(failed)}" if failed else None
        taken = self._time.used_ms - before
        self.exchanges.append(
            Exchange(
                purpose,
                TEMPLATE,
                tuple(sent),
                digest(sent),
                self.endpoint.model,
                seed,
                answer,
                refused,
                verdicts,
                taken,
            )
        )
        return None if refused else worded

    def _ask(self, told: Brief, sent: list[Message], seed: int) -> Answer:
        return ask_for_object(self.endpoint, sent, self._time, name="customer_line", schema=schema(told), seed=seed)

    def _note_fallback(self) -> None:
        last = self.exchanges[-1]
        self.exchanges[-1] = replace(last, fallback=(last.refused or "no-answer")[:40])


def _read(answer: Answer) -> Worded:
    """The object in the answer, fenced or bare; raises NoAnswer where it is cut or something else."""
    if answer.finish_reason != "stop":
        raise NoAnswer(f"finish-{answer.finish_reason or 'none'}")
    text = answer.text.strip()
    if text.startswith("```"):
        text = text.strip("`").removeprefix("json").strip()
    try:
        return Worded.model_validate_json(text)
    except ValidationError as error:
        raise NoAnswer("shape") from error
