-- Which transactions speak of which topic: a term of the lexicon stands in the text as whole words. Each text is searched once.
create table mentions as
with written as (
    select distinct purpose from transactions where purpose is not null
),
texts as (
    select purpose, ' ' || {folded_written} || ' ' as text from written
),
words as (
    select distinct purpose, text, unnest(string_split(text, ' ')) as word from texts
),
terms as (
    select topic, term, ' ' || {folded_listed} || ' ' as padded, split_part({folded_listed}, ' ', 1) as word from ref_lexicon
),
found as (
    select w.purpose, t.topic, min(t.term) as term
    from words as w
    join terms as t on t.word = w.word and contains(w.text, t.padded)
    group by w.purpose, t.topic
)
select p.txn, f.topic, f.term
from transactions as p
join found as f on f.purpose = p.purpose
order by p.txn, f.topic
