"""Insights: figures, charts, transcripts."""

from backends.console.insights.routes import blueprint
from backends.console.pages import Page
from backends.staff.models import SUPERVISOR

PAGE = Page("insights", blueprint, "/staff/insights", roles=(SUPERVISOR,))
