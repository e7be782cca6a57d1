"""Whose turn it is: everything that is missing, waiting or wrong, each with its owner.

`matters.py` puts it together from findings and expectations; `waiting.py` holds what waits for
somebody although no rule is broken; `owners.py` says who can put a thing right.
"""

from .matters import matters

__all__ = ["matters"]
