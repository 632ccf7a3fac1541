"""The staff console: pages under /staff, made on the server, kept fresh by htmx and events."""
