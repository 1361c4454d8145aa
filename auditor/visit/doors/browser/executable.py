"""Which Chromium is driven, and the bounds that the system itself sets to each of its processes."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

__all__ = ["ADVICE", "bounded", "find_executable"]

ADVICE = "no Chromium was found: install chromium-headless-shell or chromium, or name one in [browser] executable"
_NAMES = (
    *("chromium-headless-shell", "chrome-headless-shell", "headless_shell"),
    *("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge-stable", "microsoft-edge"),
)
"""The headless shell first: one context a site costs it half of what a whole Chromium takes (DESIGN section 13)."""
_PLACES = (
    "/usr/lib/chromium/chromium-headless-shell",
    "/snap/bin/chromium",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_MOST_KIB = 1536 * 1024
"""So much memory of its own may one process of the browser take: a page that asks for more ends, and nobody else."""
_SCRIPT = """#!/bin/sh
echo $$ > "{folder}/pid"
ulimit -d {most} 2>/dev/null
ulimit -c 0 2>/dev/null
exec "{executable}" "$@"
"""


def find_executable(asked: str, *, names: Iterable[str] = _NAMES, places: Iterable[str] = _PLACES) -> str:
    """Give the Chromium that settings name, else the system's; empty where there is none."""
    if asked:
        return asked if os.access(asked, os.X_OK) else ""
    found = next(filter(None, map(shutil.which, names)), None)
    return found or next((place for place in places if os.access(place, os.X_OK)), "")


def bounded(executable: str, folder: Path) -> str:
    """Give a command that runs it with a bound on each process's memory and leaves its number in ``folder/pid``.

    Where nothing in the folder may be run, it is the executable itself.
    """
    if os.name != "posix" or any(char in executable for char in '"$`\\\n'):
        return executable
    script = folder / "chromium"
    script.write_text(_SCRIPT.format(folder=folder, most=_MOST_KIB, executable=executable), "utf-8")
    script.chmod(0o700)
    return str(script) if os.access(script, os.X_OK) else executable
