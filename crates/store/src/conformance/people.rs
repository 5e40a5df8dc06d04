//! People for the requirements on accounts and teams.

use domain::{
    AccountId, BrandId, InvitationId,
    account::{Address, Invitation, Invited, Place, Role},
    language::Language,
};

use crate::{
    accounts::NewSession,
    conformance::fixtures::{AnyStore, NOON, audit, job},
    jobs::Lane,
    members::PutInvitation,
    outbound::NewEvents,
};

pub(super) fn address(n: u8) -> Address {
    Address { email: format!("person{n}@example.com"), hash: format!("address {n}") }
}

pub(super) fn account_id(n: u8) -> AccountId {
    AccountId::new(1, [n; 10])
}

pub(super) fn session(n: u8, place: Place) -> NewSession {
    NewSession {
        token: [n; 32],
        place,
        browser: "Firefox on Linux".to_owned(),
        language: Language::English,
        at: NOON,
        expires_at: NOON.plus_ms(1_000),
        activation: NewEvents::default(),
    }
}

pub(super) fn invitation(n: u8, person: u8, invited: Invited) -> Invitation {
    Invitation {
        id: InvitationId::new(i64::from(n), [n; 10]),
        address: address(person),
        invited,
        created_at: NOON,
        expires_at: NOON.plus_ms(100),
        sent_at: None,
        is_by_owner: true,
    }
}

pub(super) async fn invite(store: &AnyStore, brand: &BrandId, n: u8, person: u8, invited: Invited) -> Invitation {
    let invitation = invitation(n, person, invited);
    let mail = job("mail", n.to_string(), Lane::Mail);
    let stored = store.put_invitation(brand, &invitation, [n; 32], &audit(n), &mail).await.unwrap();
    assert_eq!(stored, PutInvitation::Stored);
    invitation
}

/// Lets a person into a team, with the session that has 100 more than their number as its token.
pub(super) async fn join(store: &AnyStore, brand: &BrandId, person: u8, role: Role) {
    invite(store, brand, 200 + person, person, Invited::Team(role)).await;
    let session = session(100 + person, Place { brand: brand.clone(), creator: None });
    let (account, entry) = (account_id(person), audit(170 + person));
    let accepted = store.accept_invitation([200 + person; 32], &account, &session, &entry).await.unwrap();
    assert!(accepted.is_some());
}
