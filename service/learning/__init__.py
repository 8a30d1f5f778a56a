"""What decisions teach the order of the queue: proposed from the record, promoted by a second person, used by later runs."""
