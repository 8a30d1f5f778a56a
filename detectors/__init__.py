"""What looks wrong: pure functions from a snapshot to findings. No web, no clock, no environment, no writing."""
