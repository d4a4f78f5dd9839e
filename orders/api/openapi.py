"""How an operation is told in the schema: one line above its view."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view

View = TypeVar("View", bound=type)


class Summarised(AutoSchema):
    """The first line of what a view or its service says of itself is the operation's summary."""

    def get_summary(self) -> str | None:
        described: str = self.get_description()
        return described.strip().split("\n", 1)[0] or None


def operation(method: str, name: str, *, answer: Any = OpenApiTypes.OBJECT, **more: Any) -> Callable[[View], View]:
    """Describe the view's operation of this method under this name."""
    return extend_schema_view(**{method: extend_schema(operation_id=name, responses=answer, **more)})
