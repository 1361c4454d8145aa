"""Values to JSON and back, exactly: what was kept is read back as it was, by the same types.

JSON has no dates, decimals, bytes or classes; each stands as an object with one marked key. Keys are sorted, so the same value
always gives the same bytes.
"""

import base64
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

__all__ = ["Codec", "canonical_json"]


def canonical_json(value: object) -> bytes:
    """Give JSON bytes that are the same whenever the value is."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


class Codec:
    """Writes and reads values of the dataclasses that some root types reach."""

    def __init__(self, *roots: object) -> None:
        """Learn every dataclass and enumeration that the roots' fields name."""
        self._classes: dict[str, type] = {}
        for root in roots:
            self._learn(root)

    def dump(self, value: object, *, change: Callable[[object], object] = lambda value: value) -> bytes:
        """Give a value's bytes; ``change`` may put another in place of each dataclass on the way.

        Raises:
            TypeError: something in it has no place here.
        """
        return canonical_json(self._encode(value, change))

    def load(self, body: bytes | str, *, change: Callable[[Any], Any] = lambda value: value) -> Any:  # noqa: ANN401
        """Give back the value; ``change`` may put another in place of each dataclass.

        Raises:
            ValueError: these are not bytes that ``dump`` wrote for these types.
        """
        try:
            return self._decode(json.loads(body), change)
        except (KeyError, TypeError, AttributeError, ArithmeticError) as exc:
            raise ValueError(f"not a kept value of these types: {exc!r}") from exc

    def _learn(self, hint: object) -> None:
        if isinstance(hint, typing.NewType):
            self._learn(hint.__supertype__)
        elif isinstance(hint, typing.TypeVar | str):
            return
        elif typing.get_origin(hint) is not None or isinstance(hint, types.UnionType):
            for part in typing.get_args(hint):
                self._learn(part)
        elif (
            isinstance(hint, type)
            and (is_dataclass(hint) or issubclass(hint, Enum))
            and self._classes.get(hint.__name__) is not hint
        ):
            if hint.__name__ in self._classes:
                raise TypeError(f"two classes are called {hint.__name__}")
            self._classes[hint.__name__] = hint
            if is_dataclass(hint):
                for inner in typing.get_type_hints(hint).values():
                    self._learn(inner)

    def _encode(self, value: object, change: Callable[[object], object]) -> object:  # noqa: PLR0911 - one case a type
        if value is None or isinstance(value, bool) or type(value) in {int, str}:
            return value
        match value:
            case Enum():
                return {"$enum": [type(value).__name__, value.name]}
            case tuple() | list():
                return [self._encode(part, change) for part in value]
            case Decimal():
                return {"$decimal": str(value)}
            case float():
                return {"$float": repr(value)}
            case bytes():
                return {"$bytes": base64.b64encode(value).decode()}
            case datetime():
                return {"$time": value.isoformat()}
            case date():
                return {"$day": value.isoformat()}
            case frozenset():
                return {"$set": sorted((self._encode(part, change) for part in value), key=canonical_json)}
            case Mapping():
                return {"$map": {str(key): self._encode(part, change) for key, part in value.items()}}
        if is_dataclass(value) and type(value).__name__ in self._classes:
            value = change(value)
            content = {f.name: self._encode(getattr(value, f.name), change) for f in fields(value)}  # type: ignore[arg-type]
            return {"$": type(value).__name__, **content}
        raise TypeError(f"{type(value).__name__} cannot be kept")

    def _decode(self, value: Any, change: Callable[[Any], Any]) -> Any:  # noqa: ANN401
        if isinstance(value, list):
            return tuple(self._decode(part, change) for part in value)
        if not isinstance(value, dict):
            return value
        if "$" in value:
            name = value.pop("$")
            return change(self._classes[name](**{key: self._decode(part, change) for key, part in value.items()}))
        [(mark, inner)] = value.items()
        if mark == "$map":
            return {key: _as_list(self._decode(part, change)) for key, part in inner.items()}
        if mark == "$set":
            return frozenset(self._decode(part, change) for part in inner)
        if mark == "$enum":
            return self._classes[inner[0]][inner[1]]  # type: ignore[index]
        return _SCALARS[mark](inner)


def _as_list(value: object) -> object:
    """Facts hold JSON's lists, not tuples."""
    return [_as_list(part) for part in value] if isinstance(value, tuple) else value


_SCALARS: Mapping[str, Callable[[Any], object]] = {
    "$decimal": Decimal,
    "$float": float,
    "$bytes": lambda text: base64.b64decode(text, validate=True),
    "$time": datetime.fromisoformat,
    "$day": date.fromisoformat,
}
