"""What shopkeepers edit in data/campaigns: channels, tones, templates, phrases, limits, words."""
