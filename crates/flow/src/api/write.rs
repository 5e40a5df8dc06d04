//! Writes through the unified API, one row or many: planned, written once with their answer, and answered row by row.

use std::collections::BTreeMap;

use domain::{
    CreatorId, UnixMs,
    metadata::{Details, parse_external_id},
};
use store::{
    api_requests::{Answer, Claim, RowFault, Written},
    objects::{Change, Object, ObjectKind, Write},
    outbound::NewEvents,
};

use crate::{FlowError, Invalid, access::Merchant, stage::Api};

/// Attempts of a write whose object another request changes at the same time.
pub(crate) const ATTEMPTS_MAX: usize = 3;
/// What an external id must be.
pub(crate) const EXTERNAL_ID_FAULT: &str = "external_id must be 1 to 255 characters";
/// Most rows of one request.
pub const ROWS_MAX: usize = 1_000;

/// Fields that every object has. What is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommonFields {
    /// The client's own id; `Some(None)` removes it.
    pub external_id: Option<Option<String>>,
    /// Notes to set, or to remove where there is no value.
    pub metadata: BTreeMap<String, Option<String>>,
    /// Whether it is archived.
    pub is_archived: Option<bool>,
}

/// What a row is to do.
#[derive(Clone, Debug)]
pub enum Intent<F> {
    /// Add an object.
    Create(F, CommonFields),
    /// Change the object with this id.
    Update(String, F, CommonFields),
    /// Change the object with this external id, or add it.
    Upsert(String, F, CommonFields),
}

/// An object after a write.
#[derive(Clone, Debug)]
pub struct Stored<T> {
    /// The object.
    pub object: Object<T>,
    /// Whether this write added it.
    pub is_new: bool,
}

/// Why a row was not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// Its fields are wrong.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no such object.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Another object has this unique value.
    #[error("{0} already exists")]
    Taken(&'static str),
    /// What it names does not exist.
    #[error("{0} does not exist")]
    Missing(&'static str),
    /// Other requests kept changing it.
    #[error("changed by another request meanwhile; try again")]
    Changed,
}

impl From<RowFault> for RowError {
    fn from(fault: RowFault) -> Self {
        match fault {
            RowFault::Taken(what) => Self::Taken(what),
            RowFault::Missing(what) => Self::Missing(what),
            RowFault::Changed => Self::Changed,
        }
    }
}

/// What became of a row.
pub type Row<T> = Result<Stored<T>, RowError>;

/// Makes the answer from the rows; `None` if one of them failed and so nothing shall be written.
pub type Render<'a, T> = &'a (dyn Fn(&[Row<T>]) -> Option<Answer> + Send + Sync);

/// An answered write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was done now.
    Now(Answer),
    /// It was done before, and this was its answer.
    Before(Answer),
}

/// Why a write was not answered.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Its only row could not be written.
    #[error(transparent)]
    Row(#[from] RowError),
    /// Its idempotency key was used with another body.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// The same request is being done now.
    #[error("a request with this idempotency key is being processed")]
    InProgress,
    /// Everything else.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

/// A kind of object that the API writes.
#[async_trait::async_trait]
pub(crate) trait Resource: Send + Sync {
    /// What a client may say about it.
    type Fields: Send + Sync;
    /// The object.
    type Record: Clone + PartialEq + Send + Sync;
    /// Its kind.
    const KIND: ObjectKind;
    /// Its noun, for messages.
    const NOUN: &'static str;
    /// The audit log's words for adding and changing one.
    const ACTIONS: [&'static str; 2];

    /// Finds one.
    async fn find(api: Api<'_>, merchant: &Merchant, id: &str) -> Result<Option<Object<Self::Record>>, FlowError>;
    /// Plans a new one.
    async fn new(api: Api<'_>, merchant: &Merchant, fields: &Self::Fields) -> Result<Self::Record, FlowError>;
    /// Plans a changed one.
    async fn changed(
        api: Api<'_>,
        merchant: &Merchant,
        before: &Object<Self::Record>,
        fields: &Self::Fields,
    ) -> Result<Self::Record, FlowError>;
    /// The events that adding it, or changing it from `before`, emits.
    async fn events(
        _api: Api<'_>,
        _merchant: &Merchant,
        _before: Option<&Object<Self::Record>>,
        _after: &Object<Self::Record>,
    ) -> Result<NewEvents, FlowError> {
        Ok(NewEvents::default())
    }
    /// The change that adds it.
    fn create(value: Self::Record) -> Change;
    /// The change that replaces the one that was last changed at `read_at`.
    fn update(value: Self::Record, read_at: UnixMs) -> Change;
    /// Its id.
    fn id(value: &Self::Record) -> &str;
    /// When it was created.
    fn created_at(value: &Self::Record) -> UnixMs;
    /// Whether one that is archived may come back.
    const CAN_RETURN: bool = true;
    /// Forgets what this process remembers of one that has been written. Others learn of it from the store.
    fn forget(_api: Api<'_>, _value: &Self::Record) {}
}

/// A row that can be written.
struct Plan<T> {
    stored: Stored<T>,
    /// `None` if nothing changes.
    write: Option<Write>,
}

impl Api<'_> {
    /// The answer to a claim that was answered before.
    ///
    /// # Errors
    /// `KeyReused` if it was for another request.
    pub async fn before(self, merchant: &Merchant, claim: Option<&Claim>) -> Result<Option<Done>, WriteError> {
        let Some(claim) = claim else { return Ok(None) };
        match self.store.answer_to(merchant.id(), claim).await.map_err(FlowError::from)? {
            Some(Written::Before(answer)) => Ok(Some(Done::Before(answer))),
            Some(Written::OtherBody) => Err(WriteError::KeyReused),
            _ => Ok(None),
        }
    }

    /// Performs a write: plans each row, and stores all that can be written with the answer.
    pub(crate) async fn write<R: Resource>(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        intents: &[Result<Intent<R::Fields>, Invalid>],
        render: Render<'_, R::Record>,
    ) -> Result<Done, WriteError> {
        if let Some(done) = self.before(merchant, claim).await? {
            return Ok(done);
        }
        let mut fault = RowError::Changed;
        for _ in 0..ATTEMPTS_MAX {
            let mut rows: Vec<Row<R::Record>> = Vec::with_capacity(intents.len());
            // The rows that write, in the order of `writes`.
            let (mut writes, mut places) = (Vec::new(), Vec::new());
            for intent in intents {
                let planned = self.plan::<R>(merchant, intent).await?.map(|plan| {
                    if let Some(write) = plan.write {
                        writes.push(write);
                        places.push(rows.len());
                    }
                    plan.stored
                });
                rows.push(planned);
            }
            if render(&rows).is_none() {
                return Err(rows.into_iter().find_map(Result::err).unwrap_or(RowError::Changed).into());
            }
            let answer = |faults: &[Option<RowFault>]| render(&with_faults(&rows, &places, faults));
            let written = self.store.write_objects(merchant.id(), claim, &writes, &answer).await;
            match written.map_err(FlowError::from)? {
                Written::Done(answer) => {
                    rows.iter().flatten().for_each(|stored| R::forget(self, &stored.object.value));
                    return Ok(Done::Now(answer));
                }
                Written::Before(answer) => return Ok(Done::Before(answer)),
                Written::OtherBody => return Err(WriteError::KeyReused),
                Written::InProgress => return Err(WriteError::InProgress),
                // A concurrent request came first: plan again on what it wrote.
                Written::Refused(RowFault::Changed) => fault = RowError::Changed,
                Written::Refused(RowFault::Taken(what)) if matches!(intents, [Ok(Intent::Upsert(..))]) => {
                    fault = RowError::Taken(what);
                }
                Written::Refused(other) => return Err(RowError::from(other).into()),
            }
        }
        Err(fault.into())
    }

    async fn plan<R: Resource>(
        self,
        merchant: &Merchant,
        intent: &Result<Intent<R::Fields>, Invalid>,
    ) -> Result<Result<Plan<R::Record>, RowError>, FlowError> {
        let planned = match intent {
            Err(faults) => return Ok(Err(faults.clone().into())),
            Ok(Intent::Create(fields, common)) => self.plan_new::<R>(merchant, fields, common, None).await,
            Ok(Intent::Update(id, fields, common)) => match R::find(self, merchant, id).await? {
                None => return Ok(Err(RowError::NotFound(R::NOUN))),
                Some(before) => self.plan_change::<R>(merchant, before, fields, common).await,
            },
            Ok(Intent::Upsert(text, fields, common)) => {
                let Some(external_id) = parse_external_id(text) else {
                    return Ok(Err(Invalid::one(EXTERNAL_ID_FAULT).into()));
                };
                let known = self.store.id_by_external_id(merchant.id(), R::KIND, &external_id).await?;
                let before = match known {
                    Some(id) => R::find(self, merchant, &id).await?,
                    None => None,
                };
                match before {
                    // It was found by this id, and a repeat must find it again, whatever the body says.
                    Some(before) => {
                        let common = CommonFields { external_id: None, ..common.clone() };
                        self.plan_change::<R>(merchant, before, fields, &common).await
                    }
                    None => self.plan_new::<R>(merchant, fields, common, Some(&external_id)).await,
                }
            }
        };
        match planned {
            Ok(plan) => Ok(Ok(plan)),
            Err(FlowError::Invalid(faults)) => Ok(Err(RowError::Invalid(faults))),
            Err(other) => Err(other),
        }
    }

    /// The creator with this id; if they were merged, the one they were merged into. `None` if it is no creator's id.
    pub(super) async fn named_creator(self, merchant: &Merchant, id: &str) -> Result<Option<CreatorId>, FlowError> {
        let Ok(id) = id.parse::<CreatorId>() else { return Ok(None) };
        Ok(Some(self.store.merged_into(merchant.id(), &id).await?.unwrap_or(id)))
    }

    /// Whether a client names another creator than the stored one. One who was merged is named by either id.
    pub(super) async fn is_other_creator(
        self,
        merchant: &Merchant,
        given: Option<&String>,
        stored: Option<&CreatorId>,
    ) -> Result<bool, FlowError> {
        match given {
            Some(id) if stored.is_none_or(|stored| stored.as_str() != id) => {
                Ok(self.named_creator(merchant, id).await?.as_ref() != stored)
            }
            _ => Ok(false),
        }
    }

    async fn plan_new<R: Resource>(
        self,
        merchant: &Merchant,
        fields: &R::Fields,
        common: &CommonFields,
        external_id: Option<&str>,
    ) -> Result<Plan<R::Record>, FlowError> {
        let details = details(&Details::default(), common);
        let (value, mut details) = both(R::new(self, merchant, fields).await, details)?;
        if let Some(external_id) = external_id {
            details.external_id = Some(external_id.to_owned());
        }
        let at = R::created_at(&value);
        let archived_at = (common.is_archived == Some(true)).then_some(at);
        let audit = self.audit(merchant.actor(), R::ACTIONS[0], R::id(&value));
        let object = Object { value: value.clone(), details: details.clone(), updated_at: at, archived_at };
        let events = R::events(self, merchant, None, &object).await?;
        let write = Write { change: R::create(value), details, archived_at, at, audit, events };
        Ok(Plan { stored: Stored { object, is_new: true }, write: Some(write) })
    }

    async fn plan_change<R: Resource>(
        self,
        merchant: &Merchant,
        before: Object<R::Record>,
        fields: &R::Fields,
        common: &CommonFields,
    ) -> Result<Plan<R::Record>, FlowError> {
        let details = details(&before.details, common);
        let (value, details) = both(R::changed(self, merchant, &before, fields).await, details)?;
        // Later than the last change, so that a concurrent write based on the former version is detected.
        let at = self.now().max(before.updated_at.plus_ms(1));
        let archived_at = match common.is_archived {
            Some(true) => before.archived_at.or(Some(at)),
            Some(false) if before.archived_at.is_some() && !R::CAN_RETURN => {
                return Err(Invalid::one(format!("a {} that is archived stays archived", R::NOUN)).into());
            }
            Some(false) => None,
            None => before.archived_at,
        };
        if (&value, &details, archived_at) == (&before.value, &before.details, before.archived_at) {
            return Ok(Plan { stored: Stored { object: before, is_new: false }, write: None });
        }
        let audit = self.audit(merchant.actor(), R::ACTIONS[1], R::id(&value));
        let object = Object { value: value.clone(), details: details.clone(), updated_at: at, archived_at };
        let events = R::events(self, merchant, Some(&before), &object).await?;
        let write = Write { change: R::update(value, before.updated_at), details, archived_at, at, audit, events };
        Ok(Plan { stored: Stored { object, is_new: false }, write: Some(write) })
    }
}

/// The outcome of a write; `None` if a concurrent write came first, so that it must be planned again.
pub(super) fn done(written: Written) -> Result<Option<Done>, WriteError> {
    match written {
        Written::Done(answer) => Ok(Some(Done::Now(answer))),
        Written::Before(answer) => Ok(Some(Done::Before(answer))),
        Written::OtherBody => Err(WriteError::KeyReused),
        Written::InProgress => Err(WriteError::InProgress),
        Written::Refused(RowFault::Changed) => Ok(None),
        Written::Refused(fault) => Err(RowError::from(fault).into()),
    }
}

/// The rows after the database has said which of the writes it refused. `places` are the rows of the writes.
fn with_faults<T: Clone>(rows: &[Row<T>], places: &[usize], faults: &[Option<RowFault>]) -> Vec<Row<T>> {
    let mut rows = rows.to_vec();
    for (place, fault) in places.iter().zip(faults) {
        if let (Some(row), Some(fault)) = (rows.get_mut(*place), fault) {
            *row = Err((*fault).into());
        }
    }
    rows
}

/// What clients keep with an object after these changes.
pub(crate) fn details(before: &Details, common: &CommonFields) -> Result<Details, Invalid> {
    let mut faults = Vec::new();
    let external_id = match &common.external_id {
        None => before.external_id.clone(),
        Some(None) => None,
        Some(Some(text)) => parse_external_id(text).or_else(|| {
            faults.push(EXTERNAL_ID_FAULT.to_owned());
            None
        }),
    };
    let metadata = before.metadata.with(common.metadata.clone()).map_err(|wrong| faults.extend(wrong));
    match metadata {
        Ok(metadata) if faults.is_empty() => Ok(Details { external_id, metadata }),
        _ => Err(Invalid(faults)),
    }
}

/// A value and its details, or the faults of both.
fn both<T>(value: Result<T, FlowError>, details: Result<Details, Invalid>) -> Result<(T, Details), FlowError> {
    match (value, details) {
        (Ok(value), Ok(details)) => Ok((value, details)),
        (Err(FlowError::Invalid(mut faults)), Err(more)) => {
            faults.0.extend(more.0);
            Err(FlowError::Invalid(faults))
        }
        (Err(error), _) => Err(error),
        (Ok(_), Err(faults)) => Err(faults.into()),
    }
}
