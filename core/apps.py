from typing import Any

from django.apps import AppConfig
from django.db.models.signals import class_prepared
from django_fsm import FSMFieldMixin


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        _spare_migrations()


def _spare_migrations() -> None:
    """
    Let the models of migrations have no machines: they are drawn up by the ten thousand, and every state field of each would
    listen to all that come after it, which doubles the time of a first migrate.
    """
    contribute = FSMFieldMixin.contribute_to_class

    def contribute_to_class(self: FSMFieldMixin, cls: type[Any], name: str, *args: Any, **options: Any) -> None:
        contribute(self, cls, name, *args, **options)
        if cls.__module__ == "__fake__":
            class_prepared.disconnect(self._collect_transitions)

    FSMFieldMixin.contribute_to_class = contribute_to_class
