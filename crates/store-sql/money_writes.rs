//! Writes of the unified API that are about money, each with its answer.

use std::borrow::Cow;

use domain::{BrandId, CreatorId, Identity, OrderId, UnixMs, metadata::Details, order::Order};
use sqlx::query;
use store::{
    Result, StoreError,
    api_requests::{Answer, Claim, RowFault, Written},
    audit::AuditEntry,
    customers::{ApiRefund, Join, NewApiRefund},
    jobs::SettleJob,
    money_writes::{
        AnswerOf, Answered, CommissionEdit, LedgerWrite, MoneyWriteStore, ReportOutcome, ReportedOrder, StoredReport,
    },
    objects::{DetailsChange, ObjectKind},
    outbound::NewEvents,
};

use crate::{
    Db, Tx, api_refunds,
    api_requests::{self, undo, undo_failed},
    audit, customers, database, erasure,
    ledger_writes::{approve_in, close_payout_in, create_payout_in, insert_entry},
    lock,
    money_objects::{details_of, reported},
    objects::put_details,
    order_locks::lock_orders,
    orders::{merge_order, stored, strands_refunds},
    outbound_events, try_lock,
};

/// What answers a claim without doing anything.
async fn claimed(tx: &mut Tx, brand: &BrandId, claim: Option<&Claim>) -> Result<Option<Written>> {
    let Some(claim) = claim else { return Ok(None) };
    if !try_lock(tx, &claim.lock_name()).await? {
        return Ok(Some(Written::InProgress));
    }
    api_requests::stored(tx, brand, claim).await
}

/// As [`claimed`], for a write with an outcome.
pub(crate) async fn claimed_as<T>(tx: &mut Tx, brand: &BrandId, claim: Option<&Claim>) -> Result<Option<Answered<T>>> {
    Ok(match claimed(tx, brand, claim).await? {
        None | Some(Written::Done(_) | Written::Refused(_)) => None,
        Some(Written::Before(answer)) => Some(Answered::Before(answer)),
        Some(Written::OtherBody) => Some(Answered::OtherBody),
        Some(Written::InProgress) => Some(Answered::InProgress),
    })
}

/// Stores the answer and commits, or undoes everything if there is none.
pub(crate) async fn answered<T>(
    mut tx: Tx,
    brand: &BrandId,
    claim: Option<&Claim>,
    outcome: T,
    answer: Option<Answer>,
) -> Result<Answered<T>> {
    let Some(answer) = answer else {
        undo(tx).await?;
        return Ok(Answered::Refused(outcome));
    };
    if let Some(claim) = claim {
        api_requests::store_answer(&mut tx, brand, claim, &answer).await?;
    }
    tx.commit().await.map_err(database)?;
    Ok(Answered::Done(answer))
}

/// Whether a report says nothing that is not stored.
fn is_repeat(before: &Order, arrived: &Order) -> bool {
    let merged = Order::merged(before.clone(), arrived.clone());
    Order { version: before.version, ..merged } == *before
}

/// Merges one reported order. Returns the seller's id of the order that counts, and whether it is new; a fault if it would
/// leave refunds in another currency, which could no longer be taken off its total.
async fn report_one(
    tx: &mut Tx,
    brand: &BrandId,
    report: &ReportedOrder,
    settle: SettleJob<'_>,
    at: UnixMs,
) -> Result<std::result::Result<(String, bool), RowFault>> {
    let new = &report.new;
    let order = erasure::admitted_as(tx, &new.order, &new.identities).await?;
    let before = stored(tx, brand.as_str(), &order.external_id).await?;
    if let Some(before) = &before
        && strands_refunds(tx, before, &order).await?
    {
        return Ok(Err(RowFault::Taken("a refund of this order in another currency")));
    }
    if let Some(before) = before.as_ref().filter(|before| is_repeat(before, &order)) {
        join_customer(tx, brand, report, &order.external_id, settle, at).await?;
        let main = before.details.same_as.clone().unwrap_or_else(|| before.external_id.clone());
        put_metadata(tx, brand, report, &main).await?;
        return Ok(Ok((main, false)));
    }
    let merged = merge_order(tx, &order, new.placed_day, settle).await?;
    join_customer(tx, brand, report, &merged.external_id, settle, at).await?;
    let is_new = before.is_none() && merged.external_id == order.external_id;
    if merged.is_changed {
        let main = stored(tx, brand.as_str(), &merged.external_id).await?;
        let subject = main.map_or_else(|| order.id.to_string(), |main| main.id.to_string());
        audit::write(tx, brand, &AuditEntry { subject, ..report.audit.clone() }).await?;
    }
    put_metadata(tx, brand, report, &merged.external_id).await?;
    Ok(Ok((merged.external_id, is_new)))
}

/// Sets the client's notes with the order that counts. Of one whose customer was erased nothing is kept any more: the notes
/// may name them.
async fn put_metadata(tx: &mut Tx, brand: &BrandId, report: &ReportedOrder, external_id: &str) -> Result<()> {
    if report.metadata.is_empty() {
        return Ok(());
    }
    let Some(object) = reported(tx, brand, &[external_id.to_owned()]).await?.remove(external_id) else {
        return Ok(());
    };
    let order = object.value.order;
    lock_details(tx, brand, order.id.as_str()).await?;
    let before = stored_details(tx, brand, order.id.as_str()).await?.metadata;
    let metadata = before.with_checked(&report.metadata);
    if metadata == before || order.redacted_at.is_some() {
        return Ok(());
    }
    let details = Details { external_id: None, metadata };
    put_details(tx, brand.as_str(), ObjectKind::Order, order.id.as_str(), &details).await
}

/// Locks an object's external id and metadata until the transaction ends. Take it before a lock on the object's own row.
pub(crate) async fn lock_details(tx: &mut Tx, brand: &BrandId, id: &str) -> Result<()> {
    lock(tx, &format!("details {brand} {id}")).await
}

/// What clients keep with an object; of an order, without the seller's id.
async fn stored_details(tx: &mut Tx, brand: &BrandId, id: &str) -> Result<Details> {
    Ok(details_of(&mut **tx, brand.as_str(), &[id.to_owned()]).await?.remove(id).unwrap_or_default())
}

/// Whether the object is an order whose customer was erased, or an entry of the ledger for such an order: of these nothing
/// is kept any more.
async fn is_redacted(tx: &mut Tx, brand: &BrandId, id: &str) -> Result<bool> {
    let brand = brand.as_str();
    let row = query!(
        r#"select redacted_at from orders
           where brand_id = $1 and id = coalesce((select order_id from ledger where brand_id = $1 and id = $2), $2)"#,
        brand,
        id
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.is_some_and(|row| row.redacted_at.is_some()))
}

/// Whether a click is there that has a visitor, and its link's creator was not erased. Of visitors who were erased, or refused
/// tracking, nothing is known.
async fn is_known_click(tx: &mut Tx, brand: &str, id: &str) -> Result<bool> {
    let row = query!(
        r#"select 1 as "one!: i64" from clicks
           where brand_number = (select number from brands where brands.id = $1) and clicks.id = $2 and pv_id <> ''
             and not exists (
                 select 1 from links join creators on creators.brand_id = $1 and creators.id = links.creator_id
                 where links.brand_id = $1 and links.id = clicks.link_id and creators.erased_at is not null)"#,
        brand,
        id
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.is_some())
}

/// Whether a conversion is there, and neither its order's customer nor its creator was erased. Its id is that of the order, with
/// another prefix, and the position of the credit.
async fn is_known_conversion(tx: &mut Tx, brand: &str, id: &str) -> Result<bool> {
    let Some((order, position)) = id.strip_prefix("cnv_").and_then(|rest| rest.split_once('_')) else {
        return Ok(false);
    };
    let (order, Ok(position)) = (format!("{}_{order}", OrderId::PREFIX), position.parse::<i64>()) else {
        return Ok(false);
    };
    let row = query!(
        r#"select 1 as "one!: i64" from credits
           join orders on orders.brand_id = credits.brand_id and orders.id = credits.order_id
           where credits.brand_id = $1 and credits.order_id = $2 and credits.position = $3 and orders.redacted_at is null
             and not exists (
                 select 1 from creators
                 where creators.brand_id = $1 and creators.id = credits.creator_id and creators.erased_at is not null)"#,
        brand,
        order,
        position
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.is_some())
}

/// Whether a milestone is there, and its creator was not erased. Its id has its time, the end of the creator's id, and its name.
async fn is_known_milestone(tx: &mut Tx, brand: &str, id: &str) -> Result<bool> {
    let row = query!(
        r#"select 1 as "one!: i64" from milestones
           join creators on creators.brand_id = milestones.brand_id and creators.id = milestones.creator_id
           where milestones.brand_id = $1 and creators.erased_at is null
             and substr(milestones.creator_id, 15) = substr(cast($2 as text), 15, 16)
             and milestones.name = substr(cast($2 as text), 32)"#,
        brand,
        id
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.is_some())
}

/// Whether clients may keep something with an object of this kind.
async fn may_be_noted(tx: &mut Tx, brand: &BrandId, kind: ObjectKind, id: &str) -> Result<bool> {
    match kind {
        ObjectKind::Click => is_known_click(tx, brand.as_str(), id).await,
        ObjectKind::Conversion => is_known_conversion(tx, brand.as_str(), id).await,
        ObjectKind::Milestone => is_known_milestone(tx, brand.as_str(), id).await,
        _ => Ok(!is_redacted(tx, brand, id).await?),
    }
}

/// Replaces what clients keep with an object. False if it was changed meanwhile, or nothing may be kept with it.
pub(crate) async fn change_details(tx: &mut Tx, brand: &BrandId, change: &DetailsChange) -> Result<bool> {
    let DetailsChange { kind, id, before, after } = change;
    erasure::lock_out_erasures(tx, [brand]).await?;
    lock_details(tx, brand, id).await?;
    if stored_details(tx, brand, id).await? != *before || !may_be_noted(tx, brand, *kind, id).await? {
        return Ok(false);
    }
    put_details(tx, brand.as_str(), *kind, id, after).await?;
    Ok(true)
}

/// Joins what names the order's customer, with the order that counts.
async fn join_customer(
    tx: &mut Tx,
    brand: &BrandId,
    report: &ReportedOrder,
    external_id: &str,
    settle: SettleJob<'_>,
    at: UnixMs,
) -> Result<()> {
    let mut identities = report.new.identities.clone();
    if identities.is_empty() {
        return Ok(());
    }
    let main = Identity::Order(external_id.to_owned());
    if !identities.contains(&main) {
        identities.push(main);
    }
    customers::join(tx, brand, &identities, &report.new.customer, Join::Merge, settle, at).await?;
    Ok(())
}

/// Adds an edit, unless the entry was edited meanwhile.
async fn edit(tx: &mut Tx, brand: &BrandId, edit: &CommissionEdit) -> Result<bool> {
    let (brand_id, edited, adjustment) = (brand.as_str(), edit.edited.as_str(), edit.entry.id.as_str());
    // An adjustment waits as what it adjusts does: if that was approved meanwhile, what is taken back would be paid. The
    // order comes first, as in approvals and settlements.
    statement!(query!(
        r#"select id as "id!" from orders
           where brand_id = $1 and id = (select order_id from ledger where brand_id = $1 and id = $2)"# FOR UPDATE,
        brand_id,
        edited
    ))
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    let found = statement!(query!(
        r#"select (needs_approval and approved_at is null) as "is_waiting!: bool" from ledger
           where brand_id = $1 and id = $2"# FOR UPDATE,
        brand_id,
        edited
    ))
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    let is_waiting = edit.entry.needs_approval && edit.entry.approved_at.is_none();
    if found.is_some_and(|found| found.is_waiting != is_waiting) {
        return Ok(false);
    }
    let done = query!(
        "insert into ledger_edits (brand_id, entry_id, nth, adjustment_id) values ($1, $2, $3, $4)
         on conflict (brand_id, entry_id, nth) do nothing",
        brand_id,
        edited,
        edit.nth,
        adjustment
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(done.rows_affected() > 0 && insert_entry(tx, brand, &edit.entry).await?)
}

/// Whether a creator is neither erased nor merged into another.
async fn is_there(tx: &mut Tx, brand: &BrandId, creator: &CreatorId) -> Result<bool> {
    let (brand, creator) = (brand.as_str(), creator.as_str());
    let row = query!(
        r#"select 1 as "one!: i64" from creators
           where brand_id = $1 and id = $2 and erased_at is null and merged_into is null"#,
        brand,
        creator
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.is_some())
}

/// Changes the ledger, and writes the events. False if a concurrent write came first.
async fn apply(tx: &mut Tx, brand: &BrandId, write: LedgerWrite<'_>, actor: &str) -> Result<bool> {
    let nothing = NewEvents::default();
    if let LedgerWrite::Adjust(entry, ..) = write {
        erasure::lock_out_erasures(tx, [brand]).await?;
        if !is_there(tx, brand, &entry.creator).await? {
            return Ok(false);
        }
    }
    // First: it locks erasures out.
    if let LedgerWrite::Edit(_, _, Some(change))
    | LedgerWrite::Adjust(_, _, Some(change))
    | LedgerWrite::CreatePayout(_, _, Some(change))
    | LedgerWrite::Details(change) = write
        && !change_details(tx, brand, change).await?
    {
        return Ok(false);
    }
    let (is_done, events) = match write {
        LedgerWrite::Nothing | LedgerWrite::Audit | LedgerWrite::Details(_) => return Ok(true),
        LedgerWrite::Edit(entry, events, _) => (edit(tx, brand, entry).await?, Cow::Borrowed(events)),
        LedgerWrite::Adjust(entry, events, _) => (insert_entry(tx, brand, entry).await?, Cow::Borrowed(events)),
        LedgerWrite::Approve(approval, now, events) => {
            let (approved, _) = approve_in(tx, brand, approval, now).await?;
            (true, Cow::Owned(events(&approved)))
        }
        LedgerWrite::CreatePayout(payout, entry_ids, _) => {
            (create_payout_in(tx, brand, payout, entry_ids).await?, Cow::Borrowed(&nothing))
        }
        LedgerWrite::ClosePayout(id, closing) => {
            (close_payout_in(tx, brand, id, &closing, actor).await?, Cow::Borrowed(closing.events))
        }
    };
    if is_done {
        outbound_events::emit(tx, brand, &events).await?;
    }
    Ok(is_done)
}

#[async_trait::async_trait]
impl MoneyWriteStore for Db {
    async fn report_orders(
        &self,
        brand: &BrandId,
        claim: Option<&Claim>,
        orders: &[ReportedOrder],
        settle: SettleJob<'_>,
        at: UnixMs,
        answer: AnswerOf<'_, Vec<ReportOutcome>>,
    ) -> Result<Answered<Vec<ReportOutcome>>> {
        let mut tx = self.begin_for(brand).await?;
        if let Some(known) = claimed_as(&mut tx, brand, claim).await? {
            undo(tx).await?;
            return Ok(known);
        }
        erasure::lock_out_erasures(&mut tx, [brand]).await?;
        lock_orders(&mut tx, brand, orders.iter().map(|report| &report.new.order)).await?;
        lock(&mut tx, &format!("identities {brand}")).await?;
        let mut done = Vec::with_capacity(orders.len());
        for report in orders {
            match report_one(&mut tx, brand, report, settle, at).await {
                Ok(one) => done.push(one),
                Err(error) => return undo_failed(tx, error).await,
            }
        }
        let ids: Vec<String> = done.iter().flatten().map(|(external_id, _)| external_id.clone()).collect();
        let objects = reported(&mut tx, brand, &ids).await?;
        let outcome = |one: std::result::Result<(String, bool), RowFault>| {
            let (external_id, is_new) = one?;
            let object = objects.get(&external_id).cloned().ok_or(RowFault::Changed)?;
            Ok(StoredReport { object, is_new })
        };
        let stored: Vec<ReportOutcome> = done.into_iter().map(outcome).collect();
        let answer = answer(&stored);
        answered(tx, brand, claim, stored, answer).await
    }

    async fn report_refund(
        &self,
        brand: &BrandId,
        claim: Option<&Claim>,
        refund: &NewApiRefund<'_>,
        settle: SettleJob<'_>,
        audit: &AuditEntry,
        answer: AnswerOf<'_, ApiRefund>,
    ) -> Result<Answered<ApiRefund>> {
        let mut tx = self.begin_for(brand).await?;
        if let Some(known) = claimed_as(&mut tx, brand, claim).await? {
            undo(tx).await?;
            return Ok(known);
        }
        let outcome = match api_refunds::add(&mut tx, brand, refund, settle).await {
            Ok(outcome) => outcome,
            Err(error) => return undo_failed(tx, error).await,
        };
        if matches!(outcome, ApiRefund::Added { .. }) {
            audit::write(&mut tx, brand, audit).await?;
        }
        let answer = answer(&outcome);
        answered(tx, brand, claim, outcome, answer).await
    }

    async fn write_ledger(
        &self,
        brand: &BrandId,
        claim: Option<&Claim>,
        write: LedgerWrite<'_>,
        audit: &AuditEntry,
        answer: &Answer,
    ) -> Result<Written> {
        let mut tx = self.begin_for(brand).await?;
        if let Some(known) = claimed(&mut tx, brand, claim).await? {
            undo(tx).await?;
            return Ok(known);
        }
        let fault = match apply(&mut tx, brand, write, &audit.actor).await {
            Ok(true) => None,
            Ok(false) => Some(RowFault::Changed),
            Err(StoreError::Conflict(what)) => Some(RowFault::Taken(what)),
            Err(other) => return undo_failed(tx, other).await,
        };
        if let Some(fault) = fault {
            undo(tx).await?;
            return Ok(Written::Refused(fault));
        }
        let is_said_again = matches!(write, LedgerWrite::Details(change) if change.before == change.after);
        if !is_said_again && !matches!(write, LedgerWrite::Nothing) {
            audit::write(&mut tx, brand, audit).await?;
        }
        if let Some(claim) = claim {
            api_requests::store_answer(&mut tx, brand, claim, answer).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(Written::Done(answer.clone()))
    }
}
