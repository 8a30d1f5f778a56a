"""Where money came from and where it went: attribution over the ledger's transactions, and pictures of them."""
