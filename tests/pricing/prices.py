"""A small tariff, typed by hand; prices asked for and compared."""

from datetime import date, datetime, time
from decimal import Decimal

from network.models import Person
from pricing.models import TariffVersion
from pricing.services import QuoteFacts
from pricing.services.tariffs import LaneRow, PlanRow, approve, draft, publish
from rulebook.quotes import Charge, Tier
from tests.factories import sh

D = Decimal
HANGZHOU, YUHANG, SHANGHAI, BEIJING = ("杭州", ("3301",)), ("余杭", ("330110",)), ("上海", ("31",)), ("北京", ("11",))

COD_TIERS = (Tier(D(200), D(2)), Tier(D(3000), D(4)), Tier(None, rate=D("0.0015"), cap=D(40)))

CHARGES = (
    Charge(code="pickup", zh="接货费", en="Pickup", when="pickup", basis="flat", rate=D(15)),
    Charge(
        code="door", zh="送货费", en="Delivery", when="door", basis="per_kg", rate=D("0.2"), minimum=D(20), cap=D(300)
    ),
    Charge(
        code="upstairs", zh="上楼费", en="Upstairs", when="upstairs", basis="per_kg", rate=D("0.33"), rounding="jiao"
    ),
    Charge(
        code="insurance", zh="保价费", en="Insurance", when="insured", basis="pct_declared", rate=D("0.003"),
        minimum=D(1), rounding="up_yuan",
    ),
    Charge(code="cod_t3", zh="代收手续费", en="COD fee", when="cod", detail="t3", basis="pct_cod", tiers=COD_TIERS),
    Charge(code="slip", zh="签收回单费", en="Sign slip", when="slip", detail="original", basis="flat", rate=D(10)),
    Charge(code="redelivery", zh="再送费", en="Re-delivery", when="redelivery", basis="flat", rate=D(30)),
)  # fmt: skip
PLANS = (PlanRow(code="t3", zh="三日退", en="In three days", days=3, most=D(50000)),)


def lane(start=HANGZHOU, end=SHANGHAI, product="road_lane", heavy="2.24", light="227", minimum="34", days=1) -> LaneRow:
    return LaneRow(
        product=product, start=start[0], start_places=start[1], end=end[0], end_places=end[1], heavy=D(heavy),
        light=D(light), minimum=D(minimum), days=days, arrives=time(18), cut_off=time(17),
    )  # fmt: skip


def live(by: Person, *lanes: LaneRow, code: str = "T1", since: str = "2026-11-01", at: str | datetime = "01 00:00:00", **more) -> TariffVersion:
    """Draft, approve and publish a version."""
    more = {"charges": CHARGES, "plans": PLANS, **more}
    now = sh(at) if isinstance(at, str) else at
    version = draft(code=code, valid_from=date.fromisoformat(since), lanes=lanes or (lane(),), by=by, now=now, **more)
    approve(pk=version.pk, by=by, now=now)
    return publish(pk=version.pk, by=by, now=now)


def asked(kg: str = "120", m3: str = "1.4", at: str | datetime = "04 09:00:00", **more: object) -> QuoteFacts:
    """Ask for goods from Xihu, Hangzhou, to Xuhui, Shanghai."""
    facts: dict[str, object] = {"from_place": "330106", "to_place": "310104", "weight_kg": D(kg), "volume_m3": D(m3)}
    return QuoteFacts(**{**facts, "at": sh(at) if isinstance(at, str) else at, **more})  # type: ignore[arg-type]
