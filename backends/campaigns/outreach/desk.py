"""What the endpoints and the pages of outreach share, on ``app.ctx.outreach``."""

from __future__ import annotations

from dataclasses import dataclass

from backends.campaigns.outreach.audience import Audiences
from backends.campaigns.outreach.checks import Checks
from backends.campaigns.outreach.rules import Rules
from backends.campaigns.outreach.worker import Worker


@dataclass(frozen=True)
class Desk:
    """The rules, who asks by them, who finds audiences, and who sends."""

    rules: Rules
    checks: Checks
    audiences: Audiences
    worker: Worker
