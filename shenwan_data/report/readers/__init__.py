"""A source file read as text: plain text, web page, Word and PDF.

Belongs here: one module for each format. Does not belong here: where files are kept (``archive``).
"""
