//! Requirements on every adapter: `store::outbound`.

use std::sync::Mutex;

use domain::{
    BrandId, MessageId, UnixMs,
    outbound::{CreatorRef, EndpointTestData, EventData, EventType, MilestoneData},
    time::DAY_MS,
};

use crate::{
    access::Principal,
    commissions::Approval,
    conformance::fixtures::{
        AnyStore, NOON, audit, brand, claim_jobs, creator, dispatch_job, scrub_job, with_brand, with_links,
    },
    outbound::{EventFilter, NewEvent, NewEvents},
};

/// A test event of an endpoint, about the fact with this number.
fn event(n: u8, at: UnixMs) -> NewEvent {
    NewEvent {
        id: MessageId::new(NOON.0, [n; 10]),
        kind: EventType::EndpointTest,
        object_id: format!("end_{}", n % 2),
        fact: format!("endpoint.test:{n}"),
        data: EventData::EndpointTest(EndpointTestData { endpoint_id: format!("end_{}", n % 2) }).to_json(),
        at,
    }
}

fn of(events: impl IntoIterator<Item = NewEvent>) -> NewEvents {
    NewEvents { events: events.into_iter().collect(), dispatch: Some(dispatch_job()) }
}

async fn facts(store: &AnyStore, brand: &BrandId) -> Vec<(i64, MessageId)> {
    let events = store.events(brand, 0, &EventFilter::default(), 1_000).await.unwrap();
    events.into_iter().map(|event| (event.sequence, event.id)).collect()
}

pub async fn events_are_numbered_in_the_order_in_which_they_were_written(store: AnyStore) {
    let brand = with_brand(&store).await;
    store.write_events(&brand, &NewEvents::default()).await.unwrap();
    assert_eq!(claim_jobs(&store, NOON, NOON.plus_ms(1)).await, [], "nothing to number");
    store.write_events(&brand, &of([event(1, NOON), event(2, NOON.plus_ms(50)), event(3, NOON)])).await.unwrap();
    let again = NewEvent { id: MessageId::new(NOON.0, [9; 10]), ..event(1, NOON) };
    store.write_events(&brand, &of([again, event(4, NOON)])).await.unwrap();
    assert_eq!(claim_jobs(&store, NOON, NOON.plus_ms(1)).await.len(), 1, "one job numbers them all");
    assert_eq!(facts(&store, &brand).await, [], "not numbered, not read");
    assert_eq!(store.event(&brand, &event(1, NOON).id).await.unwrap(), None);

    let numbered = store.sequence_events(&brand, NOON, 2).await.unwrap();
    let first: Vec<_> = numbered.iter().map(|event| (event.sequence, event.id.clone())).collect();
    assert_eq!(first, [(1, event(1, NOON).id), (2, event(3, NOON).id)]);
    assert_eq!(store.sequence_events(&brand, NOON, 10).await.unwrap().len(), 1);
    assert_eq!(store.sequence_events(&brand, NOON, 10).await.unwrap(), []);
    // What is still to come has its number when it comes, however early it was written.
    assert_eq!(store.next_event_at(&brand).await.unwrap(), Some(NOON.plus_ms(50)));
    assert_eq!(store.sequence_events(&brand, NOON.plus_ms(50), 10).await.unwrap()[0].sequence, 4);
    assert_eq!(store.next_event_at(&brand).await.unwrap(), None);
    let order = [1, 3, 4, 2].map(|n| event(n, NOON).id);
    assert_eq!(facts(&store, &brand).await, (1..).zip(order).collect::<Vec<_>>());
}

pub async fn events_are_read_by_number_type_object_and_id(store: AnyStore) {
    let brand = with_brand(&store).await;
    store.create_brand(&self::brand(2)).await.unwrap();
    let other = self::brand(2).id;
    let reached = NewEvent { kind: EventType::MilestoneReached, ..event(5, NOON) };
    store.write_events(&brand, &of([event(1, NOON), event(2, NOON), event(3, NOON), reached])).await.unwrap();
    store.write_events(&other, &of([event(1, NOON)])).await.unwrap();
    store.sequence_events(&brand, NOON, 10).await.unwrap();
    store.sequence_events(&other, NOON, 10).await.unwrap();
    let read = async |after, kinds: &[EventType], object: Option<&str>, limit| {
        let object_id = object.map(str::to_owned);
        let filter = EventFilter { kinds: kinds.to_vec(), object_id, ..EventFilter::default() };
        let events = store.events(&brand, after, &filter, limit).await.unwrap();
        events.into_iter().map(|event| event.sequence).collect::<Vec<_>>()
    };
    assert_eq!(read(0, &[], None, 10).await, [1, 2, 3, 4]);
    assert_eq!(read(1, &[], None, 2).await, [2, 3]);
    assert_eq!(read(0, &[EventType::MilestoneReached], None, 10).await, [4]);
    assert_eq!(read(0, &[EventType::MilestoneReached, EventType::EndpointTest], Some("end_0"), 10).await, [2]);
    assert_eq!(read(4, &[], None, 10).await, Vec::<i64>::new());
    assert_eq!(store.last_event_number(&brand).await.unwrap(), 4);
    assert_eq!(store.last_event_number(&self::brand(3).id).await.unwrap(), 0);
    let found = store.event(&brand, &event(2, NOON).id).await.unwrap().unwrap();
    assert_eq!((found.sequence, found.object_id.as_str(), found.at), (2, "end_0", NOON));
    assert_eq!(found.data, event(2, NOON).data);
    assert_eq!(store.event(&other, &event(2, NOON).id).await.unwrap(), None);
    assert_eq!(facts(&store, &other).await, [(1, event(1, NOON).id)], "every brand counts from 1");
}

pub async fn old_events_are_deleted_and_their_numbers_never_return(store: AnyStore) {
    let brand = with_brand(&store).await;
    let day = |n: i64| NOON.plus_ms(n * DAY_MS);
    store.write_events(&brand, &of([event(1, day(0)), event(2, day(1)), event(3, day(9))])).await.unwrap();
    store.sequence_events(&brand, day(5), 10).await.unwrap();
    assert_eq!(store.delete_events(&brand, day(1), 10).await.unwrap(), 1);
    assert_eq!(facts(&store, &brand).await, [(2, event(2, NOON).id)]);
    assert_eq!(store.delete_events(&brand, day(20), 10).await.unwrap(), 1, "what has no number is not over");
    store.sequence_events(&brand, day(9), 10).await.unwrap();
    assert_eq!(facts(&store, &brand).await, [(3, event(3, NOON).id)]);
    store.write_events(&brand, &of((4..9).map(|n| event(n, day(10))))).await.unwrap();
    store.sequence_events(&brand, day(10), 10).await.unwrap();
    assert_eq!(store.delete_events(&brand, day(20), 4).await.unwrap(), 4, "at most so many");
    assert_eq!(facts(&store, &brand).await.len(), 2);
}

pub async fn concurrent_writers_and_numberers_leave_no_gap(store: AnyStore) {
    let brand = with_brand(&store).await;
    let writers = (0..4_u8).map(|writer| {
        let (store, brand) = (store.clone(), brand.clone());
        tokio::spawn(async move {
            for n in 0..20 {
                store.write_events(&brand, &of([event(writer * 20 + n, NOON)])).await.unwrap();
            }
        })
    });
    let numberers = (0..2).map(|_| {
        let (store, brand) = (store.clone(), brand.clone());
        tokio::spawn(async move {
            let mut numbers = Vec::new();
            for _ in 0..40 {
                let events = store.sequence_events(&brand, NOON, 3).await.unwrap();
                numbers.extend(events.into_iter().map(|event| event.sequence));
            }
            numbers
        })
    });
    let (writers, numberers): (Vec<_>, Vec<_>) = (writers.collect(), numberers.collect());
    let mut numbers = Vec::new();
    for writer in writers {
        writer.await.unwrap();
    }
    for numberer in numberers {
        numbers.extend(numberer.await.unwrap());
    }
    numbers.extend(store.sequence_events(&brand, NOON, 100).await.unwrap().into_iter().map(|event| event.sequence));
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=80).collect::<Vec<i64>>(), "each number once");
    let read: Vec<i64> = facts(&store, &brand).await.into_iter().map(|(sequence, _)| sequence).collect();
    assert_eq!(read, numbers);
}

pub async fn changes_write_their_events_or_none(store: AnyStore) {
    let brand = with_links(&store).await;
    let numbered = async || {
        let events = store.sequence_events(&brand, NOON, 100).await.unwrap();
        events.into_iter().map(|event| event.id).collect::<Vec<_>>()
    };
    let id = |n: u8| event(n, NOON).id;
    // What fails emits nothing.
    assert!(store.create_creator(&brand, &creator(1), &audit(31), &of([event(1, NOON)])).await.is_err());
    assert!(!store.update_creator(&brand, &creator(9), &audit(32), &of([event(2, NOON)])).await.unwrap());
    assert_eq!(numbered().await, []);
    store.create_creator(&brand, &creator(3), &audit(33), &of([event(3, NOON)])).await.unwrap();
    assert!(store.update_creator(&brand, &creator(3), &audit(34), &of([event(4, NOON)])).await.unwrap());
    assert_eq!(numbered().await, [id(3), id(4)]);
    // A creator's first sign-in has events; a later one, and a member's, has none.
    for (n, who) in [(5, Some(3)), (6, Some(3)), (7, None)] {
        let principal = Principal { brand: brand.clone(), creator: who.map(|n| creator(n).id) };
        store.put_login([n; 32], &principal, NOON.plus_ms(100), &audit(40 + n)).await.unwrap();
        let events = of([event(n, NOON)]);
        store.use_login([n; 32], [n; 32], NOON, NOON.plus_ms(500), &events).await.unwrap().unwrap();
    }
    assert_eq!(numbered().await, [id(5)]);
    // A milestone that was reached before emits nothing.
    for at in [8, 9] {
        let events = |new: &[String]| of(new.iter().map(|_| event(at, NOON)));
        let names = ["orders:10".to_owned()];
        store.reach_milestones(&brand, &creator(1).id, &names, NOON, &events).await.unwrap();
    }
    assert_eq!(numbered().await, [id(8)]);
    let seen = Mutex::new(Vec::new());
    let events = |approved: &[crate::commissions::Entry]| {
        seen.lock().unwrap().push(approved.len());
        NewEvents::default()
    };
    store.approve(&brand, Approval::Proven, NOON, &audit(50), &events).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [0], "nothing waits");
}

pub async fn erased_creators_leave_the_events(store: AnyStore) {
    let brand = with_links(&store).await;
    let reached = |n: u8, of: u8| {
        let data = EventData::MilestoneReached(MilestoneData {
            creator: CreatorRef::from(&creator(of)),
            name: "orders:10".into(),
            orders: 10,
            revenue_minor: 5,
            currency: domain::Currency::USD,
        });
        NewEvent { kind: EventType::MilestoneReached, data: data.to_json(), ..event(n, NOON) }
    };
    store.write_events(&brand, &of([reached(1, 1), reached(2, 2)])).await.unwrap();
    store.sequence_events(&brand, NOON, 1).await.unwrap();
    store.write_events(&brand, &of([reached(3, 1)])).await.unwrap();
    assert!(
        store
            .erase_creator(&brand, &creator(1).id, NOON, &audit(99), &NewEvents::default(), &scrub_job())
            .await
            .unwrap()
    );
    // Decided on before the erasure, and written after it.
    store.write_events(&brand, &of([reached(4, 1)])).await.unwrap();
    let late = store.sequence_events(&brand, NOON, 10).await.unwrap();
    assert!(!late.iter().any(|event| event.data.contains("Creator 1")), "{late:?}");
    let all = store.events(&brand, 0, &EventFilter::default(), 10).await.unwrap();
    assert_eq!(all.len(), 4);
    for event in all {
        assert!(!event.data.contains("Creator 1") && !event.data.contains("creator1"), "{}", event.data);
        assert_eq!(event.data.contains("Creator 2"), event.id == self::event(2, NOON).id);
    }
}
