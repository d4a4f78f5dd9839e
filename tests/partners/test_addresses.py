"""Where partners may have us call. An inner listener, on every loopback there is, must not be reached by any spelling of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Thread

import pytest

from partners import addresses, posting
from partners.addresses import Unreachable
from rulebook.errors import Refused

ANY = "0.0.0.0"  # noqa: S104  (called, not bound to)
INNER_NAMES = {  # what a name server of the attacker answers
    "rebind.example": ["127.0.0.1"], "six.example": ["::1"], "mapped.example": ["::ffff:127.0.0.1"], "nat64.example": ["64:ff9b::7f00:1"],
    "local64.example": ["64:ff9b:1::7f00:1"], "sixtofour.example": ["2002:7f00:1::"], "teredo.example": ["2001:0:7f00:1::"],
    "compat.example": ["::127.0.0.1"], "zero.example": [ANY], "ten.example": ["10.0.0.1"], "oneseven.example": ["172.16.0.1"],
    "oneninetwo.example": ["192.168.1.1"], "linklocal.example": ["169.254.169.254"], "linklocal6.example": ["fe80::1%1"],
    "unique.example": ["fd00::1"], "site.example": ["fec0::1"], "multicast.example": ["224.0.0.1"], "multicast6.example": ["ff02::1"],
    "shared.example": ["100.64.0.1"], "bench.example": ["198.18.0.1"], "broadcast.example": ["255.255.255.255"], "net.example": ["127.255.255.254"],
    "both.example": ["93.184.216.34", "127.0.0.1"], "siit.example": ["::ffff:0:127.0.0.1"], "none.example": [],
}  # fmt: skip
SPELLINGS = (
    "127.0.0.1", "127.1", "127.0.1", "127.127.127.127", "0", ANY, "2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1",
    "017700000001", "0177.0.0.01", "127.0.0.1.", "127.000.000.001", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[fe80::1%25lo]", "[2002:7f00:1::]", "localhost", "LOCALHOST", "localhost.",
    "localhost.localdomain", "ip6-localhost", "loopback", "①②⑦.⓪.⓪.①", "127。0。0。1", "127%2e0%2e0%2e1", "%31%32%37.0.0.1",
    "ok.example@127.0.0.1", "127.0.0.1@ok.example", "ok.example:443@127.0.0.1", "ok.example\\@127.0.0.1", "127.0.0.1#@ok.example",
    "127.0.0.1%00.ok.example", "ok.example%00@127.0.0.1", "ok.example 127.0.0.1", "\t127.0.0.1", "127.0.0.1\r\nX: y", "[127.0.0.1]",
)  # fmt: skip
URLS = [
    *(f"{scheme}://{spelling}:{{port}}/" for scheme in ("https", "http") for spelling in SPELLINGS),
    *(f"https://{name}:{{port}}/" for name in INNER_NAMES),
    *(f"https:{slashes}127.0.0.1:{{port}}/" for slashes in ("", "/", "///", "\\\\")),
    "//127.0.0.1:{port}/", "127.0.0.1:{port}", "HTTPS://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/_x", "file:///etc/passwd",
    "javascript:alert(1)", "data:text/plain,x", "", " ", "https://", "https://:{port}/", "https://127.0.0.1:{port}:443/", "https://ok.example:99999/",
]  # fmt: skip


class Listener:
    """Counts whoever connects to a port of this machine, on IPv4 and IPv6."""

    def __init__(self) -> None:
        self.hits = 0
        self.lines = [socket.create_server(("127.0.0.1", 0))]
        self.port = self.lines[0].getsockname()[1]
        if socket.has_dualstack_ipv6():
            self.lines.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        self.threads = [Thread(target=self._count, args=[line], daemon=True) for line in self.lines]
        for thread in self.threads:
            thread.start()

    def _count(self, line: socket.socket) -> None:
        while True:
            try:
                caller, _where = line.accept()
            except OSError:
                return
            self.hits += 1
            caller.close()

    def close(self) -> None:
        for line in self.lines:
            line.shutdown(socket.SHUT_RDWR)
            line.close()
        for thread in self.threads:
            thread.join()


@pytest.fixture
def inner() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def named(monkeypatch) -> None:
    """The world's name servers, among them an attacker's."""
    real = socket.getaddrinfo

    def answer(host: str, port: int, *args: object, **more: object) -> list:
        if host not in INNER_NAMES:
            return real(host, port, *args, **more)
        if not INNER_NAMES[host]:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in INNER_NAMES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def tried(url: str, allowed: list[str]) -> str:
    """Call an address as a push does; returns why it was not called."""
    try:
        return posting.post(addresses.read(url, allowed), b"{}", {}).words
    except Refused as refusal:
        return refusal.reason


def test_no_spelling_reaches_an_inner_address(inner: Listener, named: None) -> None:
    assert len(URLS) > 60
    for url in (each.format(port=inner.port) for each in URLS):
        host = url.split("//")[-1].split("/")[0]
        allowed = [host, host.lower(), host.split("@")[-1], host.split("@")[0], "ok.example", f"ok.example:{inner.port}"]  # staff allowed it all
        assert tried(url, allowed), url
    assert inner.hits == 0


def test_the_listener_would_have_noticed(inner: Listener, settings) -> None:
    settings.CALLBACK_LOOPBACK = True
    assert tried(f"http://127.0.0.1:{inner.port}/", [f"127.0.0.1:{inner.port}"])
    assert inner.hits == 1


@pytest.mark.parametrize("name", INNER_NAMES)
def test_a_name_for_an_inner_address_is_not_connected_to(name: str, named: None) -> None:
    with pytest.raises(Unreachable):
        addresses.resolve(addresses.Address("https", name, 443, "/"))


@pytest.mark.parametrize("ip", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_outer_addresses_are_connected_to(ip: str, monkeypatch) -> None:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_m: [(family, socket.SOCK_STREAM, 6, "", (ip, 443))])
    assert addresses.resolve(addresses.Address("https", "ok.example", 443, "/")) == ip


@pytest.mark.parametrize(
    ("url", "allowed", "part"),
    [
        ("https://ok.example/a?b=1", ["ok.example"], ""),
        ("https://OK.example/a", ["ok.example"], ""),
        ("https://ok.example:443/", ["ok.example"], ""),
        ("https://ok.example:8443/", ["ok.example:8443"], ""),
        ("https://ok.example:8443/", ["ok.example"], "不在允许的名单中"),
        ("https://evil.example/", ["ok.example"], "不在允许的名单中"),
        ("https://ok.example.evil.example/", ["ok.example"], "不在允许的名单中"),
        ("https://a.ok.example/", ["ok.example"], "不在允许的名单中"),
        ("http://ok.example/", ["ok.example"], "https://"),
        ("https://me:pw@ok.example/", ["ok.example"], "用户名"),
        ("https://ok.example/#x", ["ok.example"], "#"),
        ("https://ok.example/" + "x" * 300, ["ok.example"], "300"),
        ("https://ok.example/好", ["ok.example"], "300"),
    ],
)
def test_addresses_are_https_and_on_the_list(url: str, allowed: list[str], part: str) -> None:
    if not part:
        assert addresses.read(url, allowed).host == "ok.example"
        return
    with pytest.raises(Refused, match=part) as refused:
        addresses.read(url, allowed)
    assert refused.value.field == "callback_url"


@pytest.mark.parametrize("text", ["api.example.com", " API.Example.com ", "api.example.com:8443", "xn--fiq228c.example", "a-b.c.example"])
def test_hosts_for_the_list(text: str) -> None:
    assert addresses.check_host(text) == text.strip().lower()


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "127.0.0.1", "10.0.0.1", "8.8.8.8", "[::1]", "::1", "0x7f.1", "example", "a..example", "-a.example", "a.example.", "a.example:0",
     "a.example:123456", "https://a.example", "a.example/x", "*.example.com", "a b.example", "好.example", "x" * 64 + ".example"],
)  # fmt: skip
def test_what_is_no_host(text: str) -> None:
    with pytest.raises(Refused):
        addresses.check_host(text)
