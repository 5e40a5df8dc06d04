//! Keys that have used up their minute of the unified API.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::api_key::KeyId;
use store::api_requests::RequestClass;

/// Most keys remembered.
const FULL_MAX: usize = 16_384;

/// Keys that are known to be over a limit until their minute ends, so that refusing them costs the database nothing.
#[derive(Debug, Default)]
pub(crate) struct FullWindows(Mutex<HashMap<(KeyId, RequestClass), i64>>);

impl FullWindows {
    pub(crate) fn has(&self, key: &KeyId, class: RequestClass, minute: i64) -> bool {
        let full = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        full.get(&(key.clone(), class)) == Some(&minute)
    }

    pub(crate) fn put(&self, key: &KeyId, class: RequestClass, minute: i64) {
        let mut full = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if full.len() >= FULL_MAX {
            full.retain(|_, known| *known == minute);
        }
        if full.len() < FULL_MAX {
            full.insert((key.clone(), class), minute);
        }
    }
}
