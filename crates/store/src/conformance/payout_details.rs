//! Requirements on every adapter: `store::payout_details`.

use domain::creator::{Creator, Profile};

use crate::{
    conformance::fixtures::{AnyStore, NOON, audit, brand, creator, job, with_links},
    creator_merges::{Merge, Merged},
    jobs::Lane,
    outbound::NewEvents,
    payout_details::{NewPayoutDetails, StoredPayoutDetails},
};

pub async fn payout_details_are_replaced_whole(store: AnyStore) {
    let id = with_links(&store).await;
    store.create_brand(&brand(2)).await.unwrap();
    let own = creator(1).id;
    assert_eq!(
        (store.payout_details(&id).await.unwrap(), store.payout_details_of(&id, &own).await.unwrap()),
        (vec![], None)
    );
    let waiting = async || store.backlog(NOON).await.unwrap().waiting;
    let (before, mail) = (waiting().await, job("mail", "changed".to_owned(), Lane::Mail));
    let set =
        async |new, entry: u8| store.set_payout_details(&id, &own, new, &audit(entry), Some(&mail)).await.unwrap();
    let by_bank = NewPayoutDetails { paypal: None, details: Some(b"bank"), contact: Some(b"ana") };
    assert!(set(by_bank, 1).await);
    assert_eq!(waiting().await, before + 1);
    let stored = StoredPayoutDetails {
        creator: own.clone(),
        paypal: None,
        details: Some(b"bank".to_vec()),
        contact: Some(b"ana".to_vec()),
        changed_at: Some(NOON),
    };
    assert_eq!(store.payout_details(&id).await.unwrap(), core::slice::from_ref(&stored));
    assert_eq!(store.payout_details_of(&id, &own).await.unwrap(), Some(stored.clone()));
    assert_eq!(store.payout_details(&brand(2).id).await.unwrap(), []);
    assert_eq!(store.payout_details_of(&brand(2).id, &own).await.unwrap(), None);
    assert!(!store.set_payout_details(&brand(2).id, &own, by_bank, &audit(2), None).await.unwrap());
    assert!(set(NewPayoutDetails { paypal: Some(b"paypal"), ..NewPayoutDetails::default() }, 3).await);
    let by_paypal = StoredPayoutDetails { paypal: Some(b"paypal".to_vec()), details: None, contact: None, ..stored };
    assert_eq!(store.payout_details_of(&id, &own).await.unwrap(), Some(by_paypal));
    assert!(set(NewPayoutDetails::default(), 4).await);
    assert_eq!(store.payout_details_of(&id, &own).await.unwrap(), None);
}

pub async fn the_details_of_a_merged_creator_follow_unless_the_other_has_some(store: AnyStore) {
    let id = with_links(&store).await;
    let third = Creator { id: domain::CreatorId::new(3, [3; 10]), partner_code: None, ..creator(3) };
    store.create_creator(&id, &third, &audit(30), &NewEvents::default()).await.unwrap();
    let merge = async |from: u8, into: &Creator, entry: u8, details: &[u8], payout_changed_at| {
        let (from, profile) = (if from == 3 { third.id.clone() } else { creator(from).id }, Profile::default());
        let moved = NewPayoutDetails { paypal: None, details: Some(details), contact: Some(b"ana") };
        let plan = Merge {
            from: &from,
            from_read_at: NOON,
            into,
            into_read_at: NOON,
            profile: &profile,
            payout: Some(moved),
            payout_changed_at,
            is_by_owner: true,
        };
        let follow = job("follow", entry.to_string(), Lane::Maintenance);
        store.merge_creators(&id, plan, &audit(entry), &NewEvents::default(), &follow).await.unwrap()
    };
    assert_eq!(merge(1, &creator(2), 1, b"first", [None, None]).await, Merged::Now);
    let kept = async || store.payout_details(&id).await.unwrap().into_iter().map(|one| (one.creator, one.details));
    let expected = [(creator(2).id, Some(b"first".to_vec()))];
    assert_eq!(kept().await.collect::<Vec<_>>(), expected);
    // Nobody is paid elsewhere because of who was merged into them.
    let stale = merge(3, &creator(2), 2, b"second", [None, None]).await;
    assert_eq!(stale, Merged::Changed, "how the other is paid was changed after it was read");
    assert_eq!(merge(3, &creator(2), 2, b"second", [None, Some(NOON)]).await, Merged::Now);
    assert_eq!(kept().await.collect::<Vec<_>>(), expected);
}
