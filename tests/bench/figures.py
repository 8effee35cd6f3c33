"""The figures of a bench: what was measured, beside what must hold and what is aimed at; as a table and as JSON."""

import json
import os
import platform
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Target:
    """A line of the table; `unit` "F" is a ratio to the floor. Lower is better unless `more`."""

    label: str
    must: float | None
    aim: float | None
    unit: str = ""
    more: bool = False


#: In the order of the table. "ratio" lines divide requests per second by those of F in the same rounds.
TARGETS: dict[str, Target] = {
    "floor": Target("F: floor, gunicorn sync x2, requests/s", None, None, "/s", True),
    "floor_granian": Target("the same on granian x2", None, None, "F", True),
    "topic": Target("topic page of 20 posts, signed in", 0.35, 0.50, "F", True),
    "topic_wide": Target("the same over 1,000 topics (nothing in memory)", 0.35, 0.50, "F", True),
    "list": Target("topic list of 30, signed in", 0.30, 0.50, "F", True),
    "home": Target("member's home", 0.25, 0.40, "F", True),
    "session": Target("session page, signed in", 0.25, 0.40, "F", True),
    "month": Target("agenda month, signed in", 0.25, 0.40, "F", True),
    "topic_public": Target("topic page, anonymous", 0.60, 2, "F", True),
    "list_public": Target("topic list, anonymous", 0.60, 2, "F", True),
    "agenda_public": Target("agenda, anonymous", 0.60, 2, "F", True),
    "depth": Target("depth: page 60 of a long topic against page 1, p50", 1.10, 1.0, "x"),
    "growth_topic": Target("growth, 1,000,000 posts against 10,000: topic page, p50", 1.3, 1.05, "x"),
    "growth_list": Target("growth: topic list", 1.3, 1.05, "x"),
    "growth_home": Target("growth: home", 1.3, 1.05, "x"),
    "growth_session": Target("growth: session page", 1.3, 1.05, "x"),
    "growth_month": Target("growth: agenda month (40 times more sessions)", 1.3, 1.05, "x"),
    "replies": Target("replies per second at concurrency 8, all included", 150, 250, "/s", True),
    "live_p95": Target("live, 1,000 readers: POST to frame, the write included, p95", 60, 25, "ms"),
    "live_p50": Target("the same, p50", None, None, "ms"),
    "live_two_p95": Target("the same on two live processes of 500 readers each, p95", 60, 25, "ms"),
    "live_burst": Target("live: frames/s against a stock pub/sub consumer", 4, 6, "x", True),
    "live_stalled": Target("live: slowdown of others by one stalled socket", 1.2, 1.05, "x"),
    "socket": Target("memory per idle socket", 35, 25, "kB"),
    "search": Target("search of a word in 17 % of posts, concurrency 8, p95", 60, 30, "ms"),
    "search_alone": Target("the same alone on 1,000,000 posts, p95", 150, 50, "ms"),
    "directory": Target("directory over 100,000 people with facets, alone, p95", 120, 40, "ms"),
    "matching": Target("peers sought for a need among 100,000 people, alone, p95", 120, 40, "ms"),
    "matching_top5": Target("labelled needs: right peers among the first five", 0.85, 0.95, "", True),
    "load_32": Target("load: topic page, requests/s at concurrency 32 against 8", 0.9, 1.0, "x", True),
    "load_64": Target("load: errors at concurrency 64", 0, 0, ""),
    "queries_topic": Target("queries: topic page, signed in", 8, 5),
    "queries_home": Target("queries: home", 9, 6),
    "queries_list": Target("queries: topic list", 8, 5),
    "queries_reply": Target("queries: reply", 15, 12),
    "html": Target("HTML of a topic page, uncompressed", 65, 40, "kB"),
    "first_visit": Target("first visit to a topic, everything, compressed", 200, 100, "kB"),
    "reminders": Target("reminders, due to handed to SMTP, per worker", 200, 500, "/s", True),
    "seats": Target("seat claims decided on one session", 200, 500, "/s", True),
    "memory": Target("memory of everything idle", 800, 500, "MB"),
    "lighthouse": Target("Lighthouse mobile, each main page (performance)", 90, 98, "", True),
}


@dataclass
class Figure:
    value: float
    note: str = ""


@dataclass
class Figures:
    """Filled by the parts of a bench. `reasons` says why a figure is absent."""

    measured: dict[str, Figure] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)

    def add(self, key: str, value: float, note: str = "") -> None:
        if key not in TARGETS:
            raise KeyError(key)
        self.measured[key] = Figure(value, note)

    def miss(self, reason: str, *keys: str) -> None:
        for key in keys:
            self.reasons.setdefault(key, reason)

    def verdict(self, key: str) -> str:
        """ "aim" and "must" when they hold, "MISSES" by how much, empty where nothing is asked."""
        target, figure = TARGETS[key], self.measured.get(key)
        if figure is None or target.must is None or target.aim is None:
            return ""
        if _holds(figure.value, target.aim, target.more):
            return "aim"
        if _holds(figure.value, target.must, target.more):
            return "must"
        away = figure.value / target.must if target.must else figure.value
        return f"MISSES ({away:.2f} x must)" if target.must else f"MISSES by {away:g}"

    def table(self) -> str:
        rows = [("figure", "measured", "must", "aim", "verdict", "")]
        for key, target in TARGETS.items():
            figure = self.measured.get(key)
            words = (_number(figure.value) + _unit(target.unit)) if figure else NOT_MEASURED
            note = figure.note if figure else self.reasons.get(key, "")
            rows.append((target.label, words, _bound(target.must), _bound(target.aim), self.verdict(key), note))
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)) for row in rows]
        lines = [f"{line}  {row[5]}".rstrip() for line, row in zip(lines, rows, strict=True)]
        lines.insert(1, "-" * (sum(widths) + 8))
        return "\n".join(lines)

    def write(self, path: Path, **about: Any) -> None:
        figures = {
            key: {
                "label": target.label,
                "unit": target.unit,
                "must": target.must,
                "aim": target.aim,
                **(asdict(self.measured[key]) if key in self.measured else {"reason": self.reasons.get(key, "")}),
                "verdict": self.verdict(key),
            }
            for key, target in TARGETS.items()
        }
        machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()}
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {"at": at, "machine": machine, **about, "figures": figures, "raw": self.raw}
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _holds(value: float, bound: float, more: bool) -> bool:
    return value >= bound if more else value <= bound


def _number(value: float) -> str:
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def _unit(unit: str) -> str:
    return f" {unit}" if unit and unit != "/s" else unit


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
