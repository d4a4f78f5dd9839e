"""Is the installation well? Each check answers with what is wrong and what to do about it, or with nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Exists, F, Max, Min, OuterRef

from complaints.services import evidence
from complaints.services.claims.payments import faults as claim_faults
from core import files
from core.models import Entry
from delivery.models import Proof
from delivery.services import faults, freight_faults
from network.choices import CALL_CENTRE_CODE, UnitKind
from network.models import Unit
from network.services import calendar, head_department
from notify.models import Message
from penalties.services import carried_faults, ledger_faults
from penalties.services.books import BEAT as LEDGER
from reports.books import BEAT as BOOKS
from rulebook.due import local_day
from sla.choices import State
from sla.models import Deadline, Heartbeat, Step
from sla.services import beat_age, tick_age

TICK_STALE = timedelta(seconds=15)  # three intervals
OUTBOX_STALE = timedelta(seconds=60)  # the sweep takes what is older than ten
BOOKS_STALE = timedelta(hours=26)  # the check runs once a night
LATEST_PROOFS = 200
LATELY = timedelta(days=62)  # in which fines of breaches are looked at
CALENDAR_AHEAD = timedelta(days=60)  # the longest limit is 30 working days


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. A warning alone does not make the installation unwell."""

    zh: str
    fix: str
    warning: bool = False


Check = Callable[[datetime], list[Finding]]


def examine(now: datetime) -> list[tuple[str, list[Finding]]]:
    """Run every check; after a dead database the others have nothing to ask."""
    results: list[tuple[str, list[Finding]]] = []
    for name, check in CHECKS.items():
        findings = _run(check, now)
        results.append((name, findings))
        if name in VITAL and findings:
            break
    return results


def _run(check: Check, now: datetime) -> list[Finding]:
    try:
        return check(now)
    except (DatabaseError, OSError) as error:
        return [
            Finding(f"{type(error).__name__}: {error}".strip(), "检查 DATABASE_URL、REDIS_URL 和 STATE_DIR 是否可用。")
        ]


def database(now: datetime) -> list[Finding]:
    """Write for real, changing nothing."""
    connection.ensure_connection()
    if Heartbeat._meta.db_table in connection.introspection.table_names():
        with transaction.atomic():
            Heartbeat.objects.filter(name="tick").update(name="tick")
    return []


def migrations(now: datetime) -> list[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [Finding(f"有 {len(plan)} 个数据库迁移尚未执行", "运行 manage.py migrate。")] if plan else []


def broker(now: datetime) -> list[Finding]:
    with current_app.connection_for_write(connect_timeout=0.5) as line:
        try:
            line.ensure_connection(max_retries=1, interval_start=0, timeout=1)
        except line.connection_errors as error:
            return [Finding(f"任务队列连接不上：{error}", "检查 REDIS_URL；内置模式检查 STATE_DIR/broker 是否可写。")]
    return []


def tick(now: datetime) -> list[Finding]:
    age = tick_age(now)
    fix = "启动任务进程和定时器（make run，或 celery worker 与 beat）；应急可运行 manage.py tick。"
    if age is None:
        return [Finding("时钟从未巡检过", fix)]
    return [Finding(f"时钟上次巡检在 {age.total_seconds():.0f} 秒前", fix)] if age > TICK_STALE else []


def failing_steps(now: datetime) -> list[Finding]:
    """Find the steps the tick could not announce and set aside."""
    failing = Step.objects.filter(state=State.OPEN, attempts__gt=0)
    count = failing.count()
    if not count:
        return []
    first = failing.order_by("at")[0]
    return [Finding(f"{count} 个时点公布失败，例如 {first.clause}：{first.error}", "修正原因后时钟会自动重试。")]


def overdue_steps(now: datetime) -> list[Finding]:
    """Find steps that fell due and were not announced though the tick has run since."""
    beat = Heartbeat.objects.filter(name="tick").aggregate(at=Max("at"))["at"]
    waiting = Step.objects.due(beat).filter(attempts=0).count() if beat else 0
    return (
        [Finding(f"{waiting} 个已到期时点尚未公布", "运行 manage.py tick；仍有剩余请查任务进程日志。")]
        if waiting
        else []
    )


def lost_proofs(now: datetime) -> list[Finding]:
    """Find what proves a hand-over and is not what was stored: of the latest ones, as a damaged disk damages many."""
    latest = Proof.objects.order_by("-recorded_at")[:LATEST_PROOFS]
    lost = [proof for proof in latest if not files.intact(proof.path, proof.sha256)]
    if not lost:
        return []
    fix = "从备份恢复 MEDIA_ROOT（与数据库同一时点）；检查 STATE_DIR/media 的磁盘与权限。"
    return [Finding(f"最近 {LATEST_PROOFS} 张签收凭证中 {len(lost)} 张缺失或损坏，例如 {lost[0].path}", fix)]


def lost_evidence(now: datetime) -> list[Finding]:
    """Find files of complaints, claims, filings and tickets that are gone or not what was stored: of all of them."""
    lost = list(evidence.lost())
    if not lost:
        return []
    fix = "从备份恢复 MEDIA_ROOT（与数据库同一时点）；检查 STATE_DIR/media 的磁盘与权限。"
    return [Finding(f"{len(lost)} 个投诉、理赔、备案或问题单的文件缺失或损坏，例如 {lost[0].subject} 的 {lost[0].path}", fix)]


def stepless_clocks(now: datetime) -> list[Finding]:
    """Find running clocks that nothing will ever announce."""
    steps = Step.objects.filter(deadline=OuterRef("pk"))
    count = Deadline.objects.open().exclude(due_at=None).filter(~Exists(steps)).count()
    return [Finding(f"{count} 个进行中的时限没有时点，不会被公布", "这是程序错误，请连同订单号上报。")] if count else []


def journal(now: datetime) -> list[Finding]:
    """Every order's facts are numbered 1, 2, 3 …: a gap means that a row was lost."""
    numbered = Entry.objects.exclude(seq=None).values("order_number")
    chained = numbered.annotate(first=Min("seq"), last=Max("seq"), count=Count("pk"))
    broken = chained.exclude(first=1, last=F("count")).order_by("order_number")
    count = broken.count()
    if not count:
        return []
    return [Finding(f"{count} 票订单的日志编号不连续，例如 {broken[0]['order_number']}", "从备份核对该订单的日志。")]


def outbox(now: datetime) -> list[Finding]:
    oldest = Message.objects.unsent(now - OUTBOX_STALE).aggregate(oldest=Min("stored_at"))["oldest"]
    if oldest is None:
        return []
    waited = (now - oldest).total_seconds()
    return [Finding(f"有通知已等待 {waited:.0f} 秒未发出", "检查任务进程；notify 的补发任务会自动重试。")]


def cash(now: datetime) -> list[Finding]:
    """Collected = remitted + outstanding + written off, for every order, customer and branch (§4.3.3.2)."""
    found = list(faults())
    freight = freight_faults()[:1]
    if freight:
        words = f"{freight_faults().count()} 笔到付运费账目不平，例如订单 {freight[0].order.number}，{freight[0].amount} 元"
        return [Finding(words, "由财务按收付记录核对：已收 = 收款人手中 + 库存 + 银行。")]
    age = beat_age(BOOKS, now)
    stale = age is not None and age > BOOKS_STALE
    late = [Finding("代收货款夜间对账超过 26 小时没有运行", "检查任务进程和定时器。", warning=True)] if stale else []
    if not found:
        return late
    kinds = {"order": "订单", "customer": "客户", "branch": "营业部"}
    named = next((fault for fault in found if fault.kind == "order"), found[0])
    count = len(found)
    words = f"{count} 处代收货款账目不平，例如{kinds[named.kind]} {named.name}，相差 {named.sums.gap} 元"
    return [*late, Finding(words, "由财务按收付记录核对：已收 = 已汇付 + 未汇付 + 已核销。")]


def claims(now: datetime) -> list[Finding]:
    """What was paid for claims is what their customers agreed to, each once (§4.5)."""
    found = claim_faults()
    if not found:
        return []
    first = found[0]
    words = f"{len(found)} 件理赔的付款与客户同意的金额不符，例如 {first.number}：应付 {first.agreed} 元，已付 {first.paid} 元"
    return [Finding(words, "由财务与理赔部核对付款记录。")]


def fines(now: datetime) -> list[Finding]:
    """What the penalties say = what the fine ledger says, for every penalty and payer (§1.7.3)."""
    age = beat_age(LEDGER, now)
    stale = age is not None and age > BOOKS_STALE
    late = [Finding("罚款账夜间核对超过 26 小时没有运行", "检查任务进程和定时器。", warning=True)] if stale else []
    found = list(ledger_faults())
    if not found:
        return late
    first = found[0]
    kind = {"penalty": "处罚", "payer": "缴款方"}[first.kind]
    words = (
        f"{len(found)} 处罚款账目不平，例如{kind} {first.name}：处罚记录 {first.says.fined}/{first.says.taken} 元，"
        f"账簿 {first.booked.fined}/{first.booked.taken} 元（应收/已扣）"
    )
    return [*late, Finding(words, "由财务按账簿核对：处罚合计 = 账簿合计。")]


def carried(now: datetime) -> list[Finding]:
    """Every breach of late that carries fines has each of them once; no other step has any (§1.7.2)."""
    found = list(carried_faults(since=now - LATELY))
    if not found:
        return []
    first = found[0]
    words = f"{len(found)} 个超时时点的处罚不符，例如时点 {first.step} {first.clause}：应有 {first.owed} 笔，实有 {first.carried} 笔"
    return [Finding(words, "这是程序错误，请连同时点编号上报；处罚由电商部据实补录或撤销。")]


def working_days(now: datetime) -> list[Finding]:
    day = local_day(now) + CALENDAR_AHEAD
    if not calendar().is_provisional(day):
        return []
    words = f"{day.year} 年的工作日历尚未确认，工作日时限暂按法定节假日推算"
    return [Finding(words, "国务院公布放假安排后在“工作日历”页确认。", warning=True)]


def organisation(now: datetime) -> list[Finding]:
    findings = []
    if not Unit.objects.exists():
        return [Finding("还没有任何单位", "演示：manage.py demo；正式环境在后台建立组织。")]
    if head_department(CALL_CENTRE_CODE) is None:
        findings.append(Finding("没有编号为 CC 的呼叫中心", "新建总部部门并以 CC 为编号，否则无人收到未分配订单。"))
    if not Unit.objects.filter(kind=UnitKind.BRANCH, closed_at=None).exists():
        findings.append(Finding("没有营业中的营业部", "新建营业部。"))
    return findings


def disk(now: datetime) -> list[Finding]:
    folder = Path(settings.STATE_DIR)
    probe = folder / ".doctor"
    probe.write_bytes(b"")
    probe.unlink()
    return []


CHECKS: dict[str, Check] = {
    "数据库": database,
    "迁移": migrations,
    "运行目录": disk,
    "任务队列": broker,
    "时钟巡检": tick,
    "公布失败": failing_steps,
    "漏公布": overdue_steps,
    "空时限": stepless_clocks,
    "日志编号": journal,
    "通知": outbox,
    "代收货款": cash,
    "理赔付款": claims,
    "罚款账": fines,
    "超时处罚": carried,
    "签收凭证": lost_proofs,
    "证据文件": lost_evidence,
    "工作日历": working_days,
    "组织": organisation,
}
VITAL = {"数据库", "迁移"}
