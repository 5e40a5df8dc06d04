//! What the page of an order shows, read once for all its parts.

use domain::{
    CreatorId, CustomerId, OrderId,
    creator::Creator,
    evidence::{Evidence, EvidenceKind},
    link::{Link, LinkCode},
    order::Order,
};
use flow::{FlowError, commission::Entry, explain::Explanation, order::Refund};

use crate::{format, language::t, request::BrandRequest};

/// An order with what belongs to it.
pub(super) struct OrderDetails {
    pub(super) explanation: Explanation,
    pub(super) creators: Vec<Creator>,
    pub(super) links: Vec<Link>,
    pub(super) entries: Vec<Entry>,
    pub(super) refunds: Vec<Refund>,
    pub(super) customer: Option<CustomerId>,
}

impl OrderDetails {
    pub(super) async fn load(request: &BrandRequest, id: &OrderId) -> Result<Self, FlowError> {
        let (flow, caller) = (&request.flow, &request.caller);
        let explanation = flow.orders().explanation(caller, id).await?;
        let customer = flow.customers().of_order(caller, &explanation.record.order).await?;
        let refunds = flow.orders().refunds(caller, &explanation.record.order).await?;
        Ok(Self {
            explanation,
            creators: flow.creators().list(caller).await?,
            links: flow.links().list(caller).await?,
            entries: flow.commissions().ledger_of_order(caller, id).await?,
            refunds,
            customer,
        })
    }

    pub(super) fn order(&self) -> &Order {
        &self.explanation.record.order
    }

    /// All evidence found, oldest first.
    pub(super) fn evidence(&self) -> &[Evidence] {
        self.explanation.record.attribution.as_ref().map_or(&[], |attribution| &attribution.evidence)
    }

    pub(super) fn name_of(&self, creator: Option<&CreatorId>) -> String {
        match creator {
            Some(_) => format::name_of(&self.creators, creator),
            None => t!("orders-without-creator"),
        }
    }

    /// The address of a link, without its scheme.
    pub(super) fn link_address(&self, request: &BrandRequest, code: Option<LinkCode>) -> Option<String> {
        let link = self.links.iter().find(|link| Some(link.code) == code)?;
        Some(format::without_scheme(&request.flow.links().tracking_url(link.code)))
    }

    pub(super) fn manual(&self) -> Option<&Evidence> {
        self.evidence().iter().find(|piece| piece.kind == EvidenceKind::Manual)
    }
}
