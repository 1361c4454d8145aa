"""What a probe saw, to bytes and back: bodies stay where they were kept and are put in again when it is read."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from auditor.model.codec import Codec
from auditor.model.evidence import Exchange
from auditor.model.ids import Digest

__all__ = ["dump_seen", "load_seen", "values_of"]

S = TypeVar("S")


def dump_seen(seen: object) -> bytes:
    """Give the bytes of what was seen, without the bodies that are evidence of their own."""
    return Codec(type(seen)).dump(seen, change=_without_body)


def load_seen(kind: type[S], body: bytes, bodies: Callable[[Digest], bytes]) -> S:
    """Give back what was seen; ``bodies`` gives each body by its digest.

    Raises:
        ValueError: these are not the bytes of such a value.
        EvidenceError: a body is missing or has changed.
    """

    def with_body(value: Any) -> Any:  # noqa: ANN401 - any dataclass of what was seen
        if isinstance(value, Exchange) and value.digest is not None and not value.body:
            return replace(value, body=bodies(value.digest))
        return value

    return cast("S", Codec(kind).load(body, change=with_body))


def values_of(kind: type, body: bytes, wanted: type[S]) -> tuple[S, ...]:
    """Give every value of a class that what was seen holds; exchanges are without the bodies that are evidence of their own.

    Raises:
        ValueError: these are not the bytes of such a value.
    """
    found: list[S] = []

    def noted(value: Any) -> Any:  # noqa: ANN401 - any dataclass of what was seen
        if isinstance(value, wanted):
            found.append(value)
        return value

    Codec(kind).load(body, change=noted)
    return tuple(found)


def _without_body(value: object) -> object:
    return replace(value, body=b"") if isinstance(value, Exchange) and value.digest is not None else value
