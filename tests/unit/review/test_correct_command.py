"""The same decisions on a terminal."""

from __future__ import annotations

import yaml
from click.testing import CliRunner

from shenwan_data.cli.main import main
from tests.unit.review.made_up_review import SHORT, data_folder


def test_conflicts_are_asked_one_by_one_and_a_figure_is_corrected_by_its_place(tmp_path):
    folder = data_folder(tmp_path / "data", SHORT)
    file = str(folder / "reports" / "2023" / "shenwan.txt")
    run = CliRunner().invoke

    asked = run(main, ["correct", file], input="2\n数据员\n已核实\n0\n都不是\n")
    assert asked.exit_code == 0, asked.output
    assert "审查合同73份" in asked.output and "审核合同128份" in asked.output
    at = str(SHORT.index("510宗"))
    done = run(main, ["correct", file, at, "--value", "51", "--why", "印错", "--who", "数据员"])
    assert done.exit_code == 0, done.output
    entries = yaml.safe_load((folder / "corrections" / "2023.yaml").read_text("utf-8"))
    assert [(e["quote"], e["action"]) for e in entries] == [
        ("128份", "assign"), ("8件", "drop"), ("9件", "drop"), ("510宗", "set"),
    ]  # fmt: skip
    listed = run(main, ["inspect", file, "--only", "found"])
    assert "penalty_cases" in listed.output and "✓ 数据员" in listed.output
    assert "走访企业260家" in listed.output and "行政处罚" in listed.output
    taken = run(main, ["correct", file, at, "--undo"])
    assert taken.exit_code == 0 and "已撤销" in taken.output
    outside = tmp_path / "elsewhere.txt"
    outside.write_text(SHORT, "utf-8")
    assert run(main, ["correct", str(outside)]).exit_code == 2
