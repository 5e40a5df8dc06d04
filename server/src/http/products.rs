//! `/api/v1/products`: products through the unified API.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use domain::{catalogue::Product, scope::Scope};
use flow::{
    Flow, FlowError, Invalid,
    api::{
        Object,
        catalogue::{
            ItemQuery, Planned,
            product::{CreatorPrice, ProductFields},
        },
        write::{CommonFields, Intent},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    api::{
        call::{BulkBody, Call, OnceParams, WriteCall, answer_one, answer_rows, intent, respond},
        expand::{Expand, Expandable, Reference, expandable},
        fault::{Fault, FaultBody},
        field::{
            CurrencyPatch, FlagPatch, IntegerPatch, LongTextPatch, NotesPatch, Patch, TextPatch, UrlPatch, common,
        },
        list::{ListBody, ListQuery, ObjectParams, PageParams},
        object::CommonBody,
    },
    body::{Faults, FieldKind},
    creators::CreatorBody,
};

const RESOURCE: &str = "products";

/// A product.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ProductBody {
    /// The product's id.
    #[schema(example = "prd_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `product`.
    #[schema(example = "product")]
    object: &'static str,
    /// Title.
    title: String,
    /// What it is.
    description: Option<String>,
    /// A picture.
    image_url: Option<String>,
    /// Its page in your shop.
    product_url: Option<String>,
    /// Its price, in minor units of `currency`.
    price_minor: Option<i64>,
    /// The currency of its prices.
    #[schema(example = "USD")]
    currency: &'static str,
    /// How many are left; `null` if that is not known.
    inventory: Option<i64>,
    /// What it costs through creators.
    creator_prices: Vec<CreatorPriceBody>,
    #[serde(flatten)]
    common: CommonBody,
}

/// What a product costs through a creator.
#[derive(Clone, Serialize, ToSchema)]
struct CreatorPriceBody {
    /// The creator.
    creator: Reference<CreatorBody>,
    /// The price, in minor units of the product's currency.
    price_minor: i64,
}

impl ProductBody {
    /// As [`Self::of`], of a product that was just written.
    fn of_planned(object: &Object<Planned<Product>>, is_live: bool) -> Self {
        Self::new(&object.value.item, CommonBody::new(object.value.item.created_at, object, is_live))
    }

    /// As the API shows it.
    pub(crate) fn of(object: &Object<Product>, is_live: bool) -> Self {
        Self::new(&object.value, CommonBody::new(object.value.created_at, object, is_live))
    }

    fn new(product: &Product, common: CommonBody) -> Self {
        let url = |url: &Option<domain::catalogue::HttpsUrl>| url.as_ref().map(|url| url.as_str().to_owned());
        let price = |(creator, minor): (&domain::CreatorId, &i64)| CreatorPriceBody {
            creator: Reference::id(creator),
            price_minor: *minor,
        };
        Self {
            id: product.id.to_string(),
            object: "product",
            title: product.title.clone(),
            description: product.description.clone(),
            image_url: url(&product.image_url),
            product_url: url(&product.product_url),
            price_minor: product.price_minor,
            currency: product.currency.code(),
            inventory: product.inventory,
            creator_prices: product.creator_prices.iter().map(price).collect(),
            common,
        }
    }
}

/// What a product costs through a creator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatorPriceRequest {
    /// The creator.
    creator: String,
    /// The price, in minor units of the product's currency.
    #[schema(minimum = 0)]
    price_minor: i64,
}

/// What a product costs through creators.
pub(crate) struct CreatorPrices;

impl FieldKind for CreatorPrices {
    type Schema = Vec<CreatorPriceRequest>;
    type Value = Vec<CreatorPrice>;

    fn read(json: &str) -> Result<Option<Vec<CreatorPrice>>, String> {
        let prices: Vec<CreatorPriceRequest> =
            serde_json::from_str(json).map_err(|_| "must be an array of {creator, price_minor}".to_owned())?;
        let price =
            |request: CreatorPriceRequest| CreatorPrice { creator: request.creator, price_minor: request.price_minor };
        Ok(Some(prices.into_iter().map(price).collect()))
    }
}

pub(crate) type CreatorPricesPatch = Patch<CreatorPrices>;

/// What to set of a product. What is absent stays as it is, `null` removes.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProductRequest {
    /// Of a bulk row only: the product to change.
    #[schema(value_type = String, required = false)]
    #[serde(default)]
    id: TextPatch,
    /// Title. Required of a new product.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 255)]
    #[serde(default)]
    title: TextPatch,
    /// What it is.
    #[schema(value_type = Option<String>, max_length = 5000)]
    #[serde(default)]
    description: LongTextPatch,
    /// A picture: an https URL.
    #[schema(value_type = Option<String>, max_length = 2048, pattern = "^https://")]
    #[serde(default)]
    image_url: UrlPatch,
    /// Its page in your shop: an https URL to which links may lead. Links of creators to it follow.
    #[schema(value_type = Option<String>, max_length = 2048, pattern = "^https://")]
    #[serde(default)]
    product_url: UrlPatch,
    /// Its price, in minor units of `currency`.
    #[schema(value_type = Option<i64>, minimum = 0)]
    #[serde(default)]
    price_minor: IntegerPatch,
    /// The currency of its prices (ISO 4217); of a new product the brand's if absent.
    #[schema(value_type = String, required = false, example = "USD")]
    #[serde(default)]
    currency: CurrencyPatch,
    /// How many are left. Pages say when none is.
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    inventory: IntegerPatch,
    /// What it costs through creators, at most 500; replaces what was there.
    #[schema(value_type = Option<Vec<CreatorPriceRequest>>)]
    #[serde(default)]
    creator_prices: CreatorPricesPatch,
    /// Your own id of it, unique among products.
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

impl ProductRequest {
    fn read(self) -> Result<(Option<String>, ProductFields, CommonFields), Invalid> {
        let mut faults = Faults::default();
        let fields = ProductFields {
            title: self.title.value("title", &mut faults),
            description: self.description.change("description", &mut faults),
            image_url: self.image_url.change("image_url", &mut faults),
            product_url: self.product_url.change("product_url", &mut faults),
            price_minor: self.price_minor.change("price_minor", &mut faults),
            currency: self.currency.value("currency", &mut faults),
            inventory: self.inventory.change("inventory", &mut faults),
            creator_prices: self.creator_prices.change("creator_prices", &mut faults).map(Option::unwrap_or_default),
        };
        let id = self.id.value("id", &mut faults);
        let common = common(self.external_id, self.metadata, self.archived, &mut faults);
        faults.into_result()?;
        Ok((id, fields, common))
    }

    /// Reads the request of one object: its id is in the path.
    fn read_one(self) -> Result<(ProductFields, CommonFields), Fault> {
        let wrong = |faults| Fault::invalid("Invalid request", faults);
        match self.read().map_err(wrong)? {
            (None, fields, common) => Ok((fields, common)),
            (Some(_), ..) => Err(wrong(Invalid::one("id is not a known field"))),
        }
    }
}

async fn write_one(call: WriteCall, intent: Intent<ProductFields>) -> Result<Response, Fault> {
    let (flow, is_live) = (&call.call.flow, call.call.is_live());
    let render = move |rows: &[_]| answer_one(rows, |object| ProductBody::of_planned(object, is_live));
    let done = flow.api().write_products(&call.call.merchant, call.claim.as_ref(), &[Ok(intent)], &render).await?;
    Ok(respond(done))
}

impl Expandable for ProductBody {
    const NAME: &'static str = "product";
    const RESOURCE: &'static str = RESOURCE;

    async fn read(call: &Call, id: &str) -> Result<Self, FlowError> {
        let object = call.flow.api().product(&call.merchant, id).await?;
        Ok(Self::of(&object, call.is_live()))
    }
}

expandable!(ProductExpandParams, ProductExpandable: Creator = "creator");

/// Shows whole what the request asks for.
async fn expand_bodies(call: &Call, expand: &Expand, bodies: &mut [ProductBody]) -> Result<(), Fault> {
    let prices = bodies.iter_mut().flat_map(|body| &mut body.creator_prices);
    expand.fill(call, prices.map(|price| &mut price.creator)).await
}

/// Lists products.
#[utoipa::path(
    get, path = "/api/v1/products", tag = "Products", operation_id = "listProducts",
    params(PageParams, ObjectParams, ProductExpandParams),
    responses((status = 200, description = "A page of products, newest first", body = ListBody<ProductBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<ProductBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let common = query.filter();
    let filter = ItemQuery { common, ..ItemQuery::default() };
    let expand = Expand::of(&mut query, EXPANDABLE);
    let page = query.page("prd")?;
    let objects = flow.api().products_page(&call.merchant, &page.keyset, filter).await?;
    let mut list = page.body(objects, |object| ProductBody::of(&object, call.is_live()));
    expand_bodies(&call, &expand, &mut list.data).await?;
    Ok(list)
}

/// Gets a product.
#[utoipa::path(
    get, path = "/api/v1/products/{id}", tag = "Products", operation_id = "getProduct",
    params(("id" = String, Path, description = "Its id"), ProductExpandParams),
    responses((status = 200, description = "The product", body = ProductBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ProductBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let expand = Expand::alone(request.uri(), EXPANDABLE)?;
    let object = flow.api().product(&call.merchant, &id).await?;
    let mut body = ProductBody::of(&object, call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}

/// Adds a product.
#[utoipa::path(
    post, path = "/api/v1/products", tag = "Products", operation_id = "createProduct",
    params(OnceParams),
    request_body = ProductRequest,
    responses((status = 201, description = "The product", body = ProductBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<ProductRequest>()?.read_one()?;
    write_one(call, Intent::Create(fields, common)).await
}

/// Changes a product. To change its `product_url`, which moves the links to it, a key needs `links:write` too.
#[utoipa::path(
    patch, path = "/api/v1/products/{id}", tag = "Products", operation_id = "updateProduct",
    params(("id" = String, Path, description = "Its id"), OnceParams),
    request_body = ProductRequest,
    responses((status = 200, description = "The product", body = ProductBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<ProductRequest>()?.read_one()?;
    write_one(call, Intent::Update(id, fields, common)).await
}

/// Changes the product with your own id, or adds it.
#[utoipa::path(
    put, path = "/api/v1/products/external/{external_id}", tag = "Products", operation_id = "upsertProduct",
    params(("external_id" = String, Path, description = "Your own id of the product"), OnceParams),
    request_body = ProductRequest,
    responses((status = 200, description = "The changed product", body = ProductBody), (status = 201, description = "The new product", body = ProductBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn upsert(
    State(flow): State<Flow>,
    Path(external_id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<ProductRequest>()?.read_one()?;
    write_one(call, Intent::Upsert(external_id, fields, common)).await
}

/// Archives a product. Pages no longer show it.
#[utoipa::path(
    delete, path = "/api/v1/products/{id}", tag = "Products", operation_id = "archiveProduct",
    params(("id" = String, Path, description = "Its id"), OnceParams),
    responses((status = 200, description = "The archived product", body = ProductBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn archive(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let common = CommonFields { is_archived: Some(true), ..CommonFields::default() };
    write_one(call, Intent::Update(id, ProductFields::default(), common)).await
}

/// Many products.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "rows are read one by one; this is their schema")]
pub(crate) struct ProductRows {
    /// At most 1,000. A row with `id` or a known `external_id` changes that product, others add one.
    rows: Vec<ProductRequest>,
}

/// Adds and changes up to 1,000 products. A wrong row does not affect the others.
#[utoipa::path(
    post, path = "/api/v1/products/bulk", tag = "Products", operation_id = "bulkProducts",
    params(OnceParams),
    request_body = ProductRows,
    responses((status = 200, description = "What became of each row", body = BulkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn bulk(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let read = |row: Result<ProductRequest, Invalid>| row.and_then(ProductRequest::read);
    let rows = call.read_rows::<ProductRequest>()?.into_iter().map(read);
    let intents: Vec<_> = rows.map(|row| row.map(|(id, fields, common)| intent(id, fields, common))).collect();
    let render = |rows: &[_]| answer_rows(rows, |value: &Planned<Product>| value.item.id.to_string());
    let merchant = &call.call.merchant;
    Ok(respond(flow.api().write_products(merchant, call.claim.as_ref(), &intents, &render).await?))
}
