"""What a browser's window gives away while a test uses it: complaints, foreign hosts, and what the server confirmed."""

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Response

ANSWERS = re.compile(r"/attempts/(\d+)/answers$")
# The page loses its connection on purpose in some journeys; the browser then says so in its console.
CONNECTION_LOST = (
    r"net::ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)"
)


class Watch:
    """Hears everything of one browser context, from its first page on."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.host = urlsplit(base).netloc
        self.complaints: list[str] = []
        self.expected: list[str] = []
        self.acknowledged: dict[str, tuple[int, int, Any]] = {}
        self.late: set[str] = set()
        self.posts = 0
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"uncaught: {error.error}"))
        context.on("request", lambda request: self._foreign(request.url))
        context.on("response", self._response)

    def expect(self, *patterns: str) -> None:
        """Complaints that belong to what the test does: a lost connection, a refused save."""
        self.expected += patterns

    def unexpected(self) -> list[str]:
        return [line for line in self.complaints if not any(re.search(pattern, line) for pattern in self.expected)]

    def check(self) -> None:
        """Nothing but what was expected: no error, no blocked script or style, nothing from another host."""
        found = self.unexpected()
        assert not found, f"the browser complains: {found}"

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _foreign(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.complaints.append(f"foreign host: {url}")

    def _response(self, response: Response) -> None:
        """200 and 202 confirm every op of the request: counted, or kept apart as late."""
        found = ANSWERS.search(response.url)
        if not found:
            return
        self.posts += 1
        if response.status not in (200, 202):
            return
        for op in response.request.post_data_json["ops"]:
            self.acknowledged[op["op"]] = (int(found[1]), op["q"], {"a": op["a"], "f": op["f"]})
            if response.status == 202:
                self.late.add(op["op"])
