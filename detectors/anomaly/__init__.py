"""Models: what looks unusual beside similar accounts. Pure like every detector; heavy libraries are imported inside `find` only."""
