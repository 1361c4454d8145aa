"""Who a host's name belongs to."""

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

__all__ = ["domain_of"]


def domain_of(host: str) -> str | None:
    """Give the registered domain that a name stands under, None for what has none."""
    found = _suffixes().privatesuffix(host.lower().rstrip("."))
    return None if found is None else str(found)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
