"""Pictures that come by themselves: the slip's copy of forwarded goods, a photo that was forgotten (§4.3.2.8)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.files import files_with_rows
from core.journal import Fact, publish
from delivery.models import Proof
from delivery.services import proofs
from delivery.services.pictures import CLAUSE, Picture
from delivery.services.shipments import locked
from network.models import Person
from rulebook.errors import Refused
from rulebook.events import On


@files_with_rows()
@transaction.atomic
def add_proof(*, number: str, clerk: Person, picture: Picture, now: datetime) -> Proof:
    """
    Keep a picture of a hand-over, before or after the signature it belongs to; the same one again changes nothing.

    :raises Refused: the goods have not been loaded, forwarded or offered yet, or there is no room for more pictures
    :raises Shipment.DoesNotExist: no such number, or it lies outside the scope
    """
    clerk.require("deliver")
    shipment = locked(number, clerk, anywhere=False)
    leg = proofs.leg(shipment)
    if leg is None:
        raise Refused(CLAUSE, _("货物尚未装车派送、外发或通知自提，不能登记签收凭证。"), field="photo")
    kept = proofs.keep(shipment, leg, [picture], clerk=clerk, now=now)
    if not kept:
        return shipment.proofs.get(scan=leg, kind=picture.kind, sha256=picture.sha256)
    publish(
        Fact(
            name=On.PROOF_ADDED, subject=shipment.subject, at=now, by=clerk.actor, order=number,
            also=(f"order/{shipment.order_id}",), data={"proof": picture.kind},
        )
    )  # fmt: skip
    return kept[0]
