"""The publisher's desk: a local web application in which a person reviews what was read.

Belongs here: the checklist of a report, writing a person's decisions, and the pages in which they are
made. Does not belong here: reading (``indicators.read``), the form of what is written (``config``), or
applying it (``indicators.corrections``). What the desk decides it writes to the files that a person
could have written; it keeps nothing else.
"""
