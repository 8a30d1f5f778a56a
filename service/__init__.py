"""What people do: submit, run, review, replay and verify, on the command line and over HTTP."""
