"""§0: the reading rules that settle every border."""

from rulebook.clauses.model import Clause, Kind, section

_RULE = Kind.READING_RULE

ROWS = (
    section("§0", "释义规则", "Reading rules"),
    Clause("§0.1", _RULE, "时区", "Time zone", "所有时刻均为北京时间。", "All clock times are Asia/Shanghai."),
    Clause(
        "§0.2",
        _RULE,
        "时限含端点",
        "Limits are inclusive",
        "恰在到期时刻完成算按时，超过才算超时。",
        "Done exactly at the due instant is in time; breached strictly after.",
    ),
    Clause(
        "§0.3",
        _RULE,
        "以上、以下、以内",
        "Bands",
        "“以上”含本数，“以内”“不超过”含本数。",
        "A value on the border belongs to the upper band; “within” includes it.",
    ),
    Clause(
        "§0.4",
        _RULE,
        "分段时刻",
        "Choosing between cases",
        "“17:00 前”不含 17:00，“12:00 前到达”含 12:00。",
        "“Before 17:00” leaves 17:00 out; “arrived by 12:00” includes 12:00.",
    ),
    Clause(
        "§0.5",
        _RULE,
        "当日 24:00",
        "24:00 of a day",
        "某日 24:00 即次日 00:00，含该时刻。",
        "24:00 of a day is 00:00 of the next, inclusive.",
    ),
    Clause(
        "§0.6",
        _RULE,
        "工作日",
        "Working days",
        "事件当日之后第 N 个工作日的 24:00；放假安排未公布的年份暂按法定节假日推算。",
        "24:00 of the N-th official working day after the event's date; provisional where the year is not published.",
    ),
    Clause(
        "§0.7",
        _RULE,
        "自然日",
        "Calendar days",
        "事件当日之后第 N 日的 24:00。",
        "24:00 of the N-th day after the event's date.",
    ),
    Clause(
        "§0.8",
        _RULE,
        "时限变动留痕",
        "Moves keep the record",
        "时限变动不抹去原时限，须留存何人何时何因。",
        "A moved limit never erases what happened: who, when and why stay on record.",
    ),
    Clause("§0.9", _RULE, "金额", "Money", "人民币，两位小数，四舍五入。", "CNY, 2 decimals, half-up."),
    Clause(
        "§0.10",
        _RULE,
        "取消、延期与改派",
        "Cancelling, postponing, reassigning",
        "取消使未完时限作废；延期以新日期的时限替换；改派替换原营业部的受理时限；已超时的不变。",
        "Cancelling voids open clocks, postponing replaces them, reassigning replaces the old branch's.",
    ),
    Clause(
        "§0.11",
        _RULE,
        "权利窗口",
        "Windows",
        "窗口期满权利终止，不构成超时。",
        "A window closes a right when it ends; it is never breached.",
    ),
)
