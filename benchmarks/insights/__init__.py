"""How insights stand ten million events: counting them, and the pages behind the dashboard."""
