"""Every file that people edit, so that all of them can be checked at once.

Belongs here: which function reads which file. Does not belong here: reading, or saying what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from shenwan_data.config.records import read_sidecar, read_words
from shenwan_data.config.settings import read_areas, read_release_settings
from shenwan_data.figures.grammar import grammar, idioms
from shenwan_data.figures.hedges import hedges
from shenwan_data.figures.units import units
from shenwan_data.findings.rules import rules
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.concepts import ways
from shenwan_data.indicators.corrections import read_corrections
from shenwan_data.release.schema import code_lists, tables
from shenwan_data.report.privacy import find_personal_data
from shenwan_data.site.words import words
from shenwan_data.statements.lexicon import lexicon


def readers(data_dir: Path) -> tuple[Callable[[], object], ...]:
    """A function for each file of the data folder and of ``schemas/``; it raises where one is wrong."""
    corrections = sorted((data_dir / "corrections").glob("[0-9][0-9][0-9][0-9].yaml"))
    records = sorted((data_dir / "reports").glob("*/*.yaml"))
    return (
        partial(read_release_settings, data_dir),
        partial(read_areas, data_dir),
        partial(read_words, data_dir),
        units,
        catalogue,
        lexicon,
        ways,
        rules,
        code_lists,
        tables,
        words,
        hedges,
        idioms,
        grammar,
        partial(find_personal_data, ""),
        *(partial(read_corrections, data_dir, int(path.stem)) for path in corrections),
        *(partial(read_sidecar, path) for path in records),
    )
