"""The commands as a person runs them: a process of its own, its exit code, what it printed."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

OFFLINE = Path(__file__).parent / "offline"


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AUDITOR_")}
    return {**kept, **more}


def auditor(*arguments, offline=False, cwd=None, timeout=240, **more):
    """Run a command; ``offline`` makes every attempt to connect fail loudly."""
    extra = {"PYTHONPATH": str(OFFLINE)} if offline else {}
    command = [sys.executable, "-m", "auditor", *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, timeout=timeout, cwd=cwd, env=environment(**extra, **more))
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def started(*arguments):
    """Start a command and give its process."""
    command = [sys.executable, "-m", "auditor", *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(), start_new_session=True
    )
