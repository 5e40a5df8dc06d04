//! API keys through the unified API: their scopes, when they were last used, and replacing them without an outage.

use std::collections::HashMap;

use domain::{
    UnixMs,
    api_key::{ApiKey, KeyId, KeyKind, KeyRecord},
    metadata::Details,
    scope::Scope,
    time::DAY_MS,
};
use store::{keys::kind_of, objects::DetailsChange};

use super::{
    API_VERSION,
    write::{ATTEMPTS_MAX, CommonFields, details},
};
use crate::{FlowError, Invalid, access::ApiCaller, stage::Api};

/// How long a replaced key works by default, and at most, in ms.
const OVERLAP_MS: i64 = DAY_MS;
const OVERLAP_MAX_MS: i64 = 7 * DAY_MS;

/// Most keys of a brand and mode that work. Each has limits of its own, so their number bounds what a brand may send.
const KEYS_MAX: usize = 100;

/// A key as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The key.
    pub record: KeyRecord,
    /// Its external id and metadata.
    pub details: Details,
    /// When it last called the unified API, to the minute.
    pub last_used_at: Option<UnixMs>,
}

/// A key that has just been created. Its text is never shown again.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What is stored of it.
    pub record: KeyRecord,
    /// Its external id and metadata.
    pub details: Details,
    /// The whole key.
    pub text: String,
}

impl Api<'_> {
    /// The keys of the caller's brand in the caller's mode, newest first.
    pub async fn keys(self, caller: &ApiCaller) -> Result<Vec<KeyUse>, FlowError> {
        let used: HashMap<KeyId, UnixMs> = self.store.keys_last_used(caller.brand()).await?.into_iter().collect();
        let records = self.store.keys(caller.brand()).await?;
        let of_mode: Vec<KeyRecord> = records.into_iter().filter(|key| key.is_test == caller.is_test()).collect();
        let ids: Vec<String> = of_mode.iter().map(|record| record.id.0.clone()).collect();
        let mut details = self.store.details(caller.brand(), &ids).await?;
        let key_use = |record: KeyRecord| KeyUse {
            last_used_at: used.get(&record.id).copied(),
            details: details.remove(&record.id.0).unwrap_or_default(),
            record,
        };
        Ok(of_mode.into_iter().map(key_use).collect())
    }

    /// Creates a key of the caller's brand and mode.
    ///
    /// # Errors
    /// `FlowError::Invalid` if it is to have a scope that the caller has not, or its external id or metadata is wrong;
    /// `FlowError::Taken` if another key that works has the external id.
    pub async fn create_key(
        self,
        caller: &ApiCaller,
        kind: KeyKind,
        scopes: Option<Vec<Scope>>,
        common: &CommonFields,
    ) -> Result<NewKey, FlowError> {
        let scopes = grantable(caller, kind, scopes)?;
        let details = details(&Details::default(), common)?;
        self.ensure_room_for_key(caller).await?;
        let (record, text) = self.draw_key(caller, kind, scopes);
        let entry = self.audit(&actor(caller), "key.create", &record.id.0);
        self.store.create_key(&record, &details, &entry).await.map_err(FlowError::taken)?;
        Ok(NewKey { record, details, text })
    }

    /// Changes a key's external id and metadata.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand has no such key that works and is not replaced; `FlowError::Invalid` if an id or note is
    /// wrong;
    /// `FlowError::Taken` if another key that works has the external id.
    pub async fn note_key(self, caller: &ApiCaller, id: &KeyId, common: &CommonFields) -> Result<KeyUse, FlowError> {
        for _ in 0..ATTEMPTS_MAX {
            let record = self.key_of(caller, id).await?;
            if record.revoked_at.is_some() || record.expires_at.is_some() {
                return Err(FlowError::NotFound("key"));
            }
            let before = self.details_in(caller.brand(), &id.0).await?;
            let after = details(&before, common)?;
            if before != after {
                let entry = self.audit(&actor(caller), "key.note", &id.0);
                let change = DetailsChange { kind: kind_of(&record), id: id.0.clone(), before, after };
                if !self.store.note_key(caller.brand(), &change, &entry).await.map_err(FlowError::taken)? {
                    continue;
                }
            }
            let found = self.keys(caller).await?.into_iter().find(|key| key.record.id == *id);
            return found.ok_or(FlowError::NotFound("key"));
        }
        Err(FlowError::Stale("key"))
    }

    /// Refuses one more key that works.
    async fn ensure_room_for_key(self, caller: &ApiCaller) -> Result<(), FlowError> {
        let works = |key: &KeyUse| {
            let KeyRecord { revoked_at, expires_at, .. } = &key.record;
            revoked_at.is_none() && expires_at.is_none_or(|end| end > self.now())
        };
        if self.keys(caller).await?.iter().filter(|key| works(key)).count() >= KEYS_MAX {
            return Err(Invalid::one(format!("a brand has at most {KEYS_MAX} keys; revoke one first")).into());
        }
        Ok(())
    }

    fn draw_key(self, caller: &ApiCaller, kind: KeyKind, scopes: Option<Vec<Scope>>) -> (KeyRecord, String) {
        let key = ApiKey::new(kind, caller.is_test(), self.random(), self.random());
        let now = self.now();
        let record = KeyRecord {
            id: key.id.clone(),
            brand: caller.brand().clone(),
            kind,
            is_test: caller.is_test(),
            secret_hash: key.secret_hash(),
            created_at: now,
            updated_at: now,
            revoked_at: None,
            expires_at: None,
            scopes,
            // Its clients are written for this version, and keep it when there is a later one.
            api_version: (kind == KeyKind::Server).then(|| API_VERSION.to_owned()),
        };
        (record, key.reveal())
    }

    /// Replaces a key by a new one with the same rights, external id and metadata. The old one works for
    /// `overlap_ms` more, a day if `None`.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand has no such key that works and is not replaced already; `FlowError::Invalid` if
    /// the overlap is longer than seven days, the key has rights that the caller has not, or the brand has as many keys as
    /// it may and the old one is to go on working.
    pub async fn rotate_key(
        self,
        caller: &ApiCaller,
        id: &KeyId,
        overlap_ms: Option<i64>,
    ) -> Result<NewKey, FlowError> {
        let overlap_ms = overlap_ms.unwrap_or(OVERLAP_MS);
        if !(0..=OVERLAP_MAX_MS).contains(&overlap_ms) {
            return Err(Invalid::one("overlap_hours must be 0 to 168").into());
        }
        let old = self.key_of(caller, id).await?;
        let rights = match (old.kind, &old.scopes) {
            (KeyKind::Server, None) if caller.scopes().is_some() => {
                return Err(Invalid::one("the key has every scope, which this key does not have").into());
            }
            (kind, scopes) => grantable(caller, kind, scopes.clone())?,
        };
        // While both work, the brand has one key more.
        if overlap_ms > 0 {
            self.ensure_room_for_key(caller).await?;
        }
        let (record, text) = self.draw_key(caller, old.kind, rights);
        let entry = self.audit(&actor(caller), "key.rotate", format!("{} by {}", id.0, record.id.0));
        let expires_at = self.now().plus_ms(overlap_ms);
        if !self.store.rotate_key(caller.brand(), id, &record, expires_at, &entry).await? {
            return Err(FlowError::NotFound("key"));
        }
        self.keys.forget(id);
        let details = self.details_in(caller.brand(), &record.id.0).await?;
        Ok(NewKey { record, details, text })
    }

    /// Revokes a key: at once on this replica, within seconds on others.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand has no such key that works.
    pub async fn revoke_key(self, caller: &ApiCaller, id: &KeyId) -> Result<KeyUse, FlowError> {
        let record = self.key_of(caller, id).await?;
        let entry = self.audit(&actor(caller), "key.revoke", &id.0);
        let now = self.now();
        if !self.store.revoke_key(caller.brand(), id, now, &entry).await? {
            return Err(FlowError::NotFound("key"));
        }
        self.keys.forget(id);
        let details = self.details_in(caller.brand(), &id.0).await?;
        Ok(KeyUse {
            record: KeyRecord { revoked_at: Some(now), updated_at: now, ..record },
            details,
            last_used_at: None,
        })
    }

    async fn key_of(self, caller: &ApiCaller, id: &KeyId) -> Result<KeyRecord, FlowError> {
        // A text that cannot be a key's id is never sent to the database.
        let is_id = id.0.bytes().all(|letter| letter.is_ascii_alphanumeric());
        let record = if is_id { self.store.key(id).await? } else { None };
        let is_own = |record: &KeyRecord| record.brand == *caller.brand() && record.is_test == caller.is_test();
        record.filter(is_own).ok_or(FlowError::NotFound("key"))
    }
}

fn actor(caller: &ApiCaller) -> String {
    format!("key {}", caller.key().0)
}

/// A key cannot give away more than it has.
fn grantable(caller: &ApiCaller, kind: KeyKind, scopes: Option<Vec<Scope>>) -> Result<Option<Vec<Scope>>, FlowError> {
    if kind == KeyKind::Pixel {
        return Ok(None);
    }
    match scopes {
        Some(scopes) if scopes.is_empty() => Err(Invalid::one("scopes must not be empty").into()),
        Some(scopes) => match scopes.iter().find(|scope| !caller.may(**scope)) {
            Some(scope) => Err(Invalid::one(format!("scopes has {scope}, which this key does not have")).into()),
            None => Ok(Some(scopes)),
        },
        None => Ok(caller.scopes().map(<[Scope]>::to_vec)),
    }
}
