-- What a rule gives becomes findings: the evidence capped and in order, and the members with their roles.
-- Roles come as ranks, the least accusing first, so that an account on both sides is given the milder role.
with found as materialized ({rule}),
numbered as (
    select row_number() over (order by subject, window_start_s, window_end_s, evidence) as finding,
           cast(subject as integer) as subject,
           cast(window_start_s as bigint) as window_start_s,
           cast(window_end_s as bigint) as window_end_s,
           cast(strength as integer) as strength,
           list_sort(list_distinct(evidence)) as evidence
           {facts}
    from found
),
listed as (
    select e.finding, e.subject, t.txn, t.from_account, t.to_account,
           row_number() over (
               partition by e.finding order by coalesce(t.amount_base, t.amount) desc, t.txn
           ) as place
    from (select finding, subject, unnest(evidence) as txn from numbered) as e
    join transactions as t on t.txn = e.txn
),
legs as (
    select finding, subject, txn, from_account, to_account from listed where place <= {evidence_limit}
),
sides as (
    select finding, subject as account, {subject_rank} as rank from numbered
    union all
    select finding, from_account, {senders_rank} from legs where from_account <> subject
    union all
    select finding, to_account, {receivers_rank} from legs where to_account <> subject
),
members as (
    select finding, list_sort(list(struct_pack(account := account, rank := rank))) as members
    from (select finding, account, min(rank) as rank from sides group by finding, account)
    group by finding
),
shown as (
    select finding, list_sort(list(cast(txn as integer))) as evidence from legs group by finding
)
select n.subject, n.window_start_s, n.window_end_s, n.strength, s.evidence, m.members,
       len(n.evidence) - len(s.evidence) as left_out
       {facts}
from numbered as n
join members as m on m.finding = n.finding
left join shown as s on s.finding = n.finding
order by n.finding
