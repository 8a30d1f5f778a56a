"""Cases: alerts under investigation, decided by two people."""
