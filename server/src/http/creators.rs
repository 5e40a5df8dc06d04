//! `/api/v1/creators`: creators through the unified API.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use domain::{
    CreatorId,
    creator::{CreatorStatus, Social},
    scope::Scope,
};
use flow::{
    Flow, FlowError, Invalid,
    api::{
        CreatorProfile, Object,
        creator::CreatorFields,
        write::{CommonFields, Intent},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::{BulkBody, Call, OnceParams, WriteCall, answer_one, answer_rows, intent, respond},
        expand::Expandable,
        fault::{Fault, FaultBody},
        field::{
            Choice, CreatorStatusPatch, FlagPatch, NotesPatch, SocialRequest, SocialsPatch, TextPatch, TextsPatch,
            common,
        },
        list::{ListBody, ListQuery, ObjectParams, PageParams},
        object::{CommonBody, PlatformName},
    },
    body::Faults,
};

const RESOURCE: &str = "creators";

/// A creator.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct CreatorBody {
    /// The creator's id.
    #[schema(example = "crt_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `creator`.
    #[schema(example = "creator")]
    object: &'static str,
    /// Display name.
    name: String,
    /// First name.
    first_name: Option<String>,
    /// Last name.
    last_name: Option<String>,
    /// Handle, unique within the brand.
    handle: String,
    /// Whether an e-mail address is known. The address itself is not stored.
    has_email: bool,
    /// Other names.
    aliases: Vec<String>,
    /// Accounts on platforms.
    socials: Vec<SocialBody>,
    /// The tier, to which commission rules may apply.
    tier: Option<String>,
    /// Whether the brand's tier rules leave the tier as it is.
    tier_locked: bool,
    /// Tags.
    tags: Vec<String>,
    /// Where the collaboration stands. It changes nothing about what the creator earns.
    #[schema(value_type = CreatorStatusName)]
    status: &'static str,
    /// The creator's code in affiliate URLs (`?aff=`).
    partner_code: Option<String>,
    #[serde(flatten)]
    common: CommonBody,
}

/// A creator's account on a platform.
#[derive(Clone, Serialize, ToSchema)]
struct SocialBody {
    /// The platform.
    #[schema(value_type = PlatformName)]
    platform: &'static str,
    /// The handle there.
    handle: String,
    /// Followers, as last reported.
    followers: Option<u64>,
    /// Engagement rate in per cent, as last reported.
    engagement_rate: Option<f64>,
}

/// Statuses of a creator.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of domain::creator::CreatorStatus")]
enum CreatorStatusName {
    Invited,
    Active,
    Paused,
}

impl CreatorBody {
    /// The creator as the API shows them.
    pub(crate) fn of(object: &Object<CreatorProfile>, is_live: bool) -> Self {
        let CreatorProfile { creator, profile } = &object.value;
        Self {
            id: creator.id.to_string(),
            object: "creator",
            name: creator.name.clone(),
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            handle: creator.handle.clone(),
            has_email: creator.email_hash.is_some(),
            aliases: creator.aliases.clone(),
            socials: profile.socials.iter().map(SocialBody::of).collect(),
            tier: creator.tier.clone(),
            tier_locked: profile.is_tier_locked,
            tags: profile.tags.clone(),
            status: profile.status.as_str(),
            partner_code: creator.partner_code.as_ref().map(ToString::to_string),
            common: CommonBody::new(creator.created_at, object, is_live),
        }
    }
}

impl Expandable for CreatorBody {
    const NAME: &'static str = "creator";
    const RESOURCE: &'static str = RESOURCE;

    async fn read(call: &Call, id: &str) -> Result<Self, FlowError> {
        Ok(Self::of(&call.flow.api().creator(&call.merchant, id).await?, call.is_live()))
    }
}

impl SocialBody {
    fn of(social: &Social) -> Self {
        Self {
            platform: social.platform.as_str(),
            handle: social.handle.clone(),
            followers: social.followers,
            engagement_rate: social.engagement_rate_bp.map(|rate| f64::from(rate) / 100.0),
        }
    }
}

/// What to set of a creator. What is absent stays as it is, `null` removes.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Ana Lima", "handle": "analima", "tier": "gold", "external_id": "crm-7"}))]
pub(crate) struct CreatorRequest {
    /// Of a bulk row only: the creator to change.
    #[schema(value_type = String, required = false)]
    #[serde(default)]
    id: TextPatch,
    /// Display name. Of a new creator, first and last name if absent.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 120)]
    #[serde(default)]
    name: TextPatch,
    /// First name.
    #[schema(value_type = Option<String>, max_length = 120)]
    #[serde(default)]
    first_name: TextPatch,
    /// Last name.
    #[schema(value_type = Option<String>, max_length = 120)]
    #[serde(default)]
    last_name: TextPatch,
    /// Handle, unique within the brand; `@` and case do not matter. Required of a new creator.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 64)]
    #[serde(default)]
    handle: TextPatch,
    /// E-mail address. Only a keyed hash of it is stored, to detect the creator's own purchases and for the creator to sign
    /// in with. To change it of a creator who has one, payout details or a balance, a key needs `payouts:write` too; others leave it out.
    #[schema(value_type = Option<String>, example = "ana@example.com")]
    #[serde(default)]
    email: TextPatch,
    /// Other names that shoppers may use in surveys, at most 20.
    #[schema(value_type = Option<Vec<String>>)]
    #[serde(default)]
    aliases: TextsPatch,
    /// Accounts on platforms, at most 20.
    #[schema(value_type = Option<Vec<SocialRequest>>)]
    #[serde(default)]
    socials: SocialsPatch,
    /// The tier, to which commission rules may apply. An order earns by the tier at its time.
    #[schema(value_type = Option<String>, max_length = 120)]
    #[serde(default)]
    tier: TextPatch,
    /// Whether rules leave the tier as it is; false if absent of a new creator.
    #[schema(value_type = bool, required = false)]
    #[serde(default)]
    tier_locked: FlagPatch,
    /// Tags, at most 50.
    #[schema(value_type = Option<Vec<String>>)]
    #[serde(default)]
    tags: TextsPatch,
    /// Where the collaboration stands.
    #[schema(value_type = CreatorStatusName, required = false)]
    #[serde(default)]
    status: CreatorStatusPatch,
    /// Your own id of the creator, unique among creators.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes to set; those that are `null` are removed, others stay. At most 50.
    #[schema(value_type = std::collections::BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
    /// Whether the creator is archived.
    #[schema(value_type = bool, required = false)]
    #[serde(default)]
    archived: FlagPatch,
}

impl CreatorRequest {
    /// What it says, by a caller who may give access to creators' accounts or not.
    fn read(self, may_give_access: bool) -> Result<(Option<String>, CreatorFields, CommonFields), Invalid> {
        let mut faults = Faults::default();
        let fields = CreatorFields {
            name: self.name.value("name", &mut faults),
            handle: self.handle.value("handle", &mut faults),
            email: self.email.change("email", &mut faults),
            first_name: self.first_name.change("first_name", &mut faults),
            last_name: self.last_name.change("last_name", &mut faults),
            aliases: self.aliases.change("aliases", &mut faults).map(Option::unwrap_or_default),
            socials: self.socials.change("socials", &mut faults).map(Option::unwrap_or_default),
            tier: self.tier.change("tier", &mut faults),
            is_tier_locked: self.tier_locked.value("tier_locked", &mut faults),
            tags: self.tags.change("tags", &mut faults).map(Option::unwrap_or_default),
            status: self.status.value("status", &mut faults),
            notes: None,
            may_give_access,
        };
        let id = self.id.value("id", &mut faults);
        let common = common(self.external_id, self.metadata, self.archived, &mut faults);
        faults.into_result()?;
        Ok((id, fields, common))
    }

    /// Reads the request of one object: its id is in the path.
    fn read_one(self, call: &Call) -> Result<(CreatorFields, CommonFields), Fault> {
        let wrong = |faults| Fault::invalid("Invalid request", faults);
        match self.read(may_give_access(call)).map_err(wrong)? {
            (None, fields, common) => Ok((fields, common)),
            (Some(_), ..) => Err(wrong(Invalid::one("id is not a known field"))),
        }
    }
}

/// Whether the key may decide who signs in as a creator: who does can change where the creator's money goes.
fn may_give_access(call: &Call) -> bool {
    Scope::write("payouts").is_some_and(|scope| call.caller.may(scope))
}

async fn write_one(call: WriteCall, intent: Intent<CreatorFields>) -> Result<Response, Fault> {
    let (flow, is_live) = (&call.call.flow, call.call.is_live());
    let render = move |rows: &[_]| answer_one(rows, |object| CreatorBody::of(object, is_live));
    let done = flow.api().write_creators(&call.call.merchant, call.claim.as_ref(), &[Ok(intent)], &render).await?;
    Ok(respond(done))
}

/// Which creators are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct CreatorParams {
    /// With this status.
    status: Option<CreatorStatusName>,
}

/// Lists creators.
#[utoipa::path(
    get, path = "/api/v1/creators", tag = "Creators", operation_id = "listCreators",
    params(PageParams, ObjectParams, CreatorParams),
    responses((status = 200, description = "A page of creators, newest first", body = ListBody<CreatorBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<CreatorBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let mut filter = query.filter();
    filter.creator_status =
        query.parse("status", &format!("must be one of {}", CreatorStatus::names()), CreatorStatus::parse);
    let page = query.page("crt")?;
    let objects = flow.api().creators_page(&call.merchant, &page.keyset, &filter).await?;
    Ok(page.body(objects, |object| CreatorBody::of(&object, call.is_live())))
}

/// Gets a creator.
#[utoipa::path(
    get, path = "/api/v1/creators/{id}", tag = "Creators", operation_id = "getCreator",
    params(("id" = String, Path, description = "The creator's id")),
    responses((status = 200, description = "The creator", body = CreatorBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<CreatorBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    ListQuery::of(request.uri()).end()?;
    let object = flow.api().creator(&call.merchant, &id).await?;
    Ok(Json(CreatorBody::of(&object, call.is_live())))
}

/// Adds a creator.
#[utoipa::path(
    post, path = "/api/v1/creators", tag = "Creators", operation_id = "createCreator",
    params(OnceParams),
    request_body = CreatorRequest,
    responses((status = 201, description = "The creator", body = CreatorBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<CreatorRequest>()?.read_one(&call.call)?;
    write_one(call, Intent::Create(fields, common)).await
}

/// Changes a creator.
#[utoipa::path(
    patch, path = "/api/v1/creators/{id}", tag = "Creators", operation_id = "updateCreator",
    params(("id" = String, Path, description = "The creator's id"), OnceParams),
    request_body = CreatorRequest,
    responses((status = 200, description = "The creator", body = CreatorBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<CreatorRequest>()?.read_one(&call.call)?;
    write_one(call, Intent::Update(id, fields, common)).await
}

/// Changes the creator with your own id, or adds them.
#[utoipa::path(
    put, path = "/api/v1/creators/external/{external_id}", tag = "Creators", operation_id = "upsertCreator",
    params(("external_id" = String, Path, description = "Your own id of the creator"), OnceParams),
    request_body = CreatorRequest,
    responses((status = 200, description = "The changed creator", body = CreatorBody), (status = 201, description = "The new creator", body = CreatorBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn upsert(
    State(flow): State<Flow>,
    Path(external_id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<CreatorRequest>()?.read_one(&call.call)?;
    write_one(call, Intent::Upsert(external_id, fields, common)).await
}

/// Archives a creator. Links and credits stay.
#[utoipa::path(
    delete, path = "/api/v1/creators/{id}", tag = "Creators", operation_id = "archiveCreator",
    params(("id" = String, Path, description = "The creator's id"), OnceParams),
    responses((status = 200, description = "The archived creator", body = CreatorBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn archive(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let common = CommonFields { is_archived: Some(true), ..CommonFields::default() };
    write_one(call, Intent::Update(id, CreatorFields::default(), common)).await
}

/// A creator who was erased.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasedCreator {
    /// The creator's id.
    id: String,
    /// Always `creator`.
    #[schema(example = "creator")]
    object: &'static str,
    /// Always true.
    erased: bool,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

/// Erases a creator: name, handle, addresses, profile, notes, collabs, drops and content, and what events and answers say of
/// them. Links, credits and commissions stay, under "Erased creator". This cannot be undone; to hide a creator, archive them.
#[utoipa::path(
    post, path = "/api/v1/creators/{id}/erase", tag = "Creators", operation_id = "eraseCreator",
    params(("id" = String, Path, description = "The creator's id"), OnceParams),
    responses((status = 200, description = "They are erased, now or before", body = ErasedCreator), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn erase(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ErasedCreator>, Fault> {
    let call = Call::begin(&flow, &request, Scope::write(RESOURCE)).await?;
    let creator: CreatorId = id.parse().map_err(|_| FlowError::NotFound("creator"))?;
    flow.creators().erase(&call.merchant, &creator).await?;
    Ok(Json(ErasedCreator { id, object: "creator", erased: true, livemode: call.is_live() }))
}

/// Many creators.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "rows are read one by one; this is their schema")]
pub(crate) struct CreatorRows {
    /// At most 1,000. A row with `id` or a known `external_id` changes that creator, others add one.
    rows: Vec<CreatorRequest>,
}

/// Adds and changes up to 1,000 creators. A wrong row does not affect the others.
#[utoipa::path(
    post, path = "/api/v1/creators/bulk", tag = "Creators", operation_id = "bulkCreators",
    params(OnceParams),
    request_body = CreatorRows,
    responses((status = 200, description = "What became of each row", body = BulkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn bulk(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let may_give_access = may_give_access(&call.call);
    let read = |row: Result<CreatorRequest, Invalid>| row.and_then(|row| row.read(may_give_access));
    let rows = call.read_rows::<CreatorRequest>()?.into_iter().map(read);
    let intents: Vec<_> = rows.map(|row| row.map(|(id, fields, common)| intent(id, fields, common))).collect();
    let render = |rows: &[_]| answer_rows(rows, |value: &CreatorProfile| value.creator.id.to_string());
    let merchant = &call.call.merchant;
    Ok(respond(flow.api().write_creators(merchant, call.claim.as_ref(), &intents, &render).await?))
}
