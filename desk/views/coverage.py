"""Which clause of the handbook is enforced by which code and tested by which test, and which is not built yet."""

from collections import Counter

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.language import english
from network.access import staff_required
from reports import coverage as report

PAGE = 100
STATES = {
    "tested": _("已实现并有测试"),
    "enforced": _("已实现，无测试"),
    "missing": _("尚未实现"),
}
KINDS = {
    "section": _("章节"), "reading_rule": _("阅读规则"), "limit": _("时限"), "window": _("窗口期"), "duty": _("职责"),
    "function": _("功能"), "formula": _("公式"), "point": _("积分"), "tier": _("阶梯"), "fine": _("罚款"),
}  # fmt: skip


def state_of(row: report.Row) -> str:
    if not row.enforced:
        return "missing"
    return "tested" if row.tested else "enforced"


@staff_required
@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """List the clauses, narrowed by state, kind and text."""
    state, kind, text = (request.GET.get(key, "").strip()[:40] for key in ("state", "kind", "q"))
    rows = [(row, state_of(row)) for row in report.rows() if row.kind != "section"]
    counted = Counter(of for _row, of in rows)
    if kind in KINDS:
        rows = [(row, of) for row, of in rows if row.kind == kind]
    if text:
        rows = [(row, of) for row, of in rows if text.lower() in f"{row.clause} {row.zh} {row.en}".lower()]
    if state in STATES:
        rows = [(row, of) for row, of in rows if of == state]
    page = Paginator([(row, of, STATES[of], KINDS.get(row.kind, row.kind)) for row, of in rows], PAGE)
    context = {
        "page": page.get_page(request.GET.get("page")), "state": state, "kind": kind, "text": text, "english": english(),
        "states": [(key, label, counted[key]) for key, label in STATES.items()], "kinds": KINDS.items(),
        "total": sum(counted.values()), "query": f"state={state}&kind={kind}&q={text}&",
    }  # fmt: skip
    return render(request, "desk/coverage.html", context)
