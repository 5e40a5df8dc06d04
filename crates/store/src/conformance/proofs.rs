//! Requirements on every adapter: `store::proofs`.

use domain::{
    BrandId, ProofId,
    link::Link,
    order::Order,
    proof::{ProofFigures, RevokedBy},
};

use crate::{
    conformance::fixtures::{
        AnyStore, NOON, audit, brand, creator, link, logged, order, settle, settle_job, today, week, with_links,
    },
    proofs::{NewProof, Proof, ProofKey, PutProof, Revocation, SigningKey, StatesTheSame},
};

fn key(n: u8) -> SigningKey {
    SigningKey {
        id: format!("key {n}"),
        public_key: [n; 32],
        sealed_seed: vec![n, 1, 2],
        created_at: NOON.plus_ms(i64::from(n)),
    }
}

pub async fn one_key_signs_until_it_is_replaced(store: AnyStore) {
    assert_eq!(store.proof_keys().await.unwrap(), []);
    assert_eq!(store.signing_key_or_insert(&key(1)).await.unwrap(), key(1));
    assert_eq!(store.signing_key_or_insert(&key(2)).await.unwrap(), key(1), "the first stays");
    store.replace_signing_key(&key(3)).await.unwrap();
    assert_eq!(store.signing_key_or_insert(&key(4)).await.unwrap(), key(3));
    let public = |key: SigningKey, retired_at| ProofKey {
        id: key.id,
        public_key: key.public_key,
        created_at: key.created_at,
        retired_at,
    };
    let expected = [public(key(3), None), public(key(1), Some(key(3).created_at))];
    assert_eq!(store.proof_keys().await.unwrap(), expected);
    let (one, other) = (store.clone(), store.clone());
    let (fifth, sixth) = (key(5), key(6));
    let both = (
        tokio::spawn(async move { one.signing_key_or_insert(&fifth).await.unwrap() }),
        tokio::spawn(async move { other.signing_key_or_insert(&sixth).await.unwrap() }),
    );
    assert_eq!((both.0.await.unwrap(), both.1.await.unwrap()), (key(3), key(3)));
}

fn proof(n: u8) -> Proof {
    Proof {
        id: ProofId::new(NOON.0 + i64::from(n), [n; 10]),
        creator: creator(1).id,
        period: week(),
        jws: format!("header.{n}.signature"),
        issued_at: NOON.plus_ms(i64::from(n)),
        revoked: None,
    }
}

/// Stores a proof of a creator who has sold nothing, so that these are the figures.
async fn put(
    store: &AnyStore,
    brand: &BrandId,
    proof: &Proof,
    most: i64,
    states_the_same: StatesTheSame<'_>,
) -> PutProof {
    let figures = ProofFigures::default();
    let new = NewProof { proof, figures: &figures, states_the_same, most };
    store.put_proof(brand, new, &audit(proof.issued_at.0.rem_euclid(100).try_into().unwrap())).await.unwrap()
}

/// As [`put`], where no two proofs state the same.
async fn put_another(store: &AnyStore, brand: &BrandId, proof: &Proof, most: i64) -> PutProof {
    put(store, brand, proof, most, &|_| false).await
}

pub async fn proofs_are_withdrawn_once(store: AnyStore) {
    let id = with_links(&store).await;
    let other = brand(2);
    store.create_brand(&other).await.unwrap();
    for n in 1..=2 {
        assert_eq!(put_another(&store, &id, &proof(n), 10).await, PutProof::Stored);
    }
    assert_eq!(store.proofs_of(&id, &creator(1).id, 10).await.unwrap(), [proof(2), proof(1)]);
    assert_eq!(store.proofs_of(&id, &creator(2).id, 10).await.unwrap(), []);
    assert_eq!(store.proofs(&id, 10).await.unwrap(), [proof(2), proof(1)]);
    assert_eq!(store.proofs(&other.id, 10).await.unwrap(), []);
    assert_eq!(store.proof(&proof(1).id).await.unwrap(), Some((id.clone(), proof(1))));
    assert_eq!(store.proof(&proof(9).id).await.unwrap(), None);

    let by_creator = Revocation { at: NOON, by: RevokedBy::Creator };
    let (own, stranger) = (creator(1).id, creator(2).id);
    let revoke = async |brand, n: u8, of, revocation| {
        store.revoke_proof(brand, &proof(n).id, of, revocation, &audit(10 + n)).await.unwrap()
    };
    assert!(!revoke(&id, 1, Some(&stranger), by_creator).await, "another creator's");
    assert!(!revoke(&other.id, 1, None, by_creator).await, "another brand's");
    assert!(revoke(&id, 1, Some(&own), by_creator).await);
    let by_brand = Revocation { at: NOON.plus_ms(5), by: RevokedBy::Brand };
    assert!(!revoke(&id, 1, None, by_brand).await, "withdrawn already");
    assert!(revoke(&id, 2, None, by_brand).await);
    let withdrawn = |n, revocation| Proof { revoked: Some(revocation), ..proof(n) };
    let expected = [withdrawn(2, by_brand), withdrawn(1, by_creator)];
    assert_eq!(store.proofs_of(&id, &creator(1).id, 10).await.unwrap(), expected);
    let log = logged(&store, &id).await;
    assert_eq!(log.iter().filter(|entry| entry.3.parse::<u8>().is_ok_and(|n| n < 20)).count(), 4);
}

pub async fn proofs_of_a_creator_are_bounded(store: AnyStore) {
    let id = with_links(&store).await;
    assert_eq!(put_another(&store, &id, &proof(1), 2).await, PutProof::Stored);
    assert_eq!(put_another(&store, &id, &proof(2), 2).await, PutProof::Stored);
    assert_eq!(put_another(&store, &id, &proof(3), 2).await, PutProof::TooMany);
    let other = Proof { creator: creator(2).id, ..proof(4) };
    assert_eq!(put_another(&store, &id, &other, 2).await, PutProof::Stored);
    let revocation = Revocation { at: NOON, by: RevokedBy::Brand };
    assert!(store.revoke_proof(&id, &proof(1).id, None, revocation, &audit(5)).await.unwrap());
    assert_eq!(put_another(&store, &id, &proof(3), 2).await, PutProof::Stored);
    let nobodys = Proof { creator: creator(9).id, ..proof(5) };
    assert_eq!(put_another(&store, &id, &nobodys, 2).await, PutProof::NoCreator);
}

pub async fn standing_proofs_are_all_listed_before_withdrawn_ones(store: AnyStore) {
    let id = with_links(&store).await;
    for n in 1..=4 {
        assert_eq!(put_another(&store, &id, &proof(n), 10).await, PutProof::Stored);
    }
    let revocation = Revocation { at: NOON, by: RevokedBy::Creator };
    for n in [3, 4] {
        assert!(store.revoke_proof(&id, &proof(n).id, None, revocation, &audit(100 + n)).await.unwrap());
    }
    let withdrawn = |n| Proof { revoked: Some(revocation), ..proof(n) };
    let listed = async |withdrawn_max| store.proofs_of(&id, &creator(1).id, withdrawn_max).await.unwrap();
    assert_eq!(listed(9).await, [proof(2), proof(1), withdrawn(4), withdrawn(3)]);
    assert_eq!(listed(1).await, [proof(2), proof(1), withdrawn(4)]);
    assert_eq!(listed(0).await, [proof(2), proof(1)]);
}

pub async fn a_proof_that_states_the_same_is_issued_once(store: AnyStore) {
    let id = with_links(&store).await;
    // Sent twice at the same time.
    let sent = |n: u8| {
        let (store, id) = (store.clone(), id.clone());
        tokio::spawn(async move { put(&store, &id, &proof(n), 10, &|_| true).await })
    };
    let (one, other) = (sent(1), sent(2));
    let outcomes = [one.await.unwrap(), other.await.unwrap()];
    let stored = store.proofs_of(&id, &creator(1).id, 10).await.unwrap();
    assert_eq!(stored.len(), 1, "{outcomes:?}");
    assert!(outcomes.contains(&PutProof::Stored), "{outcomes:?}");
    assert!(outcomes.contains(&PutProof::Standing(stored[0].clone())), "{outcomes:?}");
    // Another creator's, other figures, and another period are others.
    let theirs = Proof { creator: creator(2).id, ..proof(3) };
    assert_eq!(put(&store, &id, &theirs, 10, &|_| true).await, PutProof::Stored);
    let first_day = domain::time::Period::between(week().from, week().from);
    assert_eq!(put(&store, &id, &Proof { period: first_day, ..proof(4) }, 10, &|_| true).await, PutProof::Stored);
    assert_eq!(put_another(&store, &id, &proof(5), 10).await, PutProof::Stored);
    let newer = put(&store, &id, &proof(6), 10, &|other| other.id == proof(5).id).await;
    assert_eq!(newer, PutProof::Standing(proof(5)));
}

pub async fn what_the_brand_has_withdrawn_is_not_issued_again(store: AnyStore) {
    let id = with_links(&store).await;
    let withdraw = async |n: u8, by| {
        let revocation = Revocation { at: NOON, by };
        assert!(store.revoke_proof(&id, &proof(n).id, None, revocation, &audit(100 + n)).await.unwrap());
    };
    assert_eq!(put(&store, &id, &proof(1), 10, &|_| true).await, PutProof::Stored);
    withdraw(1, RevokedBy::Creator).await;
    assert_eq!(put(&store, &id, &proof(2), 10, &|_| true).await, PutProof::Stored, "what they withdrew themselves");
    withdraw(2, RevokedBy::Brand).await;
    assert_eq!(put(&store, &id, &proof(3), 10, &|_| true).await, PutProof::RevokedByBrand);
    assert_eq!(put_another(&store, &id, &proof(4), 10).await, PutProof::Stored, "other figures");
}

pub async fn figures_that_have_changed_are_not_published(store: AnyStore) {
    let id = with_links(&store).await;
    let shared = Order { cart_ref: Some(link(2, None).code), promo_codes: vec![], ..order("22", 700) };
    store.put_order(&shared, today(), &settle_job).await.unwrap();
    settle(&store, &id, "22").await;
    let figures = store.own_shared_figures(&id, &creator(1).id, week()).await.unwrap();
    assert_eq!(figures.conversions, 1);
    let publish = async |n: u8| {
        let proof = proof(n);
        let new = NewProof { proof: &proof, figures: &figures, states_the_same: &|_| false, most: 10 };
        store.put_proof(&id, new, &audit(n)).await.unwrap()
    };
    assert_eq!(put_another(&store, &id, &proof(1), 10).await, PutProof::FiguresChanged, "read before the sale");
    assert_eq!(publish(2).await, PutProof::Stored);
    let private = Link { share_revenue: false, ..link(2, Some(1)) };
    assert!(store.edit_link(&id, &private, &audit(100)).await.unwrap());
    assert_eq!(publish(3).await, PutProof::FiguresChanged, "shared no longer");
    assert_eq!(store.proofs_of(&id, &creator(1).id, 10).await.unwrap(), [proof(2)]);
}
