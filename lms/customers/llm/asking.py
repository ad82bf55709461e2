"""One question to an OpenAI-compatible server: within a time that is ours, not the server's, and a size that is ours.

The package's own defaults would follow redirects, read proxies from the environment, try three times and wait ten
minutes; a read timeout alone is renewed by every byte, and a name is looked up for as long as the resolver likes. So:
our own client, no retries, and a thread that looks up, connects and reads, waited for only as long as the budget lasts.
"""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

from lms.customers.llm.endpoint import Endpoint
from lms.customers.llm.prompt import Message

LARGEST = 64 * 1024  # bytes of an answer
MOST_TOKENS = 200  # of a customer's line
TEMPERATURE = 0.6
AT_ONCE = 64  # questions of a process; who asks one more waits for a thread, within their budget
_WAITING = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="llm")


class NoAnswer(Exception):
    """The server gave nothing that can be used; ``reason`` says why: late, cut, too-large, status-500 …"""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as it came."""

    text: str
    model: str
    finish_reason: str | None
    tokens_in: int | None
    tokens_out: int | None
    fingerprint: str | None


class Budget:
    """One turn's time: it runs from the first question to the line, whatever lies between."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._start, self._seconds = clock, clock(), seconds

    @property
    def left(self) -> float:
        return self._seconds - (self._clock() - self._start)

    @property
    def used_ms(self) -> int:
        return round((self._clock() - self._start) * 1000)


def ask(
    endpoint: Endpoint,
    messages: Sequence[Message],
    budget: Budget,
    *,
    seed: int,
    response_format: dict[str, Any] | None,
    temperature: float = TEMPERATURE,
    most_tokens: int = MOST_TOKENS,
) -> Answer:
    """Raises :class:`NoAnswer`, EndpointRefused."""
    if budget.left <= 0:
        raise NoAnswer("late")
    http = _http(budget.left)
    question = {"model": endpoint.model, "messages": list(messages), "seed": seed, "temperature": temperature}
    if response_format:
        question["response_format"] = response_format
    waiting = _WAITING.submit(_ask, http, endpoint, {**question, "max_tokens": most_tokens})
    try:
        return waiting.result(timeout=budget.left)
    except Late as late:
        raise NoAnswer("late") from late
    finally:
        waiting.cancel()  # what has not begun never begins
        http.close()  # also ends a thread that still reads, and one that still looks up will ask nobody


_UNKNOWN_FORMAT = ("status-400", "status-404", "status-415", "status-422", "status-501")


def ask_for_object(
    endpoint: Endpoint, messages: Sequence[Message], budget: Budget, *, name: str, schema: dict[str, Any], **more: Any
) -> Answer:
    """As :func:`ask`, held to a schema where the server can, else to JSON, else asked nicely; support is never
    assumed."""
    held = {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}
    for response_format in (held, {"type": "json_object"}, None):
        try:
            return ask(endpoint, messages, budget, response_format=response_format, **more)
        except NoAnswer as error:
            if error.reason not in _UNKNOWN_FORMAT:
                raise
            refused = error
    raise refused


def _http(seconds: float) -> Any:
    # Imported here, as below: it costs half a second and 20 MB, and most installations never ask anybody.
    import httpx2

    timeout = httpx2.Timeout(max(seconds, 0.1))
    return httpx2.Client(follow_redirects=False, trust_env=False, timeout=timeout)


def _connect_to(address: str, request: Any) -> None:
    """Connect with ``address``, whatever the name would say by now; host header and certificate stay the name's."""
    request.extensions = {**request.extensions, "sni_hostname": request.url.host}
    request.url = request.url.copy_with(host=address)


def _ask(http: Any, endpoint: Endpoint, question: dict[str, Any]) -> Answer:
    import httpx2
    import openai

    http.event_hooks = {"request": [partial(_connect_to, endpoint.check())]}
    key = endpoint.key or "none"
    client = openai.OpenAI(base_url=endpoint.base_url, api_key=key, max_retries=0, http_client=http)
    try:
        with client.chat.completions.with_streaming_response.create(**question) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    raise NoAnswer("too-large")
    except openai.APITimeoutError as error:
        raise NoAnswer("late") from error
    except openai.APIStatusError as error:
        raise NoAnswer(f"status-{error.status_code}") from error
    except openai.APIConnectionError as error:
        raise NoAnswer("unreachable") from error
    except (openai.OpenAIError, httpx2.HTTPError) as error:
        raise NoAnswer("cut") from error
    return _read(bytes(body))


def _read(body: bytes) -> Answer:
    """The answer in a chat completion; raises NoAnswer on anything else."""
    try:
        whole = json.loads(body)
        choice = whole["choices"][0]
        text, finish = choice["message"]["content"], choice.get("finish_reason")
        usage = whole.get("usage") or {}
        tokens = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NoAnswer("not-a-completion") from error
    if not isinstance(text, str) or not text.strip():
        raise NoAnswer("empty")
    tokens_in, tokens_out = (count if type(count) is int and 0 <= count < 2**31 else None for count in tokens)
    fingerprint = whole.get("system_fingerprint")
    return Answer(
        text=text,
        model=str(whole.get("model") or "")[:120],
        finish_reason=str(finish)[:20] if finish else None,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        fingerprint=str(fingerprint)[:60] if fingerprint else None,
    )
