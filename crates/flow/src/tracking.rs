//! Clicks, leads, sales and refunds that trackers and backends report by API, on the same orders and the same ledger as
//! everything else. docs/api/tracking.md describes the API.

mod click;
mod lead;
mod refund;
mod sale;

use domain::{
    BrandId, Money,
    brand::Brand,
    click::ClickHandle,
    link::{Link, LinkCode},
};
use store::customers::TestRecord;

use crate::{FlowError, cache::soon, stage::Tracking};

pub(crate) use self::sale::Sale;
pub use self::{
    click::{ClickReport, RecordedClick},
    lead::LeadReport,
    refund::{RefundOutcome, RefundReport, RefundStatus},
    sale::{RecordedSale, SaleReport},
};

/// Why a report was not recorded. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum TrackingError {
    /// The code is unknown, or its link is deleted or expired.
    #[error("unknown link")]
    UnknownLink,
    /// There is no such click of this brand.
    #[error("unknown click")]
    UnknownClick,
    /// The click is a test record and cannot earn a live sale.
    #[error("the click is a test click")]
    TestClick,
    /// Nothing is known of a customer of this name.
    #[error("unknown customer")]
    UnknownCustomer,
    /// The transaction was recorded before. If that was by another source, its order has gained the buyer.
    #[error("the transaction is recorded already")]
    Repeat,
    /// There is no such sale.
    #[error("unknown sale")]
    UnknownSale,
    /// The refund is more than this, which is what is left of the sale.
    #[error("the refund is more than is left of the sale")]
    ExceedsSale(Money),
    /// The refund's id was used with another amount.
    #[error("the refund id was used with another amount")]
    OtherRefund,
    /// Anything else.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

impl From<store::StoreError> for TrackingError {
    fn from(error: store::StoreError) -> Self {
        Self::Flow(error.into())
    }
}

impl Tracking<'_> {
    /// A link with its brand, whether it still works or not.
    async fn link_of_code(self, code: LinkCode) -> Result<Option<(Brand, Link)>, FlowError> {
        soon(async {
            let Some((brand, link)) = self.store.link_by_code(code).await? else { return Ok(None) };
            Ok(self.store.brand(&brand).await?.map(|brand| (brand, link)))
        })
        .await
    }

    /// Brand and visitor of a click; no visitor for a test click. With `brand`, only that brand's clicks are found.
    pub(crate) async fn visitor_of_click(
        self,
        brand: Option<&BrandId>,
        handle: &str,
    ) -> Result<(BrandId, Option<String>), TrackingError> {
        let handle: ClickHandle = handle.parse().map_err(|_| TrackingError::UnknownClick)?;
        let (owner, _) = self.link_of_code(handle.code).await?.ok_or(TrackingError::UnknownClick)?;
        if brand.is_some_and(|brand| *brand != owner.id) {
            return Err(TrackingError::UnknownClick);
        }
        if let Some(click) = self.store.click(&owner.id, &handle.click).await? {
            return Ok((owner.id, Some(click.pv_id)));
        }
        let is_test_click = self.store.test_record(&owner.id, handle.click.as_str()).await?.is_some();
        if is_test_click { Ok((owner.id, None)) } else { Err(TrackingError::UnknownClick) }
    }

    /// Records that something was reported in test mode. Its content may name a person, so only the fact is kept.
    pub(crate) async fn put_test_record(
        self,
        brand: &BrandId,
        id: &str,
        kind: &str,
        link: Option<&Link>,
    ) -> Result<(), FlowError> {
        let record = TestRecord {
            id: id.to_owned(),
            kind: kind.to_owned(),
            link: link.map(|link| link.id.clone()),
            body: "{}".to_owned(),
            at: self.now(),
        };
        Ok(self.store.put_test_record(brand, &record).await?)
    }
}
