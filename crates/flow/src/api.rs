//! The unified API: exact limits per key, objects by page, and writes that happen once.

pub mod campaign;
pub mod catalogue;
pub mod click;
pub mod commission;
pub mod conversion;
pub mod creator;
mod details;
pub mod key;
pub mod link;
pub mod metric;
pub mod milestone;
pub mod once;
pub mod order;
pub mod payout;
pub mod refund;
mod rejection;
pub mod write;

use domain::{UnixMs, scope::Scope};
pub use store::{
    api_requests::{Answer, Claim, RequestClass},
    click_objects::{ClickFilter, ClickObject, ClickPage},
    money_objects::{
        Commission, CommissionFilter, CommissionStatus, ConversionFilter, ConversionKeyset, OrderFilter, PayoutFilter,
    },
    objects::{CreatorProfile, Filter, Keyset, Object, ObjectKind, Span},
};

use crate::{
    FlowError,
    access::{ApiCaller, Merchant},
    stage::Api,
};

/// Length of a window, in ms.
const WINDOW_MS: i64 = 60_000;
/// The version of the API that this server speaks.
pub const API_VERSION: &str = "2026-11-26";

/// Requests of one class that a key may send in a minute.
pub const fn limit(class: RequestClass) -> i64 {
    match class {
        RequestClass::Read => 100,
        RequestClass::Write => 50,
        RequestClass::Bulk => 10,
    }
}

/// What is left of a key's minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Requests in a minute.
    pub limit: i64,
    /// Requests that are left in this one; `None` if this request is over the limit.
    pub remaining: Option<i64>,
    /// Seconds until the next minute.
    pub reset_s: i64,
}

impl Api<'_> {
    /// Counts a request, over all replicas. Windows are minutes of the clock.
    pub async fn count(self, caller: &ApiCaller, class: RequestClass) -> Result<Window, FlowError> {
        let now = self.now();
        let (minute, limit) = (now.0.div_euclid(WINDOW_MS), limit(class));
        let reset_s = (WINDOW_MS - now.0.rem_euclid(WINDOW_MS) + 999) / 1_000;
        let (key, windows) = (caller.key(), &self.full_windows);
        let remaining = if windows.has(key, class, minute) {
            None
        } else {
            let count = self.store.count_request(caller.brand(), key, class, minute).await?;
            Some(limit - count).filter(|left| *left >= 0)
        };
        if remaining.is_none() {
            windows.put(key, class, minute);
        }
        Ok(Window { limit, remaining, reset_s })
    }

    /// The member on whose behalf a server key acts. A test key acts in a brand of its own, which is created with the
    /// first one's first request.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if it is no server key; `FlowError::Forbidden` if the key may not do this.
    pub async fn merchant(self, caller: &ApiCaller, scope: Scope) -> Result<Merchant, FlowError> {
        let merchant = self.access().merchant_by_key(caller).await?;
        if caller.may(scope) { Ok(merchant) } else { Err(FlowError::Forbidden(scope)) }
    }

    /// Deletes answers that are too old to be repeated, a part of them. Returns how many.
    pub(crate) async fn forget_answers(self, now: UnixMs) -> Result<u64, FlowError> {
        const AT_ONCE: i64 = 1_000;
        Ok(self.store.delete_answers(now.plus_ms(-store::api_requests::ANSWER_LIFE_MS), AT_ONCE).await?)
    }
}
