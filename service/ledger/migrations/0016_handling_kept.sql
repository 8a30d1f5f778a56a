-- What a partner sent while a stricter word was agreed keeps to that word when a looser one is agreed: rows of batch_handling that no
-- older ledger has, so it is made anew from the journal.
select 1;
