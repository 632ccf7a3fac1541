"""A checker of a shop with two customers and two products."""

from datetime import datetime, timezone

from backends.recommendations.importing.checking import Checker

NOW = datetime(2026, 11, 20, tzinfo=timezone.utc)
CHECKER = Checker({"C1", "C2"}, {"P1": "P1", "P1-RED": "P1", "P2": "P2"}, NOW)
