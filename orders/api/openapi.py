"""How an operation is told in the schema: one line above its view."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view

View = TypeVar("View", bound=type)


def operation(method: str, name: str, *, answer: Any = OpenApiTypes.OBJECT, **more: Any) -> Callable[[View], View]:
    """Describe the view's operation of this method under this name."""
    return extend_schema_view(**{method: extend_schema(operation_id=name, responses=answer, **more)})
