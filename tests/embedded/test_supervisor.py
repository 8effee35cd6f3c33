import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

SUPERVISED = textwrap.dedent("""
    import subprocess, sys
    from pathlib import Path
    from peerhub.embedded.processes import spawn
    from peerhub.embedded.supervisor import Child, Supervisor

    folder = Path(sys.argv[1])
    polite = ("import signal, sys, time\\nname, folder = sys.argv[1:]\\n"
        "def end(*_):\\n    open(folder + '/ends', 'a').write(name + ' ')\\n    sys.exit()\\n"
        "signal.signal(signal.SIGTERM, end)\\nprint('up', flush=True)\\ntime.sleep(600)")
    fragile = "print('born', flush=True); raise SystemExit(3)"
    supervisor = Supervisor()
    supervisor.listen_for_signals()
    for name, code, order in [("server", polite, 1), ("web", polite, 0), ("fragile", fragile, 0)]:
        def start(code=code, name=name):
            return spawn([sys.executable, "-c", code, name, str(folder)], instance=folder)
        supervisor.watch(Child(name, start, start(), order=order))
    supervisor.run()
    supervisor.end()
    print("ended", flush=True)
""")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_crashed_child_is_restarted_and_the_end_keeps_its_order(tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    time.sleep(2.5)
    process.send_signal(number)
    output = process.communicate(timeout=20)[0].splitlines()

    assert (process.returncode, output[-1]) == (0, "ended")
    assert output.count("web     | up") == 1
    assert output.count("fragile | born") in {2, 3}
    assert "fragile | ended with code 3; starting it again in 0.5 s" in output
    assert "fragile | ended with code 3; starting it again in 1 s" in output
    assert (tmp_path / "ends").read_text() == "web server "
