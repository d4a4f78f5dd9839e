"""Keeping what proves a hand-over (§4.3.2.8): files beside rows; who has to show what."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from core import files
from delivery.choices import PHOTOS
from delivery.models import Proof, Scan, Shipment
from delivery.models.proofs import FOLDER, ProofQuerySet
from delivery.services.pictures import CLAUSE, Picture
from network.models import Person
from rulebook.errors import Refused

MOST_PROOFS = 20
MOST_KEPT = 20 * 1024 * 1024  # bytes a shipment
LEGS = ("load_for_delivery", "forward", "offer_for_pickup", "take_back")
"""Acts from which on proofs count for the next signature: what was taken before belongs to another hand-over."""


def leg(shipment: Shipment) -> Scan | None:
    """Return the act that began the present leg: loading, forwarding, offering, or a correction."""
    return _last_of(shipment, LEGS)


def at_hand_since(shipment: Shipment) -> datetime | None:
    """Return when the goods were loaded, forwarded or offered: nobody can have signed for them before."""
    began = _last_of(shipment, LEGS[:-1])
    return began.at if began else None


def _last_of(shipment: Shipment, verbs: Sequence[str]) -> Scan | None:
    found: Scan | None = shipment.scans.filter(verb__in=verbs).exclude(turn=None).order_by("turn").last()
    return found


def standing(shipment: Shipment) -> ProofQuerySet:
    """Return what proves the hand-over that stands, oldest first; what a correction left behind is not of it."""
    return Proof.objects.filter(shipment=shipment).since(leg(shipment)).order_by("pk")


@dataclass(frozen=True, slots=True)
class Shown:
    """A proof with whether the hand-over it belongs to stands."""

    proof: Proof
    stands: bool


def shown(shipment: Shipment) -> list[Shown]:
    """Return all that was ever handed in, newest first: what a correction left behind stays on record."""
    stand = {proof.pk for proof in standing(shipment)}
    rows = shipment.proofs.select_related("person").order_by("-pk")
    return [Shown(proof, proof.pk in stand) for proof in rows]


def demand_photo(shipment: Shipment, kinds: Iterable[str], *, proxy: bool, exception: bool) -> None:
    """
    Hold that a photo is part of the proof in the cases that the setting PROOF_PHOTO names (§4.3.2.8 †).

    `proxy`: somebody else takes the goods from our own hands; `exception`: damage or shortage, also with forwarded
    goods, whose slip copy the transit branch receives.

    :raises Refused: there is none, neither with the act nor handed in before
    """
    wanted = {"proxy": proxy, "exception": exception}
    if not any(wanted.get(case) for case in settings.PROOF_PHOTO):
        return
    if not PHOTOS & set(kinds) and not shipment.proofs.since(leg(shipment)).photos().exists():
        words = _("异常签收须附破损、短少或签收单的照片。") if exception else _("代签须附签收单或现场的照片。")
        raise Refused(CLAUSE, words, field="photo")


def keep(shipment: Shipment, scan: Scan, pictures: Sequence[Picture], *, clerk: Person, now: datetime) -> list[Proof]:
    """
    Write files and rows; a picture that is here already stays as it is.

    :raises Refused: more pictures, or more bytes, than a shipment may have
    """
    if not pictures:
        return []
    known = set(scan.proofs.values_list("kind", "sha256"))
    fresh = {(str(each.kind), each.sha256): each for each in pictures}
    fresh = {key: each for key, each in fresh.items() if key not in known}
    _check_room(shipment, list(fresh.values()))
    return [_one(shipment, scan, picture, clerk, now) for picture in fresh.values()]


def _check_room(shipment: Shipment, pictures: list[Picture]) -> None:
    used = shipment.proofs.aggregate(bytes=Sum("size"))["bytes"] or 0
    if shipment.proofs.count() + len(pictures) > MOST_PROOFS or used + sum(len(p.content) for p in pictures) > MOST_KEPT:
        words = _("一票货物最多 %(count)d 张、共 %(size)d MB 的图片。")
        raise Refused(CLAUSE, words % {"count": MOST_PROOFS, "size": MOST_KEPT // 1024**2}, field="photo")


def _one(shipment: Shipment, scan: Scan, picture: Picture, clerk: Person, now: datetime) -> Proof:
    proof = Proof(
        shipment=shipment, scan=scan, kind=picture.kind, key=secrets.token_hex(16), media=picture.media,
        size=len(picture.content), width=picture.width, height=picture.height, sha256=picture.sha256, person=clerk,
        at=scan.at, recorded_at=now,
    )  # fmt: skip
    files.write(proof.path, picture.content)
    proof.save(force_insert=True)
    return proof


def sweep(now: datetime) -> int:
    """Remove files of hand-overs that no row names: a process died between file and commit."""
    return files.sweep(FOLDER, lambda keys: set(Proof.objects.filter(key__in=keys).values_list("key", flat=True)), now)
