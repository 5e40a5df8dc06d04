//! Changes of the ledger inside a transaction.

use std::collections::{BTreeMap, BTreeSet};

use domain::{BrandId, EntryId, OrderId, PayoutId, UnixMs};
use sqlx::{query, query_as};
use store::{
    Result,
    commissions::{Approval, Closing, Entry, EntryRow, Payout, PayoutState},
};

use crate::{Tx, database, erasure, jobs, list, named};

/// Adds an entry. False when its key exists.
pub(crate) async fn insert_entry(tx: &mut Tx, brand: &BrandId, entry: &Entry) -> Result<bool> {
    let (brand_id, id, creator) = (brand.as_str(), entry.id.as_str(), entry.creator.as_str());
    let (kind, code) = (entry.kind.as_str(), entry.currency.code());
    let order = entry.order.as_ref().map(OrderId::as_str);
    let approved_at = entry.approved_at.map(|at| at.0);
    let done = query!(
        "insert into ledger (brand_id, id, key, creator_id, order_id, kind, currency, amount_minor, reason, actor,
                             created_at, payable_at, needs_approval, approved_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (brand_id, key) do nothing",
        brand_id,
        id,
        entry.key,
        creator,
        order,
        kind,
        code,
        entry.amount_minor,
        entry.reason,
        entry.actor,
        entry.created_at.0,
        entry.payable_at.0,
        entry.needs_approval,
        approved_at
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(done.rows_affected() > 0)
}

/// Locks the orders of commissions that an approval of many is about to release, and the lines that have no order: in
/// statements of their own, so that the next one sees what was added before.
async fn lock_waiting(tx: &mut Tx, brand: &str, creator: Option<&str>, now: UnixMs) -> Result<()> {
    let waiting = query!(
        r#"select id as "id!", order_id from ledger
           where brand_id = $1 and needs_approval and approved_at is null and payable_at <= $3
             and (cast($2 as text) is null or creator_id = $2)"#,
        brand,
        creator,
        now.0
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let (mut orders, mut lines) = (BTreeSet::new(), Vec::new());
    for line in waiting {
        match line.order_id {
            Some(order) => {
                orders.insert(order);
            }
            None => lines.push(line.id),
        }
    }
    let (orders, lines) = (list(&orders.into_iter().collect::<Vec<_>>())?, list(&lines)?);
    statement!(query!(
        r#"select id as "id!" from orders where brand_id = $1 and id "# IN "$2" r#" order by id"# FOR UPDATE,
        brand,
        &orders
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        r#"select id as "id!" from ledger where brand_id = $1 and id "# IN "$2" r#" order by id"# FOR UPDATE,
        brand,
        &lines
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// [`store::commissions::CommissionStore::approve`] inside a transaction. Returns the approved entries, and how many orders
/// were approved.
pub(crate) async fn approve_in(
    tx: &mut Tx,
    brand: &BrandId,
    approval: Approval<'_>,
    now: UnixMs,
) -> Result<(Vec<Entry>, u64)> {
    let (creator, order) = match approval {
        Approval::Proven => (None, None),
        Approval::Creator(creator) => (Some(creator.as_str()), None),
        Approval::Order(order) => (None, Some(order.as_str())),
    };
    // Settlements lock an order before its entries; so does this. A refund that is being settled would otherwise be booked
    // as waiting, beside a commission that is not any more.
    let brand_id = brand.as_str();
    if let Some(order) = order {
        statement!(
            query!(r#"select id as "id!" from orders where brand_id = $1 and id = $2"# FOR UPDATE, brand_id, order)
        )
        .fetch_optional(&mut **tx)
        .await
        .map_err(database)?;
    } else {
        lock_waiting(tx, brand_id, creator, now).await?;
    }
    let approved = query_as!(
        EntryRow,
        r#"update ledger set approved_at = $4
         where brand_id = $1 and needs_approval and approved_at is null
           and (cast($2 as text) is null or creator_id = $2)
           and (order_id = $3 or (cast($3 as text) is null and payable_at <= $4))
           and (cast($2 as text) is not null or cast($3 as text) is not null or order_id is null or not exists (
               select 1 from orders
               where orders.brand_id = ledger.brand_id and orders.id = ledger.order_id
                 and orders.is_unproven and orders.approved_at is null))
         returning id as "id!: String", key as "key!: String", creator_id as "creator_id!: String",
                   order_id as "order_id: String", rule_id as "rule_id: String", kind as "kind!: String",
                   currency as "currency!: String", amount_minor as "amount_minor!: i64",
                   reason as "reason!: String", actor as "actor!: String", created_at as "created_at!: i64",
                   payable_at as "payable_at!: i64", needs_approval as "needs_approval!: bool",
                   approved_at as "approved_at: i64", payout_id as "payout_id: String""#,
        brand_id,
        creator,
        order,
        now.0
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut approved: Vec<Entry> = approved.into_iter().map(EntryRow::read).collect::<Result<_>>()?;
    approved.sort_by(|left, right| left.id.cmp(&right.id));
    let orders = query!(
        "update orders set approved_at = $4
         where brand_id = $1 and id > '' and is_unproven and approved_at is null and (id = $3 or (
             id in (select order_id from ledger where brand_id = $1 and creator_id = $2 and approved_at = $4)
             and not exists (
                 select 1 from ledger as other
                 where other.brand_id = $1 and other.order_id = orders.id and other.needs_approval
                   and other.approved_at is null)))",
        brand_id,
        creator,
        order,
        now.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok((approved, orders.rows_affected()))
}

/// [`store::commissions::CommissionStore::create_payout`] inside a transaction, to be undone if it is false.
pub(crate) async fn create_payout_in(
    tx: &mut Tx,
    brand: &BrandId,
    payout: &Payout,
    entry_ids: &[EntryId],
) -> Result<bool> {
    // A merge of creators waits, or has been: it must see the payout whole, or refuse it.
    erasure::lock_out_erasures(tx, [brand]).await?;
    let (brand_id, id, code) = (brand.as_str(), payout.id.as_str(), payout.currency.code());
    let (state, at) = (payout.state.as_str(), payout.created_at.0);
    query!(
        "insert into payouts (brand_id, id, currency, state, created_at, actor) values ($1, $2, $3, $4, $5, $6)",
        brand_id,
        id,
        code,
        state,
        at,
        payout.actor
    )
    .execute(&mut **tx)
    .await
    .map_err(named("payout"))?;
    for ((creator, amount_minor), entry) in payout.items.iter().zip(entry_ids) {
        let (creator, entry, key) = (creator.as_str(), entry.as_str(), format!("{id}:{creator}"));
        let claimed = query!(
            r#"update ledger set payout_id = $4
               where brand_id = $1 and creator_id = $2 and currency = $3 and kind <> 'payout' and payout_id is null
                 and (approved_at is not null or not needs_approval) and payable_at <= $5
               returning amount_minor as "amount_minor!: i64""#,
            brand_id,
            creator,
            code,
            id,
            at
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        // The payable entries changed since the payout was computed: roll back.
        if claimed.iter().map(|row| row.amount_minor).sum::<i64>() != *amount_minor {
            return Ok(false);
        }
        query!(
            "insert into ledger (brand_id, id, key, creator_id, kind, currency, amount_minor, reason, actor,
                                 created_at, payable_at, needs_approval, payout_id)
             values ($1, $2, $3, $4, 'payout', $5, -cast($6 as bigint), 'paid out', $7, $8, $8, false, $9)",
            brand_id,
            entry,
            key,
            creator,
            code,
            amount_minor,
            payout.actor,
            at,
            id
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    Ok(true)
}

/// [`store::commissions::CommissionStore::close_payout`] inside a transaction.
pub(crate) async fn close_payout_in(
    tx: &mut Tx,
    brand: &BrandId,
    id: &PayoutId,
    closing: &Closing<'_>,
    actor: &str,
) -> Result<bool> {
    let Closing { state, at, reference, entry_ids, mails, .. } = *closing;
    let (brand_id, id, name) = (brand.as_str(), id.as_str(), state.as_str());
    let done = query!(
        "update payouts set state = $3, closed_at = $4, reference = $5, closed_by = $6
         where brand_id = $1 and id = $2 and state = 'open'",
        brand_id,
        id,
        name,
        at.0,
        reference,
        actor
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    jobs::push_all(tx, mails).await?;
    if state == PayoutState::Cancelled {
        let lines = query!(
            r#"select id as "id!", creator_id as "creator_id!", currency as "currency!", amount_minor as "amount_minor!"
               from ledger where brand_id = $1 and payout_id = $2 and kind = 'payout'"#,
            brand_id,
            id
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        // After a merge a creator can have several lines in one payout, which count as one item.
        let mut items: BTreeMap<(String, String), (String, i64)> = BTreeMap::new();
        for line in lines {
            let (_, minor) = items.entry((line.creator_id, line.currency)).or_insert((line.id, 0));
            *minor += line.amount_minor;
        }
        for (((creator, code), (line, amount_minor)), entry) in items.into_iter().zip(entry_ids) {
            // The key has a line's id, because a merge changes the line's creator. Earlier versions used the creator's id.
            let (entry, key) = (entry.as_str(), format!("{id}:{line}:cancelled"));
            query!(
                "insert into ledger (brand_id, id, key, creator_id, kind, currency, amount_minor, reason, actor,
                                     created_at, payable_at, needs_approval, payout_id)
                 values ($1, $2, $3, $4, 'payout', $5, -cast($6 as bigint), 'payout cancelled', $7, $8, $8, false, $9)",
                brand_id,
                entry,
                key,
                creator,
                code,
                amount_minor,
                actor,
                at.0,
                id
            )
            .execute(&mut **tx)
            .await
            .map_err(database)?;
        }
        query!(
            "update ledger set payout_id = null, released_at = $3
             where brand_id = $1 and payout_id = $2 and kind <> 'payout'",
            brand_id,
            id,
            at.0
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    Ok(true)
}
