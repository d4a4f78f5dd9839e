"""Say where a signature went wrong: both strings to sign, side by side, part by part. No secret is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import PartnerKey
from partners.services import Signed, matches

PARTS = (
    gettext_lazy("请求方法"), gettext_lazy("路径与查询串"), gettext_lazy("时间戳"), gettext_lazy("随机数"), gettext_lazy("正文的 SHA-256"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the string to sign: its name, ours, theirs ('' where none was given), whether they differ."""

    name: str
    ours: str
    theirs: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """`verdict` says in a sentence what to do; `right`: the signature is the right one, None where it was not checked."""

    text: str
    parts: list[Part]
    verdict: str
    right: bool | None


def examine(signed: Signed, *, theirs: str, key: str, signature: str, now: datetime) -> Finding:
    """Compare what a partner signs with what we would; with a sandbox key and a signature, check that too."""
    given = theirs.replace("\r\n", "\n").split("\n") if theirs else []
    parts = _parts(signed.text().split("\n"), given)
    right = _right(signed, key, signature, now) if key and signature else None
    return Finding(signed.text(), parts, _verdict(parts, given, right), right)


def _parts(ours: list[str], theirs: list[str]) -> list[Part]:
    lines = zip_longest(PARTS, ours, theirs, fillvalue="")
    return [Part(str(name or _("多余的行")), mine, other, bool(theirs) and mine != other) for name, mine, other in lines]


def _right(signed: Signed, key: str, signature: str, now: datetime) -> bool | None:
    """Only sandbox keys are tried: a page open to all must not answer for keys that move goods."""
    found = PartnerKey.objects.valid(now).filter(key=key, partner__sandbox=True).first()
    return matches(signed, found.secret, signature) if found else None


def _verdict(parts: list[Part], given: list[str], right: bool | None) -> str:
    if right:
        return _("签名正确。")
    if differing := [part.name for part in parts if part.differs]:
        return _("待签名串不同的部分：%s。请按左侧改正后再签名。") % "、".join(differing)
    if right is False:
        return _("待签名串如左，但签名不符：请检查密文（不要带空格或换行）、算法 HMAC-SHA256 与十六进制小写输出。")
    if given:
        return _("两边的待签名串完全相同；若仍被拒绝，请检查密文、算法 HMAC-SHA256 与十六进制小写输出。")
    return _("这是服务器的待签名串，请与您的逐行比较。")
