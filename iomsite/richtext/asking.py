"""Ask one address elsewhere whether it still works, without being led astray.

Who writes a link chooses where this server connects to. So only ordinary addresses are asked: http
and https at their usual ports, without passwords. The name is looked up once, every address behind
it must be public, and the connection goes to one of those: a name that means something else a
moment later gains nothing. Each redirect is a new question under the same rules. No proxy is used,
whatever the environment says.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

PORTS = {"http": 80, "https": 443}
MOST_REDIRECTS = 5
MOST_BYTES = 16_384
SECONDS = 10  # for each step of a connection
SECONDS_IN_ALL = 25  # for each question: an answer that drips is cut off
LONGEST_WAIT = 7 * 24 * 3600
# A gateway that puts an IPv4 address into an IPv6 one; the address inside is what counts.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SIGNS = "!#$%&'()*+,/:;=?@[]~"
REDIRECTS = {301, 302, 303, 307, 308}
# What many sites say to any program, and to none of their readers.
SAID_TO_PROGRAMS = {401, 403, 405, 406, 407, 418, 423, 425, 429, 451, 503, 999}


# Reasons that stand in the address itself.
LASTING = {"unreadable", "credentials", "port"}


class Verdict(NamedTuple):
    """`state` and `reason` as `ExternalLink` keeps them; seconds that the site asks to wait."""

    state: str
    reason: str = ""
    wait: int = 0


class Refused(Exception):
    """Not to be asked at all: the reason as `REASONS` has it, and what it is about."""


def is_public(address: str) -> bool:
    """Whether this address of a computer is one of the open internet."""
    ip: Any = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6:
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if inside is None and ip in NAT64:
            inside = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(str(inside))
        if ip.is_site_local:
            return False
    return bool(ip.is_global) and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def resolve(host: str, port: int) -> list[str]:
    """The addresses behind a name, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass
class Turns:
    """One question at a time to each host, with a pause between."""

    pause: float = 1.0
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _own: threading.Lock = field(default_factory=threading.Lock)

    def lock_of(self, host: str) -> threading.Lock:
        with self._own:
            return self._locks.setdefault(host, threading.Lock())

    def wait(self, host: str) -> None:
        """Called by who holds the lock."""
        left = self._last.get(host, -self.pause) + self.pause - time.monotonic()
        if left > 0:
            time.sleep(left)

    def done(self, host: str) -> None:
        self._last[host] = time.monotonic()


class _Pinned(http.client.HTTPConnection):
    """Connects to an address that was looked up before; `host` is what the site is called."""

    def __init__(self, host: str, port: int, ip: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._ip, self._context = ip, context
        self.line: Any = None  # stays at hand while the answer is read

    def connect(self) -> None:
        self.sock = socket.create_connection((self._ip, self.port), self.timeout)
        if self._context:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)
        self.line = self.sock


class Answer(NamedTuple):
    status: int
    location: str
    retry_after: str


@dataclass
class Asker:
    """Asks for addresses. What may be connected to is told here, and only tests say otherwise."""

    agent: str
    turns: Turns = field(default_factory=Turns)
    resolve: Callable[[str, int], list[str]] = resolve
    allows: Callable[[str], bool] = is_public
    ports: dict[str, int] | None = field(default_factory=lambda: dict(PORTS))
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def ask(self, address: str) -> Verdict:
        try:
            return self._follow(address)
        except Refused as refusal:
            # What a name or a redirect leads to today may be another thing tomorrow.
            is_lasting = refusal.args[0] in LASTING and refusal.args[1] == address
            return Verdict("refused" if is_lasting else "failing", refusal.args[0])
        except socket.gaierror:
            return Verdict("failing", "unknown-host")
        except ssl.SSLCertVerificationError:
            return Verdict("failing", "certificate")
        except TimeoutError:
            return Verdict("failing", "slow")
        except (http.client.HTTPException, ValueError):
            return Verdict("failing", "garbled")
        except OSError:
            return Verdict("failing", "unreachable")

    def _follow(self, address: str) -> Verdict:
        for _step in range(MOST_REDIRECTS + 1):
            answer = self._exchange(address, "HEAD")
            if answer.status >= 400 and answer.status != 429:
                # Many sites know no HEAD, or answer it wrongly.
                answer = self._exchange(address, "GET")
            if answer.status not in REDIRECTS or not answer.location:
                return verdict_of(answer)
            address = urljoin(address, quote(answer.location, SIGNS, "latin-1"))
        return Verdict("failing", "redirects")

    def _exchange(self, address: str, method: str) -> Answer:
        parts, host, port = self._place_of(address)
        with self.turns.lock_of(host):
            self.turns.wait(host)
            try:
                return self._say(parts, host, port, method)
            finally:
                self.turns.done(host)

    def _place_of(self, address: str) -> tuple[SplitResult, str, int]:
        """Where to ask; Refused where nobody should."""
        try:
            parts = urlsplit(address)
            host, port = (parts.hostname or "").encode("idna").decode(), parts.port
        except (ValueError, UnicodeError) as error:
            raise Refused("unreadable", address) from error
        if parts.scheme not in PORTS or not host or not address.isascii():
            raise Refused("unreadable", address)
        if parts.username is not None or parts.password is not None:
            raise Refused("credentials", address)
        usual = (self.ports or PORTS)[parts.scheme]
        if self.ports is not None and port not in (None, usual):
            raise Refused("port", address)
        return parts, host, usual if port is None else port

    def _say(self, parts: SplitResult, host: str, port: int, method: str) -> Answer:
        ips = self.resolve(host, port)
        if not ips or not all(self.allows(ip) for ip in ips):
            raise Refused("private", host)
        context = self.context if parts.scheme == "https" else None
        connection = _Pinned(host, port, ips[0], context)
        is_late = threading.Event()
        timer = threading.Timer(SECONDS_IN_ALL, _cut_off, (connection, is_late))
        timer.daemon = True
        timer.start()
        try:
            path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            head = {"User-Agent": self.agent, "Accept": "*/*", "Connection": "close"}
            connection.request(method, path, headers=head)
            answer = connection.getresponse()
            answer.read(MOST_BYTES)
            if is_late.is_set():  # what was cut off may look like a short answer
                raise TimeoutError
            location, wait = answer.getheader("Location"), answer.getheader("Retry-After")
            return Answer(answer.status, location or "", wait or "")
        except (OSError, http.client.HTTPException) as error:
            if is_late.is_set():
                raise TimeoutError from error
            raise
        finally:
            timer.cancel()
            connection.close()


def _cut_off(connection: _Pinned, is_late: threading.Event) -> None:
    is_late.set()
    if connection.line:
        with suppress(OSError):
            connection.line.shutdown(socket.SHUT_RDWR)


def verdict_of(answer: Answer) -> Verdict:
    """A redirect that leads nowhere is an answer like any other."""
    wait = seconds_of(answer.retry_after)
    if 200 <= answer.status < 400:
        return Verdict("well")
    reason = str(answer.status)
    return Verdict("unsure" if answer.status in SAID_TO_PROGRAMS else "failing", reason, wait)


def seconds_of(retry_after: str) -> int:
    """Seconds or a moment, as sites say it; a week at most, 0 where it cannot be read."""
    if retry_after.isascii() and retry_after.strip().isdecimal():
        return min(int(retry_after.strip()[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(retry_after).timestamp()
    except (TypeError, ValueError, OverflowError):
        return 0
    return max(0, min(int(moment - time.time()), LONGEST_WAIT))
