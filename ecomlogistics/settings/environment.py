"""Everything that is configured from outside, in one table. The README's table is this one."""

import os
from dataclasses import dataclass
from pathlib import Path

from rulebook.watches import WATCHES

ROOT = Path(__file__).resolve().parents[2]
YES = {"1", "true", "yes", "on"}


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: str
    zh: str
    en: str


VARIABLES = {
    row.name: row
    for row in (
        Variable(
            "DJANGO_SETTINGS_MODULE",
            "ecomlogistics.settings.local",
            "正式环境设为 ecomlogistics.settings.production",
            "production: ecomlogistics.settings.production",
        ),
        Variable("DATABASE_URL", "", "留空用 SQLite 文件；postgres://用户:密码@主机/库", "empty: SQLite file"),
        Variable("REDIS_URL", "", "留空用内置消息目录与数据库缓存", "empty: embedded broker and cache"),
        Variable("SECRET_KEY", "", "会话与表单签名密钥；内置模式自动生成", "signing key; made by itself when embedded"),
        Variable("FIELD_KEY", "", "个人信息加密密钥；内置模式自动生成", "key of the encrypted personal data"),
        Variable("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", "允许的主机名，逗号分隔", "host names, comma separated"),
        Variable(
            "BASE_URL",
            "",
            "对外网址（https://…），用于邮件链接与跨站校验",
            "public address, for links and CSRF origins",
        ),
        Variable("HOST", "127.0.0.1", "监听地址", "address to listen on"),
        Variable("PORT", "8000", "监听端口", "port to listen on"),
        Variable("WEB_WORKERS", "2", "网页进程数", "web processes"),
        Variable("WEB_THREADS", "8", "每个网页进程的线程数", "threads of each web process"),
        Variable("WORKER_THREADS", "4", "任务进程的线程数", "threads of the task worker"),
        Variable("DEMO", "1", "演示模式（仅内置模式）：一键选角色登录", "demo mode (embedded only): one-click roles"),
        Variable("CARRIER_NAME", "远达物流", "承运商名称", "the carrier's name"),
        Variable(
            "STATE_DIR", "var", "数据库、密钥、消息等运行数据的目录", "folder of everything the running system writes"
        ),
        Variable("TRUSTED_PROXIES", "0", "前置代理的层数", "number of proxies in front"),
        Variable(
            "DB_STATEMENT_TIMEOUT",
            "15",
            "单条 SQL 的最长秒数（PostgreSQL）",
            "seconds one statement may take (PostgreSQL)",
        ),
        Variable(
            "DB_PREPARES",
            "1",
            "0：数据库前有按事务分配连接的 PgBouncer，不在连接上预编译语句",
            "0 behind a PgBouncer in transaction mode: nothing is prepared on a connection",
        ),
        Variable(
            "STALE_HOURS",
            "at_origin=24,in_transit=24,at_hub=12,arrived=12,forwarded=24,out_for_delivery=6,waiting=1,held=24,"
            "ready_for_pickup=72,refused=24,lost=24,returning=24",
            "货物各状态超过多少小时没有更新即列入跟踪页",
            "hours without news, by state, after which goods are listed for tracking",
        ),
        Variable("CASH_IN_HAND_DAYS", "1", "收款人最迟几天内交款", "days within which a collector hands the cash in"),
        Variable(
            "FRAUD_SHIPPERS",
            str(WATCHES["many_shippers"].least),
            "会员账号一天内不同发货电话达到几个即列入监控（§1.4.3f）",
            "distinct shipper phones of a member account in a day from which on it is watched (§1.4.3f)",
        ),
        Variable(
            "FRAUD_ORDERS",
            str(WATCHES["many_orders"].least),
            "会员账号一天内下单达到几单即列入监控（§1.4.3f）",
            "orders of a member account in a day from which on it is watched (§1.4.3f)",
        ),
        Variable("APPEAL_DAYS", "7", "处罚作出后几个自然日内可以申诉（§1.7.4）", "calendar days for an appeal against a penalty"),
        Variable("SESSION_IDLE_MINUTES", "30", "员工登录的闲置时限（分钟）", "minutes until an idle login ends"),
        Variable(
            "PROOF_PHOTO",
            "proxy,exception",
            "签收时须附照片的情形：proxy 代签，exception 异常签收（§4.3.2.8）",
            "signatures that need a photo: proxy, exception",
        ),
        Variable(
            "CLAIM_UNINSURED_FREIGHTS",
            "3",
            "未保价货物最高按运费的几倍赔付（§4.5）",
            "uninsured goods: a claim is settled at so many times the freight at most",
        ),
        Variable("CLAIM_LINK_DAYS", "14", "理赔方案答复链接的有效天数", "days a claim's answer link holds"),
        Variable("COUPON_MOST", "200", "优惠券最高金额（元，§4.5）", "highest amount of an apology's coupon (CNY)"),
        Variable("PUSH_THREADS", "32", "每个任务进程同时推送的线程数", "threads of a worker that send pushes to partners"),
        Variable(
            "CALLBACK_LOOPBACK",
            "0",
            "1：允许合作平台回调 http 与 127.0.0.1（仅供演示和测试；正式环境拒绝）",
            "1 lets partners' callbacks go to http and 127.0.0.1: demonstration and tests; refused in production",
        ),
        Variable("PARTNER_PER_MINUTE", "3000", "每个合作平台密钥每分钟的请求上限", "requests a minute of a partner's key"),
        Variable("PARTNER_LOG_DAYS", "30", "合作平台调用日志保留天数", "days for which partners' calls are kept"),
        Variable(
            "MFA_ROLES", "finance,administrator", "须开启两步验证的岗位；演示模式未设置时不强制",
            "posts that must have a second factor; a demonstration asks nobody unless this is set",
        ),
        Variable(
            "SMS_URL", "", "短信通道的 Apprise 网址，{to} 处填手机号；留空：演示模式只存入发件箱，正式环境记为发送失败",
            "Apprise URL of the SMS service, {to} stands for the phone; empty: a demonstration keeps them in its outbox",
        ),
        Variable(
            "MAIL_URL", "", "邮件通道的 Apprise 网址（如 mailtos://用户:密码@主机?to={to}），{to} 处填邮箱；留空同上",
            "Apprise URL of the mail server (mailtos://user:password@host?to={to}); empty: as above",
        ),
        Variable("METRICS_ALLOW", "127.0.0.1,::1", "可读取 /metrics 的地址", "addresses that may read /metrics"),
        Variable("LOG_LEVEL", "INFO", "日志级别", "log level"),
        Variable(
            "CLOCK_OFFSET_FILE",
            "",
            "仅供测试：时钟偏移秒数文件；正式环境拒绝",
            "tests only: file of seconds; refused in production",
        ),
    )
}


def text(name: str) -> str:
    """Return a variable of the table; an empty one counts as not set."""
    return os.environ.get(name, "") or VARIABLES[name].default


def number(name: str) -> int:
    return int(text(name))


def flag(name: str) -> bool:
    return text(name).strip().lower() in YES


def listed(name: str) -> list[str]:
    return [part.strip() for part in text(name).split(",") if part.strip()]


def numbers(name: str) -> dict[str, int]:
    """Return a list of name=number; what is set by hand is laid over the default."""
    pairs = [part.strip().split("=") for part in f"{VARIABLES[name].default},{text(name)}".split(",") if part.strip()]
    return {key: int(value) for key, value in pairs}


def state_dir() -> Path:
    """Return the folder of everything the running system writes."""
    folder = ROOT / text("STATE_DIR")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def refusals() -> list[str]:
    """Name all that keeps a production system from starting."""
    return [reason for broken, reason in _conditions() if broken]


def _conditions() -> list[tuple[bool, str]]:
    set_by_hand = os.environ.get
    return [
        *((not set_by_hand(name), f"{name} is not set") for name in REQUIRED),
        *((0 < len(set_by_hand(name, "")) < LEAST_KEY, f"{name} is shorter than {LEAST_KEY}") for name in KEYS),
        (bool(text("SECRET_KEY")) and text("SECRET_KEY") == text("FIELD_KEY"), "SECRET_KEY and FIELD_KEY are the same"),
        (
            bool(text("DATABASE_URL")) and not text("DATABASE_URL").startswith("postgres"),
            "DATABASE_URL is not PostgreSQL",
        ),
        ("*" in listed("ALLOWED_HOSTS"), "ALLOWED_HOSTS allows every host"),
        (bool(text("BASE_URL")) and not text("BASE_URL").startswith("https://"), "BASE_URL is not https"),
        ("DEMO" in os.environ and flag("DEMO"), "DEMO is on"),
        (bool(text("CLOCK_OFFSET_FILE")), "CLOCK_OFFSET_FILE is set"),
        (flag("CALLBACK_LOOPBACK"), "CALLBACK_LOOPBACK is on"),
    ]


REQUIRED = ("SECRET_KEY", "FIELD_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "BASE_URL")
KEYS = ("SECRET_KEY", "FIELD_KEY")
LEAST_KEY = 32
