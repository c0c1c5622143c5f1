"""Made-up reports for the tests of the whole graph."""

from pathlib import Path

from shenwan_data.report.archive import add_report
from tests.town_settings import give_settings

AREA = "shenwan"

# Made up for the tests; not the words of any publisher.
REPORT = """神湾镇{year}年法治政府建设年度报告
一、依法全面履行职能
{year}年，共办理行政处罚案件{cases}宗，处罚金额{fines}万元。受理政务服务事项{served}余件，群众满意率达99.5%。
二、普法宣传
开展普法活动{events}场，派发宣传资料近{leaflets}份，惠及群众约2万人次。
三、存在问题
普法工作还有不足。下一年将继续做好“八五”普法工作。
"""


def text_of(year: int, **changed: object) -> str:
    """The made-up report of a year."""
    since = year - 2000
    numbers: dict[str, object] = {
        "cases": 100 + since,
        "fines": 20 + since,
        "served": 3000 + 100 * since,
        "events": 10 + since,
        "leaflets": 5000 + 100 * since,
    }
    return REPORT.format(year=year, **{**numbers, **changed})


def write_report(data_dir: Path, year: int, text: str) -> None:
    """Put a text in the place of a year's report, with its record."""
    folder = data_dir / "reports" / str(year)
    for old in folder.glob(f"{AREA}.*"):
        old.unlink()
    if not (data_dir / "release.yaml").exists():
        give_settings(data_dir)
    source = data_dir.parent / f"{year}.txt"
    source.write_text(text, encoding="utf-8")
    add_report(source, year=year, area=AREA, data_dir=data_dir)
    source.unlink()
