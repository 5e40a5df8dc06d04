//! `/api/v1/content`: content through the unified API.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use domain::{
    catalogue::{Content, Figures},
    scope::Scope,
};
use flow::{
    Flow, Invalid,
    api::{
        Object,
        catalogue::{ItemQuery, Planned, content::ContentFields},
        write::{CommonFields, Intent},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::{BulkBody, Call, OnceParams, WriteCall, answer_one, answer_rows, intent, respond},
        expand::{Expand, Reference, expandable},
        fault::{Fault, FaultBody},
        field::{
            ContentTypePatch, FlagPatch, NotesPatch, Patch, PlatformPatch, TextPatch, TimePatch, UrlPatch, common,
        },
        list::{ListBody, ListQuery, ObjectParams, PageParams},
        object::{CommonBody, ContentTypeName, PlatformName},
    },
    body::{Faults, FieldKind},
    creators::CreatorBody,
    links::LinkBody,
};

const RESOURCE: &str = "content";

/// Something that a creator posted.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ContentBody {
    /// Its id.
    #[schema(example = "cnt_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `content`.
    #[schema(example = "content")]
    object: &'static str,
    /// The creator.
    creator: Reference<CreatorBody>,
    /// The link that is in it.
    link: Option<Reference<LinkBody>>,
    /// The platform on which it was posted.
    #[schema(value_type = Option<PlatformName>)]
    platform: Option<&'static str>,
    /// What it is.
    #[schema(value_type = Option<ContentTypeName>)]
    content_type: Option<&'static str>,
    /// Where it is.
    url: Option<String>,
    /// Title.
    title: Option<String>,
    /// When it was posted.
    #[schema(format = DateTime)]
    posted_at: Option<String>,
    /// Its picture or film.
    media_url: Option<String>,
    /// Its figures, as last reported.
    figures: FiguresBody,
    #[serde(flatten)]
    common: CommonBody,
}

/// Figures of a post, as last reported.
#[derive(Clone, Serialize, ToSchema)]
struct FiguresBody {
    /// How often it was viewed.
    views: Option<u64>,
    /// How many like it.
    likes: Option<u64>,
    /// How many comments it has.
    comments: Option<u64>,
}

impl ContentBody {
    /// As [`Self::of`], of a piece of content that was just written.
    fn of_planned(object: &Object<Planned<Content>>, is_live: bool) -> Self {
        Self::new(&object.value.item, CommonBody::new(object.value.item.created_at, object, is_live))
    }

    /// As the API shows it.
    pub(crate) fn of(object: &Object<Content>, is_live: bool) -> Self {
        Self::new(&object.value, CommonBody::new(object.value.created_at, object, is_live))
    }

    fn new(content: &Content, common: CommonBody) -> Self {
        let url = |url: &Option<domain::catalogue::HttpsUrl>| url.as_ref().map(|url| url.as_str().to_owned());
        let Figures { views, likes, comments } = content.figures;
        Self {
            id: content.id.to_string(),
            object: "content",
            creator: Reference::id(&content.creator),
            link: content.link.as_ref().map(Reference::id),
            platform: content.platform.map(domain::link::Platform::as_str),
            content_type: content.content_type.map(domain::link::ContentType::as_str),
            url: url(&content.url),
            title: content.title.clone(),
            posted_at: content.posted_at.map(domain::UnixMs::to_rfc3339),
            media_url: url(&content.media_url),
            figures: FiguresBody { views, likes, comments },
            common,
        }
    }
}

/// Figures of a post.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FiguresRequest {
    /// How often it was viewed.
    #[schema(minimum = 0)]
    views: Option<u64>,
    /// How many like it.
    #[schema(minimum = 0)]
    likes: Option<u64>,
    /// How many comments it has.
    #[schema(minimum = 0)]
    comments: Option<u64>,
}

/// Figures.
pub(crate) struct FiguresField;

impl FieldKind for FiguresField {
    type Schema = FiguresRequest;
    type Value = Figures;

    fn read(json: &str) -> Result<Option<Figures>, String> {
        let request: FiguresRequest = serde_json::from_str(json)
            .map_err(|_| "must be an object of views, likes and comments, each an integer of at least 0".to_owned())?;
        Ok(Some(Figures { views: request.views, likes: request.likes, comments: request.comments }))
    }
}

pub(crate) type FiguresPatch = Patch<FiguresField>;

/// What to set of content. What is absent stays as it is, `null` removes. Its creator does not change.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContentRequest {
    /// Of a bulk row only: the content to change.
    #[schema(value_type = String, required = false)]
    #[serde(default)]
    id: TextPatch,
    /// The creator. Required of new content.
    #[schema(value_type = String, required = false)]
    #[serde(default)]
    creator: TextPatch,
    /// The link that is in it.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    link: TextPatch,
    /// The platform on which it was posted.
    #[schema(value_type = Option<PlatformName>)]
    #[serde(default)]
    platform: PlatformPatch,
    /// What it is.
    #[schema(value_type = Option<ContentTypeName>)]
    #[serde(default)]
    content_type: ContentTypePatch,
    /// Where it is: an https URL.
    #[schema(value_type = Option<String>, max_length = 2048, pattern = "^https://")]
    #[serde(default)]
    url: UrlPatch,
    /// Title.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    title: TextPatch,
    /// When it was posted (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    posted_at: TimePatch,
    /// Its picture or film: an https URL.
    #[schema(value_type = Option<String>, max_length = 2048, pattern = "^https://")]
    #[serde(default)]
    media_url: UrlPatch,
    /// Its figures, all of them.
    #[schema(value_type = Option<FiguresRequest>)]
    #[serde(default)]
    figures: FiguresPatch,
    /// Your own id of it, unique among content.
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

impl ContentRequest {
    fn read(self) -> Result<(Option<String>, ContentFields, CommonFields), Invalid> {
        let mut faults = Faults::default();
        let fields = ContentFields {
            creator: self.creator.value("creator", &mut faults),
            link: self.link.change("link", &mut faults),
            platform: self.platform.change("platform", &mut faults),
            content_type: self.content_type.change("content_type", &mut faults),
            url: self.url.change("url", &mut faults),
            title: self.title.change("title", &mut faults),
            posted_at: self.posted_at.change("posted_at", &mut faults),
            media_url: self.media_url.change("media_url", &mut faults),
            figures: self.figures.change("figures", &mut faults).map(Option::unwrap_or_default),
        };
        let id = self.id.value("id", &mut faults);
        let common = common(self.external_id, self.metadata, self.archived, &mut faults);
        faults.into_result()?;
        Ok((id, fields, common))
    }

    /// Reads the request of one object: its id is in the path.
    fn read_one(self) -> Result<(ContentFields, CommonFields), Fault> {
        let wrong = |faults| Fault::invalid("Invalid request", faults);
        match self.read().map_err(wrong)? {
            (None, fields, common) => Ok((fields, common)),
            (Some(_), ..) => Err(wrong(Invalid::one("id is not a known field"))),
        }
    }
}

async fn write_one(call: WriteCall, intent: Intent<ContentFields>) -> Result<Response, Fault> {
    let (flow, is_live) = (&call.call.flow, call.call.is_live());
    let render = move |rows: &[_]| answer_one(rows, |object| ContentBody::of_planned(object, is_live));
    let done = flow.api().write_content(&call.call.merchant, call.claim.as_ref(), &[Ok(intent)], &render).await?;
    Ok(respond(done))
}

/// What a request for content takes besides.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct ContentParams {
    /// Content of this creator.
    creator: Option<String>,
}

expandable!(ContentExpandParams, ContentExpandable: Creator = "creator", Link = "link");

/// Shows whole what the request asks for.
async fn expand_bodies(call: &Call, expand: &Expand, bodies: &mut [ContentBody]) -> Result<(), Fault> {
    expand.fill(call, bodies.iter_mut().map(|body| &mut body.creator)).await?;
    expand.fill(call, bodies.iter_mut().filter_map(|body| body.link.as_mut())).await
}

/// Lists content.
#[utoipa::path(
    get, path = "/api/v1/content", tag = "Content", operation_id = "listContent",
    params(PageParams, ObjectParams, ContentParams, ContentExpandParams),
    responses((status = 200, description = "A page of content, newest first", body = ListBody<ContentBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<ContentBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let mut common = query.filter();
    common.creator = query.parse("creator", "must be a creator's id (crt_…)", |text| text.parse().ok());
    let filter = ItemQuery { common, ..ItemQuery::default() };
    let expand = Expand::of(&mut query, EXPANDABLE);
    let page = query.page("cnt")?;
    let objects = flow.api().content_page(&call.merchant, &page.keyset, filter).await?;
    let mut list = page.body(objects, |object| ContentBody::of(&object, call.is_live()));
    expand_bodies(&call, &expand, &mut list.data).await?;
    Ok(list)
}

/// Gets a piece of content.
#[utoipa::path(
    get, path = "/api/v1/content/{id}", tag = "Content", operation_id = "getContent",
    params(("id" = String, Path, description = "Its id"), ContentExpandParams),
    responses((status = 200, description = "The content", body = ContentBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ContentBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let expand = Expand::alone(request.uri(), EXPANDABLE)?;
    let object = flow.api().content(&call.merchant, &id).await?;
    let mut body = ContentBody::of(&object, call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}

/// Adds a piece of content.
#[utoipa::path(
    post, path = "/api/v1/content", tag = "Content", operation_id = "createContent",
    params(OnceParams),
    request_body = ContentRequest,
    responses((status = 201, description = "The content", body = ContentBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<ContentRequest>()?.read_one()?;
    write_one(call, Intent::Create(fields, common)).await
}

/// Changes a piece of content.
#[utoipa::path(
    patch, path = "/api/v1/content/{id}", tag = "Content", operation_id = "updateContent",
    params(("id" = String, Path, description = "Its id"), OnceParams),
    request_body = ContentRequest,
    responses((status = 200, description = "The content", body = ContentBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<ContentRequest>()?.read_one()?;
    write_one(call, Intent::Update(id, fields, common)).await
}

/// Changes the content with your own id, or adds it.
#[utoipa::path(
    put, path = "/api/v1/content/external/{external_id}", tag = "Content", operation_id = "upsertContent",
    params(("external_id" = String, Path, description = "Your own id of the content"), OnceParams),
    request_body = ContentRequest,
    responses((status = 200, description = "The changed content", body = ContentBody), (status = 201, description = "The new content", body = ContentBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn upsert(
    State(flow): State<Flow>,
    Path(external_id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<ContentRequest>()?.read_one()?;
    write_one(call, Intent::Upsert(external_id, fields, common)).await
}

/// Archives a piece of content.
#[utoipa::path(
    delete, path = "/api/v1/content/{id}", tag = "Content", operation_id = "archiveContent",
    params(("id" = String, Path, description = "Its id"), OnceParams),
    responses((status = 200, description = "The archived content", body = ContentBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn archive(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let common = CommonFields { is_archived: Some(true), ..CommonFields::default() };
    write_one(call, Intent::Update(id, ContentFields::default(), common)).await
}

/// Many content.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "rows are read one by one; this is their schema")]
pub(crate) struct ContentRows {
    /// At most 1,000. A row with `id` or a known `external_id` changes that content, others add one.
    rows: Vec<ContentRequest>,
}

/// Adds and changes up to 1,000 pieces of content. A wrong row does not affect the others.
#[utoipa::path(
    post, path = "/api/v1/content/bulk", tag = "Content", operation_id = "bulkContent",
    params(OnceParams),
    request_body = ContentRows,
    responses((status = 200, description = "What became of each row", body = BulkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn bulk(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let read = |row: Result<ContentRequest, Invalid>| row.and_then(ContentRequest::read);
    let rows = call.read_rows::<ContentRequest>()?.into_iter().map(read);
    let intents: Vec<_> = rows.map(|row| row.map(|(id, fields, common)| intent(id, fields, common))).collect();
    let render = |rows: &[_]| answer_rows(rows, |value: &Planned<Content>| value.item.id.to_string());
    let merchant = &call.call.merchant;
    Ok(respond(flow.api().write_content(merchant, call.claim.as_ref(), &intents, &render).await?))
}
