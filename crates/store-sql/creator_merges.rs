//! Merging creators: every row of one becomes the other's, in one transaction.
//!
//! `xtask/tests/source_rules.rs` compares the tables here with those that have a column `creator_id`.

use domain::{BrandId, CreatorId, LinkId, UnixMs, creator::Creator, link::Link};
use sqlx::query;
use store::{
    Result,
    audit::AuditEntry,
    creator_merges::{CreatorMergeStore, Holdings, Merge, Merged},
    jobs::NewJob,
    links::LinkChange,
    outbound::NewEvents,
    row::read,
};

use crate::{Db, Tx, audit, database, erasure, jobs, json, links, list, members::is_owners_to_give, outbound_events};

/// Gives the other creator the rows of these tables, where one creator's rows are in nobody's way.
macro_rules! move_rows {
    ($tx:ident, $brand:ident, $from:ident, $into:ident: $($table:literal)*) => {$(
        query!(
            "update " + $table + " set creator_id = $3 where brand_id = $1 and creator_id = $2",
            $brand,
            $from,
            $into
        )
        .execute(&mut **$tx)
        .await
        .map_err(database)?;
    )*};
}

/// Moves rows of which a creator has one for each `$key`; where the other has one too, that one stays.
macro_rules! move_single_rows {
    ($tx:ident, $brand:ident, $from:ident, $into:ident: $($table:literal by $key:literal)*) => {$(
        query!(
            "update " + $table + " set creator_id = $3 where brand_id = $1 and creator_id = $2 and not exists (
                 select 1 from " + $table + " as own where own.brand_id = $1 and own.creator_id = $3
                   and own." + $key + " = " + $table + "." + $key + ")",
            $brand,
            $from,
            $into
        )
        .execute(&mut **$tx)
        .await
        .map_err(database)?;
        query!("delete from " + $table + " where brand_id = $1 and creator_id = $2", $brand, $from)
            .execute(&mut **$tx)
            .await
            .map_err(database)?;
    )*};
}

/// The row of the creator who is no more. Only the partner code stays theirs: it leads to the other.
async fn retire(tx: &mut Tx, brand: &str, from: &str, into: &str, at: i64) -> Result<()> {
    for statement in [
        query!(
            "update creators set name = 'Merged creator', handle = 'merged-' || substr(id, 5), email_hash = null,
                                 aliases = '[]', payout_address = null, payout_details = null,
                                 payout_contact = null, payout_changed_at = null, profile = null, updated_at = $4,
                                 archived_at = $4, merged_into = $3
             where brand_id = $1 and id = $2",
            brand,
            from,
            into,
            at
        ),
        query!("update creators set merged_into = $3 where brand_id = $1 and merged_into = $2", brand, from, into),
    ] {
        statement.execute(&mut **tx).await.map_err(database)?;
    }
    Ok(())
}

/// Writes the creator who stays.
async fn write_kept(tx: &mut Tx, brand: &str, merge: &Merge<'_>, email_hash: Option<&str>, at: i64) -> Result<()> {
    let Creator { id, aliases, .. } = merge.into;
    let (id, aliases, profile) = (id.as_str(), json(aliases)?, json(merge.profile)?);
    query!(
        "update creators set aliases = $3, email_hash = $4, profile = $5, updated_at = $6
         where brand_id = $1 and id = $2",
        brand,
        id,
        aliases,
        email_hash,
        profile,
        at
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    if let Some(moved) = merge.payout {
        query!(
            "update creators set payout_address = $3, payout_details = $4, payout_contact = $5
             where brand_id = $1 and id = $2 and payout_address is null and payout_details is null",
            brand,
            id,
            moved.paypal,
            moved.details,
            moved.contact
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    // From now on they are paid what the other earned: as good as another address, also if it is the one they had.
    query!("update creators set payout_changed_at = $3 where brand_id = $1 and id = $2", brand, id, at)
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    Ok(())
}

/// Locks the orders whose explanations name the creator, even as somebody who was not credited, and lets settlements that
/// are under way begin again: they were decided on what is no longer so.
async fn reopen_orders(tx: &mut Tx, brand: &str, from: &str, into: &str) -> Result<()> {
    let orders = statement!(query!(
        r#"select id as "id!" from orders
           where brand_id = $1 and (attribution like '%' || $2 || '%'
              or external_id in (select order_external_id from survey_answers where brand_id = $1 and creator_id = $2))
           order by id"# FOR UPDATE,
        brand,
        from
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let ids: Vec<String> = orders.into_iter().map(|row| row.id).collect();
    let ids = list(&ids)?;
    // Ids are found nowhere else in an explanation.
    statement!(query!(
        "update orders set settlements = settlements + 1, attribution = replace(attribution, $2, $3)
         where brand_id = $1 and id " IN "$4",
        brand,
        from,
        into,
        &ids
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Whether a creator has a commission rule of their own that has not ended.
async fn has_rule(tx: &mut Tx, brand: &str, creator: &str, at: i64) -> Result<bool> {
    // Only a rule's scope names a creator.
    let pattern = format!("%{creator}%");
    let row = query!(
        r#"select 1 as "one!: i64" from commission_rules
           where brand_id = $1 and (ends_at is null or ends_at > $3) and rule like $2 limit 1"#,
        brand,
        pattern,
        at
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.is_some())
}

/// A creator has one direct link: of two, that with a discount code stays, else that of the creator who stays.
async fn keep_one_direct_link(
    tx: &mut Tx,
    brand: &BrandId,
    links: (Option<Link>, Option<Link>),
    at: i64,
) -> Result<()> {
    let (Some(theirs), Some(own)) = links else { return Ok(()) };
    let ended: LinkId = if own.promo_code.is_none() && theirs.promo_code.is_some() { own.id } else { theirs.id };
    let (brand, id) = (brand.as_str(), ended.as_str());
    query!("update links set deleted_at = $3 where brand_id = $1 and id = $2", brand, id, at)
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    Ok(())
}

/// Moves what clients keep with a creator's milestones: their ids have the end of the creator's id from the 15th character,
/// and the name from the 32nd. Of a milestone that both have reached, the other's stays.
async fn move_milestone_details(tx: &mut Tx, brand: &str, from: &str, into: &str) -> Result<()> {
    for statement in [
        query!(
            "delete from object_details
             where brand_id = $1 and kind = 'milestone' and substr(object_id, 15, 16) = substr(cast($2 as text), 15)
               and substr(object_id, 32) in (select name from milestones where brand_id = $1 and creator_id = $3)",
            brand,
            from,
            into
        ),
        query!(
            "update object_details
             set object_id = substr(object_id, 1, 14) || substr(cast($3 as text), 15) || substr(object_id, 31)
             where brand_id = $1 and kind = 'milestone' and substr(object_id, 15, 16) = substr(cast($2 as text), 15)",
            brand,
            from,
            into
        ),
    ] {
        statement.execute(&mut **tx).await.map_err(database)?;
    }
    Ok(())
}

/// Gives the other creator every row.
async fn move_everything(tx: &mut Tx, brand: &str, from: &str, into: &str) -> Result<()> {
    move_milestone_details(tx, brand, from, into).await?;
    move_rows!(tx, brand, from, into:
        "links" "credits" "touchpoints" "ledger" "survey_answers" "claims" "import_rows" "questions" "proofs");
    move_single_rows!(tx, brand, from, into:
        "milestones" by "name" "creator_visitors" by "pv_id" "product_links" by "product_id");
    for statement in [
        // Items name their creator in their body too, and products the prices through creators.
        query!(
            "update catalogue_items set creator_id = $3, body = replace(body, $2, $3)
             where brand_id = $1 and creator_id = $2",
            brand,
            from,
            into
        ),
        query!(
            "update catalogue_items set body = replace(body, $2, $3)
             where brand_id = $1 and kind = 'product' and replace(body, $2, '') <> body and replace(body, $3, '') = body",
            brand,
            from,
            into
        ),
        query!(
            "insert into ignored_claims (brand_id, creator_id, hour, count)
             select brand_id, $3, hour, count from ignored_claims where brand_id = $1 and creator_id = $2
             on conflict (brand_id, creator_id, hour) do update set count = ignored_claims.count + excluded.count",
            brand,
            from,
            into
        ),
        query!("delete from ignored_claims where brand_id = $1 and creator_id = $2", brand, from),
        query!(
            "insert into commission_days (brand_id, day, creator_id, currency, amount_minor)
             select brand_id, day, $3, currency, amount_minor from commission_days where brand_id = $1 and creator_id = $2
             on conflict (brand_id, day, creator_id, currency)
             do update set amount_minor = commission_days.amount_minor + excluded.amount_minor",
            brand,
            from,
            into
        ),
        query!("delete from commission_days where brand_id = $1 and creator_id = $2", brand, from),
        query!(
            "update object_details set object_id = $3 where brand_id = $1 and object_id = $2 and not exists (
                 select 1 from object_details as own where own.brand_id = $1 and own.object_id = $3)",
            brand,
            from,
            into
        ),
        // Clients go on writing to the creator that they know by that id: `id_by_external_id` follows the merge.
        query!(
            "delete from object_details where brand_id = $1 and object_id = $2 and external_id is null",
            brand,
            from
        ),
        query!("update object_details set metadata = '{}' where brand_id = $1 and object_id = $2", brand, from),
        query!("delete from sessions where brand_id = $1 and creator_id = $2", brand, from),
        query!("delete from login_links where brand_id = $1 and creator_id = $2", brand, from),
        query!("delete from invitations where brand_id = $1 and creator_id = $2", brand, from),
    ] {
        statement.execute(&mut **tx).await.map_err(database)?;
    }
    Ok(())
}

/// What decides whether a creator can be merged.
struct State {
    merged_into: Option<CreatorId>,
    changed_at: UnixMs,
    email_hash: Option<String>,
    has_payout_details: bool,
    payout_changed_at: Option<UnixMs>,
}

/// The state of a creator who is neither erased nor unknown.
async fn state_of(tx: &mut Tx, brand: &str, id: &str) -> Result<Option<State>> {
    let row = statement!(query!(
        r#"select merged_into, coalesce(updated_at, created_at) as "changed_at!: i64", email_hash, payout_changed_at,
                  (payout_details is not null or payout_address is not null) as "has_payout_details!: bool"
           from creators
           where brand_id = $1 and id = $2 and erased_at is null"# FOR UPDATE,
        brand,
        id
    ))
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    let Some(row) = row else { return Ok(None) };
    let merged_into = row.merged_into.map(|id| read(id, "creators", "merged_into")).transpose()?;
    Ok(Some(State {
        merged_into,
        changed_at: UnixMs(row.changed_at),
        email_hash: row.email_hash,
        has_payout_details: row.has_payout_details,
        payout_changed_at: row.payout_changed_at.filter(|_| row.has_payout_details).map(UnixMs),
    }))
}

async fn is_in_open_payout(tx: &mut Tx, brand: &str, creator: &str) -> Result<bool> {
    let row = query!(
        r#"select 1 as "one!: i64" from ledger
           join payouts on payouts.brand_id = ledger.brand_id and payouts.id = ledger.payout_id
           where ledger.brand_id = $1 and ledger.creator_id = $2 and payouts.state = 'open' limit 1"#,
        brand,
        creator
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.is_some())
}

#[async_trait::async_trait]
impl CreatorMergeStore for Db {
    async fn holdings(&self, brand: &BrandId, creator: &CreatorId) -> Result<Holdings> {
        let mut tx = self.snapshot(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        let row = query!(
            r#"select (select count(*) from links where brand_id = $1 and creator_id = $2 and not is_direct) as "links!: i64",
                      (select count(distinct credits.order_id) from links
                       join credits on credits.brand_id = links.brand_id and credits.link_id = links.id
                       where links.brand_id = $1 and links.creator_id = $2) as "orders!: i64",
                      (select count(*) from ledger where brand_id = $1 and creator_id = $2) as "ledger_lines!: i64",
                      (select count(*) from survey_answers where brand_id = $1 and creator_id = $2) as "answers!: i64",
                      (select count(*) from catalogue_items where brand_id = $1 and creator_id = $2) as "items!: i64""#,
            brand,
            creator
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(database)?;
        Ok(Holdings {
            links: row.links,
            orders: row.orders,
            ledger_lines: row.ledger_lines,
            answers: row.answers,
            items: row.items,
            is_in_open_payout: is_in_open_payout(&mut tx, brand, creator).await?,
        })
    }

    async fn merge_creators(
        &self,
        brand: &BrandId,
        merge: Merge<'_>,
        entry: &AuditEntry,
        events: &NewEvents,
        follow: &NewJob,
    ) -> Result<Merged> {
        let mut tx = self.begin_for(brand).await?;
        // An erasure of either waits, or has been; so does a payout that is being created.
        erasure::lock_brand(&mut tx, brand).await?;
        let (brand_id, from, into) = (brand.as_str(), merge.from.as_str(), merge.into.id.as_str());
        let theirs = state_of(&mut tx, brand_id, from).await?;
        let own = state_of(&mut tx, brand_id, into).await?.filter(|own| own.merged_into.is_none());
        let (Some(theirs), Some(own)) = (theirs, own) else { return Ok(Merged::Missing) };
        match theirs.merged_into {
            None if from != into => {}
            Some(before) if before == merge.into.id => {
                move_everything(&mut tx, brand_id, from, into).await?;
                self.commit_link_change(tx, &LinkChange::Brand(brand.clone())).await?;
                return Ok(Merged::Before);
            }
            _ => return Ok(Merged::Missing),
        }
        if is_in_open_payout(&mut tx, brand_id, from).await? {
            return Ok(Merged::OpenPayout);
        }
        if !merge.is_by_owner && (own.has_payout_details || is_owners_to_give(&mut tx, brand_id, from).await?) {
            return Ok(Merged::OwnersOnly);
        }
        let their_link = links::stored_direct(&mut tx, brand, from).await?;
        let own_link = links::stored_direct(&mut tx, brand, into).await?;
        let has_code = |link: Option<&Link>| link.is_some_and(|link| link.promo_code.is_some());
        if (theirs.changed_at, own.changed_at) != (merge.from_read_at, merge.into_read_at)
            || [theirs.payout_changed_at, own.payout_changed_at] != merge.payout_changed_at
            || (has_code(their_link.as_ref()) && has_code(own_link.as_ref()))
            || has_rule(&mut tx, brand_id, from, entry.at.0).await?
        {
            return Ok(Merged::Changed);
        }
        reopen_orders(&mut tx, brand_id, from, into).await?;
        keep_one_direct_link(&mut tx, brand, (their_link, own_link), entry.at.0).await?;
        move_everything(&mut tx, brand_id, from, into).await?;
        retire(&mut tx, brand_id, from, into, entry.at.0).await?;
        // Of an invitation that was accepted meanwhile, too.
        let email_hash = own.email_hash.or(theirs.email_hash);
        write_kept(&mut tx, brand_id, &merge, email_hash.as_deref(), entry.at.0).await?;
        // Whoever was invited as the one that was would be let into both.
        query!("delete from invitations where brand_id = $1 and creator_id = $2", brand_id, into)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        audit::write(&mut tx, brand, entry).await?;
        outbound_events::emit(&mut tx, brand, events).await?;
        jobs::push(&mut tx, follow).await?;
        self.commit_link_change(tx, &LinkChange::Brand(brand.clone())).await?;
        Ok(Merged::Now)
    }

    async fn merged_into(&self, brand: &BrandId, creator: &CreatorId) -> Result<Option<CreatorId>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        let row = query!(
            r#"select merged_into as "merged_into!" from creators
               where brand_id = $1 and id = $2 and merged_into is not null"#,
            brand,
            creator
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        row.map(|row| read(row.merged_into, "creators", "merged_into")).transpose()
    }

    async fn follow_merge(&self, brand: &BrandId, from: &CreatorId) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        // As a merge: a payout that is being created is stored whole before, or sees everything moved.
        erasure::lock_brand(&mut tx, brand).await?;
        let (brand_id, from) = (brand.as_str(), from.as_str());
        let Some(into) = state_of(&mut tx, brand_id, from).await?.and_then(|state| state.merged_into) else {
            return Ok(());
        };
        let into = into.as_str();
        reopen_orders(&mut tx, brand_id, from, into).await?;
        move_everything(&mut tx, brand_id, from, into).await?;
        tx.commit().await.map_err(database)
    }
}
