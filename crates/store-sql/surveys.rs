//! Survey answers and manual credits.

use domain::{AnswerId, BrandId, CreatorId, Identity, OrderId};
use sqlx::query;
use store::{
    Result, StoreError,
    audit::AuditEntry,
    jobs::SettleJob,
    keyset::Keyset,
    surveys::{Answer, AnswerRow, AnswerState, ManualCredit, ManualCreditRow, SurveyStore},
};

use crate::{
    Db, Tx, audit, database,
    erasure::{self, Reporter},
    jobs, list,
};

/// Queues the settlement of an order, given our id instead of the seller's.
async fn settle_again(tx: &mut Tx, brand: &BrandId, order: &OrderId, settle: SettleJob<'_>) -> Result<()> {
    let (brand_id, id) = (brand.as_str(), order.as_str());
    let row =
        query!(r#"select external_id as "external_id!" from orders where brand_id = $1 and id = $2"#, brand_id, id)
            .fetch_optional(&mut **tx)
            .await
            .map_err(database)?
            .ok_or(StoreError::Missing("order"))?;
    jobs::push(tx, &settle(&row.external_id)).await
}

/// Whether an answer is about an order whose customer was erased, with the order or before it.
async fn is_about_erased(tx: &mut Tx, brand: &BrandId, external_id: &str) -> Result<bool> {
    let order = [Identity::Order(external_id.to_owned())];
    if erasure::erased_at(tx, brand, &order, Reporter::ShopOrBrowser).await?.is_some() {
        return Ok(true);
    }
    let brand = brand.as_str();
    let row = query!("select redacted_at from orders where brand_id = $1 and external_id = $2", brand, external_id)
        .fetch_optional(&mut **tx)
        .await
        .map_err(database)?;
    Ok(row.is_some_and(|row| row.redacted_at.is_some()))
}

/// The statement of a page of answers in a state, in the order of the keyset. SQLite would use the range of ids for the
/// index of the primary key, and read the answers of all states.
macro_rules! page {
    ($connection:ident, $brand:ident, $keyset:ident, $state:ident, $order:literal) => {
        statement!(query_as!(
            AnswerRow,
            r#"select id as "id!", order_external_id as "order_external_id!", question as "question!",
                      answer as "answer!", received_at as "received_at!", state as "state!", creator_id,
                      confidence_bp as "confidence_bp!", matched_name
               from survey_answers where brand_id = $1 and state = $5
                 and "# UNINDEXED "id >= $2 and " UNINDEXED "id < $3" $order " limit $4",
            $brand,
            $keyset.from,
            $keyset.below,
            $keyset.limit,
            $state
        ))
        .fetch_all(&mut *$connection)
        .await
        .map_err(database)?
    };
}

#[async_trait::async_trait]
impl SurveyStore for Db {
    async fn put_answer(&self, brand: &BrandId, answer: &Answer, settle: SettleJob<'_>) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id, state) = (brand.as_str(), answer.id.as_str(), answer.state.as_str());
        let (creator, confidence_bp) =
            (answer.creator.as_ref().map(CreatorId::as_str), i64::from(answer.confidence_bp));
        erasure::lock_out_erasures(&mut tx, [brand]).await?;
        let is_erased = is_about_erased(&mut tx, brand, &answer.order_external_id).await?;
        let text = if is_erased { "" } else { &answer.answer };
        let done = query!(
            "insert into survey_answers (brand_id, id, order_external_id, question, answer, received_at, state,
                                         creator_id, confidence_bp, matched_name)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (brand_id, order_external_id, question) do update set
                answer = excluded.answer, received_at = excluded.received_at, state = excluded.state,
                creator_id = excluded.creator_id, confidence_bp = excluded.confidence_bp,
                matched_name = excluded.matched_name
             where survey_answers.state in ('matched', 'open') and survey_answers.answer <> excluded.answer",
            brand_id,
            id,
            answer.order_external_id,
            answer.question,
            text,
            answer.received_at.0,
            state,
            creator,
            confidence_bp,
            answer.matched_name
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        jobs::push(&mut tx, &settle(&answer.order_external_id)).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn answers(&self, brand: &BrandId, state: AnswerState, keyset: &Keyset) -> Result<Vec<Answer>> {
        let mut connection = self.read(brand).await?;
        let (brand, state) = (brand.as_str(), state.as_str());
        let rows: Vec<AnswerRow> = if keyset.is_ascending {
            page!(connection, brand, keyset, state, " order by id")
        } else {
            page!(connection, brand, keyset, state, " order by id desc")
        };
        rows.into_iter().map(AnswerRow::read).collect()
    }

    async fn answers_of(&self, brand: &BrandId, order_external_ids: &[String]) -> Result<Vec<Answer>> {
        let mut connection = self.read(brand).await?;
        let (brand, order_external_ids) = (brand.as_str(), list(order_external_ids)?);
        let mut answers = statement!(query_as!(
            AnswerRow,
            r#"select id as "id!", order_external_id as "order_external_id!", question as "question!",
                      answer as "answer!", received_at as "received_at!", state as "state!", creator_id,
                      confidence_bp as "confidence_bp!", matched_name
               from survey_answers
               where brand_id = $1 and order_external_id "# IN "$2",
            brand,
            &order_external_ids
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(AnswerRow::read)
        .collect::<Result<Vec<_>>>()?;
        answers.sort_by(|left, right| left.id.cmp(&right.id));
        Ok(answers)
    }

    async fn decide_answer(
        &self,
        brand: &BrandId,
        id: &AnswerId,
        creator: Option<&CreatorId>,
        settle: SettleJob<'_>,
        audit: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id, creator) = (brand.as_str(), id.as_str(), creator.map(CreatorId::as_str));
        let state = if creator.is_some() { "assigned" } else { "dismissed" };
        let row = query!(
            r#"update survey_answers set state = $3, creator_id = $4, confidence_bp = 9000
               where brand_id = $1 and id = $2 returning order_external_id as "order_external_id!: String""#,
            brand_id,
            id,
            state,
            creator
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(false) };
        jobs::push(&mut tx, &settle(&row.order_external_id)).await?;
        audit::write(&mut tx, brand, audit).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn reopen_answer(
        &self,
        brand: &BrandId,
        id: &AnswerId,
        settle: SettleJob<'_>,
        audit: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), id.as_str());
        let row = query!(
            r#"update survey_answers
               set state = 'open', creator_id = null, confidence_bp = 0, matched_name = null
               where brand_id = $1 and id = $2 and state <> 'open'
               returning order_external_id as "order_external_id!: String""#,
            brand_id,
            id
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(false) };
        jobs::push(&mut tx, &settle(&row.order_external_id)).await?;
        audit::write(&mut tx, brand, audit).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn put_manual_credit(
        &self,
        brand: &BrandId,
        credit: &ManualCredit,
        settle: SettleJob<'_>,
        audit: &AuditEntry,
    ) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        settle_again(&mut tx, brand, &credit.order, settle).await?;
        let (brand_id, order, link) = (brand.as_str(), credit.order.as_str(), credit.link.as_str());
        query!(
            "insert into manual_credits (brand_id, order_id, link_id, actor, reason, at) values ($1, $2, $3, $4, $5, $6)
             on conflict (brand_id, order_id) do update set
                link_id = excluded.link_id, actor = excluded.actor, reason = excluded.reason, at = excluded.at",
            brand_id,
            order,
            link,
            credit.actor,
            credit.reason,
            credit.at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        audit::write(&mut tx, brand, audit).await?;
        tx.commit().await.map_err(database)
    }

    async fn end_manual_credit(
        &self,
        brand: &BrandId,
        order: &OrderId,
        settle: SettleJob<'_>,
        audit: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), order.as_str());
        let done = query!("delete from manual_credits where brand_id = $1 and order_id = $2", brand_id, id)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        settle_again(&mut tx, brand, order, settle).await?;
        audit::write(&mut tx, brand, audit).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn manual_credits(&self, brand: &BrandId, orders: &[OrderId]) -> Result<Vec<ManualCredit>> {
        let mut connection = self.read(brand).await?;
        let (brand, orders) = (brand.as_str(), list(orders)?);
        statement!(query_as!(
            ManualCreditRow,
            r#"select order_id as "order_id!", link_id as "link_id!", actor as "actor!", reason as "reason!", at as "at!"
               from manual_credits where brand_id = $1 and order_id "# IN "$2",
            brand,
            &orders
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(ManualCreditRow::read)
        .collect()
    }
}
