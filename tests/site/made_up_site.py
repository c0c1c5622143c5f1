"""A data folder to build a site from: the real report, and made-up ones beside it.

Every text here is made up: places, numbers and doings are invented. 此处文本均为虚构。
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from shenwan_data.config.settings import is_version
from tests.town_settings import give_settings

ROOT = Path(__file__).resolve().parents[2]

# The year after the real report, as the same town might have told it. Made up.
NEXT_YEAR = """神湾镇2023年法治政府建设年度报告（虚构）

一、2023年推进法治政府建设的主要举措和成效

（一）行政效能不断提升

1.持续推进数字政府建设。核实620余项行政事项并形成清单。目前我镇已认领监管事项251项，梳理实施清单298项，完成率100%。全镇1590项政务服务事项实现“指尖办”，市场主体登记注册总量达4513家。2023年，行政服务中心共接待群众41020人，累计受理群众申请40115件，日均受理160余件，承诺期内办结率为100%，服务满意率达99.97%。群众可在家门口自助完成120多项业务办理。

2.优化营商环境。由领导班子成员亲自挂点90家企业。2023年共召开政企座谈会8次，领导干部走访企业310家次，帮助企业解决招工用工等问题85项，为企业兑现奖补资金2130万元。

（二）依法行政

编制公布行政规范性文件3份，合法性审查审核率、统一发布率均达100%。本年度共组织重点事项涉法研讨会170次。全年完成违法用地整治30宗面积共110亩，拆除违章建筑面积共15.2万平方米。

共立案查处各类行政处罚案件158宗，作出处罚金额412.6万元。我镇在执法信息公示平台上录入行政执法案件2801宗。

（三）社会治理

本年度共接受法律咨询1502人次，办理法援案件11宗，依法处置各类信访问题128宗，成功调解矛盾纠纷近60宗，涉案金额超千万元。

（四）普法宣传

累计组织开展普法进村（社区）线上和线下宣传活动41场次，发放宣传资料6100份，受教育群众达2万余人次。培养覆盖全镇的24名“法律明白人”。
"""

# A town that plays tricks on whoever shows its report. Made up.
HOSTILE = """云坪镇2023年法治政府建设\u2067年度\u2069报告（虚构）<script>alert("title")</script>

一、主要举措 <img src=x onerror=alert(1)>

云坪镇受理群众申请1200件</p><script>alert('text')</script>，服务满意率达98%。

共立案查处各类行政处罚案件12宗，作出处罚金额3.5万元&lt;b&gt;。拆除违章建筑面积共\u202e0002\u202c平方米，派发宣传资料300\u200b份。

组织开展普法宣传活动9场次，javascript:alert(2)，"onmouseover="alert(3)受教育群众达8百人次。

{{ 7*7 }}\ue001 {% raw %} ${7*7} <!-- 5 --> ]]> 成功调解矛盾纠纷7宗。
"""


def data_folder(target: Path) -> Path:
    """The real report of 2022 and the made-up ones of 2023 in a data folder of their own."""
    give_settings(target)
    shutil.copytree(ROOT / "data" / "reports" / "2022", target / "reports" / "2022")
    year = target / "reports" / "2023"
    year.mkdir(parents=True)
    (year / "shenwan.txt").write_text(NEXT_YEAR, encoding="utf-8")
    (year / "yunping.txt").write_text(HOSTILE, encoding="utf-8")
    # Its title is an attack; whoever archives it says so.
    hashed = hashlib.sha256(HOSTILE.encode("utf-8")).hexdigest()
    title = json.dumps(HOSTILE.splitlines()[0])
    (year / "yunping.yaml").write_text(
        f"sha256: {hashed}\ntitle: {title}\nanyway: 标题是虚构的\n", encoding="utf-8"
    )
    return target


def release_of(folder: Path) -> Path:
    """Build the release of a data folder with the command, as a publisher does."""
    command = [sys.executable, "-m", "shenwan_data", "build", "--data-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (release,) = (path for path in (folder / "releases").iterdir() if is_version(path.name))
    return release
