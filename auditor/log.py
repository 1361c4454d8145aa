"""Structured logs on stderr: one line a visit, details in the evidence, secrets never."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

__all__ = ["configure", "get_logger"]

_SECRET = ("password", "secret", "token", "authorization")
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160))}


def configure(*, verbose: bool, terminal: bool) -> None:
    """Set up logging once, at start: readable on a terminal, one JSON object a line elsewhere."""
    renderer: Any = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _scrub,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if verbose else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> Any:  # noqa: ANN401 - structlog's loggers are typed by what they are bound to
    """Give a logger that says which part of the program speaks."""
    return structlog.get_logger(part=name)


def _scrub(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Hide secrets by name and make control characters from sites visible, so that a line stays a line."""
    for key, value in event.items():
        if any(word in key.lower() for word in _SECRET):
            event[key] = "***"
        elif isinstance(value, str) and key != "exception":
            event[key] = value.translate(_CONTROL)
    return event
