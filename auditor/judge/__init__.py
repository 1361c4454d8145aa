"""6 · Judge: PURE. Readings and declarations in, marks, standings and rankings out."""

from auditor.judge.case import Case
from auditor.judge.fixes import fixes, fixes_of
from auditor.judge.ranking import judge
from auditor.judge.words import shown

__all__ = ["Case", "fixes", "fixes_of", "judge", "shown"]
