"""The statistics of experiments: sizes, intervals, tests; nothing here knows a database."""
