"""What browsers pass over in the head of an answer, taken out before h11 reads it: lines that name no header."""

import re

from auditor.visit.doors.http.connect import Line

__all__ = ["MOST_HEAD", "without_strays"]

MOST_HEAD = 256 * 1024
"""Bytes of an answer's heads: what Chromium takes."""
_END = re.compile(rb"\n\r?\n")
_END_BYTES = 3
_EARLY = re.compile(rb"HTTP/[0-9.]+ 1(?!01)[0-9][0-9](?![0-9])")
"""Of the first digit, 101 alone is a final answer."""
_NAME = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*\Z")
_FOLDED, _HOSTILE = (b" ", b"\t"), re.compile(rb"[\0\r]")


async def without_strays(line: Line, come: bytes) -> bytes:
    """Read on to the end of the final head, and give all that came without the lines that no browser takes for a header.

    ``come`` is the beginning of the answer. What h11 may not pass over, a NUL or a bare carriage return, stays for it to refuse.

    Raises:
        ValueError: the heads do not end within what is read of them.
        OSError: the connection was lost.
    """
    done, come, looked = b"", come.lstrip(b"\r\n"), 0
    while True:
        while (end := _END.search(come, max(0, looked - _END_BYTES))) is None:
            looked = len(come)
            if len(done) + looked > MOST_HEAD:
                raise ValueError(f"more than {MOST_HEAD} bytes, and no end of a head")
            data = await line.read()
            if not data:
                return done + come
            come += data
        head, come, looked = come[: end.end()], come[end.end() :], 0
        done += _mended(head)
        if not _EARLY.match(head):
            return done + come


def _mended(head: bytes) -> bytes:
    first, *lines = head.split(b"\n")
    kept, last = [first], True
    for line in lines:
        text, last = (line, last) if line.startswith(_FOLDED) else _header(line)
        if last:
            kept.append(text)
    return b"\n".join(kept)


def _header(text: bytes) -> tuple[bytes, bool]:
    """Give a line with its name as it is compared, and whether it is to be read at all."""
    bare = text.removesuffix(b"\r")
    name, colon, value = text.partition(b":")
    if not bare or _HOSTILE.search(bare):
        return text, True
    found = _NAME.match(name) if colon else None
    return (found.group(1) + colon + value, True) if found else (b"", False)
