"""The waybill and what becomes of it: its price lines, printings, amendments (§1.4.3, §3.4.3, §4.3.2.3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin
from core.personal import EncryptedTextField
from network.models import Person
from orders.choices import AmendmentState, CopyMeans, Means, Paper, Payer, PriceState

if TYPE_CHECKING:
    from orders.added import FreightRefund


class WaybillQuerySet(models.QuerySet["Waybill"]):
    def visible_to(self, person: Person) -> WaybillQuerySet:
        """Restrict to the bills of the orders this person may see."""
        return self.filter(person.scope("order__branch__path"))

    def unchecked(self) -> WaybillQuerySet:
        return self.filter(checked_at=None)

    def unconfirmed(self) -> WaybillQuerySet:
        return self.filter(checked_at__isnull=False, confirmed_at=None)

    def refunded(self) -> WaybillQuerySet:
        """Return bills whose freight was given back, and stays so (§4.6)."""
        return self.annotate(given_back=Sum("refunds__amount")).filter(given_back__gt=0)

    def copy_open(self) -> WaybillQuerySet:
        """Return bills whose customer's copy nobody has recorded as handed back (§3.4.3)."""
        return self.filter(copy_at=None)


class Waybill(models.Model):
    """The bill of an order with what was weighed and measured at the branch (§1.4.3)."""

    number = models.CharField(_("运单号"), max_length=10, unique=True)
    outside_no = models.CharField(_("系统外运单号"), max_length=32, blank=True)  # made outside, linked afterwards
    order = models.OneToOneField("orders.Order", models.PROTECT, related_name="waybill")
    version = models.PositiveIntegerField(default=1)  # one more with every approved amendment
    pieces = models.PositiveIntegerField(_("件数"))
    weight_kg = models.DecimalField(_("重量（千克）"), max_digits=9, decimal_places=2)
    volume_m3 = models.DecimalField(_("体积（立方米）"), max_digits=8, decimal_places=3)
    parcels = models.JSONField(default=list)  # pieces of one size: rulebook.measures.Parcel
    payer = models.CharField(_("付款方式"), max_length=12, choices=Payer.choices, default=Payer.SHIPPER)
    price_source = models.CharField(max_length=10, choices=PriceState.choices, default=PriceState.CONFIRMED)
    product = models.CharField(_("产品"), max_length=20, blank=True)  # what it is priced as (§4.6)
    promised_at = models.DateTimeField(_("到达承诺"), null=True)  # fixed at billing; None where the branch quoted
    amount = models.DecimalField(_("运费合计"), max_digits=12, decimal_places=2, default=0)
    price_zh = models.CharField(max_length=500, blank=True)  # why it is this much, in one sentence
    price_en = models.CharField(max_length=500, blank=True)
    differences = models.JSONField(default=list)  # [field, ordered, measured]
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    check_remark = models.CharField(_("核对说明"), max_length=300, blank=True)
    told_at = models.DateTimeField(null=True)
    told_means = models.CharField(_("告知方式"), max_length=12, choices=Means.choices, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_means = models.CharField(_("确认方式"), max_length=12, choices=Means.choices, blank=True)
    confirmed_by = models.CharField(max_length=60, blank=True)  # who recorded it: the customer, or a clerk by name
    disputed_at = models.DateTimeField(null=True)
    dispute = models.CharField(_("客户异议"), max_length=300, blank=True)
    copy_at = models.DateTimeField(null=True)
    copy_means = models.CharField(_("交付方式"), max_length=12, choices=CopyMeans.choices, blank=True)
    copy_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = WaybillQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pieces__gt=0, weight_kg__gt=0, volume_m3__gte=0), name="waybill_measures_are_sane"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="waybill_amount_is_sane"),
            models.UniqueConstraint(
                fields=["outside_no"], condition=~Q(outside_no=""), name="one_waybill_per_outside_no"
            ),
        ]
        indexes = [
            models.Index(fields=["issued_at"], condition=Q(checked_at=None), name="waybill_unchecked"),
            models.Index(fields=["issued_at"], condition=Q(confirmed_at=None), name="waybill_unconfirmed"),
            models.Index(fields=["issued_at"], condition=Q(copy_at=None), name="waybill_copy_open"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        return f"waybill/{self.pk}"

    def lines_now(self) -> models.QuerySet[BillLine]:
        """Return the price lines of the present version."""
        return self.lines.filter(version=self.version).order_by("position")

    @property
    def refund(self) -> FreightRefund | None:
        """Return the freight given back as it stands: the last row, unless that one undoes another (§4.6)."""
        last = max(self.refunds.all(), key=lambda row: row.serial, default=None)
        return None if last is None or last.undoes_id else last

    def open_amendment(self) -> Amendment | None:
        return self.amendments.filter(state=AmendmentState.PROPOSED).first()


class BillLine(models.Model):
    """One line of a waybill's price, never changed: an amendment writes the lines of the next version."""

    waybill = models.ForeignKey(Waybill, models.PROTECT, related_name="lines")
    version = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=20)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=60)
    basis = models.CharField(max_length=20)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    unit_price = models.DecimalField(max_digits=16, decimal_places=6)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    rule = models.CharField(max_length=60, blank=True)
    tariff = models.CharField(max_length=40, blank=True)  # version of the tariff the rule stands in
    words_zh = models.CharField(max_length=400, blank=True)
    words_en = models.CharField(max_length=400, blank=True)

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["waybill", "version", "position"], name="one_bill_line_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.zh} {self.amount}"


class WaybillPrint(models.Model):
    """A printing of the customer's copy or of labels; every reprint is a row of its own."""

    waybill = models.ForeignKey(Waybill, models.PROTECT, related_name="prints")
    paper = models.CharField(_("打印内容"), max_length=10, choices=Paper.choices)
    serial = models.PositiveIntegerField()
    first = models.PositiveIntegerField(default=1)  # labels: from this piece
    last = models.PositiveIntegerField(default=1)  # to this one
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["waybill", "paper", "serial"], name="one_waybill_print_per_serial")
        ]

    def __str__(self) -> str:
        return f"{self.waybill_id} {self.paper} #{self.serial}"


class Amendment(SafeFSMModelMixin, models.Model):
    """更改单: a change of an issued waybill with its reason and its effect on the price; it counts once the manager approves it."""

    waybill = models.ForeignKey(Waybill, models.PROTECT, related_name="amendments")
    serial = models.PositiveIntegerField()
    state = FSMField(_("状态"), default=AmendmentState.PROPOSED, choices=AmendmentState.choices, protected=True)
    of_version = models.PositiveIntegerField()  # the version it starts from; kept, readable through `content`
    reason = models.CharField(_("更改原因"), max_length=300)
    changed = models.JSONField(default=list)  # names of the fields
    content = EncryptedTextField()  # JSON: {field: [before, after]}
    price_source = models.CharField(max_length=10, choices=PriceState.choices)
    amount_before = models.DecimalField(max_digits=12, decimal_places=2)
    amount_after = models.DecimalField(max_digits=12, decimal_places=2)
    lines = models.JSONField(default=list)  # the price lines it would bring
    price_zh = models.CharField(max_length=500, blank=True)
    price_en = models.CharField(max_length=500, blank=True)
    promised_at = models.DateTimeField(null=True)  # the promise it would bring (§4.6)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("审批意见"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["waybill", "serial"], name="one_amendment_per_serial"),
            models.UniqueConstraint(
                fields=["waybill"], condition=Q(state="proposed"), name="one_open_amendment_per_waybill"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(decided_at__gte=F("asked_at")), name="amendment_decided_after_asked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.waybill_id} 更改单 {self.serial}"

    @property
    def effect(self) -> Decimal:
        """Return what the change costs the payer; negative when it costs less."""
        return self.amount_after - self.amount_before

    def last_act(self) -> dict[str, Any]:
        return {"winner": str(self.decided_by.name if self.decided_by else ""), "at": self.decided_at}

    @transition(field=state, source=AmendmentState.PROPOSED, target=AmendmentState.APPROVED)
    def approve(self, *, by: Person, at: datetime, decision: str) -> None:
        """Let it count; the service writes the new version."""
        self.decided_by, self.decided_at, self.decision = by, at, decision

    @transition(field=state, source=AmendmentState.PROPOSED, target=AmendmentState.REFUSED)
    def refuse(self, *, by: Person, at: datetime, decision: str) -> None:
        """Leave the waybill as it is."""
        self.decided_by, self.decided_at, self.decision = by, at, decision

    @transition(field=state, source=AmendmentState.PROPOSED, target=AmendmentState.WITHDRAWN)
    def withdraw(self, *, by: Person, at: datetime) -> None:
        """Take it back before anybody has decided."""
        self.decided_by, self.decided_at = by, at
