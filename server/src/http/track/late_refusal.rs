//! Answers past the budget of a pixel key, or of an address that reports with one, are sent late. Refusing costs almost as much
//! as storing, and who is refused at once sends the next request at once: a flood would take from all other brands what its
//! refusals cost. Late, it gets one refusal a second over each connection.

use core::time::Duration;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::http::error::ApiError;

/// Most answers that wait at a time. Further ones are sent at once: each that waits holds its connection.
const WAITING_MAX: usize = 1_024;

/// Delays refusals.
#[derive(Clone, Debug)]
pub(crate) struct LateRefusals {
    delay: Duration,
    places: Arc<Semaphore>,
}

impl LateRefusals {
    /// With this delay for each refusal.
    pub(crate) fn new(delay: Duration) -> Self {
        Self { delay, places: Arc::new(Semaphore::new(WAITING_MAX)) }
    }

    /// An outcome, later if it is a refusal past a budget.
    pub(crate) async fn delayed<T>(&self, outcome: Result<T, ApiError>) -> Result<T, ApiError> {
        if outcome.as_ref().is_err_and(ApiError::is_over_budget) {
            self.wait().await;
        }
        outcome
    }

    async fn wait(&self) {
        if self.delay.is_zero() {
            return;
        }
        if let Ok(_place) = self.places.try_acquire() {
            tokio::time::sleep(self.delay).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_bounded_number_waits() {
        let refusals = LateRefusals::new(Duration::from_hours(1));
        assert!(tokio::time::timeout(Duration::from_millis(20), refusals.wait()).await.is_err(), "it waits");
        let all = u32::try_from(WAITING_MAX).expect("fits");
        let _all = refusals.places.clone().try_acquire_many_owned(all).expect("its place is free again");
        refusals.wait().await;
    }
}
