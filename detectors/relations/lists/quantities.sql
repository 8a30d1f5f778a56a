-- How much of a thing a text speaks of: grams of what is weighed, litres of what is poured. Whole numbers and decimals, with blanks,
-- points, commas or apostrophes between thousands, in Latin or Arabic digits. Each text is searched once.
-- Left out: `1.200 kg` (one and a fifth to some, twelve hundred to others) and a text with two different amounts of one unit.
create table quantities as
with listed(unit, factor, names) as (
    values ('gram', 1.0000, 'g,gr,grs,gm,gms,gram,grams,gramme,grammes,gramo,gramos,غ,غرام,جرام'),
           ('gram', 1000.0000, 'kg,kgs,kilo,kilos,kilogram,kilograms,kilogramme,kilogrammes,kilogramo,kilogramos,كغ,كيلو,كيلوغرام'),
           ('gram', 31.1035, 'oz,ozt,ounce,ounces,troy ounce,troy ounces,once,onces,onza,onzas,اونصة'),
           ('gram', 11.6638, 'tola,tolas'),
           ('litre', 1.0000, 'l,lt,lts,ltr,ltrs,liter,liters,litre,litres,litro,litros,لتر'),
           ('litre', 100.0000, 'hl,hectoliter,hectoliters,hectolitre,hectolitres,hectolitro,hectolitros'),
           ('litre', 1000.0000, 'm3,cubic metre,cubic metres,cubic meter,cubic meters,metre cube,metres cubes,metro cubico,metros cubicos'),
           ('litre', 158.9873, 'bbl,bbls,barrel,barrels,baril,barils,barril,barriles,برميل'),
           ('litre', 3.7854, 'gal,gallon,gallons,galon,galones,غالون')
),
units as (
    select unit, cast(factor as decimal(10, 4)) as factor, unnest(string_split(names, ',')) as name from listed
),
written as (
    select distinct purpose from transactions where regexp_matches(purpose, '[0-9٠-٩][\s\x{00a0}\x{2009}\x{202f}]*\p{L}')
),
-- Blanks are doubled, so that the one after an amount can also stand before the next.
texts as (
    select purpose,
           ' ' || replace(regexp_replace(translate(
               regexp_replace(lower(strip_accents(purpose)), '\p{M}+', '', 'g'), '٠١٢٣٤٥٦٧٨٩٫٬', '0123456789.,'
           ), '[\s\x{00a0}\x{2009}\x{202f}]+', ' ', 'g'), ' ', '  ') || '  ' as text
    from written
),
amounts as (
    select purpose,
           unnest(regexp_extract_all(
               text,
               '[^\p{L}\p{N}.,''](?:\d{1,3}(?:  \d{3})+(?:[.,]\d+)?|\d+(?:[.,'']\d+)*)(?:  )?\p{L}+3?(?:  \p{L}+)?[^\p{L}\p{N}]'
           )) as amount
    from texts
),
parts as (
    select purpose,
           regexp_replace(regexp_extract(amount, '\d[\d.,'' ]*'), ' ', '', 'g') as number,
           regexp_extract(amount, '\d *(\p{L}+3?)', 1) as word,
           regexp_replace(regexp_extract(amount, '\d *(\p{L}+3?  \p{L}+)', 1), ' +', ' ') as words
    from amounts
),
plain as (
    select p.purpose, u.unit, u.factor,
           case when regexp_full_match(p.number, '[1-9]\d{0,2}[.,]\d{3}') then null
                when regexp_full_match(p.number, '\d+([.,]\d+)?') then replace(p.number, ',', '.')
                when regexp_full_match(p.number, '\d{1,3}(\.\d{3})+(,\d+)?') then replace(replace(p.number, '.', ''), ',', '.')
                when regexp_full_match(p.number, '\d{1,3}(,\d{3})+(\.\d+)?') then replace(p.number, ',', '')
                when regexp_full_match(p.number, '\d{1,3}(''\d{3})+([.,]\d+)?')
                then replace(replace(p.number, '''', ''), ',', '.') end as digits
    from parts as p
    join units as u on u.name = p.word or u.name = p.words
),
numbers as (
    select purpose, unit, cast(try_cast(digits as decimal(18, 4)) * factor as decimal(24, 4)) as quantity from plain
),
agreed as (
    select purpose, unit, min(quantity) as quantity
    from numbers
    group by purpose, unit
    having count(distinct quantity) = 1 and count(*) = count(quantity) and min(quantity) > 0
)
select p.txn, a.unit, a.quantity
from transactions as p
join agreed as a on a.purpose = p.purpose
order by p.txn, a.unit
