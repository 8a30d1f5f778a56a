"""What decided alerts teach the order of the queue: a weight for each detector, and whether the new order is better than the old."""
