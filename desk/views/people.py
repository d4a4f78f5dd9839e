"""People and their posts: hire, appoint, relieve. A post once held stays on record with its dates."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.language import in_words
from desk.officeforms import PersonForm, PostForm
from desk.views.answers import explained
from network import services
from network.access import staff_required
from network.models import Account, Person, Post
from rulebook.roles import Role

PAGE = 50


@staff_required
@explained
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """List the staff with the posts they hold now."""
    _organise(request)
    text = request.GET.get("q", "").strip()[:40]
    held = Post.objects.filter(until=None).select_related("unit").order_by("id")
    found = Person.objects.order_by("number").prefetch_related(Prefetch("posts", held, to_attr="held"))
    if text:
        found = found.filter(
            Q(name__icontains=text) | Q(number__iexact=text) | Q(posts__unit__name__icontains=text)
        ).distinct()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [(person, [(post.unit, in_words(Role(post.role))) for post in person.held]) for person in page]
    return render(request, "desk/people.html", {"page": page, "rows": rows, "text": text, "query": f"q={text}&"})


def _organise(request: HttpRequest) -> None:
    request.person.require("organise")  # type: ignore[attr-defined]


@staff_required
@explained
@require_GET
def person(request: HttpRequest, number: str) -> HttpResponse:
    """Show somebody's posts, past and present."""
    _organise(request)
    return _page(request, number, PostForm())


def _page(request: HttpRequest, number: str, form: PostForm) -> HttpResponse:
    shown = get_object_or_404(Person.objects.select_related("account"), number=number)
    posts = shown.posts.select_related("unit").order_by("-since", "-pk")
    rows = [(post, in_words(Role(post.role))) for post in posts]
    status = 422 if form.is_bound else 200
    return render(request, "desk/people_one.html", {"shown": shown, "rows": rows, "form": form}, status=status)


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def hire(request: HttpRequest) -> HttpResponse:
    """Take on a member of staff; posts are given on the next page."""
    _organise(request)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        with transaction.atomic():
            account = Account.objects.create_user(values["number"], password=values["password"])
            Person.objects.create(account=account, number=values["number"], name=values["name"], phone=values["phone"])
        messages.success(request, _("%s 已登记，请任命岗位。") % values["name"])
        return redirect("desk:person", values["number"])
    return render(request, "desk/people_new.html", {"form": form}, status=422 if form.is_bound else 200)


@staff_required
@explained
@require_POST
def appoint(request: HttpRequest, number: str) -> HttpResponse:
    """Give a post from now on; a post of which there is one ends for whoever held it."""
    _organise(request)
    shown = get_object_or_404(Person, number=number)
    form = PostForm(request.POST)
    if not form.is_valid():
        return _page(request, number, form)
    role, unit = Role(form.cleaned_data["role"]), form.cleaned_data["unit"]
    services.appoint(shown, role=role, unit=unit, now=clock.now())
    messages.success(
        request,
        _("%(name)s 自现在起任 %(unit)s %(role)s。") % {"name": shown.name, "unit": unit.name, "role": in_words(role)},
    )
    return redirect("desk:person", number)


@staff_required
@explained
@require_POST
def relieve(request: HttpRequest, pk: int) -> HttpResponse:
    """End a post now."""
    _organise(request)
    post = get_object_or_404(Post.objects.select_related("person"), pk=pk)
    services.relieve(post, now=clock.now())
    messages.success(request, _("%s 的该岗位已于现在结束，任期保留在记录里。") % post.person.name)
    return redirect("desk:person", post.person.number)
