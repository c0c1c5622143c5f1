"""From a source file to a Report.

Belongs here: reading files (txt, html, docx, pdf), the archive under ``data/reports``, and the
division of a text into headings, sentences and clauses. Does not belong here: anything about
numbers.
"""
