"""What is set for a partner, by itself or by staff: its callback address, the hosts it may name, its keys; each a fact of record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import Fact, publish
from core.models import Actor
from network.models import Person
from partners import addresses
from partners.models import Partner, PartnerKey
from partners.services import issue_key, revoke_key
from rulebook.errors import Refused
from rulebook.events import On

MOST_HOSTS = 20
MOST_PER_MINUTE = 1_000_000


@transaction.atomic
def set_callback(partner: Partner, *, url: str, by: Actor, now: datetime) -> Partner:
    """
    Say where a partner wants to be told of its orders; '' ends it.

    :raises Refused: not https, or its host is not on the list staff keep for this partner
    """
    partner = _locked(partner)
    if url:
        addresses.read(url, partner.callback_hosts)
    partner.callback_url = url
    partner.save(update_fields=["callback_url"])
    _state(On.PARTNER_CALLBACK_SET, partner, by, now, told=bool(url))
    return partner


@transaction.atomic
def set_terms(partner: Partner, *, hosts: Iterable[str], per_minute: int | None, clerk: Person, now: datetime) -> Partner:
    """
    Set which hosts a partner's callbacks may go to, and how many requests a minute each of its keys may send.

    :raises Refused: a host is no domain name, or there are too many; a callback address in use must stay on the list
    """
    clerk.require("manage_partners")
    partner = _locked(partner)
    listed = list(dict.fromkeys(addresses.check_host(host) for host in hosts))
    if len(listed) > MOST_HOSTS:
        raise Refused("", _("最多 %d 个回调主机。") % MOST_HOSTS, field="callback_hosts")
    partner.callback_hosts, partner.per_minute = listed, per_minute
    partner.save(update_fields=["callback_hosts", "per_minute"])
    _state(On.PARTNER_TERMS_SET, partner, clerk.actor, now, hosts=listed, per_minute=per_minute)
    return partner


@transaction.atomic
def new_key(partner: Partner, *, by: Actor, now: datetime, clerk: Person | None = None) -> tuple[PartnerKey, str]:
    """
    Give a partner a further key, so that it changes over without an interruption; the secret is told this once.

    :raises Refused: two keys are valid already
    """
    if clerk:
        clerk.require("manage_partners")
    key, secret = issue_key(partner, now=now)
    _state(On.PARTNER_KEY_ISSUED, partner, by, now, key=key.key)
    return key, secret


@transaction.atomic
def end_key(partner: Partner, *, name: str, by: Actor, now: datetime, signing: str = "", clerk: Person | None = None) -> PartnerKey:
    """
    End a key of a partner now.

    :param signing: the key this very request is signed with, which it cannot end
    :raises Refused: it is the one that signs
    :raises PartnerKey.DoesNotExist: the partner has no such key
    """
    if clerk:
        clerk.require("manage_partners")
    key = PartnerKey.objects.get(partner=partner, key=name)
    if name == signing:
        raise Refused("", _("不能停用本次请求签名所用的密钥，请用另一个密钥签名后再停用。"), field="key")
    revoke_key(key, now=now)
    _state(On.PARTNER_KEY_ENDED, partner, by, now, key=key.key)
    key.refresh_from_db()
    return key


def _locked(partner: Partner) -> Partner:
    return Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)


def _state(name: On, partner: Partner, by: Actor, now: datetime, **data: object) -> None:
    publish(Fact(name=name, subject=f"partner/{partner.pk}", at=now, by=by, data=data, in_sequence=False))
