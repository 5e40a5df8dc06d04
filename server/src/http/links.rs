//! `/api/v1/links`: links through the unified API.

use std::collections::{BTreeSet, HashMap};

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use domain::{link::Link, scope::Scope};
use flow::{
    Flow, Invalid,
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
        fault::{Fault, FaultBody},
        field::{ContentTypePatch, FlagPatch, NotesPatch, PlatformPatch, TextPatch, TimePatch, UrlPatch, common},
        list::{ListBody, ListQuery, ObjectParams, PageParams},
        object::{CommonBody, ContentTypeName, PlatformName, Reference},
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

/// The objects that links name, where the request asks for them.
#[derive(Default)]
struct Expanded {
    creators: HashMap<String, CreatorBody>,
    campaigns: HashMap<String, CampaignBody>,
}

impl Expanded {
    /// Reads the objects that these links name.
    async fn read(call: &Call, names: &BTreeSet<String>, links: &[Object<Link>]) -> Result<Self, Fault> {
        for (name, resource) in [("creator", "creators"), ("campaign", "campaigns")] {
            if names.contains(name) {
                call.require(Scope::read(resource))?;
            }
        }
        let (api, mut expanded) = (call.flow.api(), Self::default());
        for link in links.iter().map(|object| &object.value) {
            if let Some(id) = link.creator.as_ref().filter(|_| names.contains("creator")).map(ToString::to_string)
                && !expanded.creators.contains_key(&id)
                && let Ok(creator) = api.creator(&call.merchant, &id).await
            {
                expanded.creators.insert(id, CreatorBody::of(&creator, call.is_live()));
            }
            if let Some(id) = link.campaign.as_ref().filter(|_| names.contains("campaign")).map(ToString::to_string)
                && !expanded.campaigns.contains_key(&id)
            {
                let campaign = api.campaign(&call.merchant, &id).await?;
                expanded.campaigns.insert(id, CampaignBody::of(&campaign, call.is_live()));
            }
        }
        Ok(expanded)
    }
}

/// An id, or the object if it was asked for.
fn reference<T: Clone>(id: Option<String>, objects: &HashMap<String, T>) -> Option<Reference<T>> {
    let id = id?;
    Some(match objects.get(&id) {
        Some(object) => Reference::Object(Box::new(object.clone())),
        None => Reference::Id(id),
    })
}

impl LinkBody {
    /// The link as the API shows it, with the ids of what it names.
    pub(crate) fn plain(flow: &Flow, object: &Object<Link>, is_live: bool) -> Self {
        Self::of(flow, object, &Expanded::default(), is_live)
    }

    /// The link as the API shows it.
    fn of(flow: &Flow, object: &Object<Link>, expanded: &Expanded, is_live: bool) -> Self {
        let link = &object.value;
        Self {
            id: link.id.to_string(),
            object: "link",
            code: link.code.to_string(),
            url: flow.links().tracking_url(link.code),
            destination: link.destination.clone(),
            creator: reference(link.creator.as_ref().map(ToString::to_string), &expanded.creators),
            campaign: reference(link.campaign.as_ref().map(ToString::to_string), &expanded.campaigns),
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

/// What is shown whole.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameter is read by hand; this is its schema")]
struct ExpandParams {
    /// `creator` and `campaign`: shown whole instead of by their ids.
    #[param(rename = "expand[]", required = false)]
    expand: Vec<ExpandName>,
}

/// Objects that a link names.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "the names are read by `expansions`; this is their schema")]
pub(crate) enum ExpandName {
    Creator,
    Campaign,
}

/// Reads `expand[]`.
fn expansions(query: &mut ListQuery) -> BTreeSet<String> {
    query.choices("expand[]", &["creator", "campaign"])
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
    let body = |object: &Object<Link>| LinkBody::plain(flow, object, is_live);
    let render = |rows: &[_]| answer_one(rows, body);
    let done = flow.api().write_links(&call.call.merchant, call.claim.as_ref(), &[Ok(intent)], &render).await?;
    Ok(respond(done))
}

/// Lists links.
#[utoipa::path(
    get, path = "/api/v1/links", tag = "Links", operation_id = "listLinks",
    params(PageParams, ObjectParams, LinkParams, ExpandParams),
    responses((status = 200, description = "A page of links, newest first", body = ListBody<LinkBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<LinkBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let mut filter = query.filter();
    (filter.creator, filter.campaign) = query.owners();
    let expand = expansions(&mut query);
    let page = query.page("lnk")?;
    let objects = flow.api().links_page(&call.merchant, &page.keyset, &filter).await?;
    let expanded = Expanded::read(&call, &expand, &objects).await?;
    Ok(page.body(objects, |object| LinkBody::of(&flow, &object, &expanded, call.is_live())))
}

/// Gets a link.
#[utoipa::path(
    get, path = "/api/v1/links/{id}", tag = "Links", operation_id = "getLink",
    params(("id" = String, Path, description = "The link's id"), ExpandParams),
    responses((status = 200, description = "The link", body = LinkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<LinkBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let expand = expansions(&mut query);
    query.end()?;
    let object = flow.api().link(&call.merchant, &id).await?;
    let expanded = Expanded::read(&call, &expand, core::slice::from_ref(&object)).await?;
    Ok(Json(LinkBody::of(&flow, &object, &expanded, call.is_live())))
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
    params(("id" = String, Path, description = "The link's id")),
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

/// Adds and changes up to 1,000 links. A wrong row leaves the others alone.
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
