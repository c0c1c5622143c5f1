"""What people edit: reading it, checking it, and saying what is wrong with it.

Belongs here: reading text, YAML and CSV with the line of every entry (``textfile``), pydantic models
and the one translator of their errors (``forms``), the settings of a town (``settings``), and
the form of origin records, corrections, indicators, targets and declarations. Does not belong here:
what is done with any of it.
"""
