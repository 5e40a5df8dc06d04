//! The list of a brand's orders.

use std::collections::BTreeMap;

use domain::{BrandId, CreatorId, UnixMs, order::OrderSource, outcome::Outcome};
use store::{
    Result,
    order_list::{CreditState, OrderListFilter, OrderListPage, OrderListStore},
    orders::OrderRecord,
};

use crate::{Db, Reader, database, list, orders};

/// Sorts before, and after, every id of an order.
const ID_BOUNDS: (&str, &str) = ("", "z");

/// The parameters of the statement, as it takes them.
struct Parameters<'a> {
    brand: &'a str,
    /// The orders lie between these places, both excluded.
    newest: (i64, &'a str),
    oldest: (i64, &'a str),
    filter: &'a OrderListFilter,
    limit: i64,
}

/// The seller's ids of a page, in the order of `$direction`. Only the index of orders without credit needs `$only`.
macro_rules! page_of {
    ($connection:ident, $parameters:ident, $only:literal, $direction:literal) => {{
        let Parameters { brand, newest, oldest, filter, limit } = $parameters;
        let credit = match filter.credit {
            CreditState::Any | CreditState::Unattributed(None) => None,
            CreditState::Credited => Some("credited".to_owned()),
            CreditState::Unattributed(Some(reason)) => Some(Outcome::Unattributed(reason).to_string()),
        };
        let creator = filter.creator.as_ref().map(CreatorId::as_str);
        let source = filter.source.map(OrderSource::as_str);
        let pattern = filter.search.as_ref().map(|search| pattern(&search.name));
        let found = list(filter.search.as_ref().map_or(&[][..], |search| &search.external_ids))?;
        let (newest_at, newest_id) = newest;
        let (oldest_at, oldest_id) = oldest;
        statement!(query!(
            r#"select external_id as "external_id!" from orders
               where brand_id = $1 and placed_at <= $2 and placed_at >= $3
                 and (placed_at < $2 or id < $4) and (placed_at > $3 or id > $5)
                 and (cast($6 as text) is null or outcome = $6 or ($6 = 'credited' and exists (
                     select 1 from credits where credits.brand_id = orders.brand_id and credits.order_id = orders.id)))
                 and (cast($7 as text) is null or exists (
                     select 1 from credits where credits.brand_id = orders.brand_id and credits.order_id = orders.id
                       and credits.creator_id = $7))
                 and (cast($8 as text) is null or source = $8)
                 and (cast($9 as boolean) = false or coalesce(settled_refunded_minor, 0) > 0)
                 and (cast($10 as boolean) = false or (details like '%"flags":%' and details not like '%"same_as":%')
                      or (is_unproven and approved_at is null))
                 and (cast($11 as text) is null or lower(name) like $11 escape '\' or external_id "# IN "$12" ")" $only
            " order by placed_at " $direction ", id " $direction " limit $13",
            brand,
            newest_at,
            oldest_at,
            newest_id,
            oldest_id,
            credit,
            creator,
            source,
            filter.is_refunded,
            filter.needs_review,
            pattern,
            &found,
            limit
        ))
        .fetch_all(&mut **$connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| row.external_id)
        .collect::<Vec<String>>()
    }};
}

/// The pattern of a part of a name, for `like`.
fn pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for letter in part.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

async fn newest_first(connection: &mut Reader, parameters: Parameters<'_>) -> Result<Vec<String>> {
    Ok(if matches!(parameters.filter.credit, CreditState::Unattributed(_)) {
        page_of!(connection, parameters, " and substr(outcome, 1, 5) = 'none:'", "desc")
    } else {
        page_of!(connection, parameters, "", "desc")
    })
}

async fn oldest_first(connection: &mut Reader, parameters: Parameters<'_>) -> Result<Vec<String>> {
    Ok(if matches!(parameters.filter.credit, CreditState::Unattributed(_)) {
        page_of!(connection, parameters, " and substr(outcome, 1, 5) = 'none:'", "asc")
    } else {
        page_of!(connection, parameters, "", "asc")
    })
}

#[async_trait::async_trait]
impl OrderListStore for Db {
    async fn listed_orders(
        &self,
        brand: &BrandId,
        page: &OrderListPage,
        filter: &OrderListFilter,
        limit: i64,
    ) -> Result<Vec<OrderRecord>> {
        // The period's own bounds have no id that could be excluded.
        let newest = (filter.until.0.saturating_sub(1), ID_BOUNDS.1);
        let oldest = (filter.from.0, ID_BOUNDS.0);
        let parameters = |newest, oldest| Parameters { brand: brand.as_str(), newest, oldest, filter, limit };
        let mut connection = self.read(brand).await?;
        let mut ids = match page {
            OrderListPage::First => newest_first(&mut connection, parameters(newest, oldest)).await?,
            OrderListPage::After((UnixMs(at), id)) => {
                let place = (*at, id.as_str());
                newest_first(&mut connection, parameters(newest.min(place), oldest)).await?
            }
            OrderListPage::Before((UnixMs(at), id)) => {
                let place = (*at, id.as_str());
                oldest_first(&mut connection, parameters(newest, oldest.max(place))).await?
            }
        };
        if matches!(page, OrderListPage::Before(_)) {
            ids.reverse();
        }
        let records = orders::records(&mut *connection, brand, &ids).await?;
        let mut by_id: BTreeMap<String, OrderRecord> =
            records.into_iter().map(|record| (record.order.external_id.clone(), record)).collect();
        Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
    }
}
