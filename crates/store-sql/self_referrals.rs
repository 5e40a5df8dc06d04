//! Signals of self-referral.

use domain::{BrandId, CreatorId, UnixMs};
use sqlx::query;
use store::{Result, row::read, self_referrals::SelfReferralStore};

use crate::{Db, database, list};

#[async_trait::async_trait]
impl SelfReferralStore for Db {
    async fn put_creator_visitor(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        visitor_hash: &str,
        at: UnixMs,
    ) -> Result<bool> {
        let (brand, creator) = (brand.as_str(), creator.as_str());
        let known = query!(
            r#"select 1 as "known!: i64" from creator_visitors
               where brand_id = $1 and visitor_hash = $2 and creator_id = $3"#,
            brand,
            visitor_hash,
            creator
        )
        .fetch_optional(&self.reader)
        .await
        .map_err(database)?;
        if known.is_some() {
            return Ok(false);
        }
        let done = query!(
            "insert into creator_visitors (brand_id, visitor_hash, creator_id, at) values ($1, $2, $3, $4)
             on conflict (brand_id, visitor_hash, creator_id) do nothing",
            brand,
            visitor_hash,
            creator,
            at.0
        )
        .execute(&self.writer)
        .await
        .map_err(database)?;
        Ok(done.rows_affected() == 1)
    }

    async fn creators_of_visitors(
        &self,
        brand: &BrandId,
        visitor_hashes: &[String],
    ) -> Result<Vec<(String, CreatorId)>> {
        let (brand, visitor_hashes) = (brand.as_str(), list(visitor_hashes)?);
        let rows = statement!(query!(
            r#"select visitor_hash as "visitor_hash!", creator_id as "creator_id!" from creator_visitors
               where brand_id = $1 and visitor_hash "# IN "$2" r#" order by visitor_hash, creator_id"#,
            brand,
            &visitor_hashes
        ))
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        rows.into_iter()
            .map(|row| Ok((row.visitor_hash, read(row.creator_id, "creator_visitors", "creator_id")?)))
            .collect()
    }

    async fn payout_addresses_of(&self, brand: &BrandId, creators: &[CreatorId]) -> Result<Vec<(CreatorId, Vec<u8>)>> {
        let (brand, creators) = (brand.as_str(), list(creators)?);
        let rows = statement!(query!(
            r#"select id as "id!", payout_address as "payout_address!" from creators
               where brand_id = $1 and id "# IN "$2" r#" and payout_address is not null order by id"#,
            brand,
            &creators
        ))
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        rows.into_iter().map(|row| Ok((read(row.id, "creators", "id")?, row.payout_address))).collect()
    }
}
