"""Lists of public services: by the levels of 2018 or the two kinds of 2022, with what contradicts itself."""

from auditor.sample.page import Block, Cell, Link, Page
from auditor.sample.plan import SectionPlan, ServicePlan, SitePlan
from auditor.sample.writer import Writer, pool

__all__ = ["service_pages"]

_PER_PAGE = 8
_HEADER = ("STT", "Tên dịch vụ công", "Mức độ", "Lĩnh vực", "Cơ quan thực hiện", "Chọn")
_SAYS = {
    "1": "Mức độ 1",
    "2": "Mức độ 2",
    "3": "Mức độ 3",
    "4": "Mức độ 4",
    "full": "Toàn trình",
    "part": "Một phần",
    "told": "Cung cấp thông tin",
}
_FORMS_FROM = {"2", "3", "4", "full", "part"}


def service_pages(site: SitePlan, writer: Writer) -> list[Page]:
    """Give the pages of a site's list of services, the one behind each row, and the log-in that stands before handing in."""
    if not site.services:
        return []
    section = next(section for section in site.sections if section.kind == "services")
    base = writer.href(section)
    parts = [site.services[first : first + _PER_PAGE] for first in range(0, len(site.services), _PER_PAGE)]
    addresses = [base if number == 1 else f"{base}?trang={number}" for number in range(1, len(parts) + 1)]
    pages = []
    for number, (address, part) in enumerate(zip(addresses, parts, strict=True)):
        rows = tuple(_row(writer, section, number * _PER_PAGE + place, service) for place, service in enumerate(part, 1))
        turns = tuple(Link(label=f"Trang {n}", href=other) for n, other in enumerate(addresses, 1) if other != address)
        blocks = (Block(header=_HEADER, rows=rows), Block(links=turns))
        pages.append(Page(path=address, title=writer.plain(section), blocks=blocks))
    pages += [_detail(writer, section, number, service) for number, service in enumerate(site.services, 1)]
    return [*pages, Page(path="/nop-ho-so", title="Đăng nhập để nộp hồ sơ", blocks=(Block(texts=(_LOG_IN,)),))]


_LOG_IN = "Người nộp cần đăng nhập bằng tài khoản định danh trước khi nộp; trang mẫu này không nhận hồ sơ thật."


def _name(number: int) -> str:
    names = pool()["services"]["procedures"]
    return str(names[(number - 1) % len(names)])


def _row(writer: Writer, section: SectionPlan, number: int, service: ServicePlan) -> tuple[Cell, ...]:
    chosen = (
        Cell(text="Nộp hồ sơ", href=_submit(number))
        if service.submit
        else Cell(text="Chi tiết", href=_address(writer, section, number))
    )
    return (
        Cell(text=str(number)),
        Cell(text=_name(number), href=_address(writer, section, number)),
        Cell(text=_SAYS[service.level]),
        Cell(text=f"Lĩnh vực mẫu {1 + number % 4}"),
        Cell(text=service.by),
        chosen,
    )


def _detail(writer: Writer, section: SectionPlan, number: int, service: ServicePlan) -> Page:
    fields = (
        ("Mã thủ tục", f"9.{number:06}"),
        ("Cơ quan thực hiện", service.by),
        ("Mức độ", _SAYS[service.level]),
        ("Thời hạn giải quyết", f"{3 + number % 12} ngày làm việc"),
        ("Lệ phí", "không thu" if number % 3 else "hai mươi nghìn đồng"),
        ("Thành phần hồ sơ", f"đơn theo mẫu số {number}, bản sao giấy tờ tùy thân"),
    )
    links = (
        [Link(label=f"Tải tờ khai số {number}", href=writer.family.file(section.slug, number))]
        if service.level in _FORMS_FROM
        else []
    )
    if service.submit:
        links.append(Link(label="Nộp hồ sơ", href=_submit(number)))
    rows = tuple((Cell(text=name), Cell(text=text)) for name, text in fields)
    blocks = (Block(header=("Mục", "Nội dung"), rows=rows), Block(links=tuple(links)))
    return Page(path=_address(writer, section, number), title=_name(number), blocks=blocks)


def _address(writer: Writer, section: SectionPlan, number: int) -> str:
    return writer.family.entry(section.slug, writer.number(section), "thu-tuc", number)


def _submit(number: int) -> str:
    return f"/nop-ho-so?ma={number}"
