//! `/api/v1/campaigns`: campaigns through the unified API.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use domain::{campaign::Campaign, scope::Scope};
use flow::{
    Flow, FlowError, Invalid,
    api::{
        Object,
        campaign::CampaignFields,
        write::{CommonFields, Intent},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    api::{
        call::{BulkBody, Call, OnceParams, WriteCall, answer_one, answer_rows, intent, respond},
        expand::Expandable,
        fault::{Fault, FaultBody},
        field::{FlagPatch, NotesPatch, TextPatch, common},
        list::{ListBody, ListQuery, ObjectParams, PageParams},
        object::CommonBody,
    },
    body::Faults,
};

const RESOURCE: &str = "campaigns";

/// A campaign: a name under which links are reported together.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct CampaignBody {
    /// The campaign's id.
    #[schema(example = "cmp_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `campaign`.
    #[schema(example = "campaign")]
    object: &'static str,
    /// Its name, unique within the brand.
    name: String,
    #[serde(flatten)]
    common: CommonBody,
}

impl CampaignBody {
    /// The campaign as the API shows it.
    pub(crate) fn of(object: &Object<Campaign>, is_live: bool) -> Self {
        let Campaign { id, name, created_at } = &object.value;
        let common = CommonBody::new(*created_at, object, is_live);
        Self { id: id.to_string(), object: "campaign", name: name.clone(), common }
    }
}

impl Expandable for CampaignBody {
    const NAME: &'static str = "campaign";
    const RESOURCE: &'static str = RESOURCE;

    async fn read(call: &Call, id: &str) -> Result<Self, FlowError> {
        Ok(Self::of(&call.flow.api().campaign(&call.merchant, id).await?, call.is_live()))
    }
}

/// What to set of a campaign. What is absent stays as it is, `null` removes.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Spring launch", "external_id": "spring-2027"}))]
pub(crate) struct CampaignRequest {
    /// Of a bulk row only: the campaign to change.
    #[schema(value_type = String, required = false)]
    #[serde(default)]
    id: TextPatch,
    /// Its name, unique within the brand. Required of a new campaign.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 120)]
    #[serde(default)]
    name: TextPatch,
    /// Your own id of it, unique among campaigns.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes to set; those that are `null` are removed, others stay. At most 50.
    #[schema(value_type = std::collections::BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
    /// Whether it is archived.
    #[schema(value_type = bool, required = false)]
    #[serde(default)]
    archived: FlagPatch,
}

impl CampaignRequest {
    fn read(self) -> Result<(Option<String>, CampaignFields, CommonFields), Invalid> {
        let mut faults = Faults::default();
        let fields = CampaignFields { name: self.name.value("name", &mut faults) };
        let id = self.id.value("id", &mut faults);
        let common = common(self.external_id, self.metadata, self.archived, &mut faults);
        faults.into_result()?;
        Ok((id, fields, common))
    }

    /// Reads the request of one object: its id is in the path.
    fn read_one(self) -> Result<(CampaignFields, CommonFields), Fault> {
        let wrong = |faults| Fault::invalid("Invalid request", faults);
        match self.read().map_err(wrong)? {
            (None, fields, common) => Ok((fields, common)),
            (Some(_), ..) => Err(wrong(Invalid::one("id is not a known field"))),
        }
    }
}

async fn write_one(call: WriteCall, intent: Intent<CampaignFields>) -> Result<Response, Fault> {
    let (flow, is_live) = (&call.call.flow, call.call.is_live());
    let render = move |rows: &[_]| answer_one(rows, |object| CampaignBody::of(object, is_live));
    let done = flow.api().write_campaigns(&call.call.merchant, call.claim.as_ref(), &[Ok(intent)], &render).await?;
    Ok(respond(done))
}

/// Lists campaigns.
#[utoipa::path(
    get, path = "/api/v1/campaigns", tag = "Campaigns", operation_id = "listCampaigns",
    params(PageParams, ObjectParams),
    responses((status = 200, description = "A page of campaigns, newest first", body = ListBody<CampaignBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<CampaignBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let filter = query.filter();
    let page = query.page("cmp")?;
    let objects = flow.api().campaigns_page(&call.merchant, &page.keyset, &filter).await?;
    Ok(page.body(objects, |object| CampaignBody::of(&object, call.is_live())))
}

/// Gets a campaign.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}", tag = "Campaigns", operation_id = "getCampaign",
    params(("id" = String, Path, description = "The campaign's id")),
    responses((status = 200, description = "The campaign", body = CampaignBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<CampaignBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    ListQuery::of(request.uri()).end()?;
    let object = flow.api().campaign(&call.merchant, &id).await?;
    Ok(Json(CampaignBody::of(&object, call.is_live())))
}

/// Adds a campaign.
#[utoipa::path(
    post, path = "/api/v1/campaigns", tag = "Campaigns", operation_id = "createCampaign",
    params(OnceParams),
    request_body = CampaignRequest,
    responses((status = 201, description = "The campaign", body = CampaignBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<CampaignRequest>()?.read_one()?;
    write_one(call, Intent::Create(fields, common)).await
}

/// Changes a campaign.
#[utoipa::path(
    patch, path = "/api/v1/campaigns/{id}", tag = "Campaigns", operation_id = "updateCampaign",
    params(("id" = String, Path, description = "The campaign's id"), OnceParams),
    request_body = CampaignRequest,
    responses((status = 200, description = "The campaign", body = CampaignBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<CampaignRequest>()?.read_one()?;
    write_one(call, Intent::Update(id, fields, common)).await
}

/// Changes the campaign with your own id, or adds it.
#[utoipa::path(
    put, path = "/api/v1/campaigns/external/{external_id}", tag = "Campaigns", operation_id = "upsertCampaign",
    params(("external_id" = String, Path, description = "Your own id of the campaign"), OnceParams),
    request_body = CampaignRequest,
    responses((status = 200, description = "The changed campaign", body = CampaignBody), (status = 201, description = "The new campaign", body = CampaignBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn upsert(
    State(flow): State<Flow>,
    Path(external_id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<CampaignRequest>()?.read_one()?;
    write_one(call, Intent::Upsert(external_id, fields, common)).await
}

/// Archives a campaign. Links and credits stay.
#[utoipa::path(
    delete, path = "/api/v1/campaigns/{id}", tag = "Campaigns", operation_id = "archiveCampaign",
    params(("id" = String, Path, description = "The campaign's id"), OnceParams),
    responses((status = 200, description = "The archived campaign", body = CampaignBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn archive(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let common = CommonFields { is_archived: Some(true), ..CommonFields::default() };
    write_one(call, Intent::Update(id, CampaignFields::default(), common)).await
}

/// Many campaigns.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "rows are read one by one; this is their schema")]
pub(crate) struct CampaignRows {
    /// At most 1,000. A row with `id` or a known `external_id` changes that campaign, others add one.
    rows: Vec<CampaignRequest>,
}

/// Adds and changes up to 1,000 campaigns. A wrong row does not affect the others.
#[utoipa::path(
    post, path = "/api/v1/campaigns/bulk", tag = "Campaigns", operation_id = "bulkCampaigns",
    params(OnceParams),
    request_body = CampaignRows,
    responses((status = 200, description = "What became of each row", body = BulkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn bulk(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let read = |row: Result<CampaignRequest, Invalid>| row.and_then(CampaignRequest::read);
    let rows = call.read_rows::<CampaignRequest>()?.into_iter().map(read);
    let intents: Vec<_> = rows.map(|row| row.map(|(id, fields, common)| intent(id, fields, common))).collect();
    let render = |rows: &[_]| answer_rows(rows, |value: &Campaign| value.id.to_string());
    let merchant = &call.call.merchant;
    Ok(respond(flow.api().write_campaigns(merchant, call.claim.as_ref(), &intents, &render).await?))
}
