"""A letter on a contradiction names the law of its day."""

from datetime import date

from province import MEASURES, NOW, criterion, edition, proof, registry

from auditor.model.council import Contradiction, ContradictionState, Opening
from auditor.model.council_letter import ContradictionLetter
from auditor.model.edition import Basis, Source
from reports.council_letter import render_council_letter


def test_a_contradictions_letter_names_the_law_of_its_day():
    bases = (Basis(text="Luật cũ", valid_to=date(2019, 3, 1)), Basis(text="Luật mới", valid_from=date(2019, 3, 2)))
    law = edition(criterion("1", source=Source.LOWER_OF, legal_basis="", bases=bases))
    opening = Opening(
        agency="so-a", edition="e", criterion="1", fingerprint="x", measured=False, declared=True, measured_proofs=(proof(),),
        declared_proofs=(proof("tờ khai"),), deadline=date(2019, 4, 1), opened_at=NOW,
    )  # fmt: skip
    letter = ContradictionLetter(
        agency=registry().agencies[0], to=("a@so-a.test",), at=NOW, language="vi", edition=law, measures=MEASURES,
        cases=(Contradiction(opening=opening, state=ContradictionState.OPEN),),
    )  # fmt: skip
    text = render_council_letter(letter).text
    assert "Luật mới" in text
    assert "Luật cũ" not in text
