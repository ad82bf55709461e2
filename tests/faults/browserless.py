"""A candidate without a browser: what the exam page's script sends, request by request, over real HTTP."""

import http.client
import json
import re
from typing import Any
from urllib.parse import urlencode

from tests.live_site import Candidate, LiveServer


class NoAnswer(OSError):
    """The server was gone before it answered: nothing was confirmed."""


class Browserless:
    def __init__(self, server: LiveServer, candidate: Candidate, address: str) -> None:
        self.server = server
        self.candidate = candidate
        self.address = address
        self.cookie = ""
        self.csrf = ""
        self.epoch = 0
        self.seq = 0
        self.attempt_id = 0
        self.acknowledged: dict[str, tuple[int, int, Any]] = {}
        self.tries = 0

    def sign_in(self) -> "Browserless":
        self.get("/login")
        form = {"number": self.candidate.number, "password": self.candidate.password, "csrf_token": self.csrf}
        status, _location, _body = self.ask("POST", "/login", urlencode(form), "application/x-www-form-urlencoded")
        assert status == 302, f"{self.candidate.number} was not let in: {status}"
        self.get("/account")
        return self

    def start(self, sitting_id: int) -> tuple[int, str]:
        """(status, where it leads)"""
        form = urlencode({"language": "zh", "csrf_token": self.csrf})
        status, location, _ = self.ask(
            "POST", f"/exams/{sitting_id}/start", form, "application/x-www-form-urlencoded"
        )  # fmt: skip
        return status, location

    def begin(self, sitting_id: int) -> "Browserless":
        status, location = self.start(sitting_id)
        assert status == 302, status
        self.attempt_id = int(location.rsplit("/", 1)[1])
        return self.hold()

    def hold(self) -> "Browserless":
        self.epoch = self.post(f"/attempts/{self.attempt_id}/hold", {})[1]["epoch"]
        return self

    def op(self, position: int, answer: Any) -> dict[str, Any]:
        self.seq += 1
        return {"op": f"op-{self.candidate.person_id:05d}-{self.seq:06d}", "seq": self.seq, "q": position, "a": answer,
                "f": False}  # fmt: skip

    def save(self, *ops: dict[str, Any]) -> tuple[int, Any]:
        status, body = self.post(f"/attempts/{self.attempt_id}/answers", {"epoch": self.epoch, "ops": list(ops)})
        if status in (200, 202):
            for op in ops:
                self.acknowledged[op["op"]] = (self.attempt_id, op["q"], {"a": op["a"], "f": op["f"]})
        return status, body

    def hand_in(self) -> int:
        form = urlencode({"csrf_token": self.csrf})
        return self.ask("POST", f"/attempts/{self.attempt_id}/hand-in", form, "application/x-www-form-urlencoded")[0]

    def get(self, path: str) -> str:
        body = self.ask("GET", path)[2]
        found = re.search(r'name="csrf-token" content="([^"]+)"', body)
        self.csrf = found[1] if found else self.csrf
        return body

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        status, _location, text = self.ask("POST", path, json.dumps(body), "application/json")
        return status, json.loads(text)

    def ask(self, method: str, path: str, body: str = "", kind: str = "") -> tuple[int, str, str]:
        """(status, location, body); raises :class:`NoAnswer`."""
        self.tries += 1
        headers = {"Cookie": self.cookie, "X-Forwarded-For": self.address, "X-CSRFToken": self.csrf}
        if kind:
            headers |= {"Content-Type": kind, "Accept": kind if "json" in kind else "text/html"}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            connection.request(method, path, body.encode() or None, headers)
            reply = connection.getresponse()
            text = reply.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(str(error)) from error
        finally:
            connection.close()
        if cookie := reply.headers.get("Set-Cookie", ""):
            self.cookie = cookie.partition(";")[0]
        return reply.status, reply.headers.get("Location", ""), text
