"""What people set for themselves: presence, languages, how many tickets, the password."""

from backends.console.pages import Page
from backends.console.profile.routes import blueprint

PAGE = Page("profile", blueprint, "/staff/me")
