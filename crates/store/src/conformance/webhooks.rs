//! Requirements on every adapter: `store::webhooks`.

use domain::{
    BrandId, EndpointId, MessageId, UnixMs,
    id::TesterRequestId,
    metadata::{Details, Metadata},
    outbound::EventType,
    time::DAY_MS,
    webhook::{AT_ONCE_PER_ENDPOINT, DeliveryState, DisabledReason, Endpoint, EndpointStatus, TypeFilter, Warning},
};

use crate::{
    StoreError,
    audit::AuditEntry,
    conformance::fixtures::{
        AnyStore, NOON, audit, brand, creator, dispatch_job, reads, scrub_job, with_brand, with_links,
    },
    objects::ObjectKind,
    outbound::{EventFilter, NewEvent, NewEvents},
    webhooks::{
        Attempt, ClaimedDelivery, Disabling, EndpointChange, Outcome, Recorded, ReplayRange, TesterLimits,
        TesterRequest,
    },
};

/// How long the claims of these tests last, in ms.
const LEASE_MS: i64 = 60_000;

fn endpoint(n: u8) -> Endpoint {
    Endpoint {
        id: EndpointId::new(NOON.0, [n; 10]),
        url: format!("https://receiver.example/{n}"),
        types: TypeFilter::All,
        api_version: "2026-11-26".into(),
        description: format!("Endpoint {n}"),
        details: Details::default(),
        created_at: NOON,
        updated_at: NOON,
        status: EndpointStatus::Enabled,
        failing_since: None,
        warning: None,
        previous_secret_until: None,
    }
}

fn details_of(team: &str) -> Details {
    let metadata = Metadata::default().with([("team".to_owned(), Some(team.to_owned()))].into()).unwrap();
    Details { external_id: Some(team.to_owned()), metadata }
}

async fn create(store: &AnyStore, brand: &BrandId, n: u8) -> EndpointId {
    assert!(store.create_endpoint(brand, &endpoint(n), &[n; 40], 16, &audit(100 + n)).await.unwrap());
    endpoint(n).id
}

fn message(n: u8) -> MessageId {
    MessageId::new(NOON.0, [n; 10])
}

/// An event about an object.
fn event(n: u8, object: &str) -> NewEvent {
    NewEvent {
        id: message(n),
        kind: EventType::OrderAttributed,
        object_id: object.into(),
        fact: format!("order.attributed:{n}"),
        data: format!(r#"{{"n":{n}}}"#),
        at: NOON.plus_ms(i64::from(n)),
    }
}

/// Stores events, numbers them and queues their deliveries.
async fn happen(store: &AnyStore, brand: &BrandId, events: Vec<NewEvent>) {
    let later = NOON.plus_ms(1_000);
    store.write_events(brand, &NewEvents { events, dispatch: Some(dispatch_job()) }).await.unwrap();
    store.sequence_events(brand, later, 1_000).await.unwrap();
    while !store.queue_deliveries(brand, NOON, 2).await.unwrap() {}
}

async fn claim(store: &AnyStore, brand: &BrandId, id: &EndpointId, now: UnixMs) -> Vec<ClaimedDelivery> {
    store.claim_deliveries(brand, id, now, now.plus_ms(LEASE_MS), AT_ONCE_PER_ENDPOINT, 100).await.unwrap()
}

fn ids(claimed: &[ClaimedDelivery]) -> Vec<MessageId> {
    let mut ids: Vec<MessageId> = claimed.iter().map(|claimed| claimed.event_id.clone()).collect();
    ids.sort();
    ids
}

fn recorded(outcome: Outcome, at: UnixMs) -> Recorded<'static> {
    let is_success = outcome == Outcome::Delivered;
    Recorded {
        attempt: Attempt {
            at,
            duration_ms: 25,
            status: Some(if is_success { 200 } else { 500 }),
            error: None,
            answer: Some("answered".into()),
        },
        outcome,
        at,
        is_success: Some(is_success),
        is_slow: !is_success,
        hold_until: None,
        warning: None,
        disabling: None,
    }
}

async fn deliver(store: &AnyStore, claimed: &ClaimedDelivery, at: UnixMs) {
    assert!(store.record_attempt(claimed, &recorded(Outcome::Delivered, at)).await.unwrap());
}

async fn states(store: &AnyStore, brand: &BrandId, id: &EndpointId) -> Vec<(i64, DeliveryState)> {
    let log = store.webhook_deliveries(brand, id, None, i64::MAX, 100).await.unwrap();
    log.into_iter().rev().map(|delivery| (delivery.sequence, delivery.state)).collect()
}

async fn disable(store: &AnyStore, brand: &BrandId, id: &EndpointId, n: u8) -> bool {
    let event = NewEvent { kind: EventType::EndpointDisabled, ..event(n, id.as_str()) };
    let events = NewEvents { events: vec![event], dispatch: Some(dispatch_job()) };
    let disabling = Disabling { reason: DisabledReason::Manual, at: NOON, events: &events, mail: None };
    store.disable_endpoint(brand, id, &disabling, &audit(n)).await.unwrap()
}

pub async fn endpoints_are_stored_changed_and_archived(store: AnyStore) {
    let brand = with_brand(&store).await;
    let id = create(&store, &brand, 1).await;
    assert_eq!(store.endpoints(&brand).await.unwrap(), [endpoint(1)]);
    assert!(!store.create_endpoint(&brand, &endpoint(2), b"s", 1, &audit(1)).await.unwrap(), "one is enough");
    let (stored, secrets) = store.endpoint(&brand, &id).await.unwrap().unwrap();
    assert_eq!((stored, secrets.current.as_slice(), secrets.previous), (endpoint(1), &[1; 40][..], None));

    let types = TypeFilter::parse(["payout.paid", "order.refunded"]).unwrap();
    let change = EndpointChange { types: Some(types.clone()), ..EndpointChange::default() };
    assert!(store.change_endpoint(&brand, &id, &change, &audit(2)).await.unwrap());
    let url = "https://other.example/".to_owned();
    let details = details_of("data");
    let change = EndpointChange {
        url: Some(url.clone()),
        description: Some("New".into()),
        details: Some((Details::default(), details.clone())),
        ..EndpointChange::default()
    };
    let later = AuditEntry { at: NOON.plus_ms(1), ..audit(3) };
    assert!(store.change_endpoint(&brand, &id, &change, &later).await.unwrap());
    let changed = Endpoint { url, types, description: "New".into(), details, updated_at: later.at, ..endpoint(1) };
    assert_eq!(store.endpoints(&brand).await.unwrap(), [changed]);
    let stale = EndpointChange { details: Some((Details::default(), details_of("x"))), ..EndpointChange::default() };
    assert!(!store.change_endpoint(&brand, &id, &stale, &audit(6)).await.unwrap(), "the notes are others by now");
    let twin = Endpoint { details: details_of("data"), ..endpoint(3) };
    let taken = store.create_endpoint(&brand, &twin, b"s", 16, &audit(7)).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    let found = store.id_by_external_id(&brand, ObjectKind::Endpoint, "data").await.unwrap();
    assert_eq!(found.as_deref(), Some(id.as_str()));
    let all = EndpointChange { types: Some(TypeFilter::All), ..EndpointChange::default() };
    assert!(store.change_endpoint(&brand, &id, &all, &audit(4)).await.unwrap());
    assert_eq!(store.endpoints(&brand).await.unwrap()[0].types, TypeFilter::All);

    let until = NOON.plus_ms(DAY_MS);
    let rotation = AuditEntry { at: NOON.plus_ms(2), ..audit(5) };
    assert!(store.rotate_endpoint_secret(&brand, &id, b"second", until, &rotation).await.unwrap());
    let (stored, secrets) = store.endpoint(&brand, &id).await.unwrap().unwrap();
    assert_eq!((stored.previous_secret_until, stored.updated_at), (Some(until), rotation.at));
    assert_eq!((secrets.current.as_slice(), secrets.previous), (&b"second"[..], Some((vec![1; 40], until))));

    let failing = async || reads(&store, &brand).await.attention().await.unwrap().failing_endpoints;
    assert!(disable(&store, &brand, &id, 40).await);
    assert_eq!(failing().await, 0, "a member disabled it");
    let updated = async || store.endpoint(&brand, &id).await.unwrap().unwrap().0.updated_at;
    assert_eq!(updated().await, NOON);
    let enabling = AuditEntry { at: NOON.plus_ms(3), ..audit(41) };
    assert!(store.enable_endpoint(&brand, &id, &enabling).await.unwrap());
    assert_eq!(updated().await, enabling.at);
    let at = NOON.plus_ms(4);
    let gone = Disabling { reason: DisabledReason::Gone, at, events: &NewEvents::default(), mail: None };
    assert!(store.disable_endpoint(&brand, &id, &gone, &audit(42)).await.unwrap());
    assert_eq!(updated().await, at);
    assert_eq!(failing().await, 1);

    store.create_brand(&self::brand(2)).await.unwrap();
    let other = self::brand(2).id;
    assert_eq!(store.endpoints(&other).await.unwrap(), []);
    assert!(!store.change_endpoint(&other, &id, &all, &audit(6)).await.unwrap(), "another brand's");
    assert!(!store.archive_endpoint(&other, &id, NOON, &audit(7)).await.unwrap());
    assert!(store.archive_endpoint(&brand, &id, NOON, &audit(8)).await.unwrap());
    assert!(!store.archive_endpoint(&brand, &id, NOON, &audit(9)).await.unwrap());
    assert_eq!(failing().await, 0, "it is gone");
    assert_eq!(store.endpoints(&brand).await.unwrap(), []);
    assert_eq!(store.endpoint(&brand, &id).await.unwrap(), None);
    assert!(!store.rotate_endpoint_secret(&brand, &id, b"third", until, &audit(10)).await.unwrap());
    assert!(store.create_endpoint(&brand, &endpoint(2), b"s", 1, &audit(11)).await.unwrap(), "there is room again");
}

pub async fn events_are_queued_once_for_whoever_wants_them(store: AnyStore) {
    let brand = with_brand(&store).await;
    happen(&store, &brand, vec![event(1, "early")]).await;
    let all = create(&store, &brand, 1).await;
    let some = create(&store, &brand, 2).await;
    let types = EndpointChange { types: TypeFilter::parse(["payout.paid"]).ok(), ..EndpointChange::default() };
    store.change_endpoint(&brand, &some, &types, &audit(1)).await.unwrap();
    let paid = NewEvent { kind: EventType::PayoutPaid, ..event(3, "pay_1") };
    let test = NewEvent { kind: EventType::EndpointTest, ..event(4, some.as_str()) };
    happen(&store, &brand, vec![event(2, "ord_1"), paid, test]).await;
    happen(&store, &brand, vec![]).await;
    let due = DeliveryState::Due;
    assert_eq!(states(&store, &brand, &all).await, [(2, due), (3, due)], "a test is for its own endpoint");
    assert_eq!(states(&store, &brand, &some).await, [(3, due), (4, due)]);
    let claimed = claim(&store, &brand, &all, NOON).await;
    let first = claimed.iter().find(|claimed| claimed.event_id == message(2)).unwrap();
    let told = first.event.as_ref().unwrap();
    assert_eq!((told.sequence, told.kind, told.data.as_str()), (2, EventType::OrderAttributed, r#"{"n":2}"#));
    assert_eq!((first.endpoint.id.clone(), first.attempts), (all, 0));
}

pub async fn deliveries_of_an_object_are_in_order(store: AnyStore) {
    use DeliveryState::{Dead, Delivered, Due, Waiting};
    let brand = with_brand(&store).await;
    let id = create(&store, &brand, 1).await;
    happen(&store, &brand, vec![event(1, "a"), event(2, "a"), event(3, "b"), event(4, "a")]).await;
    assert_eq!(states(&store, &brand, &id).await, [(1, Due), (2, Waiting), (3, Due), (4, Waiting)]);
    let claimed = claim(&store, &brand, &id, NOON).await;
    assert_eq!(ids(&claimed), [message(1), message(3)]);
    assert_eq!(claim(&store, &brand, &id, NOON).await, [], "they are being sent");
    let (a, b) = (&claimed[0], &claimed[1]);
    deliver(&store, b, NOON).await;
    let retry_at = NOON.plus_ms(5_000);
    assert!(store.record_attempt(a, &recorded(Outcome::Retry(retry_at), NOON)).await.unwrap());
    assert_eq!(claim(&store, &brand, &id, retry_at.plus_ms(-1)).await, [], "the others of the object wait");
    let again = claim(&store, &brand, &id, retry_at).await;
    assert_eq!((ids(&again), again[0].attempts), (vec![message(1)], 1));
    assert!(store.record_attempt(&again[0], &recorded(Outcome::GivenUp, retry_at)).await.unwrap());
    assert_eq!(states(&store, &brand, &id).await, [(1, Dead), (2, Due), (3, Delivered), (4, Waiting)]);
    deliver(&store, &claim(&store, &brand, &id, retry_at).await[0], retry_at).await;
    assert_eq!(states(&store, &brand, &id).await[3], (4, Due));
    // What happens later waits for what is still open.
    happen(&store, &brand, vec![event(5, "a"), event(6, "b")]).await;
    assert_eq!(states(&store, &brand, &id).await[4..], [(5, Waiting), (6, Due)]);

    let (delivery, attempts) = store.webhook_delivery(&brand, &id, &message(1)).await.unwrap().unwrap();
    assert_eq!((delivery.attempts, delivery.last_status, delivery.finished_at), (2, Some(500), Some(retry_at)));
    assert_eq!(attempts.iter().map(|attempt| attempt.at).collect::<Vec<_>>(), [NOON, retry_at]);
    assert_eq!(attempts[0], recorded(Outcome::GivenUp, NOON).attempt);
    let dead = store.webhook_deliveries(&brand, &id, Some(Dead), i64::MAX, 10).await.unwrap();
    assert_eq!(dead.iter().map(|delivery| delivery.sequence).collect::<Vec<_>>(), [1]);
    let page = store.webhook_deliveries(&brand, &id, None, 4, 2).await.unwrap();
    assert_eq!(page.iter().map(|delivery| delivery.sequence).collect::<Vec<_>>(), [3, 2]);
}

pub async fn claims_are_bounded_and_end(store: AnyStore) {
    let brand = with_brand(&store).await;
    let id = create(&store, &brand, 1).await;
    happen(&store, &brand, (1..=6).map(|n| event(n, &format!("object {n}"))).collect()).await;
    // Two replicas at once.
    let (left, right) = tokio::join!(claim(&store, &brand, &id, NOON), claim(&store, &brand, &id, NOON));
    let first: Vec<ClaimedDelivery> = left.into_iter().chain(right).collect();
    assert_eq!(ids(&first), [1, 2, 3, 4].map(message), "four at a time, each once");
    let lost = NOON.plus_ms(LEASE_MS);
    assert_eq!(store.due_endpoints(lost.plus_ms(-1), true, &[], 9).await.unwrap(), [], "nothing until a claim ends");
    assert_eq!(store.due_endpoints(lost, true, &[], 9).await.unwrap(), [(brand.clone(), id.clone())]);
    let second = claim(&store, &brand, &id, lost).await;
    assert_eq!(ids(&second), [1, 2, 3, 4].map(message), "their process ended");
    assert!(!store.record_attempt(&first[0], &recorded(Outcome::Delivered, lost)).await.unwrap(), "its claim is lost");
    deliver(&store, &second[0], lost).await;
    assert!(!store.record_attempt(&second[0], &recorded(Outcome::Delivered, lost)).await.unwrap(), "once");
    assert_eq!(claim(&store, &brand, &id, lost).await.len(), 1, "there is room for one");
}

pub async fn slow_and_held_endpoints_are_found_apart(store: AnyStore) {
    let brand = with_brand(&store).await;
    store.create_brand(&self::brand(2)).await.unwrap();
    let other = self::brand(2).id;
    let (mine, theirs) = (create(&store, &brand, 1).await, create(&store, &other, 2).await);
    happen(&store, &brand, vec![event(1, "a"), event(2, "b"), event(3, "c")]).await;
    happen(&store, &other, vec![event(4, "d")]).await;
    let (one, two) = ((brand.clone(), mine.clone()), (other.clone(), theirs));
    assert_eq!(store.due_endpoints(NOON, false, &[], 9).await.unwrap(), [], "new ones are not known to be fast");
    let mut found = store.due_endpoints(NOON, true, &[], 9).await.unwrap();
    found.sort();
    assert_eq!(found, [one.clone(), two.clone()]);
    assert_eq!(store.due_endpoints(NOON, true, &[], 1).await.unwrap().len(), 1);
    assert_eq!(store.due_endpoints(NOON, true, core::slice::from_ref(&brand), 9).await.unwrap(), [two]);

    let claimed = store.claim_deliveries(&brand, &mine, NOON, NOON.plus_ms(LEASE_MS), 1, 9).await.unwrap();
    assert_eq!(claimed.len(), 1);
    let next = store.due_endpoints(NOON, true, &[], 9).await.unwrap();
    assert!(!next.contains(&one), "one at a time");
    deliver(&store, &claimed[0], NOON).await;
    assert_eq!(store.due_endpoints(NOON, false, &[], 9).await.unwrap(), core::slice::from_ref(&one), "it was fast");
    let claimed = claim(&store, &brand, &mine, NOON).await;
    assert_eq!(claimed.len(), 2);
    let retry_at = NOON.plus_ms(1_000);
    let failed = Recorded { hold_until: Some(NOON.plus_ms(5_000)), ..recorded(Outcome::Retry(retry_at), NOON) };
    assert!(store.record_attempt(&claimed[0], &failed).await.unwrap());
    deliver(&store, &claimed[1], NOON).await;
    assert_eq!(store.due_endpoints(NOON.plus_ms(4_999), false, &[], 9).await.unwrap(), [], "it asked for a pause");
    assert_eq!(store.due_endpoints(NOON.plus_ms(5_000), false, &[], 9).await.unwrap(), [one]);
}

pub async fn failing_endpoints_are_noted_until_a_success(store: AnyStore) {
    let brand = with_brand(&store).await;
    let id = create(&store, &brand, 1).await;
    happen(&store, &brand, vec![event(1, "a"), event(2, "b"), event(3, "c")]).await;
    let claimed = claim(&store, &brand, &id, NOON).await;
    let at = |ms: i64| NOON.plus_ms(ms);
    let retry = |ms: i64| recorded(Outcome::Retry(at(ms + 1)), at(ms));
    let found = async || store.endpoint(&brand, &id).await.unwrap().unwrap().0;
    let text = |text: &str, ms: i64| Some(Warning { at: at(ms), text: text.into() });
    let warned = Recorded { warning: text("too early", 0), ..retry(0) };
    assert!(store.record_attempt(&claimed[0], &warned).await.unwrap());
    assert_eq!((found().await.failing_since, found().await.warning), (Some(NOON), None), "the first failure");
    let warned = Recorded { warning: text("first", 10), ..retry(10) };
    assert!(store.record_attempt(&claimed[1], &warned).await.unwrap());
    let warned = Recorded { warning: text("second", 20), ..retry(20) };
    assert!(store.record_attempt(&claimed[2], &warned).await.unwrap());
    assert_eq!((found().await.failing_since, found().await.warning), (Some(NOON), text("first", 10)));

    let claimed = claim(&store, &brand, &id, at(30)).await;
    deliver(&store, &claimed[0], at(31)).await;
    assert_eq!((found().await.failing_since, found().await.warning), (None, None));
    let events = NewEvents { events: vec![event(9, id.as_str())], dispatch: Some(dispatch_job()) };
    let disabling = |reason| Some(Disabling { reason, at: at(32), events: &events, mail: None });
    // Decided before the success.
    let late = Recorded { disabling: disabling(DisabledReason::Failing), ..recorded(Outcome::GivenUp, at(32)) };
    assert!(store.record_attempt(&claimed[1], &late).await.unwrap());
    assert_eq!(found().await.status, EndpointStatus::Enabled);
    let gone = Recorded { disabling: disabling(DisabledReason::Gone), ..recorded(Outcome::GivenUp, at(33)) };
    assert!(store.record_attempt(&claimed[2], &gone).await.unwrap());
    assert_eq!(found().await.status, EndpointStatus::Disabled { at: at(32), reason: DisabledReason::Gone });
    let told = store.sequence_events(&brand, at(1_000), 10).await.unwrap();
    assert_eq!(told.into_iter().map(|event| event.id).collect::<Vec<_>>(), [message(9)]);
}

pub async fn disabled_endpoints_are_sent_nothing_until_it_is_asked_for(store: AnyStore) {
    use DeliveryState::{Dead, Delivered, Due, Waiting};
    let brand = with_brand(&store).await;
    let id = create(&store, &brand, 1).await;
    happen(&store, &brand, vec![event(1, "a"), event(2, "b"), event(3, "a")]).await;
    let claimed = claim(&store, &brand, &id, NOON).await;
    deliver(&store, &claimed[1], NOON).await;
    assert!(disable(&store, &brand, &id, 50).await && !disable(&store, &brand, &id, 51).await);
    // What was being sent arrives.
    deliver(&store, &claimed[0], NOON).await;
    happen(&store, &brand, vec![event(4, "a"), event(5, "c")]).await;
    assert_eq!(states(&store, &brand, &id).await, [(1, Delivered), (2, Delivered), (3, Dead)]);
    assert_eq!(claim(&store, &brand, &id, NOON).await, []);
    let range = |from, to, is_failed_only| ReplayRange { from, to, since: UnixMs(0), is_failed_only };
    assert_eq!(store.replay_deliveries(&brand, &id, &range(1, 9, false), NOON).await.unwrap(), 0, "disabled");

    assert!(store.enable_endpoint(&brand, &id, &audit(52)).await.unwrap());
    assert!(!store.enable_endpoint(&brand, &id, &audit(53)).await.unwrap());
    happen(&store, &brand, vec![event(6, "a")]).await;
    // Number 4 reports the disabling.
    assert_eq!(states(&store, &brand, &id).await[3..], [(7, Due)], "the events from now on");
    assert_eq!(store.event_range(&brand, NOON.plus_ms(4), NOON.plus_ms(5)).await.unwrap(), Some((5, 6)));
    assert_eq!(store.event_range(&brand, NOON.plus_ms(400), NOON.plus_ms(500)).await.unwrap(), None);

    assert_eq!(store.replay_deliveries(&brand, &id, &range(1, 6, true), NOON).await.unwrap(), 4);
    let expected = [(1, Delivered), (2, Delivered), (3, Due), (4, Due), (5, Waiting), (6, Due), (7, Waiting)];
    assert_eq!(states(&store, &brand, &id).await, expected, "in their order");
    assert_eq!(store.replay_deliveries(&brand, &id, &range(1, 6, true), NOON).await.unwrap(), 0, "they are queued");
    assert_eq!(store.replay_deliveries(&brand, &id, &range(2, 2, false), NOON).await.unwrap(), 1);
    assert_eq!(states(&store, &brand, &id).await[1], (2, Due));
    let late = ReplayRange { since: NOON.plus_ms(2), ..range(1, 1, false) };
    assert_eq!(store.replay_deliveries(&brand, &id, &late, NOON).await.unwrap(), 0, "too old");
    for sequence in [3, 5, 7] {
        let claimed = claim(&store, &brand, &id, NOON).await;
        let of_a = |claimed: &&ClaimedDelivery| claimed.event.as_ref().unwrap().object_id == "a";
        let next = claimed.iter().find(of_a).unwrap();
        assert_eq!(next.event.as_ref().unwrap().sequence, sequence);
        deliver(&store, next, NOON).await;
    }
}

pub async fn events_know_whether_all_have_accepted_them(store: AnyStore) {
    let brand = with_brand(&store).await;
    let all = create(&store, &brand, 1).await;
    let types = TypeFilter::parse([EventType::MilestoneReached.as_str()]).unwrap();
    let few = Endpoint { types, ..endpoint(2) };
    assert!(store.create_endpoint(&brand, &few, &[2; 40], 16, &audit(102)).await.unwrap());
    let reached = NewEvent { kind: EventType::MilestoneReached, ..event(2, "b") };
    let test = NewEvent { kind: EventType::EndpointTest, ..event(3, few.id.as_str()) };
    happen(&store, &brand, vec![event(1, "a"), reached, test]).await;
    let numbers = async |is_delivered| {
        let filter = EventFilter { is_delivered: Some(is_delivered), ..EventFilter::default() };
        let events = store.events(&brand, 0, &filter, 10).await.unwrap();
        events.into_iter().map(|event| event.sequence).collect::<Vec<_>>()
    };
    assert_eq!((numbers(false).await, numbers(true).await), (vec![1, 2, 3], vec![]));
    let until_second = EventFilter { is_delivered: Some(false), through: Some(2), ..EventFilter::default() };
    assert_eq!(store.events(&brand, 1, &until_second, 10).await.unwrap().len(), 1, "the second");
    for claimed in claim(&store, &brand, &all, NOON).await {
        deliver(&store, &claimed, NOON).await;
    }
    assert_eq!((numbers(false).await, numbers(true).await), (vec![2, 3], vec![1]), "the other has not accepted them");
    for claimed in claim(&store, &brand, &few.id, NOON).await {
        deliver(&store, &claimed, NOON).await;
    }
    assert_eq!((numbers(false).await, numbers(true).await), (vec![], vec![1, 2, 3]));
    let early = NewEvent { at: NOON.plus_ms(-1), ..event(4, "d") };
    happen(&store, &brand, vec![early]).await;
    assert_eq!(numbers(false).await, [0; 0], "what happened before there were endpoints is owed to none");
    disable(&store, &brand, &all, 50).await;
    happen(&store, &brand, vec![event(6, "a")]).await;
    assert_eq!(numbers(false).await, [5, 6], "the disabling, and what happened since");
    assert!(store.archive_endpoint(&brand, &all, NOON, &audit(103)).await.unwrap());
    assert_eq!(numbers(false).await, [0; 0], "removed endpoints are owed nothing");
}

pub async fn old_deliveries_are_deleted_with_their_answers(store: AnyStore) {
    let brand = with_links(&store).await;
    let id = create(&store, &brand, 1).await;
    happen(&store, &brand, vec![event(1, "a"), event(2, "b"), event(3, "c"), event(4, "d")]).await;
    let claimed = claim(&store, &brand, &id, NOON).await;
    for (claimed, days) in claimed.iter().zip([1, 1, 5]) {
        deliver(&store, claimed, NOON.plus_ms(days * DAY_MS)).await;
    }
    let before = NOON.plus_ms(2 * DAY_MS);
    assert_eq!(store.delete_deliveries(&brand, before, 1).await.unwrap(), 1);
    assert_eq!(store.delete_deliveries(&brand, before, 9).await.unwrap(), 1);
    assert_eq!(store.delete_deliveries(&brand, before, 9).await.unwrap(), 0, "one is late, one is not finished");
    let left = states(&store, &brand, &id).await;
    assert_eq!(left.len(), 2);
    // The fourth lost its claim, and its event is gone.
    store.delete_events(&brand, before, 9).await.unwrap();
    let again = claim(&store, &brand, &id, NOON.plus_ms(LEASE_MS)).await;
    assert_eq!((again.len(), again[0].event.is_none()), (1, true));

    // Erasing a creator deletes what receivers answered, and what they are about to answer.
    let answered = async || -> Vec<Option<String>> {
        let (_, attempts) = store.webhook_delivery(&brand, &id, &claimed[2].event_id).await.unwrap().unwrap();
        attempts.into_iter().map(|attempt| attempt.answer).collect()
    };
    assert_eq!(answered().await, [Some("answered".to_owned())]);
    store.put_tester_request(&brand, &request(1, NOON), &limits(NOON)).await.unwrap();
    assert!(
        store
            .erase_creator(&brand, &creator(1).id, NOON, &audit(60), &NewEvents::default(), &scrub_job())
            .await
            .unwrap()
    );
    assert_eq!(answered().await, [None]);
    assert_eq!(store.tester_requests(&brand, UnixMs(0)).await.unwrap(), []);
    assert!(!store.record_attempt(&again[0], &recorded(Outcome::Delivered, NOON)).await.unwrap());
}

fn request(n: u8, at: UnixMs) -> TesterRequest {
    TesterRequest {
        id: TesterRequestId::new(at.0, [n; 10]),
        at,
        headers: vec![("webhook-id".into(), "msg_1".into()), ("x".into(), "ä".into())],
        body: vec![0, 255, n],
        status: 200,
    }
}

fn limits(now: UnixMs) -> TesterLimits {
    TesterLimits { requests_max: 3, taken_max: 2, since: now.plus_ms(-1_000) }
}

pub async fn testers_keep_the_latest_requests(store: AnyStore) {
    let brand = with_brand(&store).await;
    store.create_brand(&self::brand(2)).await.unwrap();
    let other = self::brand(2).id;
    assert_eq!((store.tester(&brand).await.unwrap(), store.tester_brand([1; 32]).await.unwrap()), (None, None));
    store.set_tester(&brand, Some(([1; 32], b"one")), NOON, &audit(1)).await.unwrap();
    store.set_tester(&other, Some(([2; 32], b"two")), NOON, &audit(2)).await.unwrap();
    assert_eq!(store.tester_brand([1; 32]).await.unwrap(), Some(brand.clone()));
    store.set_tester(&brand, Some(([3; 32], b"three")), NOON, &audit(3)).await.unwrap();
    assert_eq!(store.tester_brand([1; 32]).await.unwrap(), None, "the old address");
    assert_eq!(store.tester(&brand).await.unwrap(), Some(b"three".to_vec()));

    for (n, ms, is_taken) in [(1, 0, true), (2, 1, true), (3, 2, false), (4, 1_500, true), (5, 1_501, true)] {
        let now = NOON.plus_ms(ms);
        assert_eq!(store.put_tester_request(&brand, &request(n, now), &limits(now)).await.unwrap(), is_taken, "{n}");
    }
    let kept = [request(5, NOON.plus_ms(1_501)), request(4, NOON.plus_ms(1_500)), request(2, NOON.plus_ms(1))];
    assert_eq!(store.tester_requests(&brand, UnixMs(0)).await.unwrap(), kept);
    assert_eq!(store.tester_requests(&brand, NOON.plus_ms(1_500)).await.unwrap(), kept[..1]);
    assert_eq!(store.tester_requests(&other, UnixMs(0)).await.unwrap(), []);
    assert_eq!(store.delete_tester_requests(&brand, NOON.plus_ms(1_500)).await.unwrap(), 2);
    store.set_tester(&brand, None, NOON, &audit(4)).await.unwrap();
    assert_eq!(store.tester_requests(&brand, UnixMs(0)).await.unwrap(), []);
    assert_eq!(store.tester_brand([3; 32]).await.unwrap(), None);
    assert_eq!(store.tester_brand([2; 32]).await.unwrap(), Some(other));
}
