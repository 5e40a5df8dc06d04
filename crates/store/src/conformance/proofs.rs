//! Requirements on every adapter: `store::proofs`.

use domain::{ProofId, proof::RevokedBy};

use crate::{
    conformance::fixtures::{AnyStore, NOON, audit, brand, creator, week, with_links},
    proofs::{Proof, ProofKey, Revocation, SigningKey},
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

pub async fn proofs_are_withdrawn_once(store: AnyStore) {
    let id = with_links(&store).await;
    let other = brand(2);
    store.create_brand(&other).await.unwrap();
    for n in 1..=2 {
        assert!(store.put_proof(&id, &proof(n), 10, &audit(n)).await.unwrap());
    }
    assert_eq!(store.proofs_of(&id, &creator(1).id, 10).await.unwrap(), [proof(2), proof(1)]);
    assert_eq!(store.proofs_of(&id, &creator(1).id, 1).await.unwrap(), [proof(2)]);
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
    let log = store.audit_log(&id, 10).await.unwrap();
    assert_eq!(log.iter().filter(|entry| entry.3.parse::<u8>().is_ok_and(|n| n < 20)).count(), 4);
}

pub async fn proofs_of_a_creator_are_bounded(store: AnyStore) {
    let id = with_links(&store).await;
    assert!(store.put_proof(&id, &proof(1), 2, &audit(1)).await.unwrap());
    assert!(store.put_proof(&id, &proof(2), 2, &audit(2)).await.unwrap());
    assert!(!store.put_proof(&id, &proof(3), 2, &audit(3)).await.unwrap());
    let other = Proof { creator: creator(2).id, ..proof(4) };
    assert!(store.put_proof(&id, &other, 2, &audit(4)).await.unwrap());
    let revocation = Revocation { at: NOON, by: RevokedBy::Brand };
    assert!(store.revoke_proof(&id, &proof(1).id, None, revocation, &audit(5)).await.unwrap());
    assert!(store.put_proof(&id, &proof(3), 2, &audit(6)).await.unwrap());
    let nobodys = Proof { creator: creator(9).id, ..proof(5) };
    assert!(!store.put_proof(&id, &nobodys, 2, &audit(7)).await.unwrap(), "no such creator");
}
