"""The report checked against itself, last year and plain sense.

Belongs here: the check types that find disagreements, one module a noun, and reading the rules of
``schemas/findings.yaml``. Does not belong here: any value, sentence or indicator of a report (those
are parameters of rules), or what follows from a finding: it is published beside the value.
"""

from shenwan_data.findings.rules import Rule, find_findings, rules

__all__ = ["Rule", "find_findings", "rules"]
