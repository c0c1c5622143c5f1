"""What all assets say of themselves alike.

Belongs here: owners. Does not belong here: descriptions, which stand with each asset.
"""

from __future__ import annotations

OWNERS = ["team:data-office"]
