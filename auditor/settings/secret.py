"""Reads a secret from its file, at the moment it is needed: it stands in no setting, log, database or report."""

from pathlib import Path

from auditor.errors import ConfigError, Problem

__all__ = ["read_secret"]

_MOST = 4096


def read_secret(file: str, place: str) -> str:
    """Give the one line of a file; ``place`` is the setting that names it, as ``mail.password_file``.

    Raises:
        ConfigError: it cannot be read, is empty, or holds more than one line of text. What it holds is never said.
    """
    try:
        with Path(file).open("rb") as opened:
            text = opened.read(_MOST + 1).decode("utf-8").rstrip("\r\n")
    except OSError as exc:
        raise _wrong(place, f"{file} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError:
        raise _wrong(place, f"{file} holds no text in UTF-8") from None
    if not text or len(text) > _MOST or not text.isprintable():
        raise _wrong(place, f"{file} must hold the secret on one line, and nothing else")
    return text


def _wrong(place: str, what: str) -> ConfigError:
    return ConfigError([Problem(file="auditor.toml", place=place, what=what)])
