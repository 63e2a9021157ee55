"""Logs: one JSON line per event, with a fixed sentence and allowed facts, never a person."""

import logging.config
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure(config: dict[str, Any]) -> None:
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    logging.config.dictConfig(
        {
            "version": 1,
            # Libraries made theirs before this runs.
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
                # Client errors: `django.request` logs them too, without a traceback.
                "django.security": {"level": "CRITICAL"},
                # Django logs statements at DEBUG, and only if settings.DEBUG is on.
                "django.db.backends": {"level": "DEBUG" if config["sql"] else "INFO"},
                "signxml": {"level": "WARNING"},  # at DEBUG it logs the signed content, which names people
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
    # Identify Django's requests by view: the address may contain an invitation's token.
    record: logging.LogRecord = event["_record"]
    request = getattr(record, "request", None)
    if request is not None:
        match = getattr(request, "resolver_match", None)
        event["event"] = "a request was not answered as asked"
        event["view"] = match.view_name if match else None
        event["status"] = getattr(record, "status_code", None)
    return event
