"""How the words of a measure are labelled where people choose among them, so that each label means one word."""

import unicodedata
from collections.abc import Mapping

__all__ = ["told_apart"]


def told_apart(said: Mapping[str, str]) -> dict[str, str]:
    """Give each word its label; words that are said alike, but for case, marks and spaces, are told apart by themselves."""
    alike = [_plain(label) for label in said.values()]
    return {word: f"{label} ({word})" if alike.count(_plain(label)) > 1 else label for word, label in said.items()}


def _plain(label: str) -> str:
    marked = unicodedata.normalize("NFD", label.casefold()).replace("đ", "d")
    return " ".join("".join(char for char in marked if not unicodedata.combining(char)).split())
