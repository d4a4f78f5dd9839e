"""The address book (§3.4.3): entries, search, default, import with preview, export; picked in the order form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from customers.models import Address, CustomerAccount
from customers.services import addresses
from customers.services.addresses import Contact
from network.places import exists, full_name
from orders import sheets
from orders.answers import download
from orders.forms import ROLES
from orders.models import Order
from portal import booksheets
from portal.access import account_required, own_account
from portal.bookforms import ROLE, EntryForm, SearchForm, TableForm, typed_into, values_of
from portal.forms import pasted_into
from rulebook.errors import Refused

PER_PAGE = 20
SHOWN = 100  # lines of a preview
TABLE_HELP = _lazy(".xlsx 或 .csv（UTF-8、GB18030），最多 5 MB、1000 行")
GET_POST = ["GET", "HEAD", "POST"]


def _groups(account: CustomerAccount) -> list[str]:
    return list(Address.objects.of(account).exclude(group="").order_by("group").values_list("group", flat=True).distinct())


def _narrowed(request: HttpRequest, account: CustomerAccount) -> tuple[SearchForm, QuerySet[Address], str]:
    """Return the search, what it finds (the default first), and its query."""
    form = SearchForm(request.GET, groups=_groups(account))
    form.is_valid()
    text, group = (form.cleaned_data.get(name, "") for name in ("q", "group"))
    found = Address.objects.of(account)
    found = found.search(text) if text else found
    found = found.filter(group=group) if group else found
    query = urlencode({name: value for name, value in (("q", text), ("group", group)) if value})
    return form, found.order_by("-default", "name", "pk"), query


@never_cache
@require_safe
@account_required
def entries(request: HttpRequest) -> HttpResponse:
    """The book; with `pick` it fills that party of the order form."""
    account = own_account(request)
    form, found, query = _narrowed(request, account)
    pick = request.GET.get("pick", "")
    pick = pick if pick in ROLES else ""
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    pages = "&".join(part for part in (query, f"pick={pick}" if pick else "") if part)
    context = {
        "form": form, "page": page, "rows": [(each, full_name(each.place)) for each in page], "pick": pick, "filtered": bool(query),
        "query": f"{pages}&" if pages else "", "export": query,
    }  # fmt: skip
    return render(request, "portal/book.html", context)


@never_cache
@require_http_methods(GET_POST)
@account_required
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@never_cache
@require_http_methods(GET_POST)
@account_required
def entry(request: HttpRequest, key: int) -> HttpResponse:
    """Edit one entry."""
    return _edit(request, _own(request, key))


def _own(request: HttpRequest, key: int) -> Address:
    return get_object_or_404(Address.objects.of(own_account(request)).select_related("account"), pk=key)


def _edit(request: HttpRequest, known: Address | None) -> HttpResponse:
    account, typed = own_account(request), request.POST.dict()
    if act := typed.get("act", ""):
        typed = pasted_into(typed, ROLE) if act == f"split_{ROLE}" else typed
        return _form(request, EntryForm(data=None, initial=typed_into(typed), groups=True), known)
    start = values_of(known) | {"default": known.default} if known else {"default": not Address.objects.of(account).exists()}
    form = EntryForm(request.POST if request.method == "POST" else None, initial=start, groups=True)
    if form.is_bound and form.is_valid():
        try:
            _save(account, known, form)
        except Refused as refusal:
            form.add_error(f"{ROLE}_{refusal.field}" if refusal.field else None, str(refusal))
        else:
            messages.success(request, _("地址已保存。"))
            return redirect("portal:book")
    return _form(request, form, known)


def _save(account: CustomerAccount, known: Address | None, form: EntryForm) -> None:
    default = form.cleaned_data["default"]
    if known:
        addresses.change(known, form.contact(), default=default)
    else:
        addresses.keep(account, form.contact(), default=default, now=clock.now())


def _form(request: HttpRequest, form: EntryForm, known: Address | None) -> HttpResponse:
    context = {"form": form, "party": form.party(), "entry": known, "groups": _groups(own_account(request)), "url": request.path}
    return render(request, "portal/book_entry.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(GET_POST)
@account_required
def remove(request: HttpRequest, key: int) -> HttpResponse:
    """Ask, then delete the entry; orders keep what they were placed with."""
    known = _own(request, key)
    if request.method != "POST":
        context = {
            "title": _("删除地址"), "lines": [f"{known.name} {known.phone}", f"{full_name(known.place)} {known.address}"],
            "words": _("从地址簿删除后不能恢复；已经下的订单不受影响。"), "yes": _("确认删除"), "no": _("不删除，返回地址簿"),
            "back": reverse("portal:book"),
        }  # fmt: skip
        return render(request, "portal/my_confirm.html", context)
    known.delete()
    messages.success(request, _("已从地址簿删除。"))
    return redirect("portal:book")


@require_POST
@account_required
def default(request: HttpRequest, key: int) -> HttpResponse:
    addresses.make_default(_own(request, key))
    messages.success(request, _("已设为默认发货地址。"))
    return redirect("portal:book")


# Tables.


@never_cache
@require_safe
@account_required
def export(request: HttpRequest) -> HttpResponse:
    """What the search finds, in the columns of the import."""
    _form, found, _query = _narrowed(request, own_account(request))
    return download(booksheets.workbook(found), "addresses.xlsx")


@require_safe
@account_required
def template(request: HttpRequest) -> HttpResponse:
    return download(booksheets.workbook([]), "addresses-template.xlsx")


@never_cache
@require_http_methods(GET_POST)
@account_required
def load(request: HttpRequest) -> HttpResponse:
    """Read a table and show what it would put into the book; keep it once that is confirmed."""
    account, form = own_account(request), TableForm(help_text=TABLE_HELP)
    if request.method != "POST":
        return render(request, "portal/book_import.html", {"form": form})
    if "rows" in request.POST:
        return _keep(request, account, request.POST["rows"])
    form = TableForm(request.POST, request.FILES, help_text=TABLE_HELP)
    if form.is_valid():
        try:
            preview = booksheets.read(form.cleaned_data["table"].read())
        except sheets.BadTable as bad:
            form.add_error("table", bad.reason)
        else:
            return render(request, "portal/book_import.html", _previewed(account, preview))
    return render(request, "portal/book_import.html", {"form": form}, status=422)


def _previewed(account: CustomerAccount, preview: booksheets.Preview) -> dict[str, Any]:
    shown = [(each, full_name(each.place)) for each in preview.contacts[:SHOWN]]
    return {
        "form": TableForm(help_text=TABLE_HELP), "preview": preview, "shown": shown, "wrong": preview.wrong[:SHOWN],
        "rows": booksheets.sealed(account, preview.contacts) if preview.contacts else "",
    }  # fmt: skip


def _keep(request: HttpRequest, account: CustomerAccount, text: str) -> HttpResponse:
    form = TableForm(help_text=TABLE_HELP)
    try:
        contacts = booksheets.unsealed(account, text)
        count = addresses.keep_all(account, contacts, now=clock.now())
    except ValueError:
        return render(request, "portal/book_import.html", {"form": form, "problem": _("预览已失效，请重新选择文件。")}, status=422)
    except Refused as refusal:
        return render(request, "portal/book_import.html", {"form": form, "problem": str(refusal)}, status=422)
    said = _("已导入 %(new)d 条，%(known)d 条地址簿里已有。") % {"new": count, "known": len(contacts) - count}
    messages.success(request, said)
    return redirect("portal:book")


# From an order.


@require_POST
@account_required
def keep(request: HttpRequest, number: str) -> HttpResponse:
    """Put a party of one's own order into the book."""
    account, role = own_account(request), request.POST.get("role", "")
    order = get_object_or_404(Order.objects.of_account(account), number=number)
    if role in ROLES and exists(getattr(order, f"{role}_place")):
        said = {part: getattr(order, f"{role}_{part}") for part in ("name", "phone", "place", "address")}
        try:
            _entry, created = addresses.keep(account, Contact(**said), now=clock.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("已存入地址簿。") if created else _("地址簿里已有相同的一条。"))
    return redirect("portal:progress", number=number)


def picked(request: HttpRequest, account: CustomerAccount) -> dict[str, Any]:
    """Return the order form's values of the entries chosen in the book."""
    values: dict[str, Any] = {}
    for role in ROLES:
        key = request.GET.get(role, "")
        if key.isascii() and key.isdigit() and len(key) < 19 and (found := Address.objects.of(account).filter(pk=key).first()):
            values |= as_party(found, role)
    return values


def as_party(found: Address, role: str) -> dict[str, Any]:
    return {f"{role}_{part}": getattr(found, part) for part in ("name", "phone", "place", "address")}


def of_default(account: CustomerAccount) -> dict[str, Any]:
    """Return the sender the order form begins with: the default entry, else whose phone is verified."""
    found = Address.objects.of(account).filter(default=True).first()
    if found:
        return as_party(found, "shipper")
    return {"shipper_name": account.customer.name, "shipper_phone": account.customer.phone} if account.customer else {}
