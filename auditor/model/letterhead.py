"""Who issues the council's documents, as their head and their signature block name it."""

from dataclasses import dataclass

__all__ = ["Letterhead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The issuing body as the form of an administrative document needs it (NĐ 30/2020/NĐ-CP, annex I, part I, section II).

    ``superior`` is the body above it and ``body`` its own name, ``symbol`` what follows the number, ``place`` what stands before
    the date. ``capacity`` ("TM. HỘI ĐỒNG") and ``post`` name the signer's office, ``signer`` the person; ``recipients`` are
    those who get a copy. What is empty is left out, or left open to be filled in by hand.
    """

    superior: str = ""
    body: str = ""
    symbol: str = ""
    place: str = ""
    capacity: str = ""
    post: str = ""
    signer: str = ""
    recipients: tuple[str, ...] = ()
