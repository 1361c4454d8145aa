"""The service for the terminal: whether it is well, its tasks, the last runs, and the probes over the weeks."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from auditor.model.figures import comma
from auditor.model.note import Json, Note
from auditor.model.visit import Cause
from auditor.model.zone import VIETNAM
from reports.journal import TASKS, said
from reports.visible import one_line
from reports.words import vietnamese

__all__ = ["health_text", "status_text"]

_MOST_SAID = 5
_STATES = {"open": "đang dở", "held": "bị giữ lại", "published": "đã công bố", "kept": "đã lưu, không công bố"}
Object = Mapping[str, Json]


def status_text(document: Object) -> str:
    """Say how the service is, how the last runs went, and how the probes fared."""
    runs = [line for run in _list(document, "runs") for line in _run(run)]
    weeks = [_week(row) for row in _list(document, "weeks")]
    service = document["service"]
    assert isinstance(service, dict)
    parts = [
        health_text(service),
        "\n".join([*_gate(service), *_notices(service), *_tasks(service)]),
        "\n".join(runs) or "Chưa có lượt chạy nào.",
    ]
    return "\n\n".join([part for part in (*parts, "\n".join(["Đầu dò theo tuần:", *weeks] if weeks else [])) if part])


def health_text(service: Object) -> str:
    """Say whether the service is well, and what its operator should see to."""
    problems = [vietnamese().say(_note(problem)) for problem in _list(service, "problems")]
    return "\n".join(
        ["Dịch vụ cần được xem lại:", *(f"  {one_line(text)}" for text in problems)] if problems else ["Dịch vụ ổn."]
    )


def _note(problem: Object) -> Note:
    facts = problem["facts"]
    assert isinstance(facts, dict)
    task = {"task": TASKS.get(str(facts["task"]), facts["task"])} if "task" in facts else {}
    because = {"because": said(str(facts["because"]))} if "because" in facts else {}
    return Note(key=str(problem["key"]), text=str(problem["text"]), facts={**facts, **task, **because})


def _gate(service: Object) -> list[str]:
    gate = service["gate"]
    if not isinstance(gate, dict) or gate["run"] is None:
        return []
    why = f"; lý do: {one_line(said(str(gate['because'])))}" if gate.get("because") else ""
    last = f"lượt công bố gần nhất: {gate['published']}" if gate["published"] else "chưa công bố lượt nào"
    return [f"Cổng kiểm soát: {'đã mở' if gate['open'] else 'đóng'} với lượt {gate['run']}; {last}{why}"]


def _notices(service: Object) -> list[str]:
    notices, words = service["notices"], vietnamese()
    if not isinstance(notices, dict) or not isinstance(notices["states"], dict):
        return []
    counts = [f"{words.term('delivery', state)} {count}" for state, count in notices["states"].items() if count]
    oldest = notices["oldest"]
    since = f"; cũ nhất chưa xong từ {_moment(oldest['created_at'])}" if isinstance(oldest, dict) else ""
    return [f"Thông báo: {', '.join(counts)}{since}"] if counts else []


def _tasks(service: Object) -> list[str]:
    tasks = service["tasks"]
    lines = []
    for name, task in tasks.items() if isinstance(tasks, dict) else ():
        if isinstance(task, dict):
            times = (("lần tới", task["next_at"]), ("lần cuối", task["ended_at"]))
            moments = [f"{word} {_moment(at)}" for word, at in times if at]
            lines.append(f"{TASKS.get(name, name)}: {', '.join([*moments, 'đã xong ' + str(task['done']) + ' lần'])}")
    last = _list(service, "said")[-_MOST_SAID:]
    return [*lines, *(f"  {_moment(one['at'])}  {one_line(said(str(one['what'])))}" for one in last)]


def _moment(text: Json) -> str:
    return f"{datetime.fromisoformat(str(text)).astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"


def _week(row: Object) -> str:
    shares, words = row["shares"], vietnamese()
    families = {"done": "ending", "cut": "ending", "failed": "ending"}
    told = [
        f"{words.term(families.get(name, 'blame'), name)} {comma(f'{float(str(share)) * 100:.1f}')} %"
        for name, share in (shares.items() if isinstance(shares, dict) else ())
    ]
    return f"  tuần {row['week']}  {row['probe']}: {row['visits']} lượt; {'; '.join(told)}"


def _list(document: Object, key: str) -> Sequence[Object]:
    rows = document[key]
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _run(run: Object) -> list[str]:
    words = vietnamese()
    lines = [
        f"{run['run']}  {_STATES.get(str(run['state']), run['state'])}  bắt đầu {_moment(run['started_at'])}",
        f"  {run['visits']} lượt kiểm tra, {run['readings']} kết quả; kết thúc: {_counts(run, 'endings')}",
    ]
    causes = run["causes"]
    if isinstance(causes, dict) and causes:
        lines.append("  nguyên nhân: " + ", ".join(f"{words.cause(Cause(cause))} ({count})" for cause, count in causes.items()))
    if run["held_because"]:
        lines.append(f"  giữ lại vì: {one_line(said(str(run['held_because'])))}")
    slowest = "; ".join(f"{one_line(str(one['site']))} {comma(str(one['seconds']))} giây" for one in _list(run, "slowest")[:3])
    return [*lines, f"  chậm nhất: {slowest}"] if slowest else lines


def _counts(run: Object, key: str) -> str:
    counts = run[key]
    return (
        ", ".join(f"{vietnamese().term('ending', name)} {count}" for name, count in counts.items())
        if isinstance(counts, dict) and counts
        else "–"
    )
