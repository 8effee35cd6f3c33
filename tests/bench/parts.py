"""The parts of a bench: each measures some figures on the stage that it is given."""

import asyncio
import gzip
import http.client
import json
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from peerhub.embedded.processes import free_port
from tests.bench import live
from tests.bench.driver import TOKEN, drive
from tests.bench.figures import Figures
from tests.bench.matching_quality import quality
from tests.bench.stage import HOST, ORIGIN, ROOT, Process, Stage, say, wait_for

BODY = (
    "Merci pour ce retour. Chez nous la cuisine centrale livre **quatre communes** depuis 2023 ; le marché a été "
    "alloti par produit, et trois maraîchers ont répondu.\n\n- un lot légumes\n- un lot produits laitiers\n\n"
    "Je joins volontiers notre cahier des charges."
)
REPETITIONS = 400


@dataclass
class Run:
    """What the parts share: the stage, the processes that run, and where the figures go."""

    stage: Stage
    figures: Figures
    scale: str
    is_quick: bool
    environment: dict[str, str]
    scene: dict[str, Any]
    web: Process
    others: list[Process] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return 1.0 if self.is_quick else 2.0

    @property
    def rounds(self) -> int:
        return 3


# --- Requests -----------------------------------------------------------------------------------------------------


def get(path: str, cookie: str = "", more: str = "") -> str:
    cookies = f"Cookie: {cookie}\r\n" if cookie else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.7\r\n"
        f"Accept-Language: fr\r\nConnection: keep-alive\r\n{cookies}{more}\r\n"
    )


def post(path: str, cookie: str, body: str, more: str = "") -> str:
    return (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.7\r\n"
        f"Origin: {ORIGIN}\r\nConnection: keep-alive\r\nCookie: {cookie}\r\n{more}"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}"
    )


def reply(path: str, cookie: str, csrf: str) -> str:
    """As htmx sends it; the token differs each time."""
    text = BODY.replace(" ", "+").replace("\n", "%0A").replace("é", "%C3%A9").replace("î", "%C3%AE")
    text = text.replace("à", "%C3%A0").replace(";", "%3B")
    body = f"csrfmiddlewaretoken={csrf}&token={TOKEN}&body={text}"
    return post(path, cookie, body, "HX-Request: true\r\n")


def readings(scene: dict[str, Any], paths: Sequence[str], *, signed_in: bool, count: int = REPETITIONS) -> list[str]:
    """Requests as they come in life: any person, any of the pages."""
    dice = random.Random(3)
    return [
        get(dice.choice(paths), dice.choice(scene["cookies"]) if signed_in else "")
        for _ in range(max(count, len(paths)))
    ]


def page_requests(scene: dict[str, Any]) -> dict[str, list[str]]:
    signed = {
        "topic": "topics",
        "topic_wide": "topics_wide",
        "list": "lists",
        "home": "home",
        "session": "sessions",
        "month": "month",
    }
    public = {"topic_public": "topic_public", "list_public": "lists_public", "agenda_public": "agenda_public"}
    wanted = {key: readings(scene, scene[name], signed_in=True) for key, name in signed.items() if scene[name]}
    return wanted | {key: readings(scene, scene[name], signed_in=False) for key, name in public.items() if scene[name]}


def warm(port: int, requests: list[str]) -> None:
    """Some requests once: templates are compiled and caches filled, in both workers."""
    drive(port, requests[:100], concurrency=8, once=True)


# --- Pages against the floor ----------------------------------------------------------------------------------------


def floor_requests() -> list[str]:
    dice = random.Random(4)
    return [get(f"/{dice.randint(1, 5000)}/") for _ in range(REPETITIONS)]


def start_floor(stage: Stage, kind: str, name: str = "", *options: str) -> Process:
    """The floor under "gunicorn" or "granian", filled at its first time."""
    if not stage.has_database("bench_floor"):
        stage.make_empty("bench_floor")
    environment = stage.environment("bench_floor")
    subprocess.run([sys.executable, "-m", "tests.bench.floor"], cwd=ROOT, env=environment, check=True)
    port = free_port()
    argv = {
        "gunicorn": ["gunicorn", "--workers=2", f"--bind=127.0.0.1:{port}", "--log-level=warning", "--backlog=512"],
        "granian": [
            "granian", "--interface=wsgi", "--workers=2", "--blocking-threads=1", "--no-ws", "--log-level=warning",
            "--host=127.0.0.1", f"--port={port}",
        ],
    }[kind]  # fmt: skip
    argv = [sys.executable, "-m", *argv, *options, "tests.bench.floor:application"]
    process = stage.start(name or f"floor-{kind}", argv, environment, port)
    wait_for(process, "/1/")
    warm(port, floor_requests())
    return process


def pages(run: Run) -> None:
    """Requests per second of each page, each slice right after a slice of F: ratios of neighbours, then medians."""
    floor, granian = start_floor(run.stage, "gunicorn"), start_floor(run.stage, "granian")
    wanted = page_requests(run.scene)
    say("Warming the pages...")
    for requests in wanted.values():
        warm(run.web.port, requests)
    floors: list[float] = []
    ratios: dict[str, list[float]] = {key: [] for key in ["floor_granian", *wanted]}
    rates: dict[str, list[float]] = {key: [] for key in wanted}
    latencies: dict[str, list[float]] = {key: [] for key in wanted}
    below = floor_requests()
    for number in range(run.rounds):
        say(f"Pages, round {number + 1} of {run.rounds}...")
        for key, requests in [("floor_granian", below), *wanted.items()]:
            base = drive(floor.port, below, seconds=run.seconds / 2)["per_second"]
            port = granian.port if key == "floor_granian" else run.web.port
            found = drive(port, requests, seconds=run.seconds)
            _require_no_errors(key, found)
            floors.append(base)
            ratios[key].append(found["per_second"] / base)
            if key in rates:
                rates[key].append(found["per_second"])
                latencies[key].append(found["p95_ms"])
    run.figures.add("floor", statistics.median(floors), f"from {min(floors):.0f} to {max(floors):.0f} in this run")
    run.figures.add("floor_granian", statistics.median(ratios["floor_granian"]))
    for key in wanted:
        note = f"{statistics.median(rates[key]):.0f}/s, p95 {statistics.median(latencies[key]):.0f} ms"
        run.figures.add(key, statistics.median(ratios[key]), note)
    run.figures.raw["pages"] = {"floors": floors, "ratios": ratios, "per_second": rates}
    run.stage.end(floor, granian)


def _require_no_errors(key: str, found: dict[str, Any]) -> None:
    if found["errors"]:
        raise RuntimeError(f"{key}: {found['errors']} answers were not 200: {found['statuses']}")


def load(run: Run) -> None:
    requests = readings(run.scene, run.scene["topics"], signed_in=True)
    warm(run.web.port, requests)
    ratios, errors, rates = [], 0, []
    for _ in range(run.rounds):
        eight = drive(run.web.port, requests, seconds=run.seconds)
        many = drive(run.web.port, requests, seconds=run.seconds, concurrency=32)
        most = drive(run.web.port, requests, seconds=run.seconds, concurrency=64)
        ratios.append(many["per_second"] / eight["per_second"])
        errors += eight["errors"] + many["errors"] + most["errors"]
        rates.append([eight["per_second"], many["per_second"], most["per_second"]])
    run.figures.add("load_32", statistics.median(ratios))
    run.figures.add("load_64", errors)
    run.figures.raw["load"] = rates


def depth(run: Run) -> None:
    if run.scene["deep_posts"] < 1200:
        return run.figures.miss(f"the longest topic has {run.scene['deep_posts']} posts at this scale", "depth")
    cookies = run.scene["cookies"]
    first, deep = ([get(path, cookie) for cookie in cookies] for path in run.scene["deep"])
    for requests in (first, deep):
        warm(run.web.port, requests)
    ratios, raw = [], []
    for _ in range(run.rounds * 2):
        one = drive(run.web.port, first, seconds=run.seconds / 2, concurrency=1)
        sixty = drive(run.web.port, deep, seconds=run.seconds / 2, concurrency=1)
        ratios.append(sixty["p50_ms"] / one["p50_ms"])
        raw.append([one["p50_ms"], sixty["p50_ms"]])
    run.figures.raw["depth"] = raw
    return run.figures.add("depth", statistics.median(ratios), f"{raw[0][0]:.1f} ms and {raw[0][1]:.1f} ms")


GROWTH = {"topic": "topics_wide", "list": "lists", "home": "home", "session": "sessions", "month": "month"}


def growth(run: Run) -> None:
    """The same pages of the small world and of this one, turn about, one request at a time."""
    keys = [f"growth_{key}" for key in GROWTH]
    if run.scale != "full":
        return run.figures.miss("needs --scale full", *keys)
    database = run.stage.fresh_copy("small")
    environment = run.stage.environment(database, 3)
    scene = run.stage.inside(environment, "scene")
    small = run.stage.start_app("web", environment)
    for key, name in GROWTH.items():
        both = [
            (small.port, readings(scene, scene[name], signed_in=True)),
            (run.web.port, readings(run.scene, run.scene[name], signed_in=True)),
        ]
        for port, requests in both:
            warm(port, requests)
        times = [
            [drive(port, requests, seconds=run.seconds / 2, concurrency=1)["p50_ms"] for port, requests in both]
            for _ in range(run.rounds)
        ]
        ratio = statistics.median(big / little for little, big in times)
        note = "{:.1f} ms and {:.1f} ms".format(*(statistics.median(column) for column in zip(*times, strict=True)))
        run.figures.add(f"growth_{key}", ratio, note)
    run.stage.end(small)
    return None


# --- Writing ------------------------------------------------------------------------------------------------------


def _with_workers(run: Run) -> None:
    """The worker, beat and live processes, if they do not run yet, and somebody who takes the worker's mails: without,
    each mail would be written again and again, and none of a streak would be spared."""
    _with_sink(run)
    for name in ("live", "worker", "beat"):
        if not any(process.name == name for process in run.others):
            run.others.append(run.stage.start_app(name, run.environment))


def _with_sink(run: Run) -> None:
    """An SMTP server that accepts all, known to the processes that are started after it."""
    if any(process.name == "sink" for process in run.stage.processes):
        return
    run.stage.start("sink", [sys.executable, "-m", "tests.bench.sink"], run.environment)
    run.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{int(_first_line(run.stage.var / 'sink.log'))}"


def replies(run: Run) -> None:
    """Replies of anyone in any topic, while worker, beat and live do their part."""
    _with_workers(run)
    dice, scene = random.Random(9), run.scene
    paths = dice.sample(scene["topics_for_replies"], min(200, len(scene["topics_for_replies"])))
    requests = [reply(dice.choice(paths), dice.choice(scene["cookies"]), scene["csrf"]) for _ in range(REPETITIONS)]
    rates = []
    for _ in range(run.rounds):
        found = drive(run.web.port, requests, seconds=run.seconds, expected=201)
        _require_no_errors("replies", found)
        rates.append(found["per_second"])
    backlog = run.stage.inside(run.environment, "backlog")["events"]
    run.figures.add("replies", statistics.median(rates), f"{backlog} events waited for the worker at the end")
    run.figures.raw["replies"] = rates


def live_readers(run: Run) -> None:
    """1,000 sockets on one topic of the production `live` process; each event is a reply by POST to `web`."""
    _with_workers(run)
    processes = [one for one in run.others if one.name == "live"]
    rounds = [_watched(run, processes) for _ in range(1 if run.is_quick else run.rounds)]
    note = f"{rounds[0]['sockets']} sockets, p99 {_median(rounds, 'latency_p99_ms')} ms; the POST alone "
    note += f"{_median(rounds, 'answer_p50_ms')} and {_median(rounds, 'answer_p95_ms')} ms; "
    note += f"{_median(rounds, 'cpu_us_per_frame')} us of CPU a frame"
    run.figures.add("live_p95", _median(rounds, "latency_p95_ms"), note)
    run.figures.add("live_p50", _median(rounds, "latency_p50_ms"))
    run.figures.add("socket", rounds[0]["kb_per_idle_socket"])
    run.figures.raw["live"] = rounds


def live_two(run: Run) -> None:
    """The same sockets on two `live` processes."""
    _with_workers(run)
    second = run.stage.start_app("live", run.environment)
    processes = [*(one for one in run.others if one.name == "live"), second]
    rounds = [_watched(run, processes) for _ in range(1 if run.is_quick else run.rounds)]
    note = f"p50 {_median(rounds, 'latency_p50_ms')} ms, {_median(rounds, 'burst_frames_per_second'):,.0f} frames/s, "
    note += f"{_median(rounds, 'cpu_us_per_frame')} us of CPU a frame"
    run.figures.add("live_two_p95", _median(rounds, "latency_p95_ms"), note)
    run.figures.raw["live_two"] = rounds
    run.stage.end(second)


def _median(rounds: Sequence[dict[str, Any]], key: str) -> float:
    return float(statistics.median(found[key] for found in rounds))


def _watched(run: Run, processes: Sequence[Process]) -> dict[str, Any]:
    scene, cookie = run.scene, run.scene["cookies"][0]
    pk = scene["topics_for_replies"][0].split("/")[2]
    request = reply(f"/sujets/{pk}/repondre/", scene["cookies"][1], scene["csrf"])
    return asyncio.run(_live(run, processes, f"topic.{pk}", cookie, request))


async def _live(run: Run, processes: Sequence[Process], group: str, cookie: str, request: str) -> dict[str, Any]:
    answers: list[float] = []
    connection: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def publish(number: int) -> None:
        token = f"00000000-0000-4000-8000-{random.randrange(10**12):012}"
        if not connection:
            connection.append(await asyncio.open_connection("127.0.0.1", run.web.port))
        reader, writer = connection[0]
        began = time.perf_counter()
        writer.write(request.replace(TOKEN, token).encode())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            # While the sockets opened, the server closed what was idle.
            connection.clear()
            return await publish(number)
        if b" 201 " not in head[:20]:
            raise RuntimeError(head.decode())
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        answers.append((time.perf_counter() - began) * 1000)
        return None

    try:
        found = await live.run(
            [f"ws://127.0.0.1:{process.port}/live/?lang=fr" for process in processes],
            group=group,
            publish=publish,
            origin=ORIGIN,
            cookie=cookie,
            sockets=200 if run.is_quick else 1000,
            events=20 if run.is_quick else 40,
            burst=10,
            with_stall=False,
            pids=[process.popen.pid for process in processes],
        )
        events = answers[5 : 5 + (20 if run.is_quick else 40)]  # after the warming, before the bursts
        cuts = statistics.quantiles(events, n=20)
        return found | {"answer_p50_ms": round(statistics.median(events), 1), "answer_p95_ms": round(cuts[18], 1)}
    finally:
        for _, writer in connection:
            writer.close()


def live_stock(run: Run) -> None:
    """Our hub beside a stock consumer, by tests.bench.live."""
    sockets = 200 if run.is_quick else 1000
    argv = [sys.executable, "-m", "tests.bench.live", f"--redis={run.environment['REDIS_URL']}"]
    argv += [f"--port={free_port()}", f"--sockets={sockets}"]
    done = subprocess.run(argv, cwd=ROOT, env=run.environment, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout)
    rate = found["hub"]["burst_frames_per_second"]
    run.figures.add("live_burst", found["burst_ratio"], f"{rate:,} frames/s to {sockets} sockets")
    run.figures.add("live_stalled", found["hub"]["stalled_slowdown"])
    run.figures.raw["live_stock"] = found


def seats(run: Run) -> None:
    """400 people claim one of 250 seats at once, by POST; each claim is decided, and the count is exact."""
    count, places = (100, 60) if run.is_quick else (400, 250)
    rates, notes = [], ""
    for _ in range(run.rounds):
        setting = run.stage.inside(run.environment, "many_seats", claimants=count, seats=places)
        path, body = f"/seances/{setting['session']}/inscription/", f"csrfmiddlewaretoken={setting['csrf']}"
        claims = [post(path, cookie, body) for cookie in setting["cookies"]]
        found = drive(run.web.port, claims, once=True, expected=303)
        taken = run.stage.inside(run.environment, "seats_taken", session=setting["session"])
        if taken != {"held": places, "counted": places}:
            raise RuntimeError(f"{places} seats, and {taken} after {found['statuses']}")
        rates.append(found["per_second"])
        notes = f"{places} of {count} got one: exact"
    run.figures.add("seats", statistics.median(rates), notes)
    run.figures.raw["seats"] = rates


def reminders(run: Run) -> None:
    for process in [one for one in run.others if one.name in {"worker", "beat"}]:
        run.stage.end(process)
        run.others.remove(process)
    _with_sink(run)
    found = run.stage.inside(run.environment, "send_reminders", count=200 if run.is_quick else 2000)
    if found["waiting"] or not found["sent"]:
        raise RuntimeError(f"reminders: {found}")
    note = f"{found['due']} reminders in {found['seconds']:.1f} s, {found['notify_seconds']:.1f} of them to plan mails"
    run.figures.add("reminders", found["sent"] / found["seconds"], note)
    run.figures.raw["reminders"] = found


def _first_line(path: Any) -> str:
    for _ in range(100):
        if "\n" in (text := path.read_text()):
            return str(text.splitlines()[0])
        time.sleep(0.1)
    raise TimeoutError(path)


# --- Searches -----------------------------------------------------------------------------------------------------


def search(run: Run) -> None:
    requests = readings(run.scene, run.scene["search"], signed_in=True, count=50)
    warm(run.web.port, requests)
    key, concurrency = ("search_alone", 1) if run.scale == "full" else ("search", 8)
    found = [drive(run.web.port, requests, seconds=run.seconds, concurrency=concurrency) for _ in range(run.rounds)]
    note = f"{run.scene['posts']:,} posts, p50 {statistics.median(one['p50_ms'] for one in found):.0f} ms, whole page"
    run.figures.add(key, statistics.median(one["p95_ms"] for one in found), note)
    run.figures.miss("needs --scale full", "search_alone")
    run.figures.miss("asked of 100,000 posts: --scale compare", "search")


def directory(run: Run) -> None:
    people = 2_000 if run.is_quick else 100_000
    name = run.stage.with_territories(f"bench_directory_{people}")
    found = run.stage.inside(run.stage.environment(name, 4), "directory", people=people, count=200)
    note = f"{people:,} people, p50 {found['search_p50_ms']} ms, without filter {found['no_filter_p50_ms']} ms"
    run.figures.add("directory", found["search_p95_ms"], note)
    run.figures.raw["directory"] = found


def matching(run: Run) -> None:
    """Quality on the labelled needs, whole and without each part; then the time that it takes among many people."""
    measured = quality()
    whole = measured["all"]
    left_out = ", ".join(f"{name} {one['exact']:.2f}" for name, one in measured.items() if name != "all")
    note = f"first right {whole['first']:.2f}, no place too many {whole['exact']:.2f}; without: {left_out}"
    run.figures.add("matching_top5", whole["precision"], note)
    people = 2_000 if run.is_quick else 100_000
    name = run.stage.with_territories(f"bench_directory_{people}")
    found = run.stage.inside(run.stage.environment(name, 4), "matching", people=people, count=60)
    run.figures.add("matching", found["p95_ms"], f"{people:,} people, p50 {found['p50_ms']} ms")
    run.figures.raw["matching"] = {"quality": measured, "time": found}


# --- Weights and counts -------------------------------------------------------------------------------------------


def queries(run: Run) -> None:
    scene = run.scene
    addresses = {"topic": scene["topics"][0], "home": scene["home"][0], "list": scene["lists"][0]}
    more = {"session": scene["sessions"][0], "month": scene["month"][0], "search": scene["search"][0]}
    reply_to = scene["topics_for_replies"][0]
    arguments = {"addresses": {**addresses, **more}, "cookie": scene["cookies"][0], "reply": reply_to}
    found = run.stage.inside(run.environment, "queries", **arguments)
    for key in (*addresses, "reply"):
        run.figures.add(f"queries_{key}", found[key])
    run.figures.raw["queries"] = found


def weight(run: Run) -> None:
    """Bytes of a topic page, and of all that a first visit to it loads."""
    path, cookie = run.scene["topics"][0], run.scene["cookies"][0]
    html = _fetch(run.web.port, path, cookie)
    run.figures.add("html", len(html) / 1000)
    wanted = set(re.findall(r'(?:src|href)="(/(?:static/|couleurs)[^"#]+)', html.decode()))
    sizes = {}
    fonts: set[str] = set()
    for address in wanted:
        body = _fetch(run.web.port, address, "", "br")
        sizes[address] = len(body)
        if ".css" in address:
            fonts |= _fonts(address, _fetch(run.web.port, address, "").decode())
    fonts = {font for font in fonts if font.endswith(".woff2")}
    latin = [font for font in fonts if "ext" not in font]
    for font in latin or fonts:
        sizes[font] = len(_fetch(run.web.port, font, ""))
    total = len(gzip.compress(html, 6)) + sum(sizes.values())
    run.figures.add("first_visit", total / 1000, f"{1 + len(sizes)} files")
    run.figures.raw["first_visit"] = sizes


def _fonts(address: str, css: str) -> set[str]:
    base = address.rpartition("/")[0]
    found = set()
    for name in re.findall(r"url\([\"']?([^\"')]+)", css):
        if name.startswith("data:"):
            continue
        parts = (name if name.startswith("/") else f"{base}/{name}").split("#")[0].split("/")
        clean: list[str] = []
        for part in parts:
            if part == "..":
                clean.pop()
            elif part != ".":
                clean.append(part)
        found.add("/".join(clean))
    return found


def _fetch(port: int, path: str, cookie: str, encoding: str = "identity") -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "Accept-Encoding": encoding, "Accept-Language": "fr"}
    connection.request("GET", path, headers={**headers, **({"Cookie": cookie} if cookie else {})})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return body


def memory(run: Run) -> None:
    """Everything idle, after it has served: shared pages are divided among those who share them."""
    _with_workers(run)
    time.sleep(5)
    parts = {process.name: process.memory_mb() for process in [run.web, *run.others]}
    for server in (run.stage.postgres, run.stage.redis):
        if server.process is not None:
            parts[server.name] = Process(server.name, server.process).memory_mb()
    note = ", ".join(f"{name} {size:.0f}" for name, size in parts.items())
    run.figures.add("memory", sum(parts.values()), note)
    run.figures.raw["memory"] = parts


#: In this order: those that read first, then those that write.
PARTS: dict[str, Callable[[Run], None]] = {
    "queries": queries,
    "weight": weight,
    "pages": pages,
    "load": load,
    "depth": depth,
    "growth": growth,
    "search": search,
    "memory": memory,
    "live": live_readers,
    "live_two": live_two,
    "stock": live_stock,
    "replies": replies,
    "seats": seats,
    "reminders": reminders,
    "directory": directory,
    "matching": matching,
}
