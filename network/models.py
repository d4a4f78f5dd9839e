"""Units, people, posts and the calendar. Who held which post over which unit, at any instant, can always be told."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Actor
from network.choices import MAY, NATIONWIDE, UnitKind
from rulebook.errors import Denied
from rulebook.roles import Role


class Account(AbstractUser):
    """A login. Staff have a Person beside it; customers and partners get theirs in their own apps."""


class UnitQuerySet(models.QuerySet["Unit"]):
    def branches(self) -> UnitQuerySet:
        return self.filter(kind=UnitKind.BRANCH, closed_at=None)

    def below(self, unit: Unit) -> UnitQuerySet:
        """Restrict to a unit and everything under it."""
        return self.filter(path__gte=unit.path, path__lt=unit.path_end)

    def visible_to(self, person: Person) -> UnitQuerySet:
        return self.filter(person.scope("path"))


class Unit(models.Model):
    """A place in the organisation: division > area > region > branch, or a department. Branches carry their site."""

    code = models.CharField(_("编号"), max_length=20, unique=True, editable=False)  # part of the path: HQ/D1/A1/R1/B1/
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=12, choices=UnitKind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=120, unique=True, editable=False)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    place = models.CharField(_("行政区划代码"), max_length=6, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lng = models.FloatField(null=True, blank=True)
    opens = models.TimeField(_("营业开始"), null=True, blank=True)
    closes = models.TimeField(_("营业结束"), null=True, blank=True)
    serves = models.JSONField(_("服务范围"), default=list, blank=True, help_text=_("行政区划代码前缀"))
    services = models.JSONField(_("服务项目"), default=list, blank=True)
    closed_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="branch") | Q(lat__isnull=False, lng__isnull=False), name="branch_has_a_site"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path_end(self) -> str:
        """Return the first path behind everything below this unit ('0' follows '/')."""
        return f"{self.path[:-1]}0"


class Placement(models.Model):
    """Where a unit stood in the organisation, from–to: a reorganisation never rewrites who was responsible."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="placements")
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(until=None), name="one_current_placement"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="placement_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} < {self.parent}"


class Person(models.Model):
    """A member of staff."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="person")
    number = models.CharField(_("工号"), max_length=20, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("电话"), max_length=30, blank=True)

    def __str__(self) -> str:
        return self.name

    @cached_property
    def current_posts(self) -> list[Post]:
        """Return the posts held now, the senior one first."""
        return list(self.posts.filter(until=None).select_related("unit").order_by("id"))

    @property
    def unit(self) -> Unit | None:
        return self.current_posts[0].unit if self.current_posts else None

    def unit_for(self, wanted: Unit | None) -> Unit | None:
        """Return the unit the person acts for: the wanted one where they hold a post in it, else that of their senior post."""
        return wanted if any(post.unit == wanted for post in self.current_posts) else self.unit

    @property
    def roles(self) -> set[Role]:
        return {Role(post.role) for post in self.current_posts}

    @property
    def actor(self) -> Actor:
        return Actor("person", str(self.pk), self.current_posts[0].role if self.current_posts else "")

    def may(self, verb: str) -> bool:
        """Tell whether one of the person's posts carries this verb."""
        return not self.roles.isdisjoint(MAY[verb])

    def require(self, verb: str) -> None:
        """:raises Denied: none of the person's posts carries this verb"""
        if not self.may(verb):
            raise Denied(str(_("您的岗位无权执行此操作。")))

    @property
    def nationwide(self) -> bool:
        return not self.roles.isdisjoint(NATIONWIDE)

    def sees(self, unit: Unit | None) -> bool:
        """Tell whether what this unit has lies within what this person may see: `scope`, for a row that is at hand."""
        if self.nationwide:
            return True
        return unit is not None and any(unit.path.startswith(post.unit.path) for post in self.current_posts)

    def scope(self, field: str) -> Q:
        """
        Return the condition on a unit path that holds for what this person may see: own units and everything below.

        For a nationwide role it holds for every row. It is never an empty Q: `Q() | other` would be `other` alone, and who sees
        everything would see only the other part.
        """
        if self.nationwide:
            return Q(pk__isnull=False)
        ranges = [Q(**{f"{field}__gte": p.unit.path, f"{field}__lt": p.unit.path_end}) for p in self.current_posts]
        return Q(*ranges, _connector=Q.OR) if ranges else Q(pk__in=[])


class PostQuerySet(models.QuerySet["Post"]):
    def at(self, instant: datetime) -> PostQuerySet:
        """Restrict to posts held at an instant (from inclusive, to exclusive)."""
        return self.filter(Q(until=None) | Q(until__gt=instant), since__lte=instant)


class Post(models.Model):
    """A role held in a unit by a person, from–to. A fine goes to whoever held the post at that moment."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    role = models.CharField(_("岗位"), max_length=30, choices=[(role.value, role.zh) for role in Role])
    since = models.DateTimeField(_("任职自"))
    until = models.DateTimeField(_("任职至"), null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="post_ends_after_start"),
            models.UniqueConstraint(
                fields=["person", "unit", "role"], condition=Q(until=None), name="one_current_post_of_a_kind"
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"], name="post_by_unit")]

    def __str__(self) -> str:
        return f"{self.person} {self.role} {self.unit}"


class CalendarDay(models.Model):
    """One day of the working-day calendar (§0.6), editable; `confirmed` once the official schedule is known."""

    date = models.DateField(_("日期"), unique=True)
    is_workday = models.BooleanField(_("工作日"))
    confirmed = models.BooleanField(_("已确认"))
    source = models.CharField(_("来源"), max_length=60)

    class Meta:
        ordering = ("date",)

    def __str__(self) -> str:
        return f"{self.date:%F} {self.is_workday}"
