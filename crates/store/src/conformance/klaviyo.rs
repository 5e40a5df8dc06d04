//! Requirements on every adapter: `store::klaviyo`.

use domain::{BrandId, MessageId, outbound::EventType};

use crate::{
    conformance::fixtures::{AnyStore, NOON, audit, brand, creator, dispatch_job, scrub_job, with_links},
    klaviyo::{Connection, Part, Progress},
    outbound::{NewEvent, NewEvents},
};

fn disabled(n: u8) -> NewEvents {
    let event = NewEvent {
        id: MessageId::new(NOON.0, [n; 10]),
        kind: EventType::IntegrationDisabled,
        object_id: "klaviyo".into(),
        fact: format!("integration.disabled:klaviyo:{n}"),
        data: "{}".into(),
        at: NOON,
    };
    NewEvents { events: vec![event], dispatch: Some(dispatch_job()) }
}

async fn connection(store: &AnyStore, brand: &BrandId) -> Connection {
    store.klaviyo(brand).await.unwrap().unwrap()
}

pub async fn a_connection_begins_with_the_next_event_and_goes_on_with_another_key(store: AnyStore) {
    let id = with_links(&store).await;
    store.write_events(&id, &disabled(1)).await.unwrap();
    let numbered = store.sequence_events(&id, NOON, 10).await.unwrap();
    assert_eq!(store.klaviyo(&id).await.unwrap(), None);
    store.connect_klaviyo(&id, b"first", NOON, &audit(1)).await.unwrap();
    let first = connection(&store, &id).await;
    assert_eq!((first.sealed_key.as_slice(), first.sent_through), (&b"first"[..], numbered[0].sequence));
    let generation = first.generation;
    assert_eq!((first.connected_at, first.next_at, first.disabled_at, first.last_error), (NOON, NOON, None, None));
    let part = Some(Part { sequence: 9, creator: creator(2).id });
    let progress = Progress { part: part.clone(), sent: 1, at: NOON.plus_ms(4), ..Progress::at(NOON) };
    assert!(store.record_klaviyo(&id, generation, &progress).await.unwrap());
    let partly = connection(&store, &id).await;
    assert_eq!((partly.sent_through, partly.part, partly.sent), (first.sent_through, part, 1));
    let progress = Progress { sent_through: 9, sent: 1, skipped: 1, at: NOON.plus_ms(5), ..Progress::at(NOON) };
    assert!(store.record_klaviyo(&id, generation, &progress).await.unwrap());
    assert_eq!(connection(&store, &id).await.part, None);
    let wrong = Progress {
        attempts: 3,
        next_at: NOON.plus_ms(9),
        at: NOON.plus_ms(6),
        error: Some("503".into()),
        ..Progress::at(NOON)
    };
    assert!(store.record_klaviyo(&id, generation, &wrong).await.unwrap());
    let later = connection(&store, &id).await;
    assert_eq!((later.sent_through, later.sent, later.skipped), (9, 2, 1), "the place never moves back");
    assert_eq!((later.attempts, later.next_at, later.last_sent_at), (3, NOON.plus_ms(9), Some(NOON.plus_ms(5))));
    assert_eq!(later.last_error, Some((NOON.plus_ms(6), "503".to_owned())));
    store.connect_klaviyo(&id, b"second", NOON.plus_ms(7), &audit(2)).await.unwrap();
    let second = connection(&store, &id).await;
    assert_eq!((second.generation, second.connected_at, second.sent_through), (generation + 1, NOON, 9));
    assert_eq!((second.attempts, second.next_at, second.last_error), (0, NOON.plus_ms(7), None));
    assert!(store.disconnect_klaviyo(&id, &audit(3)).await.unwrap());
    assert!(!store.disconnect_klaviyo(&id, &audit(4)).await.unwrap());
    assert_eq!(store.klaviyo(&id).await.unwrap(), None);
}

pub async fn what_an_earlier_key_did_is_not_recorded(store: AnyStore) {
    let id = with_links(&store).await;
    store.create_brand(&brand(2)).await.unwrap();
    let progress = Progress { sent_through: 9, sent: 1, ..Progress::at(NOON) };
    assert!(!store.record_klaviyo(&id, 1, &progress).await.unwrap(), "not connected");
    store.connect_klaviyo(&id, b"first", NOON, &audit(1)).await.unwrap();
    let first = connection(&store, &id).await.generation;
    store.connect_klaviyo(&id, b"second", NOON, &audit(2)).await.unwrap();
    let second = connection(&store, &id).await.generation;
    assert!(!store.record_klaviyo(&id, first, &progress).await.unwrap());
    assert!(!store.record_klaviyo(&brand(2).id, second, &progress).await.unwrap(), "another brand");
    assert_eq!(store.klaviyo(&brand(2).id).await.unwrap(), None);
    assert_eq!(connection(&store, &id).await.sent, 0);
    // Neither is it for a connection that was made anew.
    assert!(store.disconnect_klaviyo(&id, &audit(3)).await.unwrap());
    store.connect_klaviyo(&id, b"third", NOON.plus_ms(9), &audit(4)).await.unwrap();
    for earlier in [first, second] {
        assert!(!store.record_klaviyo(&id, earlier, &progress).await.unwrap());
    }
    assert_eq!(connection(&store, &id).await.sent, 0);
}

pub async fn a_refused_key_disables_and_tells_once(store: AnyStore) {
    let id = with_links(&store).await;
    store.connect_klaviyo(&id, b"key", NOON, &audit(1)).await.unwrap();
    let generation = connection(&store, &id).await.generation;
    let refused =
        |n| Progress { disabling: Some((disabled(n), None)), error: Some("401".into()), ..Progress::at(NOON) };
    assert!(store.record_klaviyo(&id, generation, &refused(1)).await.unwrap());
    assert!(!store.record_klaviyo(&id, generation, &refused(2)).await.unwrap());
    assert_eq!(connection(&store, &id).await.disabled_at, Some(NOON));
    assert_eq!(store.sequence_events(&id, NOON, 10).await.unwrap().len(), 1);
    store.connect_klaviyo(&id, b"new", NOON, &audit(2)).await.unwrap();
    assert_eq!(connection(&store, &id).await.disabled_at, None);
}

pub async fn people_are_found_unless_they_are_erased(store: AnyStore) {
    let id = with_links(&store).await;
    let (first, second) = (creator(1), creator(2));
    let ids = [first.id.clone(), second.id.clone()];
    let people = store.people(&id, &ids).await.unwrap();
    assert_eq!(people.iter().map(|person| &person.id).collect::<Vec<_>>(), [&first.id, &second.id]);
    assert_eq!((&people[0].name, &people[0].handle, &people[0].tier), (&first.name, &first.handle, &first.tier));
    store.erase_creator(&id, &first.id, NOON, &audit(1), &NewEvents::default(), &scrub_job()).await.unwrap();
    assert_eq!(store.people(&id, &ids).await.unwrap(), people[1..]);
    store.create_brand(&brand(2)).await.unwrap();
    assert_eq!(store.people(&brand(2).id, &ids).await.unwrap(), []);
}
