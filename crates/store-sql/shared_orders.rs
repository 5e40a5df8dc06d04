//! Which orders are shared with a creator: those whose amounts the creator may see.

/// A query with the condition, before its last text, that the order of the row named `counted` is shared with the
/// creator `$2` of the brand `$1`: it credits the creator, only for links that share their revenue, and not on the
/// unproven word of a browser that no person has approved.
macro_rules! query_if_shared {
    ($query:ident!(
        $($row:ident,)? $($part:literal $(IN $list:literal)?)+ IF SHARED $after:literal, $($argument:tt)*
    )) => {
        statement!($query!(
            $($row,)? $($part $(IN $list)?)+
                "(select min(case when own_link.share_revenue then 1 else 0 end)
                    from credits as own
                    join links as own_link on own_link.brand_id = own.brand_id and own_link.id = own.link_id
                    where own.brand_id = $1 and own.order_id = counted.order_id and own.creator_id = $2) = 1
                   and not exists (
                    select 1 from orders
                    where orders.brand_id = $1 and orders.id = counted.order_id and orders.is_unproven
                      and orders.approved_at is null)"
                $after,
            $($argument)*
        ))
    };
}
pub(crate) use query_if_shared;
