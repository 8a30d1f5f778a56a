"""The append-only record of every act: appending, verifying by other code, and receipts that a submitter can keep."""
