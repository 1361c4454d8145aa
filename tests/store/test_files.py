"""Which files of evidence are used, which refer to which, and what was let go of: the same in every database."""

from datetime import UTC, datetime, timedelta

from notices import notice

from auditor.evidence.writer import blob_path
from auditor.model.evidence import ProofKind, digest_of
from auditor.model.place import Place
from auditor.model.run import Run, RunKind, RunState
from auditor.store.files import Pruning, link_files, pin_named, use_files
from auditor.store.writing import writing

AT = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)


def used(store, *paths, days=0, pinned=False):
    with writing(store.engine) as connection:
        use_files(connection, paths, AT + days * DAY, pinned=pinned)


def linked(store, *pairs):
    with writing(store.engine) as connection:
        link_files(connection, pairs)


def test_the_last_use_counts_and_what_is_pinned_stays(store):
    used(store, "warc/a", "warc/b", "warc/c")
    used(store, "warc/b", days=5)
    used(store, "warc/b", days=2)
    used(store, "warc/c", pinned=True)
    used(store, "warc/c", days=1)
    assert store.files.expired(AT) == ()
    assert store.files.expired(AT + 3 * DAY) == ("warc/a",)
    assert store.files.expired(AT + 9 * DAY) == ("warc/a", "warc/b")


def test_what_a_file_that_stays_refers_to_stays_however_many_steps_away_and_in_circles(store):
    used(store, "1", "2", "3", "4", "5")
    used(store, "0", days=9)
    linked(store, ("0", "1"), ("1", "2"), ("2", "3"), ("3", "1"), ("4", "5"), ("5", "4"), ("0", "0"))
    linked(store, ("0", "1"))
    assert store.files.expired(AT + 5 * DAY) == ("4", "5")


def test_what_is_let_go_of_is_forgotten_and_remembered_as_gone(store):
    digest, path = digest_of(b"chuoi"), blob_path(digest_of(b"chuoi"))
    store.runs.open(Run(id="r", kind=RunKind.NIGHT, state=RunState.OPEN, started_at=AT))
    blob = Place(digest=digest, kind=ProofKind.BLOB, media_type="text/plain", size=5, path=path, offset=0, length=5)
    page = Place(
        digest=digest_of(b"trang"), kind=ProofKind.HTTP, media_type="text/html", size=5, path="warc/r/x.warc.gz", offset=9, length=5,
        record="urn:uuid:00000000-0000-4000-8000-000000000001",
    )  # fmt: skip
    store.visits.keep("r", [blob, page], AT)
    with writing(store.engine) as connection:
        pin_named(connection, digest.encode())
    assert store.files.expired(AT + DAY) == ()
    assert {place for _, place in store.files.places([path, page.path])} == {blob, page}
    store.files.condemn(Pruning(id="p", at=AT + DAY, manifest=None, record=b"{}"), [path, page.path])
    assert [(one.id, one.manifest) for one in store.files.prunings()] == [("p", None)]
    store.files.over("p", digest)
    assert [(one.id, one.manifest) for one in store.files.prunings()] == [("p", digest)]
    assert store.files.pruned(page.record).at == store.files.pruned(digest).at == AT + DAY
    assert store.files.pruned(digest_of(b"x")) is None
    store.visits.forget()
    assert (store.visits.place(digest), store.visits.place(page.record), store.visits.places_of("r")) == (None, None, ())


def test_a_letter_that_came_back_is_marked_in_every_database_and_the_outbox_is_counted(store):
    store.outbox.put([notice(to=("a@x.example",)), notice("later", created_at=notice().created_at + DAY)])
    assert store.outbox.queue().oldest.notice.key == notice().key
    store.outbox.begin(notice().key, notice().created_at + DAY, until=notice().created_at + 2 * DAY)
    store.outbox.sent(notice().key, notice().created_at + DAY)
    store.outbox.bounced(notice().key, notice().created_at + 2 * DAY, "a@x.example: 550 no", "a@x.example")
    store.outbox.bounced("none", notice().created_at, "x", "x")
    queue = store.outbox.queue()
    assert {state.value: count for state, count in queue.states.items()} == {"bounced": 1, "waiting": 1}
    assert (queue.open, queue.oldest.notice.key) == (1, "later")
    assert store.outbox.all_keys() == (notice().key, "later")
