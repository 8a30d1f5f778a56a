"""Originator control: whose data it is, what they allow, and what may leave the house."""
