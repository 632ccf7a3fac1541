"""Copy: briefs, variants, approval."""

from backends.console.campaigns.routes import blueprint
from backends.console.pages import Page
from backends.staff.models import SUPERVISOR

PAGE = Page("campaigns", blueprint, "/staff/campaigns", roles=(SUPERVISOR,))
