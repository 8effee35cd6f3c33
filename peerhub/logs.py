"""Log lines: JSON in production, with the request's id, and nothing that a person wrote or that opens a door.

Paths are logged as routes (a path may hold a token), exceptions as their class and frames (a message may quote
content, and PostgreSQL's details quote rows).
"""

import logging
import traceback
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def frames_of(exc_info: ExcInfo) -> str:
    """`ValueError: forums/views/topics.py:31 topic < ...`, innermost first, without the message."""
    kind, _error, trace = exc_info
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(traceback.extract_tb(trace))]
    return f"{kind.__name__ if kind else ''}: " + " < ".join(frames)


class RequestIdFilter(logging.Filter):
    """Give every record the id of the request that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        if record.name == "django.request":
            # Django's own message ends with the path.
            record.msg, record.args = str(record.msg).partition(":")[0], ()
        elif record.name.startswith("django.security."):
            # What a client got wrong is no error of ours; the message quotes what it sent.
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args, record.exc_info = f"refused: {record.name.rpartition('.')[2]}", (), None
        return True


class JsonLines(JsonFormatter):
    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return frames_of(ei)


class PlainLines(logging.Formatter):
    """For the terminal of the demo: the extra fields follow the message."""

    KNOWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request_id", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        extra = {key: value for key, value in record.__dict__.items() if key not in self.KNOWN and key != "request"}
        extra.pop("status_code", None)
        line = super().format(record)
        return f"{line}  {' '.join(f'{key}={value}' for key, value in extra.items())}" if extra else line


def configuration(level: str, *, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": RequestIdFilter}},
        "formatters": {
            "json": {
                "()": JsonLines,
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            },
            "plain": {"()": PlainLines, "format": "%(levelname)s %(name)s %(message)s"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if as_json else "plain",
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True, "level": "INFO"},
            # 4xx are answers, not errors, and are in the line of their request.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "propagate": False},
            "celery": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
        },
    }
