"""How good is the queue: alerts against labelled patterns. Labels are read here and in tests, never by a detector."""
