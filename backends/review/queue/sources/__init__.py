"""Where messages come from that a person should look at: one file each."""
