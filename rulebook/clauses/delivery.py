"""§1.3: pickup, forwarding, delivery."""

from rulebook.clauses.model import Clause, Kind, limit, section

ROWS = (
    section("§1.3", "接货、中转外发、送货", "Pickup, forwarding, delivery"),
    section("§1.3.1", "接货（09:00–19:00）", "Pickup (09:00-19:00)"),
    limit(
        "§1.3.1.1",
        "17:00 前下单的 2 小时内接货（09:00 前的从 09:00 起算）；17:00 及以后下单的最迟次日 12:00。",
        "Placed before 17:00: within 2 hours, from 09:00 at the earliest; at or after 17:00: by 12:00 next day.",
    ),
    Clause(
        "§1.3.1.1r",
        Kind.WINDOW,
        "改约接货窗口",
        "Window to agree a new pickup time",
        "下单后 1 小时内、或有效预约到期前 15 分钟改约有效；客户要求的改约始终有效；逾期改约不替换时限。",
        "Within 1 h of placing, or 15 min before a valid appointment falls due; at the customer's wish always.",
    ),
    limit(
        "§1.3.1.2",
        "按约定时间接货，最迟约定时间后 1 小时；提前 1 小时以上的记为提前。",
        "Collected by 1 hour after the appointment; more than 1 hour before it is recorded as early.",
    ),
    limit(
        "§1.3.1.2r",
        "预约在 09:00 前或 18:00 及以后的，须 1 小时内重新约定。",
        "An appointment before 09:00, or at or after 18:00, is renegotiated within 1 hour.",
    ),
    section("§1.3.2", "中转外发", "Forwarding"),
    limit(
        "§1.3.2.1",
        "外发货物自外发日起至签收，每日至少一条跟踪记录。",
        "One tracking entry every calendar day from the forwarding date until signed.",
    ),
    limit(
        "§1.3.2.2",
        "17:00 前签收的当日 24:00 前录入；17:00 及以后签收的次日 12:00 前录入。",
        "Signed before 17:00: entered by 24:00; at or after 17:00: by 12:00 next day.",
    ),
    section("§1.3.3", "送货上门", "Delivery to the door"),
    limit(
        "§1.3.3.1",
        "12:00 前到达的当日 20:30 前送达；12:00 后到达的次日 12:00 前送达。",
        "Arrived by 12:00: delivered by 20:30 that day; after 12:00: by 12:00 next day.",
    ),
    limit(
        "§1.3.3.1e",
        "送货签收信息在同一时限内录入，接送员手持设备采集视为录入。",
        "The sign-off of the same delivery is entered within the same limit.",
    ),
    Clause(
        "§1.3.3.2",
        Kind.DUTY,
        "送货上楼",
        "Upstairs delivery",
        "单件不足 25 公斤 1 名跟车员，25 公斤及以上 2 名；不得以无人手拒绝上楼。",
        "Under 25 kg 1 helper, from 25 kg on 2; “no staff” is never a reason to refuse.",
    ),
    Clause(
        "§1.3.3.3",
        Kind.LIMIT,
        "送货未成",
        "Failed delivery attempt",
        "现场联系并登记；30 分钟内能收货的等候，否则另约；第二次起加收送货费。",
        "A contact on site is recorded; wait 30 minutes or agree a new time; from the 2nd attempt a fee is added.",
    ),
)
