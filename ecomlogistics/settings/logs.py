"""JSON lines with the request's id; secrets dropped, long runs of digits (phones, ID numbers) masked."""

import logging
import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

SECRET_KEYS = {"password", "secret", "token", "signature", "authorization", "cookie", "key"}
LONG_RUN = re.compile(r"(?<![\w.-])(?:\+?86)?(1[3-9]\d|\d{6})\d{4,8}(\d{3}[\dXx])(?![\w-])")


def masked(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Drop what is known to be secret, mask what looks like a phone or an ID number."""
    return {key: "***" if key.lower() in SECRET_KEYS else _mask(value) for key, value in event.items()}


def _mask(value: Any) -> Any:
    match value:
        case str():
            return LONG_RUN.sub(r"\1****\2", value)
        case dict():
            return {key: _mask(item) for key, item in value.items()}
        case list() | tuple():
            return [_mask(item) for item in value]
        case _:
            return value


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
PROCESSORS: list[Processor] = [
    structlog.stdlib.filter_by_level,
    *SHARED,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]


class JsonFormatter(structlog.stdlib.ProcessorFormatter):
    """Renders our own and foreign records alike."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        super().__init__(
            foreign_pre_chain=SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                masked,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )


def logging_config(level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": f"{__name__}.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": logging.getLevelName(level) if level.isdigit() else level},
        "loggers": {
            "django": {"level": level},
            "django.server": {"handlers": ["stderr"], "propagate": False},
            "pyBarcode": {"level": "WARNING"},
        },
    }
