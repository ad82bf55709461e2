"""A keep-alive HTTP/1.1 connection that costs the load generator little: it writes requests, reads replies, no more."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    location: str
    cookie: str  # "session=…" where the server set one
    body: bytes


class Connection:
    """One browser's connection to 127.0.0.1, with its session cookie."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.port = port
        self.cookie = cookie
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, body: bytes = b"", headers: str = "") -> Reply:
        """Connects anew where the server closed the connection while it was idle."""
        length = f"Content-Length: {len(body)}\r\n" if method == "POST" else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUser-Agent: bench\r\n"
            f"Accept-Language: zh-CN\r\nCookie: {self.cookie}\r\n{length}{headers}\r\n"
        )
        reused = self._streams is not None
        try:
            reply = await self._exchange(head.encode() + body)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            if not reused:
                raise
            reply = await self._exchange(head.encode() + body)
        if reply.cookie:
            self.cookie = reply.cookie
        return reply

    async def _exchange(self, request: bytes) -> Reply:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, length, location, cookie, closes = int(head[9:12]), 0, "", "", False
        for line in head.split("\r\n")[1:]:
            name, _colon, value = line.partition(": ")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "location":
                    location = value
                case "set-cookie" if value.startswith("session="):
                    cookie = value.partition(";")[0]
                case "connection":
                    closes = value.lower() == "close"
        body = await reader.readexactly(length)
        if closes:
            self.close()
        return Reply(status, location, cookie, body)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
