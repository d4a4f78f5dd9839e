"""The public price (§3.3): one list per region of origin, in versions that are never edited once live."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin, guard
from network.models import Person
from pricing.choices import Basis, Rounding, TariffState, When
from rulebook.products import PRODUCTS

MOST = Decimal(1_000_000)  # CNY; also keeps NaN out, which PostgreSQL holds for greater than any number


def within(**fields: int) -> Q:
    """Return the condition that each field lies between its least value and what any price can be."""
    return Q(*(Q(**{f"{name}__gte": least, f"{name}__lt": MOST}) for name, least in fields.items()))


class TariffQuerySet(models.QuerySet["TariffVersion"]):
    def live_on(self, day: date) -> TariffQuerySet:
        """Restrict to the versions in force on a local day, its first and last day included."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), state=TariffState.LIVE, valid_from__lte=day)


@guard("§3.3", _("价格版本没有线路，不能审批"))
def has_lanes(version: TariffVersion) -> bool:
    return version.lanes.exists()


@guard("§4.3.3.2", _("有附加费的细分指向本版本没有的代收方案，不能审批"))
def plans_are_known(version: TariffVersion) -> bool:
    """A fee for a COD plan that the version does not have would never be charged."""
    named = version.surcharges.filter(when=When.COD).exclude(detail="").values_list("detail", flat=True)
    return set(named) <= set(version.cod_plans.values_list("code", flat=True))


class TariffVersion(SafeFSMModelMixin, models.Model):
    """A version of the list of one region of origin: `origin` is a GB/T 2260 prefix, '' the whole country.

    `key` names the content for good, across processes and caches: what is live never changes, only its last day is set
    when the next version is published.
    """

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(_("版本号"), max_length=40, unique=True)
    origin = models.CharField(_("始发区域"), max_length=9, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    state = FSMField(_("状态"), default=TariffState.DRAFT, choices=TariffState.choices, protected=True)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("截止日期"), null=True, blank=True)
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = TariffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="tariff_ends_after_start"
            )
        ]
        indexes = [models.Index(fields=["valid_from"], condition=Q(state="live"), name="tariff_live")]

    def __str__(self) -> str:
        return self.code

    @transition(field=state, source=TariffState.DRAFT, target=TariffState.APPROVED, conditions=[has_lanes, plans_are_known])
    def approve(self, *, by: Person, at: datetime) -> None:
        """Price management agrees to the content."""
        self.approved_by, self.approved_at = by, at

    @transition(field=state, source=TariffState.APPROVED, target=TariffState.DRAFT)
    def send_back(self) -> None:
        """Open the content again before it is live."""
        self.approved_by = self.approved_at = None

    @transition(field=state, source=TariffState.APPROVED, target=TariffState.LIVE)
    def publish(self, *, by: Person, at: datetime) -> None:
        """Put the version in force from its first day on."""
        self.published_by, self.published_at = by, at


class Zone(models.Model):
    """A group of places that are priced alike."""

    version = models.ForeignKey(TariffVersion, models.CASCADE, related_name="zones")
    name = models.CharField(_("区域"), max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="one_zone_per_name")]

    def __str__(self) -> str:
        return self.name


class ZonePlace(models.Model):
    """A place of a zone by its GB/T 2260 prefix; the longest one that fits an address decides (street, county, city, province)."""

    version = models.ForeignKey(TariffVersion, models.CASCADE, related_name="+")
    zone = models.ForeignKey(Zone, models.CASCADE, related_name="places")
    prefix = models.CharField(max_length=9, blank=True)  # '' is everywhere

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "prefix"], name="one_zone_per_place")]

    def __str__(self) -> str:
        return f"{self.prefix} {self.zone}"


class Lane(models.Model):
    """What a product costs from zone to zone: ¥/kg, ¥/m³, least freight; and its promise (§4.6)."""

    version = models.ForeignKey(TariffVersion, models.CASCADE, related_name="lanes")
    product = models.CharField(_("产品"), max_length=20, choices=[(row.code, row.zh) for row in PRODUCTS.values()])
    from_zone = models.ForeignKey(Zone, models.CASCADE, related_name="+")
    to_zone = models.ForeignKey(Zone, models.CASCADE, related_name="+")
    heavy_rate = models.DecimalField(_("重货单价（元/千克）"), max_digits=9, decimal_places=3)
    light_rate = models.DecimalField(_("轻货单价（元/立方米）"), max_digits=9, decimal_places=2)
    minimum = models.DecimalField(_("最低收费（元）"), max_digits=9, decimal_places=2)
    days = models.PositiveSmallIntegerField(_("时效（天）"))
    arrives = models.TimeField(_("到达时刻"))
    cut_off = models.TimeField(_("截单时刻"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_zone", "to_zone", "product"], name="one_price_per_lane"),
            models.CheckConstraint(condition=within(heavy_rate=0, light_rate=0, minimum=0), name="lane_rates_are_sane"),
            models.CheckConstraint(condition=Q(heavy_rate__gt=0, light_rate__gt=0), name="lane_rates_are_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.from_zone_id}>{self.to_zone_id}"


class LaneBreak(models.Model):
    """A bracket of a lane: from `start` kg or m³ on, that quantity included, another unit price."""

    lane = models.ForeignKey(Lane, models.CASCADE, related_name="breaks")
    basis = models.CharField(max_length=2, choices=[("kg", "kg"), ("m3", "m³")])
    start = models.DecimalField(max_digits=9, decimal_places=3)
    price = models.DecimalField(max_digits=9, decimal_places=3)

    class Meta:
        ordering = ("basis", "start")
        constraints = [
            models.UniqueConstraint(fields=["lane", "basis", "start"], name="one_bracket_per_start"),
            models.CheckConstraint(condition=Q(start__gt=0, price__gt=0) & within(start=0, price=0), name="bracket_is_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.basis} {self.start}: {self.price}"


class Surcharge(models.Model):
    """A charge beside the freight: when, on what, at which rate or tiers, its least and most, its rounding."""

    version = models.ForeignKey(TariffVersion, models.CASCADE, related_name="surcharges")
    serial = models.PositiveSmallIntegerField()  # the order of the lines
    code = models.CharField(_("代码"), max_length=20)
    zh = models.CharField(_("名称"), max_length=40)
    en = models.CharField(max_length=40)
    when = models.CharField(_("适用"), max_length=12, choices=When.choices)
    detail = models.CharField(max_length=20, blank=True)  # COD plan, kind of sign slip
    product = models.CharField(_("产品"), max_length=20, blank=True)
    basis = models.CharField(_("计费基础"), max_length=14, choices=Basis.choices)
    rate = models.DecimalField(_("费率"), max_digits=12, decimal_places=6, default=0)
    minimum = models.DecimalField(_("最低"), max_digits=9, decimal_places=2, default=0)
    cap = models.DecimalField(_("最高"), max_digits=9, decimal_places=2, null=True, blank=True)
    rounding = models.CharField(_("取整"), max_length=8, choices=Rounding.choices, default=Rounding.FEN)

    class Meta:
        ordering = ("serial",)
        constraints = [
            models.UniqueConstraint(fields=["version", "code", "product"], name="one_surcharge_per_code"),
            models.CheckConstraint(condition=within(rate=0, minimum=0), name="surcharge_rates_are_sane"),
            models.CheckConstraint(
                condition=Q(cap=None) | Q(cap__gte=F("minimum"), cap__lt=MOST), name="surcharge_cap_is_sane"
            ),
        ]

    def __str__(self) -> str:
        return self.zh


class SurchargeTier(models.Model):
    """A step of a surcharge, up to and including `upto`; None has no end."""

    surcharge = models.ForeignKey(Surcharge, models.CASCADE, related_name="tiers")
    upto = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    fixed = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    rate = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    cap = models.DecimalField(max_digits=9, decimal_places=2, null=True)

    class Meta:
        ordering = (F("upto").asc(nulls_last=True),)
        constraints = [
            models.UniqueConstraint(fields=["surcharge", "upto"], name="one_tier_per_end"),
            models.UniqueConstraint(fields=["surcharge"], condition=Q(upto=None), name="one_tier_without_end"),
            models.CheckConstraint(condition=within(fixed=0, rate=0), name="tier_rates_are_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.surcharge_id} <= {self.upto}"


class CodPlan(models.Model):
    """How collected cash is paid out (代收货款): days after collection, largest amount taken; its fee is the surcharge of that detail."""

    version = models.ForeignKey(TariffVersion, models.CASCADE, related_name="cod_plans")
    code = models.CharField(_("代码"), max_length=20)
    zh = models.CharField(_("名称"), max_length=40)
    en = models.CharField(max_length=40)
    days = models.PositiveSmallIntegerField(_("到账天数"))
    most = models.DecimalField(_("最高金额"), max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="one_cod_plan_per_code"),
            models.CheckConstraint(condition=within(most=1), name="cod_plan_is_sane"),
        ]

    def __str__(self) -> str:
        return self.zh
