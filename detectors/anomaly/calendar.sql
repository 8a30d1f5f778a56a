-- The windows that a day falls into. $1 is the last day, $2 the days of the windows that lie end to end, counted back from the last
-- day, $3 the logical now in seconds; $4 and $5 are the days of a shorter and a longer window that end with the last day too, and of
-- one more of each before it, where the data reach back so far.
-- `frame` names a window: its days, and in the last five digits how many of that length lie after it.
with begun as (
    select min(day) as day from daily
),

calendar as (
    select
        busy.day as day,
        lengths.days * 100000 + ($1 - busy.day) // lengths.days as frame
    from (select distinct day from daily where day <= $1) as busy
    cross join begun
    cross join (
        select cast($2 as integer) as days
        union
        select cast($4 as integer) as days
        union
        select cast($5 as integer) as days
    ) as lengths
    where lengths.days = $2
        or (
            $1 - busy.day < 2 * lengths.days
            and begun.day <= $1 - lengths.days * (($1 - busy.day) // lengths.days + 1) + 1
        )
)
