"""Writes ``standings.xlsx``: what an accountant reads of the evidence (``inputs.csv``), and formulas that do all of the sums.

It knows nothing of the judge: every scale, rule, bound, rank and class stands in it a second time, as a spreadsheet says it.
LibreOffice works the formulas out; ``expected.csv`` holds what they come to. After a change of the inputs::

    python tests/golden/council/build.py && git diff tests/golden/council
"""

import csv
import subprocess
import tempfile
from pathlib import Path

from openpyxl import Workbook, load_workbook

HERE = Path(__file__).parent
LAST = 111
MAX = {"1.1": 2, "1.2": 2, "1.3": 3, "1.4": 0, "2.1": 4, "2.2": 7, "2.3": 5, "2.4": 2, "3.1": 4, "3.2": 3, "3.3": 6}
AREAS = {"1": ("portal", -1), "2": ("policy", 0), "3": ("services", 0)}
HEAD = [
    "agency",
    "group",
    "criterion",
    "area",
    "max",
    "seen",
    "seen_too",
    "declared",
    "appraised",
    "kind",
    "points",
    "low",
    "high",
]
PRICE = {
    "1.1": "IF({0},2,0)",
    "1.2": 'IF({0}="present",2,IF({0}="empty",0.5,0))',
    "1.3": "IF({0}>=30,3,IF({0}>=7,1.5,0))",
    "1.4": "-MIN({0}*0.7,3)",
    "2.1": "{0}*4",
    "2.2": "IF({0}>=0.7,7,IF({0}>=0.3,{0}*7/0.7,0))",
    "2.4": "MIN({0}*0.3,2)",
}
SHARE_OF = "_xlfn.MAXIFS({0}$2:{0}$111,B$2:B$111,B{1},C$2:C$111,C{1})"
OPEN_IN_GROUP = 'COUNTIFS(B$2:B$111,B{0},C$2:C$111,C{0},F$2:F$111,"unknown")'


def value(text):
    """Give a cell's value."""
    if text in {"yes", "no"}:
        return text == "yes"
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text or None


def side(criterion, cell):
    """Give what is seen is worth: nothing where nobody could look for too long."""
    return f'IF({cell}="worst",0,{PRICE[criterion].format(cell)})'


def mark(criterion, r):
    """Give the formulas of kind, points, low and high of one row."""
    f, g, h, i, e = f"F{r}", f"G{r}", f"H{r}", f"I{r}", f"E{r}"
    low, high = ("-3", "0") if criterion == "1.4" else ("0", e)
    if criterion in {"1.1", "1.3", "1.4"}:
        return f'=IF({f}="unknown","pending",IF({f}="no duty","excluded","points"))', f"={side(criterion, f)}", low, high
    if criterion == "1.2":
        lower = f"MIN({side(criterion, f)},{PRICE[criterion].format(h)})"
        kind = f'=IF({i}<>"","points",IF({f}="unknown",IF({PRICE[criterion].format(h)}=0,"points","pending"),"points"))'
        return kind, f'=IF({i}<>"",{PRICE[criterion].format(i)},{lower})', low, high
    if criterion == "2.1":
        return "points", f"={PRICE[criterion].format(h)}", low, high
    if criterion == "2.2":
        told = PRICE[criterion].format(h)
        return f'=IF({f}="unknown",IF({told}=0,"points","pending"),"points")', f"=MIN({side(criterion, f)},{told})", low, high
    if criterion == "2.3":
        return "points", f"={h}*5/{SHARE_OF.format('H', r)}", low, high
    if criterion == "2.4":
        worth = f'=IF({f}="unknown",{PRICE[criterion].format(h)},{side(criterion, f)})'
        return f'=IF({f}="unknown",IF({h}="","pending","points"),"points")', worth, low, high
    if criterion == "3.1":
        least = f"MAX(IF(ISLOGICAL({f}),IF({f},4,0),0),IF(ISNUMBER({g}),IF({g}>=3,2.5,0),0))"
        most = f'MAX(IF({f}="unknown",4,0),IF({g}="unknown",2.5,0),{least})'
        return f'=IF({least}={most},"points","pending")', f"={least}", low, high
    if criterion == "3.2":
        worth = f'=IF({g}="no duty",2*{f}*3/2,(2*{f}+IF({g},1,0))*3/3)'
        return f'=IF(OR({f}="unknown",{g}="unknown"),"pending","points")', worth, low, high
    own, top, open_ = f, SHARE_OF.format("F", r), OPEN_IN_GROUP.format(r)
    least = f'=IF({f}="unknown",0,{own}*6/IF({open_}=0,{top},MAX(1,{top})))'
    most = f'=IF({f}="unknown",6,{own}*6/{top})'
    return f'=IF({f}="unknown","pending",IF(L{r}=M{r},"points","pending"))', f"=M{r}", least, most


def marks(sheet, groups):
    """Write a row for every agency and criterion."""
    sheet.append(HEAD)
    with (HERE / "inputs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == LAST - 1
    for r, row in enumerate(rows, 2):
        criterion = row["criterion"]
        told = [value(row[name]) for name in ("seen", "seen_too", "declared", "appraised")]
        kind, points, low, high = (as_cell(part) for part in mark(criterion, r))
        sheet.append(
            [
                row["agency"],
                groups[row["agency"]],
                criterion,
                AREAS[criterion[0]][0],
                MAX[criterion],
                *told,
                kind,
                points,
                low,
                high,
            ]
        )


def as_cell(part):
    """Give a formula or word as it is, a number as a number, and a cell's name as a formula."""
    if part.startswith("=") or part == "points":
        return part
    return f"={part}" if part.startswith("E") else float(part)


STANDING = [
    *("agency", "group", "portal", "policy", "services", "points", "possible", "pending", "percent", "low", "high", "coverage"),
    *("ranked", "rank", "tied", "best_rank", "worst_rank", "class", "shown_percent", "shown_low", "shown_high", "least", "most"),
]


def standings(sheet, groups):
    """Write a row for every agency; the columns stand in the order of STANDING."""
    sheet.append(STANDING)
    n = len(groups) + 1
    for r, (agency, group) in enumerate(groups.items(), 2):

        def added(column, kind, area=None, r=r):
            where = f',marks!D$2:D${LAST},"{area}"' if area else ""
            return f'SUMIFS(marks!{column}$2:{column}${LAST},marks!A$2:A${LAST},A{r},marks!J$2:J${LAST},"{kind}"{where})'

        areas = [f"=MAX({floor},{added('K', 'points', area)})" for area, floor in AREAS.values()]
        bound = {
            column: "+".join(
                f"MAX({floor},{added('K', 'points', a)}+{added(column, 'pending', a)})" for a, floor in AREAS.values()
            )
            for column in "LM"
        }
        mine, ranked = f"B$2:B${n},B{r}", f"M$2:M${n},TRUE"
        sheet.append(
            [
                agency, group, *areas, f"=C{r}+D{r}+E{r}", f"={added('E', 'points')}+{added('E', 'pending')}", f"={added('E', 'pending')}",
                f"=100*F{r}/(G{r}-H{r})", f"=100*({bound['L']})/G{r}", f"=100*({bound['M']})/G{r}", f"=(G{r}-H{r})/G{r}",
                f"=L{r}>=0.8", f'=IF(M{r},1+COUNTIFS({mine},{ranked},S$2:S${n},">"&S{r}),"")',
                f"=AND(M{r},COUNTIFS({mine},{ranked},S$2:S${n},S{r})>1)",
                f'=IF(M{r},1+COUNTIFS({mine},{ranked},V$2:V${n},">"&W{r}),"")',
                f'=IF(M{r},COUNTIFS({mine})-COUNTIFS({mine},W$2:W${n},"<"&V{r}),"")',
                f'=IF(M{r},IF(S{r}>=85,"Tốt",IF(S{r}>=70,"Khá",IF(S{r}>=50,"Trung bình","Yếu"))),"")',
                f"=ROUND(I{r},2)", f"=ROUND(J{r},2)", f"=ROUND(K{r},2)", f"=MIN(S{r},T{r})", f"=MAX(S{r},U{r})",
            ]
        )  # fmt: skip


def main():
    """Write the workbook, let LibreOffice work it out, and write what it comes to."""
    with (HERE / "agencies.csv").open(newline="") as file:
        groups = {row["code"]: row["group"] for row in csv.DictReader(file)}
    book = Workbook()
    book.active.title = "marks"
    marks(book["marks"], groups)
    standings(book.create_sheet("standings"), groups)
    with tempfile.TemporaryDirectory() as folder:
        book.save(Path(folder) / "standings.xlsx")
        command = [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to",
            "xlsx",
            "--outdir",
            f"{folder}/out",
        ]
        subprocess.run([*command, f"{folder}/standings.xlsx"], check=True, capture_output=True, timeout=300)
        (HERE / "standings.xlsx").write_bytes((Path(folder) / "out" / "standings.xlsx").read_bytes())
    done = load_workbook(HERE / "standings.xlsx", data_only=True)["standings"]
    with (HERE / "expected.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(done.iter_rows(values_only=True))


if __name__ == "__main__":
    main()
