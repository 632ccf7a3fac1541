"""What a text says, as far as rules can read it: its facts, sentences, words and negations."""
