"""Whom an LLM customer may call: one address, and only if its host and port are on the administrator's list."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


class EndpointRefused(ValueError):
    """The address may not be called; ``reason`` is one of the codes below."""

    def __init__(self, reason: str) -> None:
        self.reason = reason  # not-an-address | not-listed | private-address | unknown-host
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``hosts``: the host:port pairs that may be called, lower case."""

    base_url: str
    model: str
    key: str
    hosts: frozenset[str]

    def check(self) -> str:
        """The address to connect with; raises :class:`EndpointRefused` unless it is listed, and leads nowhere else in
        disguise.

        A name that leads to a private or loopback address needs that address on the list too, so that nobody's
        domain record turns our server against its neighbours. Whoever connects uses the address that was looked at:
        the name asked a second time might lead elsewhere.
        """
        host, port = host_and_port(self.base_url)
        if f"{host}:{port}" not in self.hosts:
            raise EndpointRefused("not-listed")
        found = _addresses(host, port)
        for address in found:
            if not address.is_global and f"{address}:{port}" not in self.hosts:
                raise EndpointRefused("private-address")
        return str(min(found, key=lambda address: address.version))  # a listener on all is on IPv4, too


def host_and_port(url: str) -> tuple[str, int]:
    """Raises :class:`EndpointRefused` for anything but http(s)://host[:port]/path without credentials."""
    if not url.isprintable() or " " in url or "\\" in url:  # two readers might take it for two addresses
        raise EndpointRefused("not-an-address")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError as error:
        raise EndpointRefused("not-an-address") from error
    if not host or port is None or parts.scheme not in _PORTS or "@" in parts.netloc:
        raise EndpointRefused("not-an-address")
    if parts.query or parts.fragment:
        raise EndpointRefused("not-an-address")
    return host.lower(), port


def listed(text: str) -> frozenset[str]:
    """The host:port pairs of a text, one a line. Raises EndpointRefused("not-an-address") on another line."""
    pairs = [line.strip().lower() for line in text.splitlines() if line.strip()]
    for pair in pairs:
        host, _, port = pair.rpartition(":")
        if not host.isprintable() or any(one in host for one in " /@*\\"):
            raise EndpointRefused("not-an-address")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise EndpointRefused("not-an-address")
    return frozenset(pair.replace("[", "").replace("]", "") for pair in pairs)


def _addresses(host: str, port: int) -> set[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # the latter: a part of the name is empty or too long
        raise EndpointRefused("unknown-host") from error
    return {ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found}
