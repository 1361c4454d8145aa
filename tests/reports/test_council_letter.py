"""The data of a council's letter round as its text does."""

from datetime import date
from decimal import Decimal as D

from province import MEASURES, NOW, case, criterion, edition, find, record, registry

from auditor.judge import judge
from auditor.model.council import PeriodState, PeriodStep
from auditor.model.council_letter import ResultLetter
from auditor.model.evidence import digest_of
from auditor.model.period import Period
from auditor.model.scale import Ratio
from reports.council_letter import render_council_letter

PERIOD = Period(
    id="2018", edition="e", title="Kỳ 2018", verified=False, data_from=date(2018, 1, 1), data_to=date(2018, 12, 31),
    declare_from=date(2019, 1, 4), declare_until=date(2019, 1, 25), appraise_from=date(2019, 1, 27), draft_on=date(2019, 2, 20),
    complain_until=date(2019, 3, 5), publish_from=date(2019, 3, 6), answer_days=10,
)  # fmt: skip


def test_the_points_of_a_result_are_rounded_as_its_percent_is():
    rule = criterion(scale=Ratio(), measure="a.share")
    law, ranking = edition(rule), judge(case(rule, records=[record(D(1) / D(3), measure="a.share")]))
    step = PeriodStep(
        period="2018", edition="e", edition_digest=law.digest, state=PeriodState.DRAFT, person="A", document="QĐ 1",
        stepped_at=NOW, result=digest_of(b"result"),
    )  # fmt: skip
    letter = ResultLetter(
        agency=registry().agencies[0], to=("a@so-a.test",), at=NOW, language="vi", edition=law, measures=MEASURES,
        period=PERIOD, step=step, standing=find(ranking, "so-a"), ranked=1,
    )  # fmt: skip
    payload = render_council_letter(letter).payload
    assert (payload["points"], payload["percent"]) == ("0.67", "33.33")
