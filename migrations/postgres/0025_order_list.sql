-- Orders that were settled before the reasons were stored, and are credited to nobody (domain::outcome).
update orders set outcome = 'none:' || case
        when attribution like '%"refused":"disputed"%' then 'disputed'
        when attribution not like '%"evidence":[]%' and attribution not like '%"refused":%' then 'not_proven'
        when attribution like '%"refused":"no_link"%' then 'no_link'
        when attribution like '%"refused":"link_deleted"%' then 'link_deleted'
        when attribution like '%"refused":"self_referral%' then 'self_referral'
        when attribution like '%"refused":"outside_window"%' then 'outside_window'
        when attribution like '%"refused":"after_order"%' then 'after_order'
        when attribution like '%"refused":"unknown_code"%' then 'unknown_code'
        when attribution like '%"refused":"bot"%' then 'bot'
        else 'no_evidence' end
where outcome is null and settled_orders = 1 and attribution like '%"credits":[]%';
