"""Send one request to a partner's server, whatever that server does: bounded in time and size, no redirects, no proxies."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer

from django.utils.translation import gettext as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from partners.addresses import Address, Unreachable, resolve

CONNECT_SECONDS = 3
READ_SECONDS = 10
WHOLE_SECONDS = 15  # however slowly it trickles in
MOST_READ = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Without a status nothing did, and `words` says why."""

    status: int | None
    body: bytes = b""
    words: str = ""


def post(address: Address, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post to the address its name was checked to have, by its name; every failure is an answer without a status."""
    try:
        connection = _connection(address, resolve(address))
        with _bounded(connection):
            return _ask(connection, address, body, headers)
    except Unreachable as unreachable:
        return Answer(None, words=str(unreachable))
    except TimeoutError:
        return Answer(None, words=_("对方超时未应答"))
    except ssl.SSLError as error:
        return Answer(None, words=_("对方证书无效：%s") % error.__class__.__name__)
    except (OSError, HTTPError, ValueError) as error:
        return Answer(None, words=_("无法连接对方：%s") % error.__class__.__name__)


def _connection(address: Address, ip: str) -> HTTPConnection:
    if address.scheme == "http":
        return HTTPConnection(ip, address.port, timeout=CONNECT_SECONDS)
    context = ssl.create_default_context()
    return HTTPSConnection(
        ip, address.port, timeout=CONNECT_SECONDS, server_hostname=address.host, assert_hostname=address.host, ssl_context=context
    )


@contextmanager
def _bounded(connection: HTTPConnection) -> Iterator[None]:
    """Cut the line when the whole takes too long, and in the end."""

    def cut() -> None:
        line = connection.sock
        if line is not None:
            line.shutdown(socket.SHUT_RDWR)

    timer = Timer(WHOLE_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()


def _ask(connection: HTTPConnection, address: Address, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection.connect()
    connection.sock.settimeout(READ_SECONDS)
    told = {**headers, "Host": address.netloc, "Accept-Encoding": "identity", "Connection": "close", "User-Agent": "ecomlogistics-push/1"}
    connection.request("POST", address.target, body, told, preload_content=False, decode_content=False)
    answer = connection.getresponse()
    return Answer(answer.status, answer.read(MOST_READ, decode_content=False))
