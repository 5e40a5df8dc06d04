//! `/api/v1/drops`: drops through the unified API.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use domain::{
    catalogue::{DropProduct, ProductDrop},
    scope::Scope,
};
use flow::{
    Flow, Invalid,
    api::{
        Object,
        catalogue::{
            ItemQuery, Planned,
            drop::{DropFields, ProductOfDrop},
        },
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
        field::{FlagPatch, LongTextPatch, NotesPatch, Patch, TextPatch, common},
        list::{ListBody, ListQuery, ObjectParams, PageParams},
        object::CommonBody,
    },
    body::{Faults, FieldKind},
    collabs::CollabBody,
    creators::CreatorBody,
    products::ProductBody,
};

const RESOURCE: &str = "drops";

/// A drop: products that a creator chose.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct DropBody {
    /// The drop's id.
    #[schema(example = "drp_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `drop`.
    #[schema(example = "drop")]
    object: &'static str,
    /// The creator.
    creator: Reference<CreatorBody>,
    /// The collab on whose page it is; on those of all of the creator's collabs if `null`.
    collab: Option<Reference<CollabBody>>,
    /// Title.
    title: String,
    /// What it is about.
    description: Option<String>,
    /// Its products, in order.
    products: Vec<DropProductBody>,
    /// Whether it is published.
    published: bool,
    /// Since when.
    #[schema(format = DateTime)]
    published_at: Option<String>,
    #[serde(flatten)]
    common: CommonBody,
}

/// A product of a drop.
#[derive(Clone, Serialize, ToSchema)]
struct DropProductBody {
    /// The product.
    product: Reference<ProductBody>,
    /// Its place in the drop, from 0.
    position: usize,
    /// What the creator says about it.
    note: Option<String>,
    /// A picture of theirs.
    media_url: Option<String>,
}

impl DropProductBody {
    fn of((position, shown): (usize, &DropProduct)) -> Self {
        Self {
            product: Reference::id(&shown.product),
            position,
            note: shown.note.clone(),
            media_url: shown.media_url.as_ref().map(|url| url.as_str().to_owned()),
        }
    }
}

impl DropBody {
    /// As [`Self::of`], of a drop that was just written.
    fn of_planned(object: &Object<Planned<ProductDrop>>, is_live: bool) -> Self {
        Self::new(&object.value.item, CommonBody::new(object.value.item.created_at, object, is_live))
    }

    /// As the API shows it.
    pub(crate) fn of(object: &Object<ProductDrop>, is_live: bool) -> Self {
        Self::new(&object.value, CommonBody::new(object.value.created_at, object, is_live))
    }

    fn new(drop: &ProductDrop, common: CommonBody) -> Self {
        Self {
            id: drop.id.to_string(),
            object: "drop",
            creator: Reference::id(&drop.creator),
            collab: drop.collab.as_ref().map(Reference::id),
            title: drop.title.clone(),
            description: drop.description.clone(),
            products: drop.products.iter().enumerate().map(DropProductBody::of).collect(),
            published: drop.published_at.is_some(),
            published_at: drop.published_at.map(domain::UnixMs::to_rfc3339),
            common,
        }
    }
}

/// A product of a drop.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DropProductRequest {
    /// The product.
    product: String,
    /// What the creator says about it.
    #[schema(max_length = 5000)]
    note: Option<String>,
    /// A picture of theirs: an https URL.
    #[schema(max_length = 2048)]
    media_url: Option<String>,
}

/// The products of a drop.
pub(crate) struct DropProducts;

impl FieldKind for DropProducts {
    type Schema = Vec<DropProductRequest>;
    type Value = Vec<ProductOfDrop>;

    fn read(json: &str) -> Result<Option<Vec<ProductOfDrop>>, String> {
        let products: Vec<DropProductRequest> =
            serde_json::from_str(json).map_err(|_| "must be an array of {product, note, media_url}".to_owned())?;
        let product = |request: DropProductRequest| {
            let DropProductRequest { product, note, media_url } = request;
            ProductOfDrop { product, note, media_url }
        };
        Ok(Some(products.into_iter().map(product).collect()))
    }
}

pub(crate) type DropProductsPatch = Patch<DropProducts>;

/// What to set of a drop. What is absent stays as it is, `null` removes. Its creator and collab do not change.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DropRequest {
    /// Of a bulk row only: the drop to change.
    #[schema(value_type = String, required = false)]
    #[serde(default)]
    id: TextPatch,
    /// The collab on whose page it is. Required of a new drop, or `creator`.
    #[schema(value_type = String, required = false)]
    #[serde(default)]
    collab: TextPatch,
    /// The creator; the collab's if absent. Without a collab the drop is on the pages of all of the creator's collabs.
    #[schema(value_type = String, required = false)]
    #[serde(default)]
    creator: TextPatch,
    /// Title. Required of a new drop.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 255)]
    #[serde(default)]
    title: TextPatch,
    /// What it is about.
    #[schema(value_type = Option<String>, max_length = 5000)]
    #[serde(default)]
    description: LongTextPatch,
    /// Its products in order, at most 100, each once; replaces what was there.
    #[schema(value_type = Option<Vec<DropProductRequest>>)]
    #[serde(default)]
    products: DropProductsPatch,
    /// Whether it is published; false if absent.
    #[schema(value_type = bool, required = false)]
    #[serde(default)]
    published: FlagPatch,
    /// Your own id of it, unique among drops.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes to set; those that are `null` are removed, others stay. At most 50.
    #[schema(value_type = std::collections::BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
    /// Whether it is archived. Pages no longer show it.
    #[schema(value_type = bool, required = false)]
    #[serde(default)]
    archived: FlagPatch,
}

impl DropRequest {
    fn read(self) -> Result<(Option<String>, DropFields, CommonFields), Invalid> {
        let mut faults = Faults::default();
        let fields = DropFields {
            collab: self.collab.value("collab", &mut faults),
            creator: self.creator.value("creator", &mut faults),
            title: self.title.value("title", &mut faults),
            description: self.description.change("description", &mut faults),
            products: self.products.change("products", &mut faults).map(Option::unwrap_or_default),
            is_published: self.published.value("published", &mut faults),
        };
        let id = self.id.value("id", &mut faults);
        let common = common(self.external_id, self.metadata, self.archived, &mut faults);
        faults.into_result()?;
        Ok((id, fields, common))
    }

    /// Reads the request of one object: its id is in the path.
    fn read_one(self) -> Result<(DropFields, CommonFields), Fault> {
        let wrong = |faults| Fault::invalid("Invalid request", faults);
        match self.read().map_err(wrong)? {
            (None, fields, common) => Ok((fields, common)),
            (Some(_), ..) => Err(wrong(Invalid::one("id is not a known field"))),
        }
    }
}

async fn write_one(call: WriteCall, intent: Intent<DropFields>) -> Result<Response, Fault> {
    let (flow, is_live) = (&call.call.flow, call.call.is_live());
    let render = move |rows: &[_]| answer_one(rows, |object| DropBody::of_planned(object, is_live));
    let done = flow.api().write_drops(&call.call.merchant, call.claim.as_ref(), &[Ok(intent)], &render).await?;
    Ok(respond(done))
}

/// What a request for drops takes besides.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct DropParams {
    /// Drops of this creator.
    creator: Option<String>,
    /// Drops of this collab.
    collab: Option<String>,
    /// Drops that are published, or those that are not.
    published: Option<bool>,
}

expandable!(DropExpandParams, DropExpandable: Creator = "creator", Collab = "collab", Product = "product");

/// Shows whole what the request asks for.
async fn expand_bodies(call: &Call, expand: &Expand, bodies: &mut [DropBody]) -> Result<(), Fault> {
    expand.fill(call, bodies.iter_mut().map(|body| &mut body.creator)).await?;
    expand.fill(call, bodies.iter_mut().filter_map(|body| body.collab.as_mut())).await?;
    let products = bodies.iter_mut().flat_map(|body| &mut body.products);
    expand.fill(call, products.map(|shown| &mut shown.product)).await
}

/// Lists drops.
#[utoipa::path(
    get, path = "/api/v1/drops", tag = "Drops", operation_id = "listDrops",
    params(PageParams, ObjectParams, DropParams, DropExpandParams),
    responses((status = 200, description = "A page of drops, newest first", body = ListBody<DropBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<DropBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let mut common = query.filter();
    common.creator = query.parse("creator", "must be a creator's id (crt_…)", |text| text.parse().ok());
    let collab = query.parse("collab", "must be a collab's id (clb_…)", |text| text.parse().ok());
    let is_published = query.parse("published", "must be true or false", |text| text.parse().ok());
    let filter = ItemQuery { common, collab, is_published, status: None };
    let expand = Expand::of(&mut query, EXPANDABLE);
    let page = query.page("drp")?;
    let objects = flow.api().drops_page(&call.merchant, &page.keyset, filter).await?;
    let mut list = page.body(objects, |object| DropBody::of(&object, call.is_live()));
    expand_bodies(&call, &expand, &mut list.data).await?;
    Ok(list)
}

/// Gets a drop.
#[utoipa::path(
    get, path = "/api/v1/drops/{id}", tag = "Drops", operation_id = "getDrop",
    params(("id" = String, Path, description = "Its id"), DropExpandParams),
    responses((status = 200, description = "The drop", body = DropBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<DropBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let expand = Expand::alone(request.uri(), EXPANDABLE)?;
    let object = flow.api().drop(&call.merchant, &id).await?;
    let mut body = DropBody::of(&object, call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}

/// Adds a drop. Its creator gets a link to each product that has a page in your shop; for these a key needs `links:write` too.
#[utoipa::path(
    post, path = "/api/v1/drops", tag = "Drops", operation_id = "createDrop",
    params(OnceParams),
    request_body = DropRequest,
    responses((status = 201, description = "The drop", body = DropBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<DropRequest>()?.read_one()?;
    write_one(call, Intent::Create(fields, common)).await
}

/// Changes a drop.
#[utoipa::path(
    patch, path = "/api/v1/drops/{id}", tag = "Drops", operation_id = "updateDrop",
    params(("id" = String, Path, description = "Its id"), OnceParams),
    request_body = DropRequest,
    responses((status = 200, description = "The drop", body = DropBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<DropRequest>()?.read_one()?;
    write_one(call, Intent::Update(id, fields, common)).await
}

/// Changes the drop with your own id, or adds it.
#[utoipa::path(
    put, path = "/api/v1/drops/external/{external_id}", tag = "Drops", operation_id = "upsertDrop",
    params(("external_id" = String, Path, description = "Your own id of the drop"), OnceParams),
    request_body = DropRequest,
    responses((status = 200, description = "The changed drop", body = DropBody), (status = 201, description = "The new drop", body = DropBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn upsert(
    State(flow): State<Flow>,
    Path(external_id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<DropRequest>()?.read_one()?;
    write_one(call, Intent::Upsert(external_id, fields, common)).await
}

/// Archives a drop. Pages no longer show it.
#[utoipa::path(
    delete, path = "/api/v1/drops/{id}", tag = "Drops", operation_id = "archiveDrop",
    params(("id" = String, Path, description = "Its id"), OnceParams),
    responses((status = 200, description = "The archived drop", body = DropBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn archive(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let common = CommonFields { is_archived: Some(true), ..CommonFields::default() };
    write_one(call, Intent::Update(id, DropFields::default(), common)).await
}

/// Many drops.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "rows are read one by one; this is their schema")]
pub(crate) struct DropRows {
    /// At most 1,000. A row with `id` or a known `external_id` changes that drop, others add one.
    rows: Vec<DropRequest>,
}

/// Adds and changes up to 1,000 drops. A wrong row does not affect the others.
#[utoipa::path(
    post, path = "/api/v1/drops/bulk", tag = "Drops", operation_id = "bulkDrops",
    params(OnceParams),
    request_body = DropRows,
    responses((status = 200, description = "What became of each row", body = BulkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn bulk(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let read = |row: Result<DropRequest, Invalid>| row.and_then(DropRequest::read);
    let rows = call.read_rows::<DropRequest>()?.into_iter().map(read);
    let intents: Vec<_> = rows.map(|row| row.map(|(id, fields, common)| intent(id, fields, common))).collect();
    let render = |rows: &[_]| answer_rows(rows, |value: &Planned<ProductDrop>| value.item.id.to_string());
    let merchant = &call.call.merchant;
    Ok(respond(flow.api().write_drops(merchant, call.claim.as_ref(), &intents, &render).await?))
}
