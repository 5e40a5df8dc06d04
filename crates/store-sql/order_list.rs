//! The list of a brand's orders.

use std::collections::BTreeMap;

use domain::{BrandId, CampaignId, CreatorId, LinkId, order::OrderSource, outcome::Outcome};
use store::{
    Result,
    order_list::{
        CreditState, ListedOrder, OrderListFilter, OrderListOrder, OrderListPage, OrderListStore, OrderPlace, OrderSort,
    },
    orders::OrderRecord,
};

use crate::{Db, Reader, database, list, orders};

/// Sorts before, and after, every id of an order.
const ID_BOUNDS: (&str, &str) = ("", "z");
/// Sorts before, and after, every value of a list.
const VALUE_BOUNDS: (i64, i64) = (i64::MIN, i64::MAX);

/// The parameters of the statement, as it takes them.
struct Parameters<'a> {
    brand: &'a str,
    /// The orders lie between these places, both excluded.
    upper: (i64, &'a str),
    lower: (i64, &'a str),
    filter: &'a OrderListFilter,
    limit: i64,
}

/// The places and the seller's ids of a page, in the order of `$direction`. `$value` is what the list is sorted by. Only the
/// index of orders without credit needs `$only`. The period is one condition in this form: SQLite would use its bounds for an
/// index, or expect so few orders that it sorts them all.
macro_rules! page_of {
    ($connection:ident, $parameters:ident, $value:literal, $only:literal, $direction:literal) => {{
        let Parameters { brand, upper, lower, filter, limit } = $parameters;
        let credit = match filter.credit {
            CreditState::Any | CreditState::Unattributed(None) => None,
            CreditState::Credited => Some("credited".to_owned()),
            CreditState::Unattributed(Some(reason)) => Some(Outcome::Unattributed(reason).to_string()),
        };
        let creator = filter.creator.as_ref().map(CreatorId::as_str);
        let campaign = filter.campaign.as_ref().map(CampaignId::as_str);
        let link = filter.link.as_ref().map(LinkId::as_str);
        let source = filter.source.map(OrderSource::as_str);
        let pattern = filter.search.as_ref().map(|search| pattern(&search.name));
        let found = list(filter.search.as_ref().map_or(&[][..], |search| &search.external_ids))?;
        let (upper_value, upper_id) = upper;
        let (lower_value, lower_id) = lower;
        statement!(query!(
            "select " $value r#" as "value!: i64", id as "id!", external_id as "external_id!" from orders
               where brand_id = $1
                 and "# $value " <= $2 and " $value " >= $3
                 and (" $value " < $2 or id < $4) and (" $value r#" > $3 or id > $5)
                 and (cast($6 as text) is null or outcome = $6 or ($6 = 'credited' and exists (
                     select 1 from credits where credits.brand_id = orders.brand_id and credits.order_id = orders.id)))
                 and (cast($7 as text) is null or exists (
                     select 1 from credits where credits.brand_id = orders.brand_id and credits.order_id = orders.id
                       and credits.creator_id = $7))
                 and (cast($16 as text) is null or exists (
                     select 1 from credits join links on links.brand_id = credits.brand_id and links.id = credits.link_id
                     where credits.brand_id = orders.brand_id and credits.order_id = orders.id and links.campaign_id = $16))
                 and (cast($17 as text) is null or exists (
                     select 1 from credits where credits.brand_id = orders.brand_id and credits.order_id = orders.id
                       and credits.link_id = $17))
                 and (cast($8 as text) is null or source = $8)
                 and (cast($9 as boolean) = false or coalesce(settled_refunded_minor, 0) > 0)
                 and (cast($10 as boolean) = false or (details like '%"flags":%' and details not like '%"same_as":%')
                      or (is_unproven and approved_at is null))
                 and not (placed_at < $14 or placed_at >= $15)
                 and (cast($11 as text) is null or lower(name) like $11 escape '\' or external_id "# IN "$12" ")" $only
            " order by " $value " " $direction ", id " $direction " limit $13",
            brand,
            upper_value,
            lower_value,
            upper_id,
            lower_id,
            credit,
            creator,
            source,
            filter.is_refunded,
            filter.needs_review,
            pattern,
            &found,
            limit,
            filter.from.0,
            filter.until.0,
            campaign,
            link
        ))
        .fetch_all(&mut **$connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| ((row.value, row.id), row.external_id))
        .collect::<Vec<(OrderPlace, String)>>()
    }};
}

/// [`page_of`] by one value: of orders without credit, or of any.
macro_rules! page_by {
    ($connection:ident, $parameters:ident, $value:literal, $direction:literal) => {
        if matches!($parameters.filter.credit, CreditState::Unattributed(_)) {
            page_of!($connection, $parameters, $value, " and substr(outcome, 1, 5) = 'none:'", $direction)
        } else {
            page_of!($connection, $parameters, $value, "", $direction)
        }
    };
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

async fn largest_first(
    connection: &mut Reader,
    by: OrderSort,
    parameters: Parameters<'_>,
) -> Result<Vec<(OrderPlace, String)>> {
    Ok(match by {
        OrderSort::Placed => page_by!(connection, parameters, "placed_at", "desc"),
        OrderSort::Revenue => page_by!(connection, parameters, "coalesce(settled_net_minor, total_minor)", "desc"),
    })
}

async fn smallest_first(
    connection: &mut Reader,
    by: OrderSort,
    parameters: Parameters<'_>,
) -> Result<Vec<(OrderPlace, String)>> {
    Ok(match by {
        OrderSort::Placed => page_by!(connection, parameters, "placed_at", "asc"),
        OrderSort::Revenue => page_by!(connection, parameters, "coalesce(settled_net_minor, total_minor)", "asc"),
    })
}

#[async_trait::async_trait]
impl OrderListStore for Db {
    async fn listed_orders(
        &self,
        brand: &BrandId,
        order: OrderListOrder,
        page: &OrderListPage,
        filter: &OrderListFilter,
        limit: i64,
    ) -> Result<Vec<ListedOrder>> {
        // A period bounds a list that is sorted by time; its own bounds have no id that could be excluded.
        let (least, greatest) = match order.by {
            OrderSort::Placed => (filter.from.0, filter.until.0.saturating_sub(1)),
            OrderSort::Revenue => VALUE_BOUNDS,
        };
        let (mut upper, mut lower) = ((greatest, ID_BOUNDS.1), (least, ID_BOUNDS.0));
        // Pages before a place are read backwards from it.
        let is_backward = matches!(page, OrderListPage::Before(_));
        let is_upward = order.is_ascending != is_backward;
        if let OrderListPage::After((value, id)) | OrderListPage::Before((value, id)) = page {
            let place = (*value, id.as_str());
            if is_upward {
                lower = lower.max(place);
            } else {
                upper = upper.min(place);
            }
        }
        let parameters = Parameters { brand: brand.as_str(), upper, lower, filter, limit };
        let mut connection = self.read(brand).await?;
        let mut found = if is_upward {
            smallest_first(&mut connection, order.by, parameters).await?
        } else {
            largest_first(&mut connection, order.by, parameters).await?
        };
        if is_backward {
            found.reverse();
        }
        let ids: Vec<String> = found.iter().map(|(_, external_id)| external_id.clone()).collect();
        let records = orders::records(&mut *connection, brand, &ids).await?;
        let mut by_id: BTreeMap<String, OrderRecord> =
            records.into_iter().map(|record| (record.order.external_id.clone(), record)).collect();
        let listed = found
            .into_iter()
            .filter_map(|(place, external_id)| Some(ListedOrder { record: by_id.remove(&external_id)?, place }));
        Ok(listed.collect())
    }
}
