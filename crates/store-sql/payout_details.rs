//! How creators are paid.

use domain::{BrandId, CreatorId};
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    jobs::NewJob,
    payout_details::{NewPayoutDetails, PayoutDetailStore, PayoutDetailsRow, StoredPayoutDetails},
};

use crate::{Db, audit, database, jobs};

#[async_trait::async_trait]
impl PayoutDetailStore for Db {
    async fn payout_details(&self, brand: &BrandId) -> Result<Vec<StoredPayoutDetails>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            PayoutDetailsRow,
            r#"select id as "id!", payout_address, payout_details, payout_contact, payout_changed_at from creators
               where brand_id = $1 and (payout_address is not null or payout_details is not null) order by id"#,
            brand
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(PayoutDetailsRow::read)
        .collect()
    }

    async fn payout_details_of(&self, brand: &BrandId, creator: &CreatorId) -> Result<Option<StoredPayoutDetails>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        query_as!(
            PayoutDetailsRow,
            r#"select id as "id!", payout_address, payout_details, payout_contact, payout_changed_at from creators
               where brand_id = $1 and id = $2 and (payout_address is not null or payout_details is not null)"#,
            brand,
            creator
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(PayoutDetailsRow::read)
        .transpose()
    }

    async fn set_payout_details(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        new: NewPayoutDetails<'_>,
        entry: &AuditEntry,
        mail: Option<&NewJob>,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), creator.as_str());
        let done = query!(
            "update creators set payout_address = $3, payout_details = $4, payout_contact = $5, payout_changed_at = $6
             where brand_id = $1 and id = $2 and erased_at is null and merged_into is null",
            brand_id,
            id,
            new.paypal,
            new.details,
            new.contact,
            entry.at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        // Whoever was invited in this creator's place before this was known must be invited again, by an owner.
        query!("delete from invitations where brand_id = $1 and creator_id = $2", brand_id, id)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        audit::write(&mut tx, brand, entry).await?;
        if let Some(mail) = mail {
            jobs::push(&mut tx, mail).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(true)
    }
}
