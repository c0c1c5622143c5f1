"""The release described for machines: DCAT, Croissant, CSVW, schema.org and citation.

Belongs here: one module for each vocabulary. Does not belong here: tables or packages.
"""
