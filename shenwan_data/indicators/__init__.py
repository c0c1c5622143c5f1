"""What a figure means.

Belongs here: the catalogue, matching, corrections, observations, and findings. Does not belong here:
files and formats of a release (``release``).
"""
