//! Questions that creators ask their brand about a sale.

use domain::{BrandId, CreatorId, OrderId, QuestionId};
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    jobs::NewJob,
    questions::{PutQuestion, Question, QuestionAnswer, QuestionRow, QuestionStore},
};

use crate::{Db, EngineConnection, Tx, audit, creators, database, erasure, jobs, lock};

/// Why a question cannot be asked, apart from how many there are: `None` if it can.
async fn obstacle(tx: &mut Tx, brand: &BrandId, question: &Question) -> Result<Option<PutQuestion>> {
    if !creators::is_known(tx, brand, &question.creator).await? {
        return Ok(Some(PutQuestion::NoCreator));
    }
    let (brand, order) = (brand.as_str(), question.order.as_str());
    let row = query!("select redacted_at from orders where brand_id = $1 and id = $2", brand, order)
        .fetch_optional(&mut **tx)
        .await
        .map_err(database)?;
    Ok(match row {
        None => Some(PutQuestion::NoOrder),
        Some(row) => row.redacted_at.map(|_| PutQuestion::OrderErased),
    })
}

/// How many questions of the creator wait for an answer, and how many of these are this one.
async fn waiting(tx: &mut Tx, brand: &BrandId, question: &Question) -> Result<(i64, i64)> {
    let (brand, creator, order) = (brand.as_str(), question.creator.as_str(), question.order.as_str());
    let row = query!(
        r#"select cast(count(*) as bigint) as "waiting!: i64",
                  cast(coalesce(sum(case when order_id = $3 and question = $4 then 1 else 0 end), 0) as bigint) as "same!: i64"
           from questions where brand_id = $1 and creator_id = $2 and answered_at is null"#,
        brand,
        creator,
        order,
        question.text
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    Ok((row.waiting, row.same))
}

/// [`QuestionStore::open_questions`].
pub(crate) async fn open(connection: &mut EngineConnection, brand: &BrandId, limit: i64) -> Result<Vec<Question>> {
    let brand = brand.as_str();
    query_as!(
        QuestionRow,
        r#"select id as "id!", creator_id as "creator_id!", order_id as "order_id!", question as "question!",
                  asked_at as "asked_at!", answer, answered_at
           from questions where brand_id = $1 and answered_at is null order by id limit $2"#,
        brand,
        limit
    )
    .fetch_all(connection)
    .await
    .map_err(database)?
    .into_iter()
    .map(QuestionRow::read)
    .collect()
}

#[async_trait::async_trait]
impl QuestionStore for Db {
    async fn put_question(
        &self,
        brand: &BrandId,
        question: &Question,
        most: i64,
        mail: Option<&NewJob>,
    ) -> Result<PutQuestion> {
        let mut tx = self.begin_for(brand).await?;
        // A text may name the order's shopper: either it is there when they are erased, or they are gone before.
        erasure::lock_out_erasures(&mut tx, [brand]).await?;
        lock(&mut tx, &format!("questions {}", question.creator)).await?;
        if let Some(obstacle) = obstacle(&mut tx, brand, question).await? {
            return Ok(obstacle);
        }
        let (waiting, same) = waiting(&mut tx, brand, question).await?;
        // A form that was sent twice asks once, also if no other question could be asked.
        if same > 0 {
            return Ok(PutQuestion::Repeated);
        }
        if waiting >= most {
            return Ok(PutQuestion::TooMany);
        }
        let (brand, id, creator) = (brand.as_str(), question.id.as_str(), question.creator.as_str());
        let order = question.order.as_str();
        query!(
            "insert into questions (brand_id, id, creator_id, order_id, question, asked_at)
             values ($1, $2, $3, $4, $5, $6)",
            brand,
            id,
            creator,
            order,
            question.text,
            question.asked_at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if let Some(mail) = mail {
            jobs::push(&mut tx, mail).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(PutQuestion::Stored)
    }

    async fn answer_question(
        &self,
        brand: &BrandId,
        id: &QuestionId,
        answer: &QuestionAnswer,
        entry: &AuditEntry,
        mail: Option<&NewJob>,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), id.as_str());
        let known = statement!(query!(
            r#"select answer from questions where brand_id = $1 and id = $2"# FOR UPDATE,
            brand_id,
            id
        ))
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        // A form that was sent twice answers, and mails, once.
        if known.is_some_and(|row| row.answer.as_ref() == Some(&answer.text)) {
            return Ok(true);
        }
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
        if let Some(mail) = mail {
            jobs::push(&mut tx, mail).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn question(&self, brand: &BrandId, id: &QuestionId) -> Result<Option<Question>> {
        let mut connection = self.read(brand).await?;
        let (brand, id) = (brand.as_str(), id.as_str());
        query_as!(
            QuestionRow,
            r#"select id as "id!", creator_id as "creator_id!", order_id as "order_id!", question as "question!",
                      asked_at as "asked_at!", answer, answered_at
               from questions where brand_id = $1 and id = $2"#,
            brand,
            id
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(QuestionRow::read)
        .transpose()
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
        open(&mut *self.read(brand).await?, brand, limit).await
    }
}
