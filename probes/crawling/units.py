"""The links of a site, counted as a person would mend them: a target once, and a place of the template once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from auditor.sdk.html import Document
from auditor.sdk.urls import canonical

__all__ = ["Place", "Unit", "in_fixed_order", "units_of"]

_SHARE = 0.4
_LEAST = 3
_MAX_LINKS = 3_000
_MAX_PLACES = 50

Slot = tuple[str, str]
"""A link's label and its path in the page."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link stands, under which label, and where it leads."""

    url: str
    label: str
    found_on: str


@dataclass(slots=True)
class Unit:
    """Links that are one: to one target, or in one place of the template that leads elsewhere from every page.

    The second kind comes of a footer's reference without its leading slash; it is one fault, however many addresses it makes.
    """

    key: str
    places: dict[str, Place] = field(default_factory=dict)


def units_of(documents: Sequence[Document]) -> list[Unit]:
    """Give a site's links as units, in the order in which they were met. What is no address (mail, script, ``#``) is no link."""
    slots: dict[Slot, set[str]] = {}
    pages: dict[Slot, set[str]] = {}
    for document in documents:
        for link in document.links[:_MAX_LINKS]:
            slot = link.label, link.path
            slots.setdefault(slot, set()).add(link.url)
            pages.setdefault(slot, set()).add(document.url)
    needed = max(_LEAST, _SHARE * len(documents))
    shifting = {slot for slot, urls in slots.items() if slot[0] and len(urls) >= _LEAST and len(pages[slot]) >= needed}
    units: dict[str, Unit] = {}
    for document in documents:
        for link in document.links[:_MAX_LINKS]:
            slot, target = (link.label, link.path), canonical(link.url)
            key = "\0".join(("slot", *slot)) if slot in shifting else target
            unit = units.setdefault(key, Unit(key))
            if len(unit.places) < _MAX_PLACES:
                unit.places.setdefault(target, Place(link.url, link.label, document.url))
    return list(units.values())


def in_fixed_order(units: Iterable[Unit], seed: str) -> list[Unit]:
    """Give units in an order that is chance to a site and the same whenever the seed is."""
    return sorted(units, key=lambda unit: sha256(f"{seed}\0{unit.key}".encode("utf-8", "replace")).hexdigest())
