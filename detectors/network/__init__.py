"""Networks of novel relations: small sets of accounts more tightly tied than chance allows. Defined in docs/network.md."""
