"""The command `xiaoer`: start, talk to, ask and examine a Rasa project made with these components."""
