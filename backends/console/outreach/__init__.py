"""Outreach: what is sent to whom, and what came of it."""

from backends.console.outreach.routes import blueprint
from backends.console.pages import Page
from backends.staff.models import SUPERVISOR

PAGE = Page("outreach", blueprint, "/staff/outreach", roles=(SUPERVISOR,))
