//! A brand's orders for its members: the list, page by page, and what belongs to one order.

use domain::order::Order;

use crate::{FlowError, access::Merchant, explain::Explanation, order::external_id, stage::Orders};

use store::{
    order_list::{ListedOrder, OrderListFilter, OrderListOrder, OrderListPage, OrderSearch},
    orders::Refund,
};

/// Orders per page of the list.
const PAGE: usize = 25;
/// Orders of a long page.
const READ_AT_ONCE: i64 = 500;

/// A page of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedOrders {
    /// The orders, each with its place.
    pub orders: Vec<ListedOrder>,
    /// Whether others come before.
    pub has_before: bool,
    /// Whether others follow.
    pub has_after: bool,
}

impl Orders<'_> {
    /// What a member's search finds: orders by a part of their name or by the seller's id, and those of a customer by any
    /// name of theirs. `None` if nothing is searched for.
    pub async fn search(self, merchant: &Merchant, text: &str) -> Result<Option<OrderSearch>, FlowError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let customer = self.customers().by_name(merchant.id(), text).await?;
        let identities = customer.map(|(customer, _)| customer.identities).unwrap_or_default();
        let of_customer = identities.iter().filter_map(|identity| identity.order().map(str::to_owned));
        Ok(Some(OrderSearch {
            name: text.replace('\0', ""),
            external_ids: of_customer.chain([external_id(text).replace('\0', "")]).collect(),
        }))
    }

    /// A page of the brand's orders.
    pub async fn list(
        self,
        merchant: &Merchant,
        order: OrderListOrder,
        page: &OrderListPage,
        filter: &OrderListFilter,
    ) -> Result<ListedOrders, FlowError> {
        // One more than is shown tells whether there are more.
        let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        let mut orders = self.store.listed_orders(merchant.id(), order, page, filter, limit).await?;
        let has_more = orders.len() > PAGE;
        let is_backward = matches!(page, OrderListPage::Before(_));
        if has_more && is_backward {
            orders.remove(0);
        }
        orders.truncate(PAGE);
        let (has_before, has_after) = match page {
            OrderListPage::First => (false, has_more),
            OrderListPage::After(_) => (true, has_more),
            OrderListPage::Before(_) => (has_more, true),
        };
        Ok(ListedOrders { orders, has_before, has_after })
    }

    /// As [`Self::list`], of up to [`READ_AT_ONCE`] orders, for who reads the whole list. It ends with an empty page.
    pub async fn long_page(
        self,
        merchant: &Merchant,
        order: OrderListOrder,
        page: &OrderListPage,
        filter: &OrderListFilter,
    ) -> Result<Vec<ListedOrder>, FlowError> {
        Ok(self.store.listed_orders(merchant.id(), order, page, filter, READ_AT_ONCE).await?)
    }

    /// One order of the brand, with the explanation of its decision.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the order is not the brand's.
    pub async fn explanation(self, merchant: &Merchant, id: &domain::OrderId) -> Result<Explanation, FlowError> {
        let record = self.get(merchant, id).await?;
        let needs_approval = self.store.awaits_approval(merchant.id(), id).await?;
        Ok(Explanation::of(record, &merchant.brand().zone, needs_approval))
    }

    /// The refunds of an order, oldest first.
    pub async fn refunds(self, merchant: &Merchant, order: &Order) -> Result<Vec<Refund>, FlowError> {
        Ok(self.store.refunds_of(merchant.id(), core::slice::from_ref(&order.external_id)).await?)
    }
}
