"""The accounts of all staff, for supervisors."""

from backends.console.pages import Page
from backends.console.team.routes import blueprint
from backends.staff.models import SUPERVISOR

PAGE = Page("team", blueprint, "/staff/team", roles=(SUPERVISOR,))
