//! Deleting sample data: everything of a brand, in one transaction.

use domain::{BrandId, brand::Brand};
use sqlx::query;
use store::{Result, audit::AuditEntry, links::LinkChange, samples::SampleStore};

use crate::{Db, Tx, audit, brands, database, erasure};

/// Deletes the brand's rows of these tables, in this order.
macro_rules! delete_from {
    ($tx:ident, $brand:ident: $($table:literal)*) => {$(
        query!("delete from " + $table + " where brand_id = $1", $brand)
            .execute(&mut **$tx)
            .await
            .map_err(database)?;
    )*};
}

/// As [`delete_from`], of tables that know a brand by its number.
macro_rules! delete_numbered_from {
    ($tx:ident, $brand:ident: $($table:literal)*) => {$(
        query!(
            "delete from " + $table + " where brand_number = (select number from brands where id = $1)",
            $brand
        )
        .execute(&mut **$tx)
        .await
        .map_err(database)?;
    )*};
}

/// Rows that refer to others come before them.
async fn delete_everything(tx: &mut Tx, brand: &str) -> Result<()> {
    delete_numbered_from!(tx, brand: "clicks" "events" "landings");
    delete_from!(tx, brand:
        "questions" "proofs" "import_rows" "imports" "webhook_deliveries" "webhook_tester_requests" "outbound_events" "outbox" "api_answers" "api_windows"
        "manual_credits" "credits" "touchpoints" "ledger_edits" "ledger" "payouts" "commission_rules" "milestones"
        "survey_answers" "recomputes" "model_runs" "api_sales" "refunds" "order_names" "orders"
        "order_days" "sale_weeks" "sale_totals" "sale_days" "click_weeks" "click_totals" "click_days" "click_sources" "click_source_days" "funnel_days" "commission_days" "rollups"
        "outcome_days" "visitor_aliases" "identities" "claims" "ignored_claims" "profiles"
        "customer_events" "data_exports" "test_records" "product_links" "catalogue_items" "links"
        "campaigns" "creator_visitors" "creators" "audit_log");
    for statement in [
        // Keys and webhook endpoints stay.
        query!(
            "delete from object_details where brand_id = $1 and kind not in ('key', 'test_key', 'webhook_endpoint')",
            brand
        ),
        query!("delete from login_links where brand_id = $1 and creator_id is not null", brand),
        query!("delete from sessions where brand_id = $1 and creator_id is not null", brand),
        query!("delete from invitations where brand_id = $1 and creator_id is not null", brand),
    ] {
        statement.execute(&mut **tx).await.map_err(database)?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl SampleStore for Db {
    async fn is_unused(&self, brand: &BrandId) -> Result<bool> {
        let mut connection = self.read(brand).await?;
        let id = brand.as_str();
        let row = query!(
            r#"select (exists (select 1 from creators where brand_id = $1)
                       or exists (select 1 from campaigns where brand_id = $1)
                       or exists (select 1 from links where brand_id = $1)
                       or exists (select 1 from orders where brand_id = $1)
                       or exists (select 1 from refunds where brand_id = $1)
                       or exists (select 1 from survey_answers where brand_id = $1)
                       or exists (select 1 from commission_rules where brand_id = $1)
                       or exists (select 1 from catalogue_items where brand_id = $1)
                       or exists (select 1 from customer_events where brand_id = $1)
                       or exists (select 1 from identities where brand_id = $1)
                       or exists (select 1 from webhook_endpoints where brand_id = $1)
                       or exists (select 1 from click_days where brand_id = $1)
                       or exists (select 1 from events
                                  where brand_number = (select number from brands where id = $1)))
                      as "is_used!: bool""#,
            id
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(database)?;
        Ok(!row.is_used)
    }

    async fn complete_sample(&self, before: &Brand, after: &Brand, audit: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(&before.id).await?;
        if !brands::replace_settings(&mut tx, before, after).await? {
            return Ok(false);
        }
        let brand = before.id.as_str();
        query!("delete from rollups where brand_id = $1", brand).execute(&mut *tx).await.map_err(database)?;
        audit::write(&mut tx, &before.id, audit).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn clear_sample(&self, before: &Brand, after: &Brand, audit: &AuditEntry) -> Result<bool> {
        if before.settings.sample.is_none() {
            return Ok(false);
        }
        let mut tx = self.begin_for(&before.id).await?;
        // As an erasure: what is being stored about people is stored before, and deleted, or after it.
        erasure::lock_brand(&mut tx, &before.id).await?;
        if !brands::replace_settings(&mut tx, before, after).await? {
            return Ok(false);
        }
        delete_everything(&mut tx, before.id.as_str()).await?;
        audit::write(&mut tx, &before.id, audit).await?;
        self.commit_link_change(tx, &LinkChange::Brand(before.id.clone())).await?;
        Ok(true)
    }
}
