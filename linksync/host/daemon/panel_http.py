"""The little of HTTP that the panel speaks: one request a connection, every size and time with a bound.

A request is read whole before anybody looks at it; what is too long, too slow or not plain HTTP/1 is refused with its
status. Nothing here knows what is asked for.
"""

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

HEAD_MAX = 16 * 1024
"""Bytes of the request line and headers; a browser sends about one."""
BODY_MAX = 4 * 1024
HEADERS_MAX = 64
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_END = b"\r\n\r\n"


class RefusedRequestError(Exception):
    """A request that is not answered; ``status`` says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, read whole.

    Attributes:
        path: without the query, as it was sent.
        query: the last value of each name.
        headers: by name in lower case.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """A header's value; empty where it is not given."""
        return self.headers.get(name, "")

    def cookie(self, name: str) -> str:
        """A cookie's value; empty where it is not given."""
        pairs = (part.strip().partition("=") for part in self.header("cookie").split(";"))
        return next((value for given, _, value in pairs if given == name), "")


def read_request(client: socket.socket, seconds: float) -> Request | None:
    """Read one request; None where nobody asked anything.

    Args:
        client: a connection.
        seconds: for all of it, however slowly it comes.

    Raises:
        RefusedRequestError: it is too long, too slow or no HTTP.
        OSError: the connection broke.
    """
    until = time.monotonic() + seconds
    data = b""
    while _END not in data:
        more = _received(client, until)
        if not more:
            if not data:
                return None
            raise RefusedRequestError(HTTPStatus.BAD_REQUEST)
        data += more
        if len(data) > HEAD_MAX and _END not in data[:HEAD_MAX]:
            raise RefusedRequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    head, _, body = data.partition(_END)
    request = parse_head(head)
    length = _length(request)
    while len(body) < length:
        more = _received(client, until)
        if not more:
            raise RefusedRequestError(HTTPStatus.BAD_REQUEST)
        body += more
    return Request(
        method=request.method, path=request.path, query=request.query, headers=request.headers, body=body[:length]
    )


def parse_head(head: bytes) -> Request:
    """The request line and headers, without the empty line that ends them.

    Raises:
        RefusedRequestError: it is no HTTP/1, or says something twice.
    """
    try:
        first, *lines = head.decode("ascii").split("\r\n")
        method, target, version = first.split(" ")
        address = urlsplit(target)
        query = dict(parse_qsl(address.query, max_num_fields=20))
    except ValueError as error:
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST) from error
    if version not in {"HTTP/1.0", "HTTP/1.1"} or not target.startswith("/") or len(lines) > HEADERS_MAX:
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST)
    return Request(method=method, path=address.path, query=query, headers=_headers(lines))


def answer(status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> bytes:
    """A whole answer, after which the connection ends."""
    return head(status, {"Content-Length": str(len(body)), **headers}) + body


def head(status: HTTPStatus, headers: Mapping[str, str]) -> bytes:
    """The head of an answer."""
    lines = (f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\n{''.join(lines)}\r\n".encode("ascii")


def _received(client: socket.socket, until: float) -> bytes:
    left = until - time.monotonic()
    if left <= 0:
        raise RefusedRequestError(HTTPStatus.REQUEST_TIMEOUT)
    client.settimeout(left)
    try:
        return client.recv(HEAD_MAX)
    except TimeoutError as error:
        raise RefusedRequestError(HTTPStatus.REQUEST_TIMEOUT) from error


def _headers(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not name or not _TOKEN.issuperset(name) or name in found or not value.isprintable():
            raise RefusedRequestError(HTTPStatus.BAD_REQUEST)
        found[name] = value.strip()
    return found


def _length(request: Request) -> int:
    if request.header("transfer-encoding"):
        raise RefusedRequestError(HTTPStatus.NOT_IMPLEMENTED)
    told = request.header("content-length") or "0"
    if not (told.isascii() and told.isdigit()) or len(told) > 12:
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST)
    if int(told) > BODY_MAX:
        raise RefusedRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(told)
