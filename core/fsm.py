"""State machines that are safe to refresh and that say, in words and with a clause, why a step is not allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django_fsm import ConcurrentTransitionMixin, FSMFieldMixin, TransitionNotAllowed

from rulebook.errors import Conflict, Refused

Condition = Callable[[Any], bool]


class SafeFSMModelMixin(ConcurrentTransitionMixin, models.Model):
    """Protected state fields that survive `refresh_from_db` without switching protection off for the whole process.

    django-fsm-2 4.2.4 flips `protected` on the shared field object while refreshing; here the protected values are taken out
    of the instance instead, and put back if the refresh fails. Runs unchanged on django-fsm 3.
    """

    class Meta:
        abstract = True

    def _get_protected_fsm_fields(self) -> set[str]:
        return set()

    @property
    def state_fields(self) -> Iterable[FSMFieldMixin]:
        """Return the state fields that were loaded: asking for a deferred one here would load it, and so on without end."""
        return [f for f in _machines(type(self)) if f.attname in self.__dict__]

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        deferred = self.get_deferred_fields()
        wanted = (
            [f.attname for f in self._meta.concrete_fields if f.attname not in deferred] if fields is None else list(fields)
        )
        protected = {
            f.attname
            for f in self._meta.concrete_fields
            if isinstance(f, FSMFieldMixin) and f.protected and f.attname in wanted
        }
        kept = {name: self.__dict__.pop(name) for name in protected if name in self.__dict__}
        try:
            super().refresh_from_db(using=using, fields=wanted, from_queryset=from_queryset)
        except BaseException:
            self.__dict__.update(kept)
            raise
        if fields is None:
            self._prefetched_objects_cache: dict[str, Any] = {}


@cache
def _machines(model: type[models.Model]) -> tuple[FSMFieldMixin, ...]:
    """Return the state fields of a model: asked for every row that is loaded."""
    return tuple(f for f in model._meta.fields if isinstance(f, FSMFieldMixin))


def guard(clause: str, reason: Any) -> Callable[[Condition], Condition]:
    """Mark a transition condition with the clause it enforces and the words a user reads when it fails."""

    def mark(condition: Condition) -> Condition:
        condition.clause, condition.reason = clause, reason  # type: ignore[attr-defined]
        return condition

    return mark


def unmet(step: Callable[..., Any]) -> Condition | None:
    """Return the first failing guard of a bound transition, or None. Shown beside a greyed button; raised by `perform`."""
    instance = step.__self__  # type: ignore[attr-defined]
    meta = step._django_fsm  # type: ignore[attr-defined]
    transition = meta.get_transition(meta.field.get_state(instance))
    if transition is None:
        return None
    return next((check for check in transition.conditions if not check(instance)), None)


def in_source(step: Callable[..., Any]) -> bool:
    """Tell whether the machine has this step from the present state, guards aside."""
    meta = step._django_fsm  # type: ignore[attr-defined]
    return bool(meta.has_transition(meta.field.get_state(step.__self__)))  # type: ignore[attr-defined]


def perform(step: Callable[..., Any], **values: Any) -> None:
    """Run a bound transition; why it is not allowed is looked up only when it is not.

    :raises Refused: a guard says no (422, with its clause)
    :raises Conflict: the row is not in a state this step starts from (409); says who acted last and when
    """
    try:
        step(**values)
    except TransitionNotAllowed as refusal:
        failing = unmet(step) if in_source(step) else None
        if failing is not None:
            raise Refused(failing.clause, str(failing.reason)) from refusal  # type: ignore[attr-defined]
        instance = step.__self__  # type: ignore[attr-defined]
        words = _("当前状态为“%(state)s”，不能执行该操作。") % {"state": instance.get_state_display()}
        raise Conflict(words, **getattr(instance, "last_act", dict)()) from refusal
