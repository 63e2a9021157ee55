"""Logs: one JSON line each, a fixed sentence and allowed facts, never a person."""

import logging.config
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure(config: dict[str, Any]) -> None:
    """Set logging up; Django calls it with `settings.LOGGING`."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": [*shared, _without_address],
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        structlog.processors.JSONRenderer(),
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "loggers": {
                "procrastinate": {"level": "WARNING"},
                # What a client got wrong: `django.request` says it too, without a traceback.
                "django.security": {"level": "CRITICAL"},
                # Django logs statements at DEBUG, and only where settings.DEBUG is on.
                "django.db.backends": {"level": "DEBUG" if config["sql"] else "INFO"},
                "signxml": {"level": "WARNING"},  # in detail it tells what was signed: who somebody is
            },
            "root": {"handlers": ["stderr"], "level": config["level"]},
        }
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _without_address(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say what Django says of a request by its view: the address may hold an invitation's token."""
    record: logging.LogRecord = event["_record"]
    request = getattr(record, "request", None)
    if request is not None:
        match = getattr(request, "resolver_match", None)
        event["event"] = "a request was not answered as asked"
        event["view"] = match.view_name if match else None
        event["status"] = getattr(record, "status_code", None)
    return event
