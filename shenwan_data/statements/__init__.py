"""What a figure states: what is counted, for which period, for how much of the area.

Belongs here: the context of a figure and what it says. Does not belong here: indicators.
"""
