"""`make bench`: measure the production processes on a seeded world, and print the figures beside their floor.

    make bench ARGS="--quick"                       a few minutes, small world
    make bench ARGS="--scale full"                  1,000,000 posts; the first time seeds them
    make bench ARGS="--only pages,live"

The table goes to stdout, progress to stderr, everything to var/bench/result.json.
"""

import argparse
import os
import sys
import time
import traceback
from pathlib import Path

from peerhub.cli import var_folder
from peerhub.embedded.errors import EmbeddedError
from tests.bench.figures import TARGETS, Figures
from tests.bench.parts import PARTS, Run
from tests.bench.servers import servers
from tests.bench.stage import raised, say


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small world and short slices: figures are rough")
    parser.add_argument("--scale", choices=["small", "compare", "full"], help="10,000, 100,000 or 1,000,000 posts")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(PARTS)}, servers")
    parser.add_argument("--json", type=Path, help="where the figures go (var/bench/result.json)")
    options = parser.parse_args()
    chosen = [name for name in options.only.split(",") if name] or list(PARTS)
    everything = PARTS | {"servers": servers}  # the comparison of servers only when it is asked for
    if unknown := set(chosen) - set(everything):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    scale = options.scale or ("small" if options.quick else "compare")
    var, figures, began = var_folder(), Figures(), time.monotonic()
    figures.miss("not asked for (--only)", *_keys_left_out(chosen))
    figures.miss("this machine has no Lighthouse", "lighthouse")
    try:
        with raised(var) as stage:
            database = stage.fresh_copy(scale)
            environment = stage.environment(database)
            run = Run(
                stage=stage,
                figures=figures,
                scale=scale,
                is_quick=options.quick,
                environment=environment,
                scene=stage.inside(environment, "scene"),
                web=stage.start_app("web", environment),
            )
            for name in [name for name in everything if name in chosen]:
                say(f"{name}...")
                try:
                    everything[name](run)
                except (RuntimeError, OSError, TimeoutError, ValueError) as error:
                    traceback.print_exc()
                    say(f"{name} failed: {error}")
                    figures.raw.setdefault("failed", {})[name] = str(error)
            world = {key: run.scene[key] for key in ("posts", "members", "sessions_count", "deep_posts")}
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    figures.write(options.json or var / "bench" / "result.json", scale=scale, quick=options.quick, world=world)
    about = f"{world['posts']:,} posts, {world['members']:,} members, {world['sessions_count']:,} sessions"
    took = time.monotonic() - began
    print(f"\nPeerHub, {about}; {os.cpu_count()} cores, {took:.0f} s.\n\n{figures.table()}\n")
    return 1 if "failed" in figures.raw else 0


def _keys_left_out(chosen: list[str]) -> list[str]:
    if set(chosen) == set(PARTS):
        return []
    return list(TARGETS)


if __name__ == "__main__":
    sys.exit(main())
