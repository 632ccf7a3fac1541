"""What a connector adds to the time that Rasa takes for a message."""

#: Names the file to which a line for each message is written: its text, and seconds of Rasa's own
#: until the first answer was given to the output, and until Rasa was done, divided by tabs.
TIMES_FILE = "XIAOER_BENCHMARK_TIMES"
