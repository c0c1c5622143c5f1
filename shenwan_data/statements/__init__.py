"""What a figure states: what is counted, what was done, for which time and how much of the area.

Belongs here: reading the words around every data figure by the lexicon of ``schemas/lexicon``. Does not
belong here: numerals (``figures``), or which indicator a statement is (``indicators``).
"""
