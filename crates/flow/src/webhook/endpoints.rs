//! A brand's webhook endpoints.

use domain::{
    BrandId, EndpointId, MessageId, UnixMs,
    metadata::{Details, parse_external_id},
    outbound::{API_VERSION, EndpointDisabledData, EndpointTestData, EventData},
    time::HOUR_MS,
    webhook::{
        DESCRIPTION_CHARS_MAX, DisabledReason, ENDPOINTS_MAX, Endpoint, EndpointStatus, OVERLAP_HOURS_MAX, Secret,
        TypeFilter,
    },
};
use store::{
    jobs::NewJob,
    objects::ObjectKind,
    outbound::NewEvents,
    webhooks::{Disabling, EndpointChange, SealedSecrets},
};

use url::Url;

use super::admin::WebhookAdmin;
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::write::{CommonFields, EXTERNAL_ID_FAULT, details},
    job::{DisabledRef, Job},
    stage::Webhooks,
};

/// Which event types an endpoint wants, as entered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TypeNames {
    /// All.
    #[default]
    All,
    /// Those with these names.
    Some(Vec<String>),
}

/// How often a change is planned again because the endpoint was changed meanwhile.
const ATTEMPTS_MAX: usize = 5;

/// An endpoint to create.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Where events are sent.
    pub url: String,
    /// Which event types it wants.
    pub types: TypeNames,
    /// What the brand says about it.
    pub description: String,
    /// Its external id and metadata.
    pub common: CommonFields,
}

/// A change of an endpoint; `None` leaves a value as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointEdit {
    /// Where events are sent.
    pub url: Option<String>,
    /// Which event types it wants.
    pub types: Option<TypeNames>,
    /// What the brand says about it.
    pub description: Option<String>,
    /// Its external id and metadata.
    pub common: CommonFields,
    /// Whether it is sent anything.
    pub is_enabled: Option<bool>,
}

/// The values of an endpoint as they were entered, checked together.
struct Checked {
    url: Option<String>,
    types: Option<TypeFilter>,
    description: Option<String>,
}

impl Webhooks<'_> {
    /// Creates an endpoint. Returns it with its secret, which is not shown again.
    ///
    /// # Errors
    /// `FlowError::Invalid` if a value is wrong, or the brand has too many endpoints; `FlowError::Taken` if another has the
    /// external id.
    pub async fn create(self, admin: &WebhookAdmin, new: &NewEndpoint) -> Result<(Endpoint, Secret), FlowError> {
        let checked = self.check(Some(&new.url), Some(&new.types), Some(&new.description))?;
        let details = details(&Details::default(), &new.common)?;
        let secret = Secret::new(self.random());
        let now = self.now();
        let endpoint = Endpoint {
            id: EndpointId::new(now.0, self.random()),
            url: checked.url.unwrap_or_default(),
            types: checked.types.unwrap_or_default(),
            api_version: API_VERSION.to_owned(),
            description: checked.description.unwrap_or_default(),
            details,
            created_at: now,
            updated_at: now,
            status: EndpointStatus::Enabled,
            failing_since: None,
            warning: None,
            previous_secret_until: None,
        };
        let sealed = self.seal_secret(&endpoint.id, &secret);
        let entry = self.audit(admin.actor(), "webhook.create", &endpoint.id);
        let stored = self.store.create_endpoint(admin.brand(), &endpoint, &sealed, ENDPOINTS_MAX, &entry).await;
        if !stored.map_err(FlowError::taken)? {
            let fault = format!("a brand has at most {ENDPOINTS_MAX} webhook endpoints");
            return Err(Invalid::one(fault).into());
        }
        // Events that were numbered meanwhile.
        self.queue(admin.brand()).await?;
        Ok((endpoint, secret))
    }

    /// The brand's endpoints, oldest first. Members of its team may see that there are some, and how they are.
    ///
    /// # Errors
    /// A database error.
    pub async fn list(self, merchant: &Merchant) -> Result<Vec<Endpoint>, FlowError> {
        Ok(self.store.endpoints(merchant.id()).await?)
    }

    /// The endpoint with an external id, if there is one.
    ///
    /// # Errors
    /// `FlowError::Invalid` if that cannot be an id.
    pub async fn by_external_id(self, admin: &WebhookAdmin, text: &str) -> Result<Option<EndpointId>, FlowError> {
        let external_id = parse_external_id(text).ok_or_else(|| Invalid::one(EXTERNAL_ID_FAULT))?;
        let known = self.store.id_by_external_id(admin.brand(), ObjectKind::Endpoint, &external_id).await?;
        Ok(known.and_then(|id| id.parse().ok()))
    }

    /// An endpoint.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand has no such endpoint.
    pub async fn get(self, admin: &WebhookAdmin, id: &EndpointId) -> Result<Endpoint, FlowError> {
        Ok(self.stored(admin.brand(), id).await?.0)
    }

    /// Changes an endpoint. One that is enabled again gets the events from now on; those of the time before can be
    /// replayed.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand has no such endpoint; `FlowError::Invalid` if a value is wrong; `FlowError::Taken`
    /// if another has the external id.
    pub async fn update(
        self,
        admin: &WebhookAdmin,
        id: &EndpointId,
        edit: &EndpointEdit,
    ) -> Result<Endpoint, FlowError> {
        let checked = self.check(edit.url.as_deref(), edit.types.as_ref(), edit.description.as_deref())?;
        let before = self.change(admin, id, checked, &edit.common).await?;
        match edit.is_enabled {
            Some(true) => {
                let entry = self.audit(admin.actor(), "webhook.enable", id);
                self.store.enable_endpoint(admin.brand(), id, &entry).await?;
                self.queue(admin.brand()).await?;
            }
            Some(false) => {
                let entry = self.audit(admin.actor(), "webhook.disable", id);
                let (reason, at) = (DisabledReason::Manual, self.now());
                let events = self.disabled_events(admin.brand(), &before, reason, at);
                // An owner did it.
                let disabling = Disabling { reason, at, events: &events, mail: None };
                self.store.disable_endpoint(admin.brand(), id, &disabling, &entry).await?;
            }
            None => {}
        }
        self.get(admin, id).await
    }

    /// Changes what is said about an endpoint. Returns it as it was.
    async fn change(
        self,
        admin: &WebhookAdmin,
        id: &EndpointId,
        checked: Checked,
        common: &CommonFields,
    ) -> Result<Endpoint, FlowError> {
        let Checked { url, types, description } = checked;
        let mut change = EndpointChange { url, types, description, details: None };
        for _ in 0..ATTEMPTS_MAX {
            let before = self.get(admin, id).await?;
            let after = details(&before.details, common)?;
            change.details = (after != before.details).then(|| (before.details.clone(), after));
            let entry = self.audit(admin.actor(), "webhook.update", id);
            if change == EndpointChange::default()
                || self.store.change_endpoint(admin.brand(), id, &change, &entry).await.map_err(FlowError::taken)?
            {
                return Ok(before);
            }
        }
        Err(FlowError::Stale("webhook endpoint"))
    }

    /// Removes an endpoint.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand has no such endpoint.
    pub async fn archive(self, admin: &WebhookAdmin, id: &EndpointId) -> Result<(), FlowError> {
        let entry = self.audit(admin.actor(), "webhook.archive", id);
        let is_archived = self.store.archive_endpoint(admin.brand(), id, self.now(), &entry).await?;
        if is_archived { Ok(()) } else { Err(FlowError::NotFound("webhook endpoint")) }
    }

    /// Gives an endpoint a new secret, which is not shown again. The old one signs too for so many hours.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand has no such endpoint; `FlowError::Invalid` if the hours are too many.
    pub async fn rotate(self, admin: &WebhookAdmin, id: &EndpointId, overlap_hours: u32) -> Result<Secret, FlowError> {
        if overlap_hours > OVERLAP_HOURS_MAX {
            let fault = format!("an old secret may go on for {OVERLAP_HOURS_MAX} hours at most");
            return Err(Invalid::one(fault).into());
        }
        let secret = Secret::new(self.random());
        let sealed = self.seal_secret(id, &secret);
        let until = self.now().plus_ms(i64::from(overlap_hours) * HOUR_MS);
        let entry = self.audit(admin.actor(), "webhook.rotate", id);
        let is_there = self.store.rotate_endpoint_secret(admin.brand(), id, &sealed, until, &entry).await?;
        if is_there { Ok(secret) } else { Err(FlowError::NotFound("webhook endpoint")) }
    }

    /// Sends `endpoint.test` to an endpoint, whatever types it wants. Returns the event's id.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand has no such endpoint; `FlowError::Invalid` if it is disabled.
    pub async fn send_test(self, admin: &WebhookAdmin, id: &EndpointId) -> Result<MessageId, FlowError> {
        let endpoint = self.get(admin, id).await?;
        if endpoint.status != EndpointStatus::Enabled {
            return Err(Invalid::one("the endpoint is disabled").into());
        }
        let mut draft = self.outbound().draft(admin.brand());
        let event = draft.next_id();
        let data = EventData::EndpointTest(EndpointTestData { endpoint_id: id.to_string() });
        draft.add(&data, id, &event);
        self.store.write_events(admin.brand(), &draft.into_events()).await?;
        Ok(event)
    }

    /// Reads what was entered; all faults are reported together.
    fn check(
        self,
        url: Option<&str>,
        types: Option<&TypeNames>,
        description: Option<&str>,
    ) -> Result<Checked, FlowError> {
        let mut faults = Vec::new();
        let own_tester = self.own_tester();
        let url = url.and_then(|url| {
            self.url_rules(&own_tester).check(url).map_err(|error| faults.push(error.to_string())).ok()
        });
        let types = types.and_then(|names| match names {
            TypeNames::All => Some(TypeFilter::All),
            TypeNames::Some(names) => {
                let types = TypeFilter::parse(names.iter().map(String::as_str));
                types.map_err(|error| faults.push(format!("types: {error}"))).ok()
            }
        });
        let is_long = |text: &str| text.chars().count() > DESCRIPTION_CHARS_MAX;
        if description.is_some_and(|text| is_long(text) || text.contains('\0')) {
            faults.push(format!("description must have at most {DESCRIPTION_CHARS_MAX} characters"));
        }
        if faults.is_empty() {
            Ok(Checked { url, types, description: description.map(|text| text.trim().to_owned()) })
        } else {
            Err(Invalid(faults).into())
        }
    }

    pub(super) async fn stored(self, brand: &BrandId, id: &EndpointId) -> Result<(Endpoint, SealedSecrets), FlowError> {
        self.store.endpoint(brand, id).await?.ok_or(FlowError::NotFound("webhook endpoint"))
    }

    /// The event that reports that an endpoint is disabled.
    pub(super) fn disabled_events(
        self,
        brand: &BrandId,
        endpoint: &Endpoint,
        reason: DisabledReason,
        at: UnixMs,
    ) -> NewEvents {
        let mut draft = self.outbound().draft(brand);
        let data = EventData::EndpointDisabled(EndpointDisabledData {
            endpoint_id: endpoint.id.to_string(),
            host: host_of(&endpoint.url),
            reason: reason.as_str().to_owned(),
        });
        draft.add(&data, &endpoint.id, format!("{}:{}", endpoint.id, at.0));
        draft.into_events()
    }

    /// The job that tells the owners that an endpoint, or without one the Klaviyo connection, was disabled; `None` if the server
    /// cannot send mail.
    pub(crate) fn disabled_mail(self, brand: &BrandId, endpoint: Option<&EndpointId>, at: UnixMs) -> Option<NewJob> {
        let mail = DisabledRef { brand: brand.clone(), endpoint: endpoint.cloned(), at, owner: None };
        self.mailer.is_some().then(|| Job::MailDisabled(mail).at(at))
    }

    fn seal_secret(self, id: &EndpointId, secret: &Secret) -> Vec<u8> {
        self.vault.seal(&secret_location(id), secret.bytes(), self.random())
    }

    /// Decrypts an endpoint's secret.
    pub(super) fn open_secret(self, id: &EndpointId, sealed: &[u8]) -> Result<Secret, FlowError> {
        Secret::from_bytes(self.vault.open(&secret_location(id), sealed)?).map_err(|_| FlowError::Sealed)
    }
}

/// Where secrets of an endpoint are stored: a rotation moves the current one to the column of the previous one.
fn secret_location(id: &EndpointId) -> String {
    format!("webhook_endpoints/secret/{id}")
}

/// The host of an endpoint's address.
pub fn host_of(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}
