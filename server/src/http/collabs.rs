//! `/api/v1/collabs`: collabs through the unified API.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use domain::{
    Currency,
    catalogue::{Collab, CollabStatus, Discount},
    money::AMOUNT_MAX_MINOR,
    scope::Scope,
};
use flow::{
    Flow, FlowError, Invalid,
    api::{
        Object,
        catalogue::{ItemQuery, Planned, collab::CollabFields},
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
        field::{Choice, FlagPatch, LongTextPatch, NotesPatch, OneOf, Patch, TextPatch, TimePatch, UrlPatch, common},
        list::{ListBody, ListQuery, ObjectParams, PageParams},
        object::CommonBody,
    },
    body::{Faults, FieldKind},
    creators::CreatorBody,
    links::LinkBody,
};

const RESOURCE: &str = "collabs";

/// A collab: a creator's collaboration with the brand.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct CollabBody {
    /// The collab's id.
    #[schema(example = "clb_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `collab`.
    #[schema(example = "collab")]
    object: &'static str,
    /// The creator.
    creator: Reference<CreatorBody>,
    /// The tier of this collaboration.
    tier: Option<String>,
    /// The discount code that shoppers get. Orders with it are evidence for `link`.
    affiliate_code: Option<String>,
    /// What it saves them.
    discount: Option<DiscountBody>,
    /// The commission rule that was agreed on.
    commission_rule: Option<String>,
    /// When it began.
    #[schema(format = DateTime)]
    started_at: Option<String>,
    /// Where it stands.
    #[schema(value_type = CollabStatusName)]
    status: &'static str,
    /// The name of its page.
    slug: Option<String>,
    /// The address of its page. It is there while the collab is active and not archived; never in the sandbox.
    page_url: Option<String>,
    /// What the page says first.
    intro: Option<String>,
    /// Where its link leads; your shop if `null`.
    destination: Option<String>,
    /// The link that credits the creator.
    link: Option<Reference<LinkBody>>,
    /// The address of that link.
    link_url: Option<String>,
    #[serde(flatten)]
    common: CommonBody,
}

/// What shoppers save with a collab's code.
#[derive(Clone, Serialize, ToSchema)]
struct DiscountBody {
    /// `percentage` or `fixed`.
    #[schema(value_type = DiscountKindName)]
    kind: &'static str,
    /// Of a percentage: basis points.
    percent_bp: Option<u32>,
    /// Of a fixed amount: minor units of `currency`.
    amount_minor: Option<i64>,
    /// Of a fixed amount: its currency.
    currency: Option<&'static str>,
}

/// Kinds of discounts.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of domain::catalogue::Discount")]
enum DiscountKindName {
    Percentage,
    Fixed,
}

/// Statuses of a collab.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of domain::catalogue::CollabStatus")]
enum CollabStatusName {
    Invited,
    Active,
    Ended,
}

impl DiscountBody {
    fn of(discount: Discount) -> Self {
        match discount {
            Discount::Percentage { percent_bp } => {
                Self { kind: "percentage", percent_bp: Some(percent_bp), amount_minor: None, currency: None }
            }
            Discount::Fixed { amount_minor, currency } => Self {
                kind: "fixed",
                percent_bp: None,
                amount_minor: Some(amount_minor),
                currency: Some(currency.code()),
            },
        }
    }
}

impl CollabBody {
    /// As [`Self::of`], of a collab that was just written.
    fn of_planned(flow: &Flow, object: &Object<Planned<Collab>>, is_live: bool) -> Self {
        Self::new(flow, &object.value.item, CommonBody::new(object.value.item.created_at, object, is_live))
    }

    /// As the API shows it.
    pub(crate) fn of(flow: &Flow, object: &Object<Collab>, is_live: bool) -> Self {
        Self::new(flow, &object.value, CommonBody::new(object.value.created_at, object, is_live))
    }

    fn new(flow: &Flow, collab: &Collab, common: CommonBody) -> Self {
        Self {
            id: collab.id.to_string(),
            object: "collab",
            creator: Reference::id(&collab.creator),
            tier: collab.tier.clone(),
            affiliate_code: collab.affiliate_code.clone(),
            discount: collab.discount.map(DiscountBody::of),
            commission_rule: collab.rule.as_ref().map(ToString::to_string),
            started_at: collab.started_at.map(domain::UnixMs::to_rfc3339),
            status: collab.status.as_str(),
            slug: collab.slug.as_ref().map(ToString::to_string),
            page_url: collab
                .slug
                .as_ref()
                .filter(|_| common.is_live())
                .map(|slug| format!("{}/c/{slug}", flow.settings().public_url)),
            intro: collab.intro.clone(),
            destination: collab.destination.as_ref().map(|url| url.as_str().to_owned()),
            link: collab.link.as_ref().map(|link| Reference::id(&link.id)),
            link_url: collab.link.as_ref().map(|link| flow.links().tracking_url(link.code)),
            common,
        }
    }
}

/// What shoppers save with a collab's code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiscountRequest {
    /// `percentage` or `fixed`.
    #[schema(value_type = DiscountKindName)]
    kind: String,
    /// Of a percentage: basis points, 1 to 10,000.
    #[schema(minimum = 1, maximum = 10000)]
    percent_bp: Option<i64>,
    /// Of a fixed amount: minor units of `currency`.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64)]
    amount_minor: Option<i64>,
    /// Of a fixed amount: its currency (ISO 4217).
    #[schema(example = "USD")]
    currency: Option<String>,
}

/// A discount.
pub(crate) struct DiscountField;

impl FieldKind for DiscountField {
    type Schema = DiscountRequest;
    type Value = Discount;

    fn read(json: &str) -> Result<Option<Discount>, String> {
        let request: DiscountRequest = serde_json::from_str(json)
            .map_err(|_| "must be an object of kind, and percent_bp or amount_minor and currency".to_owned())?;
        let currency = request.currency.as_deref().and_then(Currency::parse);
        match (request.kind.as_str(), request.percent_bp, request.amount_minor, currency) {
            ("percentage", Some(part), None, None) if request.currency.is_none() => {
                Discount::percentage(part).map(Some).ok_or_else(|| "must have a percent_bp of 1 to 10,000".to_owned())
            }
            ("fixed", None, Some(minor), Some(currency)) => {
                let fault = || format!("must have an amount_minor of 1 to {AMOUNT_MAX_MINOR}");
                Discount::fixed(minor, currency).map(Some).ok_or_else(fault)
            }
            ("percentage", ..) => Err("of kind percentage has percent_bp only".to_owned()),
            ("fixed", ..) => Err("of kind fixed has amount_minor and currency (ISO 4217) only".to_owned()),
            _ => Err("must have a kind of percentage or fixed".to_owned()),
        }
    }
}

pub(crate) type CollabStatusPatch = Patch<OneOf<CollabStatus>>;
pub(crate) type DiscountPatch = Patch<DiscountField>;

/// What to set of a collab. What is absent stays as it is, `null` removes. Its creator does not change.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CollabRequest {
    /// Of a bulk row only: the collab to change.
    #[schema(value_type = String, required = false)]
    #[serde(default)]
    id: TextPatch,
    /// The creator. Required of a new collab.
    #[schema(value_type = String, required = false)]
    #[serde(default)]
    creator: TextPatch,
    /// The tier of this collaboration, for your own use: commission rules go by the tier of the creator.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    tier: TextPatch,
    /// The discount code that shoppers get; kept in upper case. A new code comes with a new `link`; the former link
    /// keeps the former code until you archive it.
    #[schema(value_type = Option<String>, max_length = 255, example = "ANA10")]
    #[serde(default)]
    affiliate_code: TextPatch,
    /// What it saves them.
    #[schema(value_type = Option<DiscountRequest>)]
    #[serde(default)]
    discount: DiscountPatch,
    /// The commission rule that was agreed on.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    commission_rule: TextPatch,
    /// When it began (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    started_at: TimePatch,
    /// Where it stands; `active` if absent.
    #[schema(value_type = CollabStatusName, required = false)]
    #[serde(default)]
    status: CollabStatusPatch,
    /// The name of its public page `/c/{slug}`, unique in the installation: lower-case letters, digits and dashes.
    #[schema(value_type = Option<String>, max_length = 64, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", example = "ana")]
    #[serde(default)]
    slug: TextPatch,
    /// What the page says first.
    #[schema(value_type = Option<String>, max_length = 5000)]
    #[serde(default)]
    intro: LongTextPatch,
    /// Where its link leads: an https URL; your shop if absent. A new destination comes with a new `link`.
    #[schema(value_type = Option<String>, max_length = 2048)]
    #[serde(default)]
    destination: UrlPatch,
    /// Your own id of it, unique among collabs.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes to set; those that are `null` are removed, others stay. At most 50.
    #[schema(value_type = std::collections::BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
    /// Whether it is archived. Its page answers 404; links stay.
    #[schema(value_type = bool, required = false)]
    #[serde(default)]
    archived: FlagPatch,
}

impl CollabRequest {
    fn read(self) -> Result<(Option<String>, CollabFields, CommonFields), Invalid> {
        let mut faults = Faults::default();
        let fields = CollabFields {
            creator: self.creator.value("creator", &mut faults),
            tier: self.tier.change("tier", &mut faults),
            affiliate_code: self.affiliate_code.change("affiliate_code", &mut faults),
            discount: self.discount.change("discount", &mut faults),
            rule: self.commission_rule.change("commission_rule", &mut faults),
            started_at: self.started_at.change("started_at", &mut faults),
            status: self.status.value("status", &mut faults),
            slug: self.slug.change("slug", &mut faults),
            intro: self.intro.change("intro", &mut faults),
            destination: self.destination.change("destination", &mut faults),
        };
        let id = self.id.value("id", &mut faults);
        let common = common(self.external_id, self.metadata, self.archived, &mut faults);
        faults.into_result()?;
        Ok((id, fields, common))
    }

    /// Reads the request of one object: its id is in the path.
    fn read_one(self) -> Result<(CollabFields, CommonFields), Fault> {
        let wrong = |faults| Fault::invalid("Invalid request", faults);
        match self.read().map_err(wrong)? {
            (None, fields, common) => Ok((fields, common)),
            (Some(_), ..) => Err(wrong(Invalid::one("id is not a known field"))),
        }
    }
}

async fn write_one(call: WriteCall, intent: Intent<CollabFields>) -> Result<Response, Fault> {
    let (flow, is_live) = (&call.call.flow, call.call.is_live());
    let render = move |rows: &[_]| answer_one(rows, |object| CollabBody::of_planned(flow, object, is_live));
    let done = flow.api().write_collabs(&call.call.merchant, call.claim.as_ref(), &[Ok(intent)], &render).await?;
    Ok(respond(done))
}

/// What a request for collabs takes besides.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct CollabParams {
    /// Collabs of this creator.
    creator: Option<String>,
    /// Collabs with this status.
    status: Option<CollabStatusName>,
}

impl Expandable for CollabBody {
    const NAME: &'static str = "collab";
    const RESOURCE: &'static str = RESOURCE;

    async fn read(call: &Call, id: &str) -> Result<Self, FlowError> {
        let object = call.flow.api().collab(&call.merchant, id).await?;
        Ok(Self::of(&call.flow, &object, call.is_live()))
    }
}

expandable!(CollabExpandParams, CollabExpandable: Creator = "creator", Link = "link");

/// Shows whole what the request asks for.
async fn expand_bodies(call: &Call, expand: &Expand, bodies: &mut [CollabBody]) -> Result<(), Fault> {
    expand.fill(call, bodies.iter_mut().map(|body| &mut body.creator)).await?;
    expand.fill(call, bodies.iter_mut().filter_map(|body| body.link.as_mut())).await
}

/// Lists collabs.
#[utoipa::path(
    get, path = "/api/v1/collabs", tag = "Collabs", operation_id = "listCollabs",
    params(PageParams, ObjectParams, CollabParams, CollabExpandParams),
    responses((status = 200, description = "A page of collabs, newest first", body = ListBody<CollabBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<CollabBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let mut common = query.filter();
    common.creator = query.parse("creator", "must be a creator's id (crt_…)", |text| text.parse().ok());
    let status = query.parse("status", &format!("must be one of {}", CollabStatus::names()), CollabStatus::parse);
    let filter = ItemQuery { common, status, ..ItemQuery::default() };
    let expand = Expand::of(&mut query, EXPANDABLE);
    let page = query.page("clb")?;
    let objects = flow.api().collabs_page(&call.merchant, &page.keyset, filter).await?;
    let mut list = page.body(objects, |object| CollabBody::of(&flow, &object, call.is_live()));
    expand_bodies(&call, &expand, &mut list.data).await?;
    Ok(list)
}

/// Gets a collab.
#[utoipa::path(
    get, path = "/api/v1/collabs/{id}", tag = "Collabs", operation_id = "getCollab",
    params(("id" = String, Path, description = "Its id"), CollabExpandParams),
    responses((status = 200, description = "The collab", body = CollabBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<CollabBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let expand = Expand::alone(request.uri(), EXPANDABLE)?;
    let object = flow.api().collab(&call.merchant, &id).await?;
    let mut body = CollabBody::of(&flow, &object, call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}

/// Adds a collab with its link, for which a key needs `links:write` too.
#[utoipa::path(
    post, path = "/api/v1/collabs", tag = "Collabs", operation_id = "createCollab",
    params(OnceParams),
    request_body = CollabRequest,
    responses((status = 201, description = "The collab", body = CollabBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<CollabRequest>()?.read_one()?;
    write_one(call, Intent::Create(fields, common)).await
}

/// Changes a collab.
#[utoipa::path(
    patch, path = "/api/v1/collabs/{id}", tag = "Collabs", operation_id = "updateCollab",
    params(("id" = String, Path, description = "Its id"), OnceParams),
    request_body = CollabRequest,
    responses((status = 200, description = "The collab", body = CollabBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<CollabRequest>()?.read_one()?;
    write_one(call, Intent::Update(id, fields, common)).await
}

/// Changes the collab with your own id, or adds it.
#[utoipa::path(
    put, path = "/api/v1/collabs/external/{external_id}", tag = "Collabs", operation_id = "upsertCollab",
    params(("external_id" = String, Path, description = "Your own id of the collab"), OnceParams),
    request_body = CollabRequest,
    responses((status = 200, description = "The changed collab", body = CollabBody), (status = 201, description = "The new collab", body = CollabBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn upsert(
    State(flow): State<Flow>,
    Path(external_id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let (fields, common) = call.read::<CollabRequest>()?.read_one()?;
    write_one(call, Intent::Upsert(external_id, fields, common)).await
}

/// Archives a collab. Its page answers 404; links stay.
#[utoipa::path(
    delete, path = "/api/v1/collabs/{id}", tag = "Collabs", operation_id = "archiveCollab",
    params(("id" = String, Path, description = "Its id"), OnceParams),
    responses((status = 200, description = "The archived collab", body = CollabBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn archive(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let common = CommonFields { is_archived: Some(true), ..CommonFields::default() };
    write_one(call, Intent::Update(id, CollabFields::default(), common)).await
}

/// Many collabs.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "rows are read one by one; this is their schema")]
pub(crate) struct CollabRows {
    /// At most 1,000. A row with `id` or a known `external_id` changes that collab, others add one.
    rows: Vec<CollabRequest>,
}

/// Adds and changes up to 1,000 collabs. A wrong row does not affect the others.
#[utoipa::path(
    post, path = "/api/v1/collabs/bulk", tag = "Collabs", operation_id = "bulkCollabs",
    params(OnceParams),
    request_body = CollabRows,
    responses((status = 200, description = "What became of each row", body = BulkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn bulk(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let read = |row: Result<CollabRequest, Invalid>| row.and_then(CollabRequest::read);
    let rows = call.read_rows::<CollabRequest>()?.into_iter().map(read);
    let intents: Vec<_> = rows.map(|row| row.map(|(id, fields, common)| intent(id, fields, common))).collect();
    let render = |rows: &[_]| answer_rows(rows, |value: &Planned<Collab>| value.item.id.to_string());
    let merchant = &call.call.merchant;
    Ok(respond(flow.api().write_collabs(merchant, call.claim.as_ref(), &intents, &render).await?))
}

impl Choice for CollabStatus {
    fn names() -> String {
        "invited, active, ended".to_owned()
    }

    fn choose(name: &str) -> Option<Self> {
        Self::parse(name)
    }
}
