"""Files that somebody hands in as proof of what he says: read once, bounded, and kept whole."""

import mimetypes
from pathlib import Path

from auditor.app.acting import Attached
from auditor.errors import UsageError

__all__ = ["MAX_BYTES", "handed_in"]

MAX_BYTES = 20 * 1024 * 1024
"""A scanned letter of some pages."""


def handed_in(path: Path) -> Attached:
    """Read a file of proof.

    Raises:
        UsageError: it cannot be read, is empty, or is larger than ``MAX_BYTES``.
    """
    try:
        with path.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as exc:
        raise UsageError(f"không mở được tệp {path} ({exc.strerror or type(exc).__name__})") from exc
    if not body:
        raise UsageError(f"tệp {path} trống")
    if len(body) > MAX_BYTES:
        raise UsageError(f"tệp {path} lớn hơn {MAX_BYTES // (1024 * 1024)} MB")
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Attached(name=path.name, body=body, media_type=media_type)
