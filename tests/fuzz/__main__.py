"""``python -m tests.fuzz``: damaged files and wild texts for a bounded time."""

import argparse
import sys

from tests.fuzz.attack import attack

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--seconds", type=float, default=60)
parser.add_argument("--seed", type=int, default=0, help="of the first case")
given = parser.parse_args()
outcome = attack(given.seconds, given.seed)
sys.stdout.write(
    f"{outcome.cases} cases: {outcome.read} read, {outcome.refused} refused, "
    f"{len(outcome.failures)} failed\n"
)
for seed, kind, what in outcome.failures:
    sys.stdout.write(f"--seed {seed} ({kind}): {what}\n")
sys.exit(bool(outcome.failures))
