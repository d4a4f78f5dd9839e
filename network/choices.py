from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from rulebook.roles import Role


class UnitKind(TextChoices):
    COMPANY = "company", _("公司")
    DIVISION = "division", _("事业部")
    AREA = "area", _("大区")
    REGION = "region", _("区域")
    BRANCH = "branch", _("营业部")
    DEPARTMENT = "department", _("总部部门")


CALL_CENTRE_CODE = "CC"
"""Code of the call centre among the departments of the head office."""

IN_HAND = ("unassigned", "at_branch", "accepted", "postponed")
"""States of orders neither billed nor cancelled. Orders stand above this app: their relation is named, not imported."""

BRANCH_STAFF = frozenset({Role.BRANCH_CLERK, Role.BRANCH_MANAGER})
CALL_CENTRE = frozenset({Role.CALL_CENTRE, Role.CALL_CENTRE_MANAGER})
MANAGERS = frozenset({Role.REGIONAL_MANAGER, Role.AREA_DIRECTOR, Role.DIVISION_GM})
KEY_ACCOUNT_OFFICES = frozenset({Role.DEPARTMENT, Role.KEY_ACCOUNTS})
COMPLAINT_FILERS = BRANCH_STAFF | CALL_CENTRE | {Role.DEPARTMENT, Role.QUALITY, Role.KEY_ACCOUNTS}
SERVICE_DESKS = BRANCH_STAFF | CALL_CENTRE | frozenset({Role.DEPARTMENT, Role.MARKETING})
NATIONWIDE = frozenset(
    {
        Role.CALL_CENTRE,
        Role.CALL_CENTRE_MANAGER,
        Role.DEPARTMENT,
        Role.FINANCE,
        Role.PRICE_MANAGEMENT,
        Role.QUALITY,
        Role.IT,
        Role.OPERATIONS_CENTRE,
        Role.KEY_ACCOUNTS,
        Role.CLAIMS,
        Role.ADMINISTRATOR,
    }
)
"""Roles that see the whole company wherever their post stands (design §1)."""

MAY: dict[str, frozenset[Role]] = {
    "accept": BRANCH_STAFF,
    "contact": BRANCH_STAFF | CALL_CENTRE,
    "annotate": BRANCH_STAFF | CALL_CENTRE | {Role.DEPARTMENT},
    "postpone": BRANCH_STAFF,
    "resume": BRANCH_STAFF,
    "print": BRANCH_STAFF,
    "quote": BRANCH_STAFF,
    "bill": BRANCH_STAFF,
    "check_bill": BRANCH_STAFF | CALL_CENTRE,
    "amend": BRANCH_STAFF,
    "approve_amendment": frozenset({Role.BRANCH_MANAGER, Role.REGIONAL_MANAGER}),
    "edit": BRANCH_STAFF | CALL_CENTRE,
    "cancel": BRANCH_STAFF | CALL_CENTRE,
    "confirm_reason": BRANCH_STAFF | CALL_CENTRE,
    "assign": CALL_CENTRE,
    "watch_calls": CALL_CENTRE | {Role.DEPARTMENT},
    "move": BRANCH_STAFF | CALL_CENTRE,
    "place": CALL_CENTRE | BRANCH_STAFF,
    "import": CALL_CENTRE | {Role.DEPARTMENT},
    "pickup": BRANCH_STAFF | {Role.FLEET},
    "collect": BRANCH_STAFF | {Role.COURIER, Role.FLEET},
    "see_goods": BRANCH_STAFF | CALL_CENTRE | MANAGERS
    | {Role.TRANSIT_CLERK, Role.OPERATIONS_CENTRE, Role.FLEET, Role.DEPARTMENT, Role.FINANCE, Role.COURIER, Role.KEY_ACCOUNTS},
    "haul": BRANCH_STAFF | {Role.TRANSIT_CLERK, Role.OPERATIONS_CENTRE, Role.FLEET},
    "answer_split": BRANCH_STAFF,
    "forward": BRANCH_STAFF | {Role.TRANSIT_CLERK},
    "plan_delivery": BRANCH_STAFF | {Role.TRANSIT_CLERK, Role.FLEET},
    "deliver": BRANCH_STAFF | {Role.COURIER},
    "call_consignee": BRANCH_STAFF | {Role.COURIER, Role.TRANSIT_CLERK},
    "note_circumstance": BRANCH_STAFF | {Role.COURIER, Role.TRANSIT_CLERK},
    "hire_helpers": BRANCH_STAFF | {Role.TRANSIT_CLERK, Role.FLEET},
    "report_demand": BRANCH_STAFF | {Role.COURIER},
    "answer_demand": BRANCH_STAFF,
    "correct_delivery": BRANCH_STAFF,
    "send_back": BRANCH_STAFF | {Role.TRANSIT_CLERK},
    "declare_lost": frozenset({Role.BRANCH_MANAGER, Role.OPERATIONS_CENTRE, Role.DEPARTMENT}),
    "slip": BRANCH_STAFF | {Role.SLIP_CLERK},
    "lose_slip": frozenset({Role.BRANCH_MANAGER, Role.SLIP_CLERK}),
    "collect_cash": BRANCH_STAFF | {Role.COURIER},
    "count_cash": BRANCH_STAFF,
    "resolve_cash": frozenset({Role.BRANCH_MANAGER, Role.FINANCE}),
    "bank_cash": BRANCH_STAFF | {Role.FINANCE},
    "remit_cash": frozenset({Role.FINANCE}),
    "see_cash": BRANCH_STAFF | MANAGERS | {Role.FINANCE},
    "file": BRANCH_STAFF,
    "see_watch": MANAGERS | {Role.DEPARTMENT, Role.QUALITY},
    "decide_watch": frozenset({Role.DEPARTMENT}),
    "open_outage": MANAGERS | {Role.BRANCH_MANAGER, Role.DEPARTMENT, Role.IT},
    "verify_filing": frozenset({Role.IT}),
    "decide_filing": frozenset({Role.DEPARTMENT}),
    "calendar": frozenset({Role.DEPARTMENT, Role.ADMINISTRATOR}),
    "see_kpis": MANAGERS | {Role.BRANCH_MANAGER, Role.DEPARTMENT, Role.CALL_CENTRE_MANAGER},
    "see_penalties": MANAGERS | {Role.BRANCH_MANAGER, Role.DEPARTMENT, Role.FINANCE},
    "manage_penalties": frozenset({Role.DEPARTMENT}),
    "run_bonus": frozenset({Role.FINANCE}),
    "see_points": MANAGERS | {Role.BRANCH_MANAGER, Role.DEPARTMENT, Role.QUALITY},
    "see_responsibility": MANAGERS | {Role.DEPARTMENT},
    "manage_tiers": frozenset({Role.DEPARTMENT}),
    "open_check": CALL_CENTRE | {Role.DEPARTMENT},
    "decide_check": frozenset({Role.DEPARTMENT}),
    "see_prices": BRANCH_STAFF | MANAGERS | {Role.PRICE_MANAGEMENT, Role.MARKETING, Role.DEPARTMENT},
    "manage_prices": frozenset({Role.PRICE_MANAGEMENT}),
    "apply_contract": BRANCH_STAFF,
    "campaign": frozenset({Role.MARKETING, Role.PRICE_MANAGEMENT}),
    "manage_key_accounts": KEY_ACCOUNT_OFFICES,
    "see_key_accounts": BRANCH_STAFF | CALL_CENTRE | MANAGERS | KEY_ACCOUNT_OFFICES
    | {Role.TRANSIT_CLERK, Role.SLIP_CLERK, Role.OPERATIONS_CENTRE, Role.FLEET, Role.QUALITY},
    "follow_up": BRANCH_STAFF | CALL_CENTRE | KEY_ACCOUNT_OFFICES,
    "remedy": frozenset({Role.OPERATIONS_CENTRE}),
    "charge_cost": BRANCH_STAFF | {Role.OPERATIONS_CENTRE, Role.DEPARTMENT},
    "anomaly": BRANCH_STAFF | CALL_CENTRE | KEY_ACCOUNT_OFFICES | MANAGERS
    | {Role.TRANSIT_CLERK, Role.COURIER, Role.OPERATIONS_CENTRE, Role.QUALITY},
    "settle_anomaly": BRANCH_STAFF,
    "track_key_accounts": KEY_ACCOUNT_OFFICES,
    "see_complaints": COMPLAINT_FILERS | MANAGERS,
    "file_complaint": COMPLAINT_FILERS,
    "answer_complaint": COMPLAINT_FILERS | MANAGERS,
    "handle_complaint": frozenset({Role.DEPARTMENT}),
    "handle_internal_complaint": frozenset({Role.QUALITY}),
    "redress_complaint": BRANCH_STAFF | MANAGERS | {Role.DEPARTMENT, Role.KEY_ACCOUNTS},
    "report_visit": frozenset({Role.BRANCH_MANAGER}) | MANAGERS,
    "call_back_complaint": frozenset({Role.KEY_ACCOUNTS}),
    "see_claims": BRANCH_STAFF | CALL_CENTRE | MANAGERS | KEY_ACCOUNT_OFFICES | {Role.CLAIMS, Role.FINANCE, Role.QUALITY},
    "open_claim": BRANCH_STAFF | CALL_CENTRE | KEY_ACCOUNT_OFFICES | {Role.CLAIMS},
    "claim_papers": BRANCH_STAFF | CALL_CENTRE | {Role.CLAIMS},
    "answer_claim": CALL_CENTRE | {Role.CLAIMS},
    "handle_claim": frozenset({Role.CLAIMS}),
    "settle_dispute": frozenset({Role.CLAIMS, Role.DEPARTMENT}),
    "pay_claim": frozenset({Role.FINANCE}),
    "organise": frozenset({Role.ADMINISTRATOR}),
    "manage_partners": frozenset({Role.DEPARTMENT, Role.IT}),
    "report_ticket": frozenset(Role),
    "erase": frozenset({Role.DEPARTMENT, Role.ADMINISTRATOR}),
    "see_notices": BRANCH_STAFF | CALL_CENTRE | {Role.DEPARTMENT, Role.IT},
    "resend_notice": CALL_CENTRE | {Role.DEPARTMENT, Role.IT},
    "collate_ticket": frozenset({Role.MARKETING}),
    "solve_ticket": frozenset({Role.IT}),
    "suggestion": SERVICE_DESKS,
    "answer_suggestion": frozenset({Role.DEPARTMENT, Role.MARKETING}) | CALL_CENTRE,
    "enquiry": SERVICE_DESKS,
    "call_customer": BRANCH_STAFF | CALL_CENTRE,
    "chat": BRANCH_STAFF | CALL_CENTRE | {Role.DEPARTMENT},
    "see_chats": BRANCH_STAFF | CALL_CENTRE | MANAGERS | {Role.DEPARTMENT, Role.QUALITY},
    "write_phrase": frozenset({Role.BRANCH_MANAGER, Role.DEPARTMENT}),
    "write_company_phrase": frozenset({Role.DEPARTMENT}),
    "see_service": SERVICE_DESKS | MANAGERS | {Role.IT, Role.KEY_ACCOUNTS},
    "phone_figures": frozenset({Role.CALL_CENTRE_MANAGER, Role.DEPARTMENT}),
}
"""Which posts may do which verb: the whole authority table of the desk, in one place."""
