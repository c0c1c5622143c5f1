"""Numbers in text.

Belongs here: the grammar, numerals, units, and the ledger of every numeral. Does not belong here:
which indicator a figure is (``indicators``).
"""
