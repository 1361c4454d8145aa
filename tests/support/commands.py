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


DYING = """
import importlib, os, runpy, signal, sys
function, part = sys.argv[1:3]
del sys.argv[1:3]
module, _, name = function.rpartition(".")
there = importlib.import_module(module)
real = getattr(there, name)
def dying(*given, **named):
    if part in str(given[0]):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named)
setattr(there, name, dying)
runpy.run_module("auditor", run_name="__main__")
"""


def killed_in(function, part, *arguments):
    """Run a command that is killed as it calls this function with a first argument that contains ``part``; give its exit code."""
    command = [sys.executable, "-c", DYING, function, part, *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, timeout=240, env=environment()).returncode
