//! Campaigns with their plans.

use domain::BrandId;
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    campaigns::{CampaignStore, PlannedCampaign, PlannedCampaignRow},
};

use crate::{Db, audit, database, named};

#[async_trait::async_trait]
impl CampaignStore for Db {
    async fn planned_campaigns(&self, brand: &BrandId) -> Result<Vec<PlannedCampaign>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            PlannedCampaignRow,
            r#"select id as "id!", name as "name!", created_at as "created_at!", archived_at, budget_minor,
                      budget_currency, starts_on, ends_on
               from campaigns where brand_id = $1 order by name, id"#,
            brand
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(PlannedCampaignRow::read)
        .collect()
    }

    async fn put_campaign(&self, brand: &BrandId, planned: &PlannedCampaign, entry: &AuditEntry) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        let (campaign, plan) = (&planned.campaign, &planned.plan);
        let (brand_id, id, archived_at) = (brand.as_str(), campaign.id.as_str(), planned.archived_at.map(|at| at.0));
        let budget_minor = plan.budget.map(|budget| budget.minor);
        let budget_currency = plan.budget.map(|budget| budget.currency.code());
        let (starts_on, ends_on) = (plan.starts_on.map(|day| day.0), plan.ends_on.map(|day| day.0));
        query!(
            "insert into campaigns (brand_id, id, name, created_at, updated_at, archived_at, budget_minor,
                                    budget_currency, starts_on, ends_on)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (brand_id, id) do update set
                 name = excluded.name, updated_at = excluded.updated_at, archived_at = excluded.archived_at,
                 budget_minor = excluded.budget_minor, budget_currency = excluded.budget_currency,
                 starts_on = excluded.starts_on, ends_on = excluded.ends_on",
            brand_id,
            id,
            campaign.name,
            campaign.created_at.0,
            entry.at.0,
            archived_at,
            budget_minor,
            budget_currency,
            starts_on,
            ends_on
        )
        .execute(&mut *tx)
        .await
        .map_err(named("a campaign with this name"))?;
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)
    }
}
