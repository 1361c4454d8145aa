"""A spreadsheet's columns: their numbers from 1, and the letters by which people know them."""

__all__ = ["letter", "number"]

_LETTERS = 26


def letter(column: int) -> str:
    """Give a column's letters: A for 1, Z for 26, AA for 27."""
    found = ""
    while column > 0:
        column, own = divmod(column - 1, _LETTERS)
        found = chr(ord("A") + own) + found
    return found


def number(letters: str) -> int:
    """Give the number of a column by its letters, which are A to Z."""
    found = 0
    for char in letters:
        found = found * _LETTERS + ord(char) - ord("A") + 1
    return found
