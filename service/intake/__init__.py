"""From the bytes that a partner sent to a sealed segment, every row accounted for; parsing happens in a child process."""
