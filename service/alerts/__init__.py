"""The standing alerts and what people do with them."""
