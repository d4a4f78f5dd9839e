"""Limits of answering: anomalies, problem tickets, chat, phone and mail (§2.1.1.3, §3.4.6, §4.3.1, §4.3.2.5)."""

from rulebook import due
from rulebook.events import On
from rulebook.limits.delivery import of_key_customer
from rulebook.limits.model import Holder, Limit, Subject, due_step, warn
from rulebook.roles import Role

ANOMALY_REPORT = Limit(
    clause="§2.1.1.3",
    zh="项目客户异常当日上报",
    en="Key customer's anomaly reported the same day",
    subject=Subject.ANOMALY,
    starts_on=frozenset({On.ANOMALY_FOUND}),
    applies=of_key_customer,
    rule=due.end_of_day,
    met_by=frozenset({On.ANOMALY_REPORTED}),
    voided_by=frozenset({On.ANOMALY_WITHDRAWN}),
    steps=(warn("§2.1.1.3", Role.BRANCH_CLERK, minutes=120), due_step("§2.1.1.3", Role.BRANCH_MANAGER)),
)

ANOMALY_REPLY = Limit(
    clause="§4.3.2.5",
    zh="异常按承诺时间答复",
    en="Anomaly answered at the time promised",
    subject=Subject.ANOMALY,
    starts_on=frozenset({On.ANOMALY_REPLY_PROMISED}),
    rule=due.promised,
    met_by=frozenset({On.ANOMALY_ANSWERED}),
    voided_by=frozenset({On.ANOMALY_WITHDRAWN}),
    steps=(warn("§4.3.2.5", Role.BRANCH_CLERK, minutes=30), due_step("§4.3.2.5", Role.BRANCH_MANAGER)),
)

TICKET = Limit(
    clause="§3.4.6",
    zh="问题单整理",
    en="Problem ticket collated",
    subject=Subject.TICKET,
    starts_on=frozenset({On.TICKET_OPENED}),
    rule=due.workdays(1),
    met_by=frozenset({On.TICKET_COLLATED}),
    holder=Holder.MARKETING,
    steps=(warn("§3.4.6", Role.MARKETING, minutes=240), due_step("§3.4.6", Role.MARKETING)),
)

CHAT = Limit(
    clause="§4.3.1.1",
    zh="在线咨询应答",
    en="Chat message answered",
    subject=Subject.CHAT,
    starts_on=frozenset({On.CHAT_TURN_OPENED}),
    rule=due.after(minutes=2),
    met_by=frozenset({On.CHAT_TURN_ANSWERED}),
    carried_by=frozenset({On.CHAT_TRANSFERRED}),
    on_breach_zh="通知营业部和呼叫中心，次日列入监控名单",
    on_breach_en="branch and call centre are alerted, on the next day's watch list",
    steps=(warn("§4.3.1.1", Role.BRANCH_CLERK, minutes=1), due_step("§4.3.1.1", Role.BRANCH_MANAGER)),
)

ENQUIRY = Limit(
    clause="§4.3.1.2",
    zh="电话咨询答复",
    en="Phone enquiry answered",
    subject=Subject.ENQUIRY,
    starts_on=frozenset({On.ENQUIRY_RECEIVED}),
    rule=due.after(minutes=15),
    met_by=frozenset({On.ENQUIRY_ANSWERED}),
    holder=Holder.CALL_CENTRE,
    steps=(warn("§4.3.1.2", Role.CALL_CENTRE, minutes=5), due_step("§4.3.1.2", Role.CALL_CENTRE_MANAGER)),
)

MAIL = Limit(
    clause="§4.3.1.3",
    zh="邮件答复",
    en="E-mail answered",
    subject=Subject.MAIL,
    starts_on=frozenset({On.MAIL_RECEIVED}),
    rule=due.mail_answered,
    met_by=frozenset({On.MAIL_ANSWERED}),
    holder=Holder.CALL_CENTRE,
    steps=(warn("§4.3.1.3", Role.CALL_CENTRE, minutes=240), due_step("§4.3.1.3", Role.CALL_CENTRE_MANAGER)),
)

ROWS = (ANOMALY_REPORT, ANOMALY_REPLY, TICKET, CHAT, ENQUIRY, MAIL)
