//! The rules of tiers.

use domain::BrandId;
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    jobs::NewJob,
    tier_rules::{TierRuleStore, TierRules, TierRulesRow},
};

use crate::{Db, audit, database, jobs, json};

#[async_trait::async_trait]
impl TierRuleStore for Db {
    async fn tier_rules(&self, brand: &BrandId) -> Result<Option<TierRules>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            TierRulesRow,
            r#"select rules as "rules!", updated_at as "updated_at!" from tier_rules where brand_id = $1"#,
            brand
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(TierRulesRow::read)
        .transpose()
    }

    async fn put_tier_rules(&self, brand: &BrandId, rules: &TierRules, entry: &AuditEntry, job: &NewJob) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, text) = (brand.as_str(), json(&rules.rules)?);
        query!(
            "insert into tier_rules (brand_id, rules, updated_at) values ($1, $2, $3)
             on conflict (brand_id) do update set rules = excluded.rules, updated_at = excluded.updated_at",
            brand_id,
            text,
            rules.updated_at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        audit::write(&mut tx, brand, entry).await?;
        jobs::push(&mut tx, job).await?;
        tx.commit().await.map_err(database)
    }
}
