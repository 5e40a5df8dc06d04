//! Counts and answers of the unified API.

use domain::{BrandId, UnixMs, api_key::KeyId, brand::Brand};
use sqlx::query;
use store::{
    Result, StoreError,
    api_requests::{ANSWER_LIFE_MS, Answer, ApiRequestStore, Claim, RESERVED_MS, RequestClass, Written},
    row::read,
};

use crate::{Db, Tx, brands, database, lock};

/// The status of a claim that has no answer yet.
const RESERVED: i64 = 0;

/// The answer to a claim, if there is one.
pub(crate) async fn stored(tx: &mut Tx, brand: &BrandId, claim: &Claim) -> Result<Option<Written>> {
    let (brand, since) = (brand.as_str(), claim.at.0 - ANSWER_LIFE_MS);
    let row = query!(
        r#"select body_hash as "body_hash!", status as "status!", body as "body!"
           from api_answers
           where brand_id = $1 and key_id = $2 and idempotency_key = $3 and method = $4 and path = $5 and created_at > $6"#,
        brand,
        claim.key.0,
        claim.idempotency_key,
        claim.method,
        claim.path,
        since
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    let Some(row) = row else { return Ok(None) };
    if row.body_hash != claim.body_hash {
        return Ok(Some(Written::OtherBody));
    }
    if row.status == RESERVED {
        return Ok(Some(Written::InProgress));
    }
    Ok(Some(Written::Before(Answer { status: read(row.status, "api_answers", "status")?, body: row.body })))
}

/// Stores the answer to a claim, in place of one that is too old to be repeated.
pub(crate) async fn store_answer(tx: &mut Tx, brand: &BrandId, claim: &Claim, answer: &Answer) -> Result<()> {
    let (brand, hash, status) = (brand.as_str(), &claim.body_hash[..], i64::from(answer.status));
    query!(
        "insert into api_answers (brand_id, key_id, idempotency_key, method, path, body_hash, status, body, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (brand_id, key_id, idempotency_key, method, path)
         do update set body_hash = excluded.body_hash, status = excluded.status, body = excluded.body,
                       created_at = excluded.created_at",
        brand,
        claim.key.0,
        claim.idempotency_key,
        claim.method,
        claim.path,
        hash,
        status,
        answer.body,
        claim.at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Undoes a write. A dropped transaction would hold the claim's lock for a moment, and refuse the next try.
pub(crate) async fn undo(tx: Tx) -> Result<()> {
    tx.rollback().await.map_err(database)
}

/// As [`undo`], for a write that has failed with this error.
pub(crate) async fn undo_failed<T>(tx: Tx, error: StoreError) -> Result<T> {
    // If this fails too, the connection is broken, and its end undoes the write.
    let _ = undo(tx).await;
    Err(error)
}

#[async_trait::async_trait]
impl ApiRequestStore for Db {
    async fn count_request(&self, brand: &BrandId, key: &KeyId, class: RequestClass, minute: i64) -> Result<i64> {
        let mut tx = self.begin_for(brand).await?;
        let (brand, class) = (brand.as_str(), class.as_str());
        let row = query!(
            r#"insert into api_windows (brand_id, key_id, class, minute, count) values ($1, $2, $3, $4, 1)
               on conflict (brand_id, key_id, class) do update
               set count = case when api_windows.minute < excluded.minute then 1 else api_windows.count + 1 end,
                   minute = case when api_windows.minute < excluded.minute then excluded.minute
                                 else api_windows.minute end
               returning count as "count!: i64""#,
            brand,
            key.0,
            class,
            minute
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(row.count)
    }

    async fn keys_last_used(&self, brand: &BrandId) -> Result<Vec<(KeyId, UnixMs)>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let rows = query!(
            r#"select key_id as "key_id!", max(minute) as "minute!: i64"
               from api_windows where brand_id = $1 group by key_id"#,
            brand
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| (KeyId(row.key_id), UnixMs(row.minute * 60_000))).collect())
    }

    async fn answer_to(&self, brand: &BrandId, claim: &Claim) -> Result<Option<Written>> {
        let mut tx = self.snapshot(brand).await?;
        stored(&mut tx, brand, claim).await
    }

    async fn reserve_answer(&self, brand: &BrandId, claim: &Claim) -> Result<Option<Written>> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, hash) = (brand.as_str(), &claim.body_hash[..]);
        let (forgotten, abandoned) = (claim.at.0 - ANSWER_LIFE_MS, claim.at.0 - RESERVED_MS);
        let done = query!(
            "insert into api_answers (brand_id, key_id, idempotency_key, method, path, body_hash, status, body, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, '', $8)
             on conflict (brand_id, key_id, idempotency_key, method, path)
             do update set body_hash = excluded.body_hash, status = excluded.status, body = excluded.body,
                           created_at = excluded.created_at
             where api_answers.created_at <= $9
                or (api_answers.status = excluded.status and api_answers.created_at <= $10)",
            brand_id,
            claim.key.0,
            claim.idempotency_key,
            claim.method,
            claim.path,
            hash,
            RESERVED,
            claim.at.0,
            forgotten,
            abandoned
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        let known = if done.rows_affected() > 0 { None } else { stored(&mut tx, brand, claim).await? };
        tx.commit().await.map_err(database)?;
        Ok(known)
    }

    async fn keep_answer(&self, brand: &BrandId, claim: &Claim, answer: &Answer) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        store_answer(&mut tx, brand, claim, answer).await?;
        tx.commit().await.map_err(database)
    }

    async fn release_answer(&self, brand: &BrandId, claim: &Claim) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, hash) = (brand.as_str(), &claim.body_hash[..]);
        query!(
            "delete from api_answers
             where brand_id = $1 and key_id = $2 and idempotency_key = $3 and method = $4 and path = $5
               and body_hash = $6 and status = $7 and created_at = $8",
            brand_id,
            claim.key.0,
            claim.idempotency_key,
            claim.method,
            claim.path,
            hash,
            RESERVED,
            claim.at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)
    }

    async fn delete_answers(&self, at: UnixMs, limit: i64) -> Result<u64> {
        let mut tx = self.system_begin().await?;
        let done = query!(
            "delete from api_answers
             where (brand_id, key_id, idempotency_key, method, path) in
                   (select brand_id, key_id, idempotency_key, method, path from api_answers
                    where created_at < $1 order by created_at limit $2)",
            at.0,
            limit
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected())
    }

    async fn test_brand_of(&self, live: &BrandId) -> Result<Option<BrandId>> {
        let mut connection = self.read(live).await?;
        let live = live.as_str();
        let row = query!(r#"select test_brand_id as "id!" from test_brands where brand_id = $1"#, live)
            .fetch_optional(&mut *connection)
            .await
            .map_err(database)?;
        row.map(|row| read(row.id, "test_brands", "test_brand_id")).transpose()
    }

    async fn live_brand_of(&self, test: &BrandId) -> Result<Option<BrandId>> {
        let test = test.as_str();
        let row = query!(r#"select brand_id as "id!" from test_brands where test_brand_id = $1"#, test)
            .fetch_optional(&mut *self.system_read().await?)
            .await
            .map_err(database)?;
        row.map(|row| read(row.id, "test_brands", "brand_id")).transpose()
    }

    async fn put_test_brand(&self, live: &BrandId, test: &Brand) -> Result<BrandId> {
        let mut tx = self.system_begin().await?;
        lock(&mut tx, &format!("test brand {live}")).await?;
        let (live_id, test_id) = (live.as_str(), test.id.as_str());
        let known = query!(r#"select test_brand_id as "id!" from test_brands where brand_id = $1"#, live_id)
            .fetch_optional(&mut *tx)
            .await
            .map_err(database)?;
        if let Some(known) = known {
            return read(known.id, "test_brands", "test_brand_id");
        }
        brands::insert(&mut tx, test).await?;
        query!("insert into test_brands (brand_id, test_brand_id) values ($1, $2)", live_id, test_id)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(test.id.clone())
    }
}
