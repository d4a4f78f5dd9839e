"""What the desk remembers for its people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from network.models import Person, Unit


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of(self, person: Person) -> "SavedViewQuerySet":
        """Return one's own views and those shared in one's unit, by name."""
        unit = person.unit
        mine = models.Q(owner=person)
        shared = models.Q(shared_in=unit.pk) if unit else models.Q()
        return self.filter(mine | shared).order_by("name", "pk")


class SavedView(models.Model):
    """A set of queue filters under a name (“我的视图”), for oneself or shared in one's unit."""

    owner = models.ForeignKey(Person, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("视图名称"), max_length=20)
    query = models.CharField(max_length=400)
    shared_in = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_per_name_and_owner")]

    def __str__(self) -> str:
        return self.name


class PhoneAct(models.Model):
    """An act as a courier's phone told it, under the phone's own key: told twice, it is done once."""

    key = models.CharField(max_length=40, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=24)
    number = models.CharField(max_length=20)
    at = models.DateTimeField()  # the device's time
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.verb} {self.number} {self.key}"
