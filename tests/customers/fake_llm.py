"""An OpenAI-compatible server on loopback that fails in every way a server can; nothing of it is a mock of ours."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    behaviours: list[Behaviour]
    asked: list[dict[str, Any]]
    paths: list[str]
    hosts: list[str]  # as the client named us

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body)
        self.paths.append(self.path)
        self.hosts.append(self.headers["Host"])
        behaviour = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
        try:
            behaviour(self, body)
        except OSError:  # the client has gone, which is what some tests are about
            self.close_connection = True

    def do_GET(self) -> None:
        self.paths.append(self.path)
        self.reply(b"{}")

    def reply(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def completion(content: Any, finish: str | None = "stop", model: str = "fake-1") -> bytes:
    return json.dumps(
        {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": model,
            "system_fingerprint": "fp1",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish}],
            "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
        }
    ).encode()


def says(say: str, intent: str | None = None) -> Behaviour:
    return content(json.dumps({"say": say, "intent": intent}, ensure_ascii=False))


def content(text: Any, finish: str | None = "stop") -> Behaviour:
    return lambda handler, body: handler.reply(completion(text, finish))


def status(code: int, **headers: str) -> Behaviour:
    return lambda handler, body: handler.reply(b'{"error": {"message": "no"}}', code, **headers)


def hangs(handler: Handler, body: dict[str, Any]) -> None:
    time.sleep(8)


def dribbles(handler: Handler, body: dict[str, Any]) -> None:
    """A byte now and then: every read ends in time, the answer never comes."""
    whole = completion(json.dumps({"say": "马上给我恢复！", "intent": None}))
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(whole)))
    handler.end_headers()
    for at in range(len(whole)):
        handler.wfile.write(whole[at : at + 1])
        handler.wfile.flush()
        time.sleep(0.1)


def dribbles_headers(handler: Handler, body: dict[str, Any]) -> None:
    for char in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 200:
        handler.wfile.write(bytes([char]))
        handler.wfile.flush()
        time.sleep(0.1)


def cuts(handler: Handler, body: dict[str, Any]) -> None:
    whole = completion(json.dumps({"say": "好", "intent": None}))
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(whole)))
    handler.end_headers()
    handler.wfile.write(whole[:40])
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def floods(handler: Handler, body: dict[str, Any]) -> None:
    handler.reply(b" " * 2_000_000 + completion("x"))


def without_schema(behaviour: Behaviour, *, json_object: bool = False) -> Behaviour:
    """A server that knows no JSON schema, and with ``json_object`` unset no JSON mode either."""

    def answer(handler: Handler, body: dict[str, Any]) -> None:
        kind = (body.get("response_format") or {}).get("type")
        if kind == "json_schema" or (kind == "json_object" and not json_object):
            status(400)(handler, body)
        else:
            behaviour(handler, body)

    return answer


class FakeLlm:
    def __init__(self, server: ThreadingHTTPServer, handler: type[Handler]) -> None:
        self.port = server.server_address[1]
        self._handler = handler

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[dict[str, Any]]:
        return self._handler.asked

    @property
    def paths(self) -> list[str]:
        return self._handler.paths

    @property
    def hosts(self) -> list[str]:
        return self._handler.hosts

    def behave(self, *behaviours: Behaviour) -> None:
        """One after another; the last goes on."""
        self._handler.behaviours = list(behaviours)


@contextmanager
def fake_llm(*behaviours: Behaviour) -> Iterator[FakeLlm]:
    handler = type("Of", (Handler,), {"behaviours": list(behaviours), "asked": [], "paths": [], "hosts": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield FakeLlm(server, handler)
    finally:
        server.shutdown()
        server.server_close()
