//! The requests that webhooks send: one for each type of event, with the schema of what it says.

mod data;

use flow::outbound::EventType;
use serde_json::json;
use utoipa::{
    Modify, ToSchema,
    openapi::{
        ContentBuilder, HttpMethod, KnownFormat, ObjectBuilder, OpenApi, PathItem, PathsBuilder, Ref, RefOr, Required,
        ResponseBuilder, Schema, SchemaFormat, Type,
        path::{OperationBuilder, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
    },
};

/// Adds the webhooks.
pub(super) struct Webhooks;

impl Modify for Webhooks {
    fn modify(&self, document: &mut OpenApi) {
        let mut webhooks = PathsBuilder::new();
        for event_type in EventType::ALL {
            let Described { data, schemas } = described(event_type);
            let operation = OperationBuilder::new()
                .tag("Webhooks")
                .operation_id(Some(operation_id(event_type)))
                .summary(Some(summary(event_type)))
                .parameter(header("webhook-id", "The event's id, the same in every attempt"))
                .parameter(header("webhook-timestamp", "When this attempt is sent, in seconds since 1970"))
                .parameter(header(
                    "webhook-signature",
                    "`v1,` and the signature in base64; several are separated by spaces",
                ))
                .request_body(Some(
                    RequestBodyBuilder::new()
                        .content("application/json", ContentBuilder::new().schema(Some(body(event_type, data))).build())
                        .required(Some(Required::True))
                        .build(),
                ))
                .response("2XX", ResponseBuilder::new().description("The event is accepted").build())
                .response(
                    "410",
                    ResponseBuilder::new().description("Send no further events: disables the endpoint").build(),
                )
                .response("default", ResponseBuilder::new().description("The event is sent again later").build())
                .build();
            webhooks = webhooks.path(event_type.as_str(), PathItem::new(HttpMethod::Post, operation));
            document.components.get_or_insert_default().schemas.extend(schemas);
        }
        document.webhooks = Some(webhooks.build());
    }
}

/// The schema of what an event says: a reference, and the schemas that it needs.
struct Described {
    data: Ref,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Described {
    fn of<T: ToSchema>() -> Self {
        let name = T::name().into_owned();
        let mut schemas = vec![(name.clone(), T::schema())];
        T::schemas(&mut schemas);
        Self { data: Ref::from_schema_name(name), schemas }
    }
}

fn described(event_type: EventType) -> Described {
    match event_type {
        EventType::CreatorCreated | EventType::CreatorActivated | EventType::InvitationAccepted => {
            Described::of::<data::CreatorEventData>()
        }
        EventType::CreatorUpdated => Described::of::<data::CreatorUpdateEventData>(),
        EventType::CreatorRemoved => Described::of::<data::CreatorRemovalEventData>(),
        EventType::CampaignCreatorAdded => Described::of::<data::CampaignAdditionEventData>(),
        EventType::OrderAttributed => Described::of::<data::OrderEventData>(),
        EventType::OrderRefunded => Described::of::<data::OrderRefundEventData>(),
        EventType::CommissionCreated | EventType::CommissionApproved => Described::of::<data::CommissionEventData>(),
        EventType::PayoutPaid => Described::of::<data::PayoutEventData>(),
        EventType::MilestoneReached => Described::of::<data::MilestoneEventData>(),
        EventType::CollabCreated => Described::of::<data::CollabEventData>(),
        EventType::DropCreated | EventType::DropUpdated => Described::of::<data::DropEventData>(),
        EventType::ContentCreated => Described::of::<data::ContentEventData>(),
        EventType::EndpointDisabled => Described::of::<data::EndpointDisabledEventData>(),
        EventType::IntegrationDisabled => Described::of::<data::IntegrationDisabledEventData>(),
        EventType::EndpointTest => Described::of::<data::EndpointTestEventData>(),
    }
}

const fn summary(event_type: EventType) -> &'static str {
    match event_type {
        EventType::CreatorCreated => "A creator was added.",
        EventType::CreatorActivated => "A creator signed in for the first time.",
        EventType::CreatorUpdated => "A creator's data changed.",
        EventType::CreatorRemoved => {
            "A creator was removed, by erasure, a merge into another creator, or undoing the import that had added them."
        }
        EventType::InvitationAccepted => "A creator used a sign-in link for the first time.",
        EventType::CampaignCreatorAdded => "A creator has the first link in a campaign.",
        EventType::OrderAttributed => {
            "An order was credited, or its credits or net revenue changed for another reason than a refund."
        }
        EventType::OrderRefunded => "A credited order was refunded or cancelled.",
        EventType::CommissionCreated => "A line was added to the ledger, for an order or by a person.",
        EventType::CommissionApproved => "A line of the ledger may be paid.",
        EventType::PayoutPaid => "A payout was marked as paid; one event for each creator in it.",
        EventType::MilestoneReached => "A creator reached a number of orders or an amount of revenue.",
        EventType::CollabCreated => "A collab was added.",
        EventType::DropCreated => "A drop was added.",
        EventType::DropUpdated => "A drop's title, description, products or publication changed.",
        EventType::ContentCreated => "Content was recorded.",
        EventType::EndpointDisabled => "A webhook endpoint was disabled.",
        EventType::IntegrationDisabled => "Sending to another system was stopped.",
        EventType::EndpointTest => "A test of the webhook endpoint was requested.",
    }
}

/// `order.attributed` is `onOrderAttributed`.
fn operation_id(event_type: EventType) -> String {
    let words = event_type.as_str().split(['.', '_']);
    let capital = |word: &str| word.get(..1).unwrap_or_default().to_uppercase() + word.get(1..).unwrap_or_default();
    core::iter::once("on".to_owned()).chain(words.map(capital)).collect()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn header(name: &str, description: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(text()))
}

/// The schema of an event's body.
fn body(event_type: EventType, data: Ref) -> ObjectBuilder {
    let integer = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some("Its number among the brand's events: from 1, without gaps"));
    let flag = ObjectBuilder::new().schema_type(Type::Boolean).description(Some("False in the sandbox"));
    let properties: [(&str, RefOr<Schema>); 8] = [
        ("type", text().enum_values(Some([event_type.as_str()])).into()),
        (
            "timestamp",
            text()
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
                .description(Some("When it happened"))
                .into(),
        ),
        ("data", data.into()),
        (
            "id",
            text()
                .description(Some("The event's id, as in webhook-id"))
                .examples([json!("msg_01hf7yat00fzzvzzzzzzzzzzzz")])
                .into(),
        ),
        ("object_id", text().description(Some("The object that it is about")).into()),
        ("sequence", integer.into()),
        ("api_version", text().description(Some("The version of the API whose shapes it has")).into()),
        ("livemode", flag.into()),
    ];
    properties.into_iter().fold(ObjectBuilder::new().schema_type(Type::Object), |object, (name, schema)| {
        object.property(name, schema).required(name)
    })
}
