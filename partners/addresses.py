"""Which addresses partners may have us call: named hosts on their list, https, and never one inside the house (limits.md §4)."""

from __future__ import annotations

import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from rulebook.errors import Refused

PORTS = {"https": 443, "http": 80}
LOOPBACK = "127.0.0.1"
PRINTABLE = re.compile(r"[\x21-\x7e]{1,300}")
HOST = re.compile(r"(?=.{1,253}(?::\d{1,5})?\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?(?::[1-9]\d{0,4})?\Z")
"""A domain name of at least two labels, the last one no number, perhaps with a port: no spelling of an IP address fits."""

INNER = tuple(
    ip_network(text)
    for text in (
        "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10", "100::/64",
        "192.88.99.0/24", "198.18.0.0/15", "100.64.0.0/10",
    )
)  # fmt: skip
"""Ways of writing or reaching an IPv4 address by way of IPv6, and ranges no partner's server is in."""


class Unreachable(Exception):
    """The address may not be called, or does not answer to its name."""


@dataclass(frozen=True, slots=True)
class Address:
    """A callback address, taken apart: `netloc` goes into the Host header, `host` is the certificate's name."""

    scheme: str
    host: str
    port: int
    target: str  # path?query

    @property
    def netloc(self) -> str:
        return self.host if self.port == PORTS[self.scheme] else f"{self.host}:{self.port}"


def check_host(text: str) -> str:
    """
    Return a host for a partner's list, lower case, with its port unless that is the usual one.

    :raises Refused: it is no domain name
    """
    host = text.strip().lower()
    if HOST.fullmatch(host) or (settings.CALLBACK_LOOPBACK and re.fullmatch(r"127\.0\.0\.1(?::\d{1,5})?", host)):
        return host
    raise Refused("", _("回调主机须为域名，可带端口，如 api.example.com 或 api.example.com:8443；不接受 IP 地址：%s") % text[:60], field="callback_hosts")


def read(url: str, allowed: Collection[str]) -> Address:
    """
    Take a callback address apart.

    :raises Refused: it is not one we call: not https, with a login or a fragment, or its host is not on the partner's list
    """
    words = _broken(url, allowed)
    if words:
        raise Refused("", words, field="callback_url")
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Address(parts.scheme, str(parts.hostname), parts.port or PORTS[parts.scheme], target)


def _broken(url: str, allowed: Collection[str]) -> str:
    """Return what is wrong with an address, '' if nothing is."""
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        return _("回调地址无法识别，请填写完整网址。")
    if not PRINTABLE.fullmatch(url) or "\\" in url:
        return _("回调地址须为 300 字以内的网址，不含空格和汉字。")
    if parts.scheme != "https" and not (settings.CALLBACK_LOOPBACK and parts.scheme == "http"):
        return _("回调地址须以 https:// 开头。")
    if "@" in parts.netloc or "#" in url:
        return _("回调地址不能带用户名、密码或“#”。")
    host = (parts.hostname or "").lower()
    if parts.netloc.lower() not in {host, f"{host}:{port}"} or port == 0:
        return _("回调地址无法识别，请填写完整网址。")
    if (host if port in (None, PORTS[parts.scheme]) else f"{host}:{port}") not in allowed:
        return _("回调主机 %s 不在允许的名单中，请联系我方人员加入后再设置。") % parts.netloc[:80]
    return ""


def resolve(address: Address) -> str:
    """
    Ask once where the host is, and return the one address to connect to.

    :raises Unreachable: it has none, or any of its addresses lies inside: what answers both ways is not trusted
    """
    try:
        found = [row[4][0] for row in socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise Unreachable(_("域名无法解析：%s") % address.host) from error
    if not found or not all(outside(str(each)) for each in found):
        raise Unreachable(_("域名指向内部地址，不予连接：%s") % address.host)
    return str(found[0])


def outside(text: str) -> bool:
    """Tell whether this is an address of the public internet, written plainly; the loopback only where settings allow it."""
    if text == LOOPBACK:
        return bool(settings.CALLBACK_LOOPBACK)
    try:
        ip: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if any(ip in network for network in INNER if network.version == ip.version):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local)
