//! Taking from the budgets of keys and addresses ([`crate::budget`]).

use domain::api_key::{KeyId, KeyKind};

use crate::{
    FlowError,
    access::ApiCaller,
    budget::{Refusals, Rows, WINDOW_MS, left_of},
    stage::Budgets,
};

/// The error past a budget, of which something is left again then.
fn over(left_ms: i64) -> FlowError {
    FlowError::OverBudget { retry_after_s: u32::try_from(left_ms.div_euclid(1_000)).unwrap_or(60).max(1) }
}

impl Budgets<'_> {
    /// Refuses a caller whose key has nothing left, before its body is read.
    ///
    /// # Errors
    /// `FlowError::OverBudget`.
    pub fn check(self, caller: &ApiCaller) -> Result<(), FlowError> {
        let now = self.now();
        let spent_for = self.counts.spent_for(caller.key(), now).filter(|_| caller.kind() == KeyKind::Pixel);
        let Some(left_ms) = spent_for else { return Ok(()) };
        self.counts.refuse(caller.key(), now);
        Err(over(left_ms))
    }

    /// Takes from the budget of a caller's key. A server key has none: it is secret.
    ///
    /// # Errors
    /// `FlowError::OverBudget` if that is more than is left in this minute or second; nothing was taken then, except
    /// bytes.
    pub fn spend(self, caller: &ApiCaller, bytes: usize, rows: Rows) -> Result<(), FlowError> {
        let now = self.now();
        if caller.kind() != KeyKind::Pixel {
            return Ok(());
        }
        self.counts.spend_key(caller.key(), bytes as u64, rows, now).map_err(|left_ms| {
            self.counts.refuse(caller.key(), now);
            over(left_ms)
        })
    }

    /// Takes from the budget of an address, which has no key or reports tests.
    ///
    /// # Errors
    /// `FlowError::OverBudget` if that is more than is left in this minute.
    pub fn spend_address(self, address: &str, rows: usize) -> Result<(), FlowError> {
        let now = self.now();
        if self.counts.spend_address(address, rows as u64, now) { Ok(()) } else { Err(over(left_of(WINDOW_MS, now))) }
    }

    /// Whether a click from this address is to be stored. Past its budget shoppers are still redirected.
    pub fn spend_click(self, address: &str) -> bool {
        self.counts.spend_click(address, self.now())
    }

    /// How often a key was refused since this process started; `None` if never.
    pub fn refusals(self, key: &KeyId) -> Option<Refusals> {
        self.counts.refusals(key)
    }
}
