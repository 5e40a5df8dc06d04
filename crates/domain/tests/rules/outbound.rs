//! Events for other systems, as they go out: a snapshot of each type.

use domain::{
    CampaignId, CreatorId, Currency, EntryId, Fraction, LinkId, MessageId, OrderId, PayoutId, UnixMs,
    commission::EntryKind,
    evidence::EvidenceKind,
    link::{ContentType, LinkCode, Platform},
    model::Model,
    order::OrderSource,
    outbound::{
        CampaignAdditionData, CampaignRef, CollabData, CommissionData, ContentData, CreatorData, CreatorProfile,
        CreatorRef, CreatorRemovalData, CreditData, DropData, EndpointDisabledData, EndpointTestData, Envelope,
        EventData, EventType, IntegrationDisabledData, LinkRef, MilestoneData, OrderData, PayoutData, RemovalReason,
    },
};

const AT: UnixMs = UnixMs(1_795_651_200_000);

fn creator() -> CreatorRef {
    CreatorRef { id: CreatorId::new(AT.0, [1; 10]), name: "Ana".into(), handle: "ana".into() }
}

fn link() -> LinkRef {
    LinkRef { id: LinkId::new(AT.0, [2; 10]), code: LinkCode::parse("m7xp3k9a").expect("a code") }
}

fn profile() -> CreatorData {
    let CreatorRef { id, name, handle } = creator();
    let (aliases, tier, created_at) = (vec!["Ana B".into()], Some("gold".into()), AT.to_rfc3339());
    CreatorData { creator: CreatorProfile { id, name, handle, aliases, tier, created_at }, changed: vec![] }
}

fn order() -> OrderData {
    let credit = CreditData {
        creator: Some(creator()),
        link: Some(link()),
        campaign_id: Some(CampaignId::new(AT.0, [3; 10])),
        kind: EvidenceKind::Click,
        amount_minor: 2_500,
        weight: Fraction::new(1, 2).expect("a share"),
    };
    let unassigned =
        CreditData { creator: None, link: None, campaign_id: None, kind: EvidenceKind::Promo, ..credit.clone() };
    OrderData {
        order_id: OrderId::new(AT.0, [4; 10]),
        external_id: "5001".into(),
        name: "#1001".into(),
        source: OrderSource::Shopify,
        placed_at: AT.to_rfc3339(),
        cancelled_at: None,
        currency: Currency::USD,
        total_minor: 6_000,
        refunded_minor: 1_000,
        net_minor: 5_000,
        previous_net_minor: None,
        refund_minor: None,
        is_new_customer: Some(true),
        model: Model::Linear,
        credits: vec![credit, unassigned],
        needs_approval: false,
    }
}

fn commission() -> CommissionData {
    CommissionData {
        entry_id: EntryId::new(AT.0, [5; 10]),
        order_id: Some(OrderId::new(AT.0, [4; 10])),
        creator: creator(),
        kind: EntryKind::Accrual,
        amount_minor: 250,
        currency: Currency::USD,
        reason: "10.00 % of 25.00".into(),
        payable_at: AT.to_rfc3339(),
        needs_approval: false,
    }
}

fn drop() -> DropData {
    let (title, products) = ("Summer".into(), vec!["7001".into()]);
    DropData { drop_id: "drp_1".into(), creator: creator(), title, products, is_published: true }
}

/// An example of each type.
fn example(event_type: EventType) -> EventData {
    match event_type {
        EventType::CreatorCreated => EventData::CreatorCreated(profile()),
        EventType::CreatorActivated => EventData::CreatorActivated(profile()),
        EventType::CreatorUpdated => {
            EventData::CreatorUpdated(CreatorData { changed: vec!["aliases", "tier"], ..profile() })
        }
        EventType::CreatorRemoved => EventData::CreatorRemoved(CreatorRemovalData {
            creator_id: CreatorId::new(AT.0, [1; 10]),
            reason: RemovalReason::Merged,
            merged_into: Some(CreatorId::new(AT.0, [2; 10])),
        }),
        EventType::InvitationAccepted => EventData::InvitationAccepted(profile()),
        EventType::CampaignCreatorAdded => EventData::CampaignCreatorAdded(CampaignAdditionData {
            campaign: CampaignRef { id: CampaignId::new(AT.0, [3; 10]), name: "Spring".into() },
            creator: creator(),
            link: Some(link()),
        }),
        EventType::OrderAttributed => EventData::OrderAttributed(Box::new(order())),
        EventType::OrderRefunded => EventData::OrderRefunded(Box::new(OrderData {
            previous_net_minor: Some(6_000),
            refund_minor: Some(1_000),
            ..order()
        })),
        EventType::CommissionCreated => EventData::CommissionCreated(commission()),
        EventType::CommissionApproved => EventData::CommissionApproved(commission()),
        EventType::PayoutPaid => EventData::PayoutPaid(PayoutData {
            payout_id: PayoutId::new(AT.0, [6; 10]),
            creator: creator(),
            amount_minor: 250,
            currency: Currency::USD,
            reference: None,
        }),
        EventType::MilestoneReached => EventData::MilestoneReached(MilestoneData {
            creator: creator(),
            name: "orders:10".into(),
            orders: 10,
            revenue_minor: 50_000,
            currency: Currency::USD,
        }),
        EventType::CollabCreated => EventData::CollabCreated(CollabData {
            collab_id: "col_1".into(),
            creator: creator(),
            code: Some("ANA10".into()),
            link: Some(link()),
        }),
        EventType::DropCreated => EventData::DropCreated(drop()),
        EventType::DropUpdated => EventData::DropUpdated(drop()),
        EventType::ContentCreated => EventData::ContentCreated(ContentData {
            content_id: "cnt_1".into(),
            creator: creator(),
            link: Some(link()),
            url: Some("https://social.example/p/1".into()),
            platform: Some(Platform::Instagram),
            content_type: Some(ContentType::Reel),
        }),
        EventType::EndpointDisabled => EventData::EndpointDisabled(EndpointDisabledData {
            endpoint_id: "end_1".into(),
            host: "hooks.example".into(),
            reason: "it answered 410".into(),
        }),
        EventType::IntegrationDisabled => EventData::IntegrationDisabled(IntegrationDisabledData {
            integration: "klaviyo",
            reason: "key_refused".into(),
        }),
        EventType::EndpointTest => EventData::EndpointTest(EndpointTestData { endpoint_id: "end_1".into() }),
    }
}

#[test]
fn every_type_goes_out_in_its_shape() {
    for (sequence, event_type) in (1..).zip(EventType::ALL) {
        let data = example(event_type);
        assert_eq!(data.event_type(), event_type);
        let id = MessageId::new(AT.0, [7; 10]);
        let object_id = "the object".to_owned();
        let envelope = Envelope::new(event_type, AT, data.to_json(), id, object_id, sequence, true).expect("JSON");
        let text = serde_json::to_string(&envelope).expect("a body");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let pretty = serde_json::to_string_pretty(&value).expect("JSON");
        insta::assert_snapshot!(event_type.as_str(), pretty);
    }
}

#[test]
fn the_body_keeps_the_agreed_order_of_its_fields() {
    let data = example(EventType::EndpointTest).to_json();
    let id = MessageId::new(AT.0, [7; 10]);
    let envelope = Envelope::new(EventType::EndpointTest, AT, data, id.clone(), "end_1".into(), 7, true).expect("JSON");
    insta::assert_snapshot!(serde_json::to_string(&envelope).expect("a body"), @r#"{"type":"endpoint.test","timestamp":"2026-11-26T00:00:00.000Z","data":{"endpoint_id":"end_1"},"id":"msg_01m8ajds00ew3re1r70w3ge1r7","object_id":"end_1","sequence":7,"api_version":"2026-11-26","livemode":true}"#);
    assert!(Envelope::new(EventType::EndpointTest, AT, "{".into(), id, "end_1".into(), 7, true).is_none(), "not JSON");
}
