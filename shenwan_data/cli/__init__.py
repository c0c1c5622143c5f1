"""The commands of ``shenwan-data``, by what they are about.

Belongs here: options, what is printed, exit codes. Does not belong here: any of the work; each command
imports what it needs inside its function, so that help and ``inspect`` answer at once.
"""
