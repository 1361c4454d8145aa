"""The sentences of marks and standings; their Vietnamese stands in ``reports/locale/vi/judge.toml``."""

from auditor.model.note import Note

__all__ = ["ALL"]

PRICED = Note(key="mark.priced", text="{value} is worth {points} of {max} points.")
OVER = Note(key="mark.over", text="{count} sites, counted by {over}: {parts} → {points} of {max} points.")
STALE = Note(
    key="mark.stale",
    text="The last visit failed ({cause}). The value seen {days} days before still counts: {value}, {points} of {max} points.",
)
WORST = Note(
    key="mark.worst", text="Nothing could be seen for longer than the edition allows ({cause}): {points} of {max} points."
)
SERIES = Note(
    key="mark.series", text="{measured} on average over {count} samples of the last {days} days: {points} of {max} points."
)
SERIES_STALE = Note(
    key="mark.series_stale",
    text="The last visit failed ({cause}); the newest sample is {age} days old. {measured} on average over {count} samples of "
    "the last {days} days: {points} of {max} points.",
)
PARTS_STALE = Note(
    key="mark.parts_stale",
    text="{value}: {points} of {max} points. The last visit failed for some of them ({cause}); what was seen before still "
    "counts, its age in days: {state}.",
)
PARTS_WORST = Note(
    key="mark.parts_worst",
    text="{value}: {points} of {max} points. Those not seen could not be seen for longer than the edition allows ({cause}); "
    "they count as the worst.",
)
PARTS_WORST_STALE = Note(
    key="mark.parts_worst_stale",
    text="{value}: {points} of {max} points. Those not seen could not be seen for longer than the edition allows ({cause}); "
    "they count as the worst. Of others the last visit failed; what was seen before still counts, its age in days: {state}.",
)
PENDING = Note(key="mark.pending", text="Not determined: {cause} (fault: {blame}). It counts neither for nor against the agency.")
NO_SITE = Note(key="mark.no_site", text="No confirmed site of this agency is known, so nothing could be measured.")
RELATIVE = Note(key="mark.relative", text="{value} ÷ {highest} (the group's highest) × {max} = {points} of {max} points.")
RELATIVE_OPEN = Note(key="mark.relative_open", text="The group's highest value is not known yet, so {value} cannot be compared.")
RELATIVE_SURE = Note(
    key="mark.relative_sure",
    text="{value} is worth {points} of {max} points, whatever the values of the group that are not known yet.",
)
DECLARED = Note(key="mark.declared", text="Declared {value}: worth {points} of {max} points.")
NOT_DECLARED = Note(key="mark.not_declared", text="Nothing was declared before the declaration closed: {points} of {max} points.")
DECLARATION_OPEN = Note(key="mark.declaration_open", text="Not declared yet; the declaration is still open.")
LOWER = Note(
    key="mark.lower", text="The lower of measured ({measured}) and declared ({declared}) counts: {points} of {max} points."
)
CAPPED = Note(
    key="mark.capped",
    text="Declared ({declared}) counts as far as what was measured ({measured}) bears it out: {points} of {max} points.",
)
APPRAISED = Note(
    key="mark.appraised",
    text="The council's value {value} counts: {points} of {max} points. {reason} ({person}, {document})",
)
APPRAISED_OPEN = Note(
    key="mark.appraised_open",
    text="The council's value {value} counts, but the group's highest value is not known yet, so it cannot be compared. {reason} "
    "({person}, {document})",
)
EXEMPT = Note(key="mark.exempt", text="This criterion does not concern this agency: {why}")
EXPLAINED = Note(
    key="mark.explained",
    text="Does not concern this agency, the council found on its explanation, until {until}: {reason} ({person}, {document})",
)
UNDER_COVERAGE = Note(
    key="standing.under_coverage", text="Only {coverage} of the points could be determined; a rank needs {min_coverage}."
)
NOTHING = Note(key="standing.nothing", text="Nothing could be determined.")
ALONE = Note(key="standing.alone", text="Probed alone: there is no published ranking of this edition to be placed in.")
PERIOD_OVER = Note(key="period.over", text="The period {period} is published: nothing comes after that.")
PERIOD_ORDER = Note(
    key="period.order",
    text="The period {period} is {step}: what comes next is {following}, and not {to}. No step is left out or taken back.",
)
PERIOD_OTHER = Note(
    key="period.other", text="The period {other} of the same edition is still {step}: {period} opens when that one is published."
)
PERIOD_EARLY = Note(key="period.early", text="The period {period} can be {to} from {since} on (periods.toml).")

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Note))
