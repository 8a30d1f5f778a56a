-- The windows of one length: `told_calendar` holds those rows of `calendar.sql`. Lengths are counted one after another, as the relations
-- of a quarter, a month and a week do not fit into memory side by side.
with calendar as (
    select day, frame from told_calendar
)
