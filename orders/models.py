"""The order, what was said about it, where it went, and every version of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, transition

from core.fsm import SafeFSMModelMixin, guard
from core.personal import EncryptedTextField, blind, digits
from customers.models import Customer, CustomerAccount, KeyCustomer
from network.models import Person, Unit
from orders.added import AddedCharge, FreightRefund
from orders.bills import Amendment, BillLine, Waybill, WaybillPrint
from orders.channels import Refunder
from orders.choices import (
    AGREED,
    OPEN,
    SYSTEM_PRICES,
    Channel,
    Delivery,
    NoteKind,
    Outcome,
    Payer,
    PriceState,
    SlipReturn,
    State,
)
from orders.coupons import Coupon
from orders.drafts import OrderDraft
from orders.jobs import ImportJob, ImportReject
from pricing.models import GivenQuote
from rulebook.products import PRODUCTS

__all__ = [
    "AddedCharge", "Amendment", "BillLine", "BranchQuote", "Contact", "Coupon", "FreightRefund", "ImportJob", "ImportReject", "Move", "Note",
    "NotePrint", "Order", "OrderDraft", "OrderQuerySet", "Refunder", "Version", "Waybill", "WaybillPrint",
]  # fmt: skip


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, person: Person) -> OrderQuerySet:
        """Restrict to what this person may see: the orders of their unit and everything below it."""
        return self.filter(person.scope("branch__path"))

    def of_account(self, account: CustomerAccount) -> OrderQuerySet:
        """Restrict to what a customer's login may see: what it placed and, once bound, all the customer's (§3.4.1)."""
        return self.visible_to_customer(account.customer) if account.customer else self.filter(placed_by=account)

    def visible_to_customer(self, customer: Customer) -> OrderQuerySet:
        """Restrict to a bound customer's orders: placed with one of its logins, or shipped under its verified phone."""
        logins = list(customer.accounts.values_list("pk", flat=True))
        return self.filter(Q(placed_by__in=logins) | Q(shipper_phone_index=customer.phone_index))

    def locked(self) -> OrderQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def open(self) -> OrderQuerySet:
        return self.filter(state__in=OPEN)

    def search(self, text: str) -> OrderQuerySet:
        """Find by order, waybill or partner number, by a whole phone number or its last four digits, by a party's name."""
        text = text.strip()
        plain = digits(text)
        found = Q(number=text.upper()) | Q(external_no=text)
        found |= Q(shipper_name__startswith=text) | Q(consignee_name__startswith=text)
        if plain == text.replace(" ", "").replace("-", "") and len(plain) == 4:
            found |= Q(shipper_tail_index=blind(plain)) | Q(consignee_tail_index=blind(plain))
        elif len(plain) >= 7:
            found |= Q(shipper_phone_index=blind(plain)) | Q(consignee_phone_index=blind(plain))
        billed = Waybill.objects.filter(Q(number=text) | Q(outside_no=text)) if text else Waybill.objects.none()
        by_either = self.model._default_manager.filter(found).values("pk").union(billed.values("order_id"))  # each by its indexes
        return self.filter(pk__in=by_either)


OWN_FORMS = frozenset({"hall", "phone"})
"""Sources whose numbers are one-time tokens of our own order forms."""


@guard("§1.4.1", _("受理前须先联系客户并登记“已接通”的联系记录"))
def customer_was_reached(order: Order) -> bool:
    contacts = order.contacts.filter(outcome=Outcome.REACHED, branch=order.branch_id)
    return contacts.filter(at__gte=order.reached_branch_at).exists()


@guard("§1.4.3", _("需要接货的订单，货物接到后才能开单"))
def goods_are_here(order: Order) -> bool:
    return not order.pickup or (order.collected_at is not None and order.handed_back_at is None)


@guard("§3.3", _("价格尚未确定：请先报价并由客户确认"))
def price_is_agreed(order: Order) -> bool:
    return order.price_state in AGREED


@guard("§0.10", _("货物已接收：请先登记退还发货人，再取消订单"))
def goods_are_not_with_us(order: Order) -> bool:
    return order.collected_at is None or order.handed_back_at is not None


class Order(SafeFSMModelMixin, models.Model):
    """One order. Clocks, pickup and money live in their own apps and hear of it through the journal."""

    number = models.CharField(_("订单号"), max_length=20)
    channel = models.CharField(_("渠道"), max_length=12, choices=Channel.choices)
    source = models.CharField(max_length=40, blank=True)  # whose external numbers these are: "partner:7"
    external_no = models.CharField(_("渠道单号"), max_length=64, blank=True)
    member = models.BooleanField(_("渠道会员"), default=False, db_default=False)  # the channel says so: 诚信通 (§4.1)
    state = FSMField(_("状态"), default=State.UNASSIGNED, choices=State.choices, protected=True)
    price_state = FSMField(_("价格状态"), default=PriceState.TO_QUOTE, choices=PriceState.choices, protected=True)
    placed_at = models.DateTimeField(_("下单时间"))
    order_on = models.DateField(_("下单日期"))  # local date of placing, the base of §1.2.1.4p
    ship_on = models.DateField(_("发货日期"))
    version = models.PositiveIntegerField(default=1)
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    key_account = models.ForeignKey(
        KeyCustomer, models.PROTECT, null=True, blank=True, related_name="orders", db_index=False
    )  # the contract in force when it was placed (§2)
    placed_by = models.ForeignKey(
        CustomerAccount, models.PROTECT, null=True, blank=True, related_name="orders", db_index=False
    )  # the hall's login; none: without one, or another door
    branch = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="orders", db_index=False)
    named_code = models.CharField(max_length=20, blank=True)  # the branch the customer named, as given
    reached_branch_at = models.DateTimeField(null=True)
    moves = models.PositiveIntegerField(default=0)  # changes of branch that count for §1.2.1.6
    first_branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    first_accepted_branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    responsible_branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    accepted_at = models.DateTimeField(null=True)
    printed_at = models.DateTimeField(null=True)  # first consignment note
    collected_at = models.DateTimeField(null=True)  # told by pickup
    handed_back_at = models.DateTimeField(null=True)
    waybilled_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=10, blank=True)  # kind of actor
    cancel_reason = models.CharField(_("取消原因"), max_length=40, blank=True)
    cancel_text = models.CharField(_("取消说明"), max_length=300, blank=True)
    reason_confirmed_at = models.DateTimeField(null=True)

    shipper_name = models.CharField(_("发货人"), max_length=60)
    shipper_phone = EncryptedTextField(_("发货人电话"))
    shipper_phone_index = models.CharField(max_length=32)
    shipper_tail_index = models.CharField(max_length=32)
    shipper_place = models.CharField(_("发货地区"), max_length=6)
    shipper_address = models.CharField(_("发货地址"), max_length=200)
    consignee_name = models.CharField(_("收货人"), max_length=60)
    consignee_phone = EncryptedTextField(_("收货人电话"))
    consignee_phone_index = models.CharField(max_length=32)
    consignee_tail_index = models.CharField(max_length=32)
    consignee_place = models.CharField(_("收货地区"), max_length=6)
    consignee_address = models.CharField(_("收货地址"), max_length=200)

    product = models.CharField(
        _("产品"), max_length=20, blank=True, db_default="", choices=[(row.code, row.zh) for row in PRODUCTS.values()]
    )  # '' leaves it to us (§4.6)
    price = models.ForeignKey(GivenQuote, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    coupon = models.OneToOneField(Coupon, models.PROTECT, null=True, blank=True, related_name="order")  # spent on this one (§4.5)
    goods = models.CharField(_("货物名称"), max_length=60)
    pieces = models.PositiveIntegerField(_("件数"))
    weight_kg = models.DecimalField(_("重量（千克）"), max_digits=9, decimal_places=2)
    volume_m3 = models.DecimalField(_("体积（立方米）"), max_digits=8, decimal_places=3)
    packing = models.CharField(_("包装"), max_length=40, blank=True)
    declared_value = models.DecimalField(_("声明价值"), max_digits=12, decimal_places=2, default=0)
    insured = models.BooleanField(_("保价"), default=False)
    cod_amount = models.DecimalField(_("代收货款"), max_digits=12, decimal_places=2, default=0)
    payer = models.CharField(_("付款方式"), max_length=12, choices=Payer.choices, default=Payer.SHIPPER)
    delivery = models.CharField(_("送货方式"), max_length=12, choices=Delivery.choices, default=Delivery.SELF_PICKUP)
    slip_return = models.CharField(_("签收单"), max_length=12, choices=SlipReturn.choices, default=SlipReturn.NONE)
    pickup = models.BooleanField(_("上门接货"), default=True)
    appointment = models.DateTimeField(_("预约接货时间"), null=True, blank=True)
    pickup_on = models.DateField(null=True)  # day the pickup is agreed or due, told by pickup
    remark = models.CharField(_("备注"), max_length=300, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="one_order_per_number"),
            models.UniqueConstraint(
                fields=["source", "external_no"], condition=~Q(external_no=""), name="one_order_per_external_number"
            ),
            models.CheckConstraint(
                condition=Q(pieces__gt=0, weight_kg__gt=0, volume_m3__gte=0, declared_value__gte=0, cod_amount__gte=0),
                name="order_measures_are_sane",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["unassigned", "cancelled"]) | Q(branch__isnull=False), name="open_order_has_a_branch"
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "state"], condition=Q(state__in=OPEN), name="order_open_by_branch"),
            models.Index(fields=["state", "placed_at"], condition=Q(state__in=OPEN), name="order_open_by_state"),
            models.Index(fields=["branch", "placed_at"], name="order_by_branch_and_time"),
            models.Index(fields=["placed_at"], name="order_by_time"),
            models.Index(
                fields=["key_account", "placed_at"], condition=Q(key_account__isnull=False), name="order_by_key_account"
            ),
            models.Index(fields=["placed_by", "placed_at"], condition=Q(placed_by__isnull=False), name="order_by_account"),
            *(
                models.Index(fields=[f"{role}_{kind}_index"], name=f"order_by_{role}_{kind}")
                for role in ("shipper", "consignee")
                for kind in ("phone", "tail")
            ),
            *(  # PostgreSQL finds the beginning of a name only by this kind of index
                models.Index(fields=[f"{role}_name"], name=f"order_by_{role}", opclasses=["varchar_pattern_ops"])
                for role in ("shipper", "consignee")
            ),
            models.Index(fields=["external_no"], name="order_by_external_no"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        return f"order/{self.pk}"

    @property
    def channel_no(self) -> str:
        """Return the number the channel knows the order by; what our own forms send with it only keeps a double click from counting."""
        return "" if self.source in OWN_FORMS else self.external_no

    def seen_by(self, person: Person) -> bool:
        """Tell whether `visible_to` holds for this order."""
        return person.sees(self.branch)

    def last_act(self) -> dict[str, Any]:
        """Return who acted last and when, for the loser of a race."""
        return {"winner": self.last_actor, "at": self.last_at}

    def clock_facts(self) -> dict[str, object]:
        """Return what the due functions of the rulebook may ask about this order; goes into its journal entries."""
        return {
            "branch": self.branch_id,
            "responsible": self.responsible_branch_id,
            "placed_at": self.placed_at.isoformat(),
            "ship_on": self.ship_on.isoformat(),
            "pickup_on": self.pickup_on.isoformat() if self.pickup_on else None,
            "pickup": self.pickup,
            "appointment": self.appointment.isoformat() if self.appointment else None,
            "accepted": self.accepted_at is not None,
            "printed": self.printed_at is not None,
            "collected": self.collected_at is not None and self.handed_back_at is None,
            "channel": self.channel,
            "key_customer": self.key_account_id is not None,
        }

    def set_shipper_phone(self, phone: str) -> None:
        self.shipper_phone = phone
        self.shipper_phone_index, self.shipper_tail_index = blind(digits(phone)), blind(digits(phone)[-4:])

    def set_consignee_phone(self, phone: str) -> None:
        self.consignee_phone = phone
        self.consignee_phone_index, self.consignee_tail_index = blind(digits(phone)), blind(digits(phone)[-4:])

    # The lifecycle (design §3): each step changes this row only; its service saves and states the fact.

    @transition(field=state, source=State.UNASSIGNED, target=State.AT_BRANCH)
    def assign(self, *, branch: Unit, at: datetime) -> None:
        """Give the order to its first branch (§1.2.1.3)."""
        self.branch, self.reached_branch_at = branch, at
        self.first_branch = self.first_branch or branch

    @transition(field=state, source=[State.AT_BRANCH, State.ACCEPTED, State.POSTPONED], target=State.AT_BRANCH)
    def reassign(self, *, branch: Unit, at: datetime) -> None:
        """Move the order to another branch, which has to accept it anew (§1.2.1.5, §1.2.1.6)."""
        self.branch, self.reached_branch_at = branch, at
        self.accepted_by = self.accepted_at = None

    @transition(field=state, source=State.AT_BRANCH, target=State.ACCEPTED, conditions=[customer_was_reached])
    def accept(self, *, by: Person, at: datetime) -> None:
        """Confirm acceptance, 确认已受理 (§1.2.1.1)."""
        self.accepted_by, self.accepted_at = by, at
        self.first_accepted_branch = self.first_accepted_branch or self.branch

    @transition(field=state, source=[State.ACCEPTED, State.POSTPONED], target=State.POSTPONED)
    def postpone(self, *, ship_on: Any) -> None:
        """Put off shipping to a later date (§1.2.1.4p); a pickup is then due on that date, at a time yet to be agreed."""
        self.ship_on, self.appointment = ship_on, None
        self.pickup_on = ship_on if self.pickup else None

    @transition(field=state, source=State.POSTPONED, target=State.ACCEPTED)
    def resume(self) -> None:
        """Take up a postponed order again."""

    @transition(
        field=state,
        source=[State.ACCEPTED, State.POSTPONED],
        target=State.WAYBILLED,
        conditions=[goods_are_here, price_is_agreed],
    )
    def issue_waybill(self, *, at: datetime) -> None:
        """Bill the order, 开单 (§1.4.3)."""
        self.waybilled_at = at

    @transition(
        field=state,
        source=[State.UNASSIGNED, State.AT_BRANCH, State.ACCEPTED, State.POSTPONED],
        target=State.CANCELLED,
        conditions=[goods_are_not_with_us],
    )
    def cancel(self, *, by_kind: str, reason: str, text: str, at: datetime) -> None:
        """End the order unbilled, with the reason known so far (§1.2.1.4)."""
        self.cancelled_at, self.cancelled_by = at, by_kind
        self.cancel_reason, self.cancel_text = reason, text

    @transition(field=state, source=State.ACCEPTED, target=State.AT_BRANCH)
    def take_back_acceptance(self, *, first: bool) -> None:
        """Undo an acceptance within its ten seconds (design §6.27); `first`: no other one stood before it."""
        if first:
            self.first_accepted_branch = None
        self.accepted_by = self.accepted_at = None

    @transition(field=state, source=State.AT_BRANCH, target=State.UNASSIGNED)
    def take_back_assignment(self) -> None:
        """Undo a first assignment within its ten seconds (design §6.27)."""
        self.branch = self.first_branch = self.reached_branch_at = None

    # The price of it (§3.3).

    @transition(field=price_state, source=[PriceState.TO_QUOTE, PriceState.QUOTED], target=PriceState.QUOTED)
    def quote(self) -> None:
        """Record that the branch has quoted."""

    @transition(field=price_state, source=PriceState.QUOTED, target=PriceState.CONFIRMED)
    def confirm_price(self) -> None:
        """The customer agrees to the quote."""

    @transition(field=price_state, source=PriceState.QUOTED, target=PriceState.DECLINED)
    def decline_price(self) -> None:
        """The customer declines the quote; the order is cancelled with that reason."""

    @transition(
        field=price_state,
        source=[*AGREED, PriceState.TO_QUOTE, PriceState.QUOTED, PriceState.DECLINED],
        target=RETURN_VALUE(*SYSTEM_PRICES, PriceState.TO_QUOTE),
    )
    def reckon_price(self, source: str) -> str:
        """Take the price the system reckons, or its having none: when placed, and when an edit changed the basis (§3.3)."""
        return source


class Contact(models.Model):
    """A phone call to the customer (§1.4.1): 'not reached' is recorded and unlocks nothing."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="contacts")
    branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome.choices)
    reason = models.CharField(_("未接通原因"), max_length=40, blank=True)
    checks = models.JSONField(default=list)  # the points of §4.3.2.1 gone through
    remark = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["order", "branch", "at"], name="contact_by_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.outcome}"


class Note(models.Model):
    """A remark of one of three kinds (§1.4.1)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="notes")
    kind = models.CharField(_("类别"), max_length=12, choices=NoteKind.choices)
    text = models.CharField(_("内容"), max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text


class Move(models.Model):
    """A change of branch: the first assignment, a correction, the call centre's, the customer's."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="moves_made")
    from_branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    to_branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=10)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    counts = models.BooleanField()  # for §1.2.1.6
    violation = models.BooleanField(default=False)  # the third and any later counted move
    reason = models.CharField(_("改派原因"), max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.order_id}: {self.from_branch_id} > {self.to_branch_id}"


class Version(models.Model):
    """An order as it was before an edit (§3.4.4): its content, encrypted, and which fields the edit changed."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = EncryptedTextField()  # JSON of the draft
    changed = models.JSONField(default=list)
    by_kind = models.CharField(max_length=10)
    by = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="one_content_per_version")]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.number}"


class NotePrint(models.Model):
    """A printing of the consignment note (托运书), two copies each (§3.4.3); reprints are counted."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="prints")
    serial = models.PositiveIntegerField()
    copies = models.PositiveIntegerField(default=2)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "serial"], name="one_print_per_serial")]

    def __str__(self) -> str:
        return f"{self.order_id} #{self.serial}"


class BranchQuote(models.Model):
    """A price the branch gave by phone (§3.3), with the words the customer heard. Never changed; a new quote is a new row."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="quotes")
    amount = models.DecimalField(_("报价"), max_digits=12, decimal_places=2)
    words = models.CharField(_("报价说明"), max_length=300)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, blank=True)  # confirmed | declined

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="quote_is_positive")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.amount}"
