//! Idempotency keys of writes whose effect and answer are not one transaction: keys, webhook endpoints, clicks and the like.
//!
//! The key is reserved before the write, so that of concurrent requests one is done. The answer is kept afterwards, encrypted:
//! it may hold a secret. A process that ends in between leaves the reservation, which another request takes over after a minute.

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::BrandId;
use store::api_requests::{Answer, Claim, Written};

use super::write::{Done, WriteError};
use crate::{FlowError, access::ApiCaller, stage::Api};

/// Where a claim's answer is stored.
fn location(brand: &BrandId, claim: &Claim) -> String {
    format!("api_answers/{brand}/{}", claim.lock_name())
}

impl Api<'_> {
    /// Reserves a claim, or returns the answer to it.
    ///
    /// # Errors
    /// `KeyReused` if the key came with another body; `InProgress` while the same request is being done;
    /// `FlowError::Sealed` if the answer cannot be decrypted.
    pub async fn reserve(self, caller: &ApiCaller, claim: &Claim) -> Result<Option<Done>, WriteError> {
        match self.store.reserve_answer(caller.brand(), claim).await.map_err(FlowError::from)? {
            None => Ok(None),
            Some(Written::Before(answer)) => {
                Ok(Some(Done::Before(self.open_answer(caller.brand(), claim, &answer)?)))
            }
            Some(Written::OtherBody) => Err(WriteError::KeyReused),
            Some(Written::InProgress | Written::Done(_) | Written::Refused(_)) => Err(WriteError::InProgress),
        }
    }

    /// Keeps the answer to a reserved claim.
    ///
    /// # Errors
    /// A database error.
    pub async fn keep(self, caller: &ApiCaller, claim: &Claim, answer: &Answer) -> Result<(), FlowError> {
        let sealed = self.vault.seal(&location(caller.brand(), claim), answer.body.as_bytes(), self.random());
        let answer = Answer { status: answer.status, body: BASE64_STANDARD.encode(sealed) };
        Ok(self.store.keep_answer(caller.brand(), claim, &answer).await?)
    }

    /// Frees a reserved claim: nothing was done.
    ///
    /// # Errors
    /// A database error.
    pub async fn release(self, caller: &ApiCaller, claim: &Claim) -> Result<(), FlowError> {
        Ok(self.store.release_answer(caller.brand(), claim).await?)
    }

    fn open_answer(self, brand: &BrandId, claim: &Claim, kept: &Answer) -> Result<Answer, FlowError> {
        let sealed = BASE64_STANDARD.decode(&kept.body).map_err(|_| FlowError::Sealed)?;
        let body = self.vault.open(&location(brand, claim), &sealed)?;
        Ok(Answer { status: kept.status, body: String::from_utf8(body).map_err(|_| FlowError::Sealed)? })
    }
}
