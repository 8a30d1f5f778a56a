-- What the merchants of a category sell.
create table merchants as
select merchant_category, topic from ref_merchants order by merchant_category, topic
