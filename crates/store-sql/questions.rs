//! Questions that creators ask their brand about a sale.

use domain::{BrandId, CreatorId, OrderId, QuestionId};
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    questions::{Question, QuestionAnswer, QuestionRow, QuestionStore},
};

use crate::{Db, audit, database, erasure, lock};

#[async_trait::async_trait]
impl QuestionStore for Db {
    async fn put_question(&self, brand: &BrandId, question: &Question, most: i64) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        // A text may name the order's shopper: either it is there when they are erased, or they are gone before.
        erasure::lock_out_erasures(&mut tx, [brand]).await?;
        let (brand, id, creator) = (brand.as_str(), question.id.as_str(), question.creator.as_str());
        lock(&mut tx, &format!("questions {creator}")).await?;
        let order = question.order.as_str();
        let done = query!(
            "insert into questions (brand_id, id, creator_id, order_id, question, asked_at)
             select orders.brand_id, $2, creators.id, orders.id, $5, $6 from orders
             join creators on creators.brand_id = orders.brand_id and creators.id = $3 and creators.erased_at is null
             where orders.brand_id = $1 and orders.id = $4 and orders.redacted_at is null
               and (select count(*) from questions where brand_id = $1 and creator_id = $3 and answered_at is null) < $7",
            brand,
            id,
            creator,
            order,
            question.text,
            question.asked_at.0,
            most
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected() == 1)
    }

    async fn answer_question(
        &self,
        brand: &BrandId,
        id: &QuestionId,
        answer: &QuestionAnswer,
        entry: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), id.as_str());
        let done = query!(
            "update questions set answer = $3, answered_at = $4 where brand_id = $1 and id = $2",
            brand_id,
            id,
            answer.text,
            answer.at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn questions_of(&self, brand: &BrandId, creator: &CreatorId, limit: i64) -> Result<Vec<Question>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        query_as!(
            QuestionRow,
            r#"select id as "id!", creator_id as "creator_id!", order_id as "order_id!", question as "question!",
                      asked_at as "asked_at!", answer, answered_at
               from questions where brand_id = $1 and creator_id = $2 order by id desc limit $3"#,
            brand,
            creator,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(QuestionRow::read)
        .collect()
    }

    async fn questions_about(&self, brand: &BrandId, order: &OrderId) -> Result<Vec<Question>> {
        let mut connection = self.read(brand).await?;
        let (brand, order) = (brand.as_str(), order.as_str());
        query_as!(
            QuestionRow,
            r#"select id as "id!", creator_id as "creator_id!", order_id as "order_id!", question as "question!",
                      asked_at as "asked_at!", answer, answered_at
               from questions where brand_id = $1 and order_id = $2 order by id"#,
            brand,
            order
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(QuestionRow::read)
        .collect()
    }

    async fn open_questions(&self, brand: &BrandId, limit: i64) -> Result<Vec<Question>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            QuestionRow,
            r#"select id as "id!", creator_id as "creator_id!", order_id as "order_id!", question as "question!",
                      asked_at as "asked_at!", answer, answered_at
               from questions where brand_id = $1 and answered_at is null order by id limit $2"#,
            brand,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(QuestionRow::read)
        .collect()
    }
}
