//! Signals of self-referral.

use domain::{BrandId, CreatorId, Identity, UnixMs, time::DAY_MS};
use sqlx::query;
use store::{Result, row::read, self_referrals::SelfReferralStore};

use crate::{
    Db, database,
    erasure::{self, Reporter},
    list,
};

/// New browsers of a creator that are remembered within 24 hours: a person has a few, and a program could name any number.
const BROWSERS_A_DAY: i64 = 50;

#[async_trait::async_trait]
impl SelfReferralStore for Db {
    async fn put_creator_visitor(&self, brand: &BrandId, creator: &CreatorId, pv_id: &str, at: UnixMs) -> Result<bool> {
        let (brand_id, creator, yesterday) = (brand.as_str(), creator.as_str(), at.plus_ms(-DAY_MS));
        let known = query!(
            r#"select at as "at!" from creator_visitors where brand_id = $1 and pv_id = $2 and creator_id = $3"#,
            brand_id,
            pv_id,
            creator
        )
        .fetch_optional(&mut *self.read(brand).await?)
        .await
        .map_err(database)?;
        if known.as_ref().is_some_and(|row| row.at > yesterday.0) {
            return Ok(false);
        }
        let mut tx = self.begin_for(brand).await?;
        erasure::lock_out_erasures(&mut tx, [brand]).await?;
        let visitor = [Identity::Visitor(pv_id.to_owned())];
        if erasure::erased_at(&mut tx, brand, &visitor, Reporter::ShopOrBrowser).await?.is_some() {
            return Ok(false);
        }
        let done = query!(
            "insert into creator_visitors (brand_id, pv_id, creator_id, at)
             select brand_id, $2, id, $4 from creators
             where brand_id = $1 and id = $3 and erased_at is null
               and (select count(*) from creator_visitors where brand_id = $1 and at > $5 and creator_id = $3) < $6
             on conflict (brand_id, pv_id, creator_id) do update set at = excluded.at",
            brand_id,
            pv_id,
            creator,
            at.0,
            yesterday.0,
            BROWSERS_A_DAY
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(known.is_none() && done.rows_affected() == 1)
    }

    async fn creators_of_visitors(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<(String, CreatorId)>> {
        let mut connection = self.read(brand).await?;
        let (brand, pv_ids) = (brand.as_str(), list(pv_ids)?);
        let rows = statement!(query!(
            r#"select pv_id as "pv_id!", creator_id as "creator_id!" from creator_visitors
               where brand_id = $1 and pv_id "# IN "$2" r#" order by pv_id, creator_id"#,
            brand,
            &pv_ids
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        rows.into_iter().map(|row| Ok((row.pv_id, read(row.creator_id, "creator_visitors", "creator_id")?))).collect()
    }

    async fn payout_addresses_of(&self, brand: &BrandId, creators: &[CreatorId]) -> Result<Vec<(CreatorId, Vec<u8>)>> {
        let mut connection = self.read(brand).await?;
        let (brand, creators) = (brand.as_str(), list(creators)?);
        let rows = statement!(query!(
            r#"select id as "id!", payout_address as "payout_address!" from creators
               where brand_id = $1 and id "# IN "$2" r#" and payout_address is not null order by id"#,
            brand,
            &creators
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        rows.into_iter().map(|row| Ok((read(row.id, "creators", "id")?, row.payout_address))).collect()
    }
}
