"""Uptime for people and machines: JSON (DESIGN section 8), a table for the terminal, CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from auditor.model.note import Json
from auditor.model.uptime import Incident, Sample, SiteUptime, UptimeReport
from auditor.model.visit import Blame, Cause
from reports.csvs import cell
from reports.numbers import two
from reports.view import local_time
from reports.visible import one_line
from reports.words import Words, vietnamese

__all__ = ["cause_of", "percent", "samples_json", "samples_text", "span", "uptime_csv", "uptime_json", "uptime_text"]

_MILLIONTH = Decimal("0.000001")
_MOST = 5
_HEAD = (
    *("site", "agencies", "from", "to", "availability", "coverage", "samples", "up_seconds", "down_seconds"),
    *("ours", "refused", "open", "maintenance", "not_sampled", "incidents", "longest_seconds", "p50_ms", "p95_ms", "p99_ms"),
)
Taken = Sequence[tuple[str, Sample]]


def uptime_json(report: UptimeReport) -> dict[str, Json]:
    """Give the report as one document."""
    return {
        "from": report.since.isoformat(),
        "to": report.until.isoformat(),
        "sites": [_site_json(site) for site in report.sites],
    }


def _site_json(site: SiteUptime) -> Json:
    account = site.account
    return {
        "site": site.site,
        "agencies": [*site.agencies],
        "availability": _share(account.availability),
        "coverage": _share(account.coverage),
        "samples": account.samples,
        "up_seconds": account.up_seconds,
        "down_seconds": account.down_seconds,
        "excluded": [{"why": part.why.value, "seconds": part.seconds} for part in account.excluded],
        "incidents": [_incident_json(incident) for incident in account.incidents],
        "longest_seconds": account.longest_seconds,
        "p50_ms": account.p50_ms,
        "p95_ms": account.p95_ms,
        "p99_ms": account.p99_ms,
        "days": [
            {
                "day": day.day.isoformat(),
                "availability": _share(day.availability),
                "coverage": _share(day.coverage),
                "down_seconds": day.down_seconds,
            }
            for day in site.days
        ],
    }


def _incident_json(incident: Incident) -> Json:
    return {
        "from": incident.since.isoformat(),
        "to": incident.until.isoformat() if incident.until else None,
        "seconds": incident.seconds,
        "cause": incident.cause.value,
    }


def _share(value: Decimal | None) -> str | None:
    """Give a share to six places, which is half a minute of a year; down so that what was not whole never reads as 1."""
    if value is None:
        return None
    short = value.quantize(_MILLIONTH, rounding="ROUND_DOWN").normalize()
    return f"{short:f}"


def uptime_text(report: UptimeReport, words: Words | None = None) -> str:
    """Give the report for a terminal."""
    said = words or vietnamese()
    head = f"Từ {local_time(report.since)} đến {local_time(report.until)} (giờ Việt Nam)."
    if not report.sites:
        return f"{head}\nChưa có lần kiểm tra nào trong khoảng này."
    return "\n".join([head, *(line for site in report.sites for line in _site_lines(site, said)), "", _ACCOUNTING])


_ACCOUNTING = (
    "Cách tính: một lần kiểm tra có giá trị đến lần kế tiếp, nhiều nhất hai chu kỳ; quá mức đó là khoảng không kiểm tra. "
    "Tỷ lệ hoạt động = thời gian hoạt động chia cho tổng thời gian hoạt động và ngừng. "
    "Chỉ tính là ngừng khi lỗi do trang và đã được xác nhận lần hai. "
    "Không tính: lỗi của máy kiểm tra, trang từ chối, chưa rõ nguyên nhân, bảo trì đã báo trước, khoảng không kiểm tra."
)


def _site_lines(site: SiteUptime, words: Words) -> Iterable[str]:
    account = site.account
    yield ""
    yield f"{one_line(site.site)}  ({', '.join(site.agencies)})"
    share = f"{percent(account.availability)} %" if account.availability is not None else "không đủ số liệu"
    yield f"  Hoạt động {share}; đã biết {percent(account.coverage)} % thời gian, qua {account.samples} lần kiểm tra."
    if account.p95_ms is not None:
        parts = f"một nửa trong {account.p50_ms} ms, 95 % trong {account.p95_ms} ms, 99 % trong {account.p99_ms} ms"
        yield f"  Tải xong trang chủ: {parts}."
    if account.excluded:
        left = (f"{words.text(f'uptime.why.{part.why.value}')} {span(part.seconds)}" for part in account.excluded)
        yield f"  Không tính: {'; '.join(left)}."
    if account.incidents:
        yield f"  {account.incident_count} sự cố, ngừng {span(account.down_seconds)}, dài nhất {span(account.longest_seconds)}:"
    for incident in account.incidents[-_MOST:]:
        until = f"đến {local_time(incident.until)}" if incident.until else "đến nay chưa hết"
        cause = cause_of(incident.cause, words)
        yield f"    từ {local_time(incident.since)} {until}, {span(incident.seconds)}: {cause}"


def percent(share: Decimal) -> str:
    """Give a share as a percent for people, rounded down at two places: 99.996 is not 100."""
    return two((share * 100).quantize(Decimal("0.01"), rounding="ROUND_DOWN"))


def span(seconds: int) -> str:
    """Give a length of time in words, its two greatest parts."""
    whole = timedelta(seconds=seconds)
    hours, rest = divmod(whole.seconds, 3600)
    parts = [(whole.days, "ngày"), (hours, "giờ"), (rest // 60, "phút"), (rest % 60, "giây")]
    first = next((place for place, (number, _) in enumerate(parts) if number), len(parts) - 1)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number) or "0 giây"


def uptime_csv(report: UptimeReport) -> str:
    """Give the report as CSV, a row a site, in which no cell can become a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_HEAD)
    for site in report.sites:
        account = site.account
        left = {part.why.value: part.seconds for part in account.excluded}
        writer.writerow(
            map(
                cell,
                (
                    *(site.site, " ".join(site.agencies), report.since.isoformat(), report.until.isoformat()),
                    *(_share(account.availability), _share(account.coverage)),
                    *(account.samples, account.up_seconds, account.down_seconds),
                    *(left.get(why, 0) for why in _HEAD[9:14]),
                    *(account.incident_count, account.longest_seconds, account.p50_ms, account.p95_ms, account.p99_ms),
                ),
            )
        )
    return file.getvalue().rstrip("\n")


def samples_json(taken: Taken) -> list[Json]:
    """Give samples just taken."""
    return [
        {
            "site": site,
            "at": datetime.fromtimestamp(sample.at, UTC).isoformat(),
            "up": _is_up(sample),
            "cause": sample.cause.value if sample.cause else None,
            "blame": sample.cause.blame.value if sample.cause else None,
            "status": sample.status,
            "resolve_ms": sample.resolve_ms,
            "connect_ms": sample.connect_ms,
            "tls_ms": sample.tls_ms,
            "first_byte_ms": sample.first_byte_ms,
            "done_ms": sample.done_ms,
        }
        for site, sample in taken
    ]


def samples_text(taken: Taken, words: Words | None = None) -> str:
    """Say how each site was, those first that were not up."""
    said = words or vietnamese()
    if not taken:
        return "Không có trang nào để kiểm tra."
    ordered = sorted(taken, key=lambda one: (_is_up(one[1]) is True, _is_up(one[1]) is None, one[0]))
    return "\n".join(_sample_line(one_line(site), sample, said) for site, sample in ordered)


def _sample_line(site: str, sample: Sample, words: Words) -> str:
    if sample.cause is None:
        return f"{site}: hoạt động, {sample.done_ms} ms"
    told = "ngừng" if sample.cause.blame is Blame.THEIRS else "không tính"
    return f"{site}: {told} ({cause_of(sample.cause, words)})"


def _is_up(sample: Sample) -> bool | None:
    if sample.cause is None:
        return True
    return False if sample.cause.blame is Blame.THEIRS else None


def cause_of(cause: Cause, words: Words) -> str:
    """Say a cause as it is meant of a whole site."""
    return words.texts.get(f"uptime.cause.{cause.value}") or words.cause(cause)
