"""How an operation is told in the schema: one line above its view."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import serializers

View = TypeVar("View", bound=type)


@extend_schema_serializer(component_name="Error")
class ErrorAnswer(serializers.Serializer[Any]):
    """What every error says (design §4); where several things are wrong, `errors` lists them all."""

    code = serializers.CharField(help_text="固定的错误代码，供程序判断")
    message = serializers.CharField(help_text="中文说明：哪里有误、怎样办")
    clause = serializers.CharField(help_text="制度条款，没有则为空", allow_blank=True)
    field = serializers.CharField(help_text="有误的字段，没有则为空", allow_blank=True)
    request_id = serializers.CharField(help_text="咨询时请提供")


ERRORS = {
    "400": ("请求内容有误，field 指出字段", "required", "请填写合作平台单号。", "", "partner_order_no"),
    "401": ("没有登录或签名有误，message 说明哪一部分不符", "signature_missing", "缺少签名请求头：X-Signature。", "", ""),
    "403": ("无权调用", "denied", "此接口仅限员工使用。", "", ""),
    "404": ("没有这条记录，或不在可见范围内", "not_found", "没有这条记录，或不在您的查看范围内。", "", ""),
    "409": ("状态已变，或别人先做了：winner、at 说明是谁、何时", "conflict", "当前状态为“已取消”，不能执行该操作。", "", ""),
    "422": ("制度不允许，clause 为条款", "refused", "预约接货时间最迟为下单后第 3 天。", "§1.2.1.4p", "pickup.appointment"),
    "429": ("请求过于频繁，Retry-After 为须等待的秒数", "throttled", "请求过于频繁，请按 Retry-After 的秒数等待后重试。", "", ""),
}
"""What each status means, with an example: code, message, clause, field."""


class Summarised(AutoSchema):
    """The first line of what a view or its service says of itself is the operation's summary; every operation names its errors."""

    def get_serializer_name(self, serializer: Any, direction: str) -> str:
        """Return a name no other body has: apps call theirs alike (delivery.keyapi.WordsBody is DeliveryKeyWordsBody)."""
        kind = type(serializer)
        return "".join(part.removesuffix("api").title() for part in kind.__module__.split(".")) + kind.__name__

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)  # type: ignore[no-untyped-call]
        for status in ERRORS.keys() - bodies.keys():
            bodies[status] = self._get_response_for_code(_error(status), status, ["application/json"], direction)  # type: ignore[no-untyped-call]
        return dict(sorted(bodies.items()))

    def get_summary(self) -> str | None:
        described: str = self.get_description()
        return described.strip().split("\n", 1)[0] or None


def _error(status: str) -> OpenApiResponse:
    words, code, message, clause, field = ERRORS[status]
    value = {"code": code, "message": message, "clause": clause, "field": field, "request_id": "7f3f07df-6b50-4e3e-ae4a-b9a18e3ca149"}
    return OpenApiResponse(ErrorAnswer, description=words, examples=[OpenApiExample(code, value=value, status_codes=[status])])


def operation(method: str, name: str, *, answer: Any = OpenApiTypes.OBJECT, **more: Any) -> Callable[[View], View]:
    """Describe the view's operation of this method under this name."""
    return extend_schema_view(**{method: extend_schema(operation_id=name, responses=answer, **more)})
