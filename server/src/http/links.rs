//! `/api/v1/links`: links through the unified API.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use domain::{link::Link, scope::Scope};
use flow::{
    Flow, FlowError, Invalid,
    api::{
        Object,
        link::LinkFields,
        write::{CommonFields, Intent},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::{BulkBody, Call, OnceParams, WriteCall, answer_one, answer_rows, intent, respond},
        expand::{Expand, Expandable, Reference, expandable},
        fault::{Fault, FaultBody},
        field::{ContentTypePatch, FlagPatch, NotesPatch, PlatformPatch, TextPatch, TimePatch, UrlPatch, common},
        list::{ListBody, ListQuery, ObjectParams, PageParams},
        object::{CommonBody, ContentTypeName, PlatformName},
    },
    body::Faults,
    campaigns::CampaignBody,
    creators::CreatorBody,
};

const RESOURCE: &str = "links";

/// A tracking link.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct LinkBody {
    /// The link's id.
    #[schema(example = "lnk_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `link`.
    #[schema(example = "link")]
    object: &'static str,
    /// The code.
    #[schema(example = "k7m2p9qr")]
    code: String,
    /// The address to share.
    url: String,
    /// Where it leads.
    destination: String,
    /// The creator who is credited.
    creator: Option<Reference<CreatorBody>>,
    /// The campaign.
    campaign: Option<Reference<CampaignBody>>,
    /// The platform on which it is shared.
    #[schema(value_type = Option<PlatformName>)]
    platform: Option<&'static str>,
    /// The content that it is in.
    #[schema(value_type = Option<ContentTypeName>)]
    content_type: Option<&'static str>,
    /// A discount code that is evidence for it.
    promo_code: Option<String>,
    /// Whether the creator sees its revenue.
    share_revenue: bool,
    /// When it stops working.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    #[serde(flatten)]
    common: CommonBody,
}

impl LinkBody {
    /// The link as the API shows it.
    pub(crate) fn of(flow: &Flow, object: &Object<Link>, is_live: bool) -> Self {
        let link = &object.value;
        Self {
            id: link.id.to_string(),
            object: "link",
            code: link.code.to_string(),
            url: flow.links().tracking_url(link.code),
            destination: link.destination.clone(),
            creator: link.creator.as_ref().map(Reference::id),
            campaign: link.campaign.as_ref().map(Reference::id),
            platform: link.platform.map(domain::link::Platform::as_str),
            content_type: link.content_type.map(domain::link::ContentType::as_str),
            promo_code: link.promo_code.clone(),
            share_revenue: link.share_revenue,
            expires_at: link.expires_at.map(domain::UnixMs::to_rfc3339),
            common: CommonBody::new(link.created_at, object, is_live),
        }
    }
}

/// What a request for links takes besides.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct LinkParams {
    /// Links of this creator.
    creator: Option<String>,
    /// Links of this campaign.
    campaign: Option<String>,
}

impl Expandable for LinkBody {
    const NAME: &'static str = "link";
    const RESOURCE: &'static str = RESOURCE;

    async fn read(call: &Call, id: &str) -> Result<Self, FlowError> {
        let object = call.flow.api().link(&call.merchant, id).await?;
        Ok(Self::of(&call.flow, &object, call.is_live()))
    }
}

expandable!(LinkExpandParams, LinkExpandable: Creator = "creator", Campaign = "campaign");

/// Shows whole what the request asks for.
async fn expand_bodies(call: &Call, expand: &Expand, bodies: &mut [LinkBody]) -> Result<(), Fault> {
    expand.fill(call, bodies.iter_mut().filter_map(|body| body.creator.as_mut())).await?;
    expand.fill(call, bodies.iter_mut().filter_map(|body| body.campaign.as_mut())).await
}

/// What to set of a link. What is absent stays as it is, `null` removes. Creator, campaign and promo code of a link do not
/// change: orders may be attributed by them again.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"destination": "https://shop.example/products/mug", "creator": "crt_01hf7yat00fzzvzzzzzzzzzzzz", "platform": "instagram"}))]
pub(crate) struct LinkRequest {
    /// Of a bulk row only: the link to change.
    #[schema(value_type = String, required = false)]
    #[serde(default)]
    id: TextPatch,
    /// Where it leads: an http or https URL. Required of a new link.
    #[schema(value_type = String, required = false, max_length = 2048, example = "https://shop.example/products/mug")]
    #[serde(default)]
    destination: UrlPatch,
    /// The creator who is credited.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    creator: TextPatch,
    /// The campaign.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    campaign: TextPatch,
    /// The platform on which it is shared.
    #[schema(value_type = Option<PlatformName>)]
    #[serde(default)]
    platform: PlatformPatch,
    /// The content that it is in.
    #[schema(value_type = Option<ContentTypeName>)]
    #[serde(default)]
    content_type: ContentTypePatch,
    /// A discount code that is evidence for it.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    promo_code: TextPatch,
    /// Whether the creator sees its revenue; false if absent.
    #[schema(value_type = bool, required = false)]
    #[serde(default)]
    share_revenue: FlagPatch,
    /// When it stops working (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    expires_at: TimePatch,
    /// Your own id of it, unique among links.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes to set; those that are `null` are removed, others stay. At most 50.
    #[schema(value_type = std::collections::BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
    /// Whether it is archived. An archived link answers 404 and stays archived.
    #[schema(value_type = bool, required = false)]
    #[serde(default)]
    archived: FlagPatch,
}

impl LinkRequest {
    fn read(self) -> Result<(Option<String>, LinkFields, CommonFields), Invalid> {
        let mut faults = Faults::default();
        let fields = LinkFields {
            destination: self.destination.value("destination", &mut faults),
            creator: self.creator.change("creator", &mut faults).flatten(),
            campaign: self.campaign.change("campaign", &mut faults).flatten(),
            promo_code: self.promo_code.change("promo_code", &mut faults).flatten(),
            platform: self.platform.change("platform", &mut faults),
            content_type: self.content_type.change("content_type", &mut faults),
            share_revenue: self.share_revenue.value("share_revenue", &mut faults),
            expires_at: self.expires_at.change("expires_at", &mut faults),
        };
        let id = self.id.value("id", &mut faults);
        let common = common(self.external_id, self.metadata, self.archived, &mut faults);
        faults.into_result()?;
        Ok((id, fields, common))
    }

    /// Reads the request of one object: its id is in the path.
    fn read_one(self) -> Result<(LinkFields, CommonFields), Fault> {
        let wrong = |faults| Fault::invalid("Invalid request", faults);
        match self.read().map_err(wrong)? {
            (None, fields, common) => Ok((fields, common)),
            (Some(_), ..) => Err(wrong(Invalid::one("id is not a known field"))),
        }
    }
}

async fn write_one(call: WriteCall, intent: Intent<LinkFields>) -> Result<Response, Fault> {
    let (flow, is_live) = (&call.call.flow, call.call.is_live());
    let body = |object: &Object<Link>| LinkBody::of(flow, object, is_live);
    let render = |rows: &[_]| answer_one(rows, body);
    let done = flow.api().write_links(&call.call.merchant, call.claim.as_ref(), &[Ok(intent)], &render).await?;
    Ok(respond(done))
}

/// Lists links.
#[utoipa::path(
    get, path = "/api/v1/links", tag = "Links", operation_id = "listLinks",
    params(PageParams, ObjectParams, LinkParams, LinkExpandParams),
    responses((status = 200, description = "A page of links, newest first", body = ListBody<LinkBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<LinkBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let mut filter = query.filter();
    (filter.creator, filter.campaign) = query.owners();
    let expand = Expand::of(&mut query, EXPANDABLE);
    let page = query.page("lnk")?;
    let objects = flow.api().links_page(&call.merchant, &page.keyset, &filter).await?;
    let mut list = page.body(objects, |object| LinkBody::of(&flow, &object, call.is_live()));
    expand_bodies(&call, &expand, &mut list.data).await?;
    Ok(list)
}

/// Gets a link.
#[utoipa::path(
    get, path = "/api/v1/links/{id}", tag = "Links", operation_id = "getLink",
    params(("id" = String, Path, description = "The link's id"), LinkExpandParams),
    responses((status = 200, description = "The link", body = LinkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<LinkBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let expand = Expand::alone(request.uri(), EXPANDABLE)?;
    let object = flow.api().link(&call.merchant, &id).await?;
    let mut body = LinkBody::of(&flow, &object, call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}

/// Adds a link.
#[utoipa::path(
    post, path = "/api/v1/links", tag = "Links", operation_id = "createLink",
    params(OnceParams),
    request_body = LinkRequest,
    responses((status = 201, description = "The link", body = LinkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<LinkRequest>()?.read_one()?;
    write_one(call, Intent::Create(fields, common)).await
}

/// Changes a link.
#[utoipa::path(
    patch, path = "/api/v1/links/{id}", tag = "Links", operation_id = "updateLink",
    params(("id" = String, Path, description = "The link's id"), OnceParams),
    request_body = LinkRequest,
    responses((status = 200, description = "The link", body = LinkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<LinkRequest>()?.read_one()?;
    write_one(call, Intent::Update(id, fields, common)).await
}

/// Changes the link with your own id, or adds it.
#[utoipa::path(
    put, path = "/api/v1/links/external/{external_id}", tag = "Links", operation_id = "upsertLink",
    params(("external_id" = String, Path, description = "Your own id of the link"), OnceParams),
    request_body = LinkRequest,
    responses((status = 200, description = "The changed link", body = LinkBody), (status = 201, description = "The new link", body = LinkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn upsert(
    State(flow): State<Flow>,
    Path(external_id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<LinkRequest>()?.read_one()?;
    write_one(call, Intent::Upsert(external_id, fields, common)).await
}

/// Archives a link. The code answers 404 from then on and is never reused; clicks and credits stay.
#[utoipa::path(
    delete, path = "/api/v1/links/{id}", tag = "Links", operation_id = "archiveLink",
    params(("id" = String, Path, description = "The link's id"), OnceParams),
    responses((status = 200, description = "The archived link", body = LinkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn archive(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let common = CommonFields { is_archived: Some(true), ..CommonFields::default() };
    write_one(call, Intent::Update(id, LinkFields::default(), common)).await
}

/// Many links.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "rows are read one by one; this is their schema")]
pub(crate) struct LinkRows {
    /// At most 1,000. A row with `id` or a known `external_id` changes that link, others add one.
    rows: Vec<LinkRequest>,
}

/// Adds and changes up to 1,000 links. A wrong row does not affect the others.
#[utoipa::path(
    post, path = "/api/v1/links/bulk", tag = "Links", operation_id = "bulkLinks",
    params(OnceParams),
    request_body = LinkRows,
    responses((status = 200, description = "What became of each row", body = BulkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn bulk(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let read = |row: Result<LinkRequest, Invalid>| row.and_then(LinkRequest::read);
    let rows = call.read_rows::<LinkRequest>()?.into_iter().map(read);
    let intents: Vec<_> = rows.map(|row| row.map(|(id, fields, common)| intent(id, fields, common))).collect();
    let render = |rows: &[_]| answer_rows(rows, |value: &Link| value.id.to_string());
    let merchant = &call.call.merchant;
    Ok(respond(flow.api().write_links(merchant, call.claim.as_ref(), &intents, &render).await?))
}
