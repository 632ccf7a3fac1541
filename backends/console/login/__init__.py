"""The page to log in, and the way out."""

from backends.console.login.routes import blueprint
from backends.console.pages import Page

PAGE = Page("login", blueprint)
