//! Refunds that backends report: checked against what is left of the order under the order's lock.

use domain::{
    BrandId, Money, UnixMs,
    order::{API_REFUND_PREFIX, Order},
};
use sqlx::query;
use store::{
    Result, StoreError,
    customers::{ApiRefund, NewApiRefund},
    jobs::SettleJob,
    orders::Refund,
    row::currency,
};

use crate::{
    Db, Tx, database, lock,
    numbers::next_number,
    orders::{insert_refund, stored},
};

/// [`store::customers::CustomerStore::add_api_refund`] inside a transaction.
pub(crate) async fn add(
    tx: &mut Tx,
    brand: &BrandId,
    refund: &NewApiRefund<'_>,
    settle: SettleJob<'_>,
) -> Result<ApiRefund> {
    let (brand_id, external_id) = (brand.as_str(), refund.order_external_id);
    lock(tx, &format!("order {brand_id} {external_id}")).await?;
    let order = stored(tx, brand_id, external_id).await?.ok_or(StoreError::Missing("order"))?;
    let rows = query!(
        r#"select external_id as "external_id!", amount_minor as "amount_minor!", currency as "currency!", answer,
                  reason, at as "at!"
           from refunds where brand_id = $1 and order_external_id = $2"#,
        brand_id,
        external_id
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let id = match refund.id {
        Some(id) => format!("{API_REFUND_PREFIX}{id}"),
        // Ids of the sender are at most 255 bytes and never begin with a number sign here.
        None => format!("{API_REFUND_PREFIX}#{}", rows.len()),
    };
    if let Some(known) = rows.iter().find(|row| row.external_id == id) {
        let is_same = refund.amount_minor.is_none_or(|minor| minor == known.amount_minor);
        if !is_same {
            return Ok(ApiRefund::OtherAmount);
        }
        let (answer, reason) = (known.answer.clone(), known.reason.clone());
        return Ok(ApiRefund::Repeat { amount_minor: known.amount_minor, answer, reason, at: UnixMs(known.at) });
    }
    let mut refunded_minor = order.details.refunded_minor;
    for row in &rows {
        let amount = Money { minor: row.amount_minor, currency: currency(&row.currency, "refunds")? };
        refunded_minor += order.deduction(&row.external_id, amount);
    }
    let left_minor = (order.total_minor - refunded_minor).max(0);
    if left_minor == 0 && refund.amount_minor.is_none() {
        return Ok(ApiRefund::NothingLeft);
    }
    let amount_minor = refund.amount_minor.unwrap_or(left_minor);
    if amount_minor > left_minor {
        return Ok(ApiRefund::Exceeds { left_minor });
    }
    let new = Refund {
        order_external_id: external_id.to_owned(),
        external_id: id,
        amount_minor,
        currency: order.currency,
        at: refund.at,
        subtotal_minor: Some(amount_minor),
        lines: Vec::new(),
        // It may name the customer: once they are erased, it is kept no more.
        reason: refund.reason.filter(|_| order.redacted_at.is_none()).map(str::to_owned),
    };
    insert_refund(tx, brand, &new, settle).await?;
    if let Some(answer) = refund.answer {
        store_answer(tx, brand_id, external_id, &new.external_id, answer).await?;
    }
    count_refund(tx, refund, &order, amount_minor).await?;
    Ok(ApiRefund::Added { amount_minor, is_all: amount_minor == left_minor })
}

/// Adds a refund to the sale's sums. A purchase that was no sale so far becomes one: its commission gets a number.
async fn count_refund(tx: &mut Tx, refund: &NewApiRefund<'_>, order: &Order, amount_minor: i64) -> Result<()> {
    let brand = order.brand.as_str();
    let done = query!(
        "update api_sales set refunded_minor = refunded_minor + $4, refunds = refunds + 1
         where brand_id = $1 and transaction_id = $2 and is_test = $3",
        brand,
        refund.transaction_id,
        refund.is_test,
        amount_minor
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    if done.rows_affected() > 0 {
        return Ok(());
    }
    let (number, code) = (next_number(tx, brand, "sale").await?, order.currency.code());
    query!(
        "insert into api_sales (brand_id, transaction_id, is_test, sale_number, amount_minor, currency,
                                refunded_minor, refunds, meta, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 1, '{}', $8)
         on conflict (brand_id, transaction_id, is_test) do update set
            refunded_minor = api_sales.refunded_minor + excluded.refunded_minor, refunds = api_sales.refunds + 1",
        brand,
        refund.transaction_id,
        refund.is_test,
        number,
        order.total_minor,
        code,
        amount_minor,
        refund.at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// [`store::customers::CustomerStore::put_refund_answer`].
pub(crate) async fn put_answer(
    db: &Db,
    brand: &BrandId,
    order_external_id: &str,
    refund_id: &str,
    answer: &str,
) -> Result<()> {
    let mut tx = db.begin_for(brand).await?;
    let id = format!("{API_REFUND_PREFIX}{refund_id}");
    store_answer(&mut tx, brand.as_str(), order_external_id, &id, answer).await?;
    tx.commit().await.map_err(database)
}

async fn store_answer(tx: &mut Tx, brand: &str, order_external_id: &str, id: &str, answer: &str) -> Result<()> {
    query!(
        "update refunds set answer = $4 where brand_id = $1 and order_external_id = $2 and external_id = $3",
        brand,
        order_external_id,
        id,
        answer
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}
