//! Changes of an object's external id and metadata, where nothing else of it can be changed.

use axum::{extract::Request, http::StatusCode, response::Response};
use domain::{metadata::Details, scope::Scope};
use flow::{
    Flow, FlowError,
    api::{ObjectKind, write::CommonFields},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    call::{WriteCall, answer, respond},
    fault::Fault,
    field::{FlagPatch, NotesPatch, TextPatch, common},
};
use crate::http::body::Faults;

/// What changes about an object of which nothing else can be changed.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DetailsRequest {
    /// Your own id of it, unique among objects of its kind; null removes it.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes to set; those that are null are removed, others stay. At most 50.
    #[schema(value_type = BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
}

/// A request that changes an object's external id and metadata.
pub(crate) struct DetailsCall {
    pub(crate) write: WriteCall,
    fields: CommonFields,
}

impl DetailsCall {
    /// Checks the key and reads the body.
    ///
    /// # Errors
    /// As every write; every fault of the fields.
    pub(crate) async fn begin(flow: &Flow, request: Request, scope: Option<Scope>) -> Result<Self, Fault> {
        let write = WriteCall::begin(flow, request, scope).await?;
        let DetailsRequest { external_id, metadata } = write.read()?;
        let mut faults = Faults::default();
        let fields = common(external_id, metadata, FlagPatch::default(), &mut faults);
        faults.into_result().map_err(|faults| Fault::invalid("Invalid request", faults))?;
        Ok(Self { write, fields })
    }

    /// Makes the change, and answers with the object. `found` finds the object and its id. It is not asked if the request was
    /// answered before: the object may be gone since.
    ///
    /// # Errors
    /// What `found` gives; as [`note`](flow::stage::Api::note).
    pub(crate) async fn finish<T: Clone + Sync, B: Serialize>(
        &self,
        kind: ObjectKind,
        found: impl Future<Output = Result<(String, T), FlowError>>,
        body: impl Fn(T, Details, bool) -> B + Sync + Send,
    ) -> Result<Response, Fault> {
        let WriteCall { call, claim, .. } = &self.write;
        let (api, merchant, is_live) = (call.flow.api(), &call.merchant, call.is_live());
        if let Some(done) = api.before(merchant, claim.as_ref()).await? {
            return Ok(respond(done));
        }
        let (id, object) = found.await?;
        let render = |details: &Details| answer(StatusCode::OK, &body(object.clone(), details.clone(), is_live));
        Ok(respond(api.note(merchant, claim.as_ref(), (kind, &id), &self.fields, &render).await?))
    }
}
