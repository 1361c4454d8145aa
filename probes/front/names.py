"""Who a host's name belongs to."""

from publicsuffixlist import PublicSuffixList

__all__ = ["domain_of"]

_SUFFIXES = PublicSuffixList()
"""Read when the program starts: an assessment opens no file."""


def domain_of(host: str) -> str | None:
    """Give the registered domain that a name stands under, None for what has none."""
    found = _SUFFIXES.privatesuffix(host.lower().rstrip("."))
    return None if found is None else str(found)
