//! Requirements on every adapter: `store::members`.

use domain::{
    BrandId,
    account::{Invitation, Invited, Place, Role},
    creator::Creator,
    retention::KeptSince,
    time::DAY_MS,
};

use crate::{
    audit::AuditEntry,
    conformance::{
        creator_merges::{adjustment, entry_ids, payout},
        fixtures::{AnyStore, NOON, audit, brand, creator, job, logged, with_links},
        people::{account_id, invitation, invite, join, session},
    },
    jobs::Lane,
    members::{INVITATIONS_PER_MAILBOX_MAX, PutInvitation, TeamChange},
    outbound::NewEvents,
    retention::EndedBefore,
};

async fn roles(store: &AnyStore, brand: &BrandId) -> Vec<(String, Role)> {
    store.members(brand).await.unwrap().into_iter().map(|member| (member.email, member.role)).collect()
}

pub async fn a_team_always_has_an_owner(store: AnyStore) {
    let brand = with_links(&store).await;
    join(&store, &brand, 1, Role::Owner).await;
    join(&store, &brand, 2, Role::Member).await;
    let (one, two) = (account_id(1), account_id(2));
    let names = ["person1@example.com".to_owned(), "person2@example.com".to_owned()];
    let expected = |roles: [Role; 2]| names.clone().into_iter().zip(roles).collect::<Vec<_>>();
    assert_eq!(roles(&store, &brand).await, expected([Role::Owner, Role::Member]));
    let demoted = store.set_role(&brand, &one, Role::Member, &audit(1)).await.unwrap();
    assert_eq!(
        (demoted, store.remove_member(&brand, &one, &audit(2)).await.unwrap()),
        (TeamChange::LastOwner, TeamChange::LastOwner)
    );
    assert_eq!(store.set_role(&brand, &account_id(9), Role::Owner, &audit(3)).await.unwrap(), TeamChange::Missing);
    assert_eq!(store.remove_member(&brand, &account_id(9), &audit(4)).await.unwrap(), TeamChange::Missing);
    assert_eq!(store.set_role(&brand, &two, Role::Owner, &audit(5)).await.unwrap(), TeamChange::Done);
    assert_eq!(roles(&store, &brand).await, expected([Role::Owner, Role::Owner]));
    let (first, second) = (audit(6), audit(7));
    let (first, second) =
        tokio::join!(store.remove_member(&brand, &one, &first), store.remove_member(&brand, &two, &second));
    let mut outcomes = [first.unwrap(), second.unwrap()];
    outcomes.sort_by_key(|outcome| *outcome == TeamChange::LastOwner);
    assert_eq!(outcomes, [TeamChange::Done, TeamChange::LastOwner], "not both");
    let left = store.members(&brand).await.unwrap().remove(0).account;
    for (person, token) in [(&one, [101; 32]), (&two, [102; 32])] {
        assert_eq!(store.session(token, NOON).await.unwrap().is_some(), *person == left);
    }
    let log = logged(&store, &brand).await;
    let is_refused = |subject: &String| ["1", "2", "3", "4"].contains(&subject.as_str());
    assert!(!log.iter().any(|(_, _, _, subject)| is_refused(subject)), "what was refused is not logged");
}

pub async fn sessions_of_a_team_are_ended_by_its_brand(store: AnyStore) {
    let brand_id = with_links(&store).await;
    store.create_brand(&brand(2)).await.unwrap();
    join(&store, &brand_id, 1, Role::Owner).await;
    join(&store, &brand(2).id, 2, Role::Owner).await;
    let open = store.team_sessions(&brand_id, NOON).await.unwrap();
    assert_eq!(open.iter().map(|one| one.token).collect::<Vec<_>>(), [[101; 32]]);
    assert_eq!(open[0].email.as_deref(), Some("person1@example.com"));
    assert!(!store.end_team_session(&brand_id, [102; 32], &audit(1)).await.unwrap(), "another brand's");
    assert!(store.end_team_session(&brand_id, [101; 32], &audit(2)).await.unwrap());
    assert!(!store.end_team_session(&brand_id, [101; 32], &audit(3)).await.unwrap());
    assert_eq!(store.team_sessions(&brand_id, NOON).await.unwrap(), vec![]);
}

pub async fn invitations_are_accepted_once(store: AnyStore) {
    let brand_id = with_links(&store).await;
    let place = Place { brand: brand_id.clone(), creator: None };
    let first = invite(&store, &brand_id, 1, 1, Invited::Team(Role::Member)).await;
    assert_eq!(store.invitation(&brand_id, &first.id).await.unwrap(), Some(first.clone()));
    assert_eq!(store.invitation_by_token([1; 32], NOON).await.unwrap(), Some((brand_id.clone(), first.clone())));
    assert_eq!(store.invitation_by_token([1; 32], NOON.plus_ms(100)).await.unwrap(), None);
    assert_eq!(store.backlog(NOON).await.unwrap().waiting, 1, "its mail");
    store.note_invitation_sent(&brand_id, &first.id, NOON).await.unwrap();
    assert_eq!(store.invitations(&brand_id).await.unwrap()[0].sent_at, Some(NOON));
    let second = invite(&store, &brand_id, 2, 1, Invited::Team(Role::Owner)).await;
    assert_eq!(store.invitations(&brand_id).await.unwrap(), [second], "it replaces the first");
    invite(&store, &brand_id, 3, 1, Invited::Creator(creator(1).id)).await;
    assert_eq!(store.invitations(&brand_id).await.unwrap().len(), 2, "as a creator is another thing");

    let (one, other) = (session(11, place.clone()), session(12, place.clone()));
    let (by, person) = (audit(11), account_id(1));
    let (one, other) = tokio::join!(
        store.accept_invitation([2; 32], &person, &one, &by),
        store.accept_invitation([2; 32], &person, &other, &by)
    );
    assert_eq!([one.unwrap(), other.unwrap()].into_iter().flatten().count(), 1);
    assert_eq!(roles(&store, &brand_id).await, [("person1@example.com".to_owned(), Role::Owner)]);
    invite(&store, &brand_id, 4, 1, Invited::Team(Role::Member)).await;
    store.accept_invitation([4; 32], &person, &session(13, place.clone()), &audit(12)).await.unwrap().unwrap();
    assert_eq!(roles(&store, &brand_id).await[0].1, Role::Owner, "an owner stays one");

    let as_creator = Place { creator: Some(creator(1).id), ..place.clone() };
    store.accept_invitation([3; 32], &account_id(8), &session(14, as_creator), &audit(13)).await.unwrap().unwrap();
    let known = store.creator(&brand_id, &creator(1).id).await.unwrap().unwrap();
    assert_eq!(known.email_hash.as_deref(), Some("address 1"));
    assert!(store.session([14; 32], NOON).await.unwrap().is_some());

    let taken_back = invite(&store, &brand_id, 5, 2, Invited::Team(Role::Member)).await;
    store.create_brand(&brand(2)).await.unwrap();
    assert!(!store.revoke_invitation(&brand(2).id, &taken_back.id, &audit(14)).await.unwrap());
    assert!(store.revoke_invitation(&brand_id, &taken_back.id, &audit(15)).await.unwrap());
    assert!(!store.revoke_invitation(&brand_id, &taken_back.id, &audit(16)).await.unwrap());
    let refused = store.accept_invitation([5; 32], &account_id(2), &session(15, place), &audit(17)).await.unwrap();
    assert_eq!(refused, None);
}

pub async fn dead_invitations_are_deleted(store: AnyStore) {
    let brand = with_links(&store).await;
    invite(&store, &brand, 1, 1, Invited::Team(Role::Member)).await;
    let kept_since = |ms: i64| {
        let at = NOON.plus_ms(ms);
        KeptSince { events: NOON, clicks: NOON, landings: NOON, access: at }
    };
    store.delete_old(&brand, &kept_since(100), 10).await.unwrap();
    assert_eq!(store.invitations(&brand).await.unwrap().len(), 1);
    store.delete_old(&brand, &kept_since(101), 10).await.unwrap();
    assert_eq!(store.invitations(&brand).await.unwrap(), vec![]);
}

pub async fn a_mailbox_gets_few_invitations_whoever_sends_them(store: AnyStore) {
    let one = with_links(&store).await;
    store.create_brand(&brand(2)).await.unwrap();
    let brands = [one, brand(2).id];
    let put = async |n: u8, person: u8, day: i64| {
        let at = NOON.plus_ms(day * DAY_MS);
        let new = Invitation { created_at: at, ..invitation(n, person, Invited::Team(Role::Member)) };
        let (entry, mail) = (AuditEntry { at, ..audit(n) }, job("mail", n.to_string(), Lane::Mail));
        store.put_invitation(&brands[usize::from(n % 2)], &new, [n; 32], &entry, &mail).await.unwrap()
    };
    let most = u8::try_from(INVITATIONS_PER_MAILBOX_MAX).unwrap();
    for n in 1..=most {
        assert_eq!(put(n, 1, 0).await, PutInvitation::Stored, "{n}");
    }
    let waiting = store.backlog(NOON).await.unwrap().waiting;
    for n in [most + 1, most + 2] {
        assert_eq!(put(n, 1, 0).await, PutInvitation::MailboxHasEnough, "of either brand");
    }
    assert_eq!(store.backlog(NOON).await.unwrap().waiting, waiting);
    assert_eq!(put(most + 3, 2, 0).await, PutInvitation::Stored, "another person");
    assert_eq!(put(most + 4, 1, 1).await, PutInvitation::Stored, "a day later");
    let ended = EndedBefore { oauth_states: NOON.plus_ms(3 * DAY_MS), deliveries: NOON, erasures: NOON };
    assert_eq!(store.delete_ended(&ended, 100).await.unwrap(), u64::from(most) + 2, "what no longer counts is deleted");
}

pub async fn invitations_by_members_give_no_account_away(store: AnyStore) {
    let brand_id = with_links(&store).await;
    let (one, two) = (creator(3).id, creator(4).id);
    for n in [3, 4] {
        let new = Creator { email_hash: None, ..creator(n) };
        store.create_creator(&brand_id, &new, &audit(50 + n), &NewEvents::default()).await.unwrap();
    }
    let by_member = |n: u8, person: u8, of: &domain::CreatorId| Invitation {
        is_by_owner: false,
        ..invitation(n, person, Invited::Creator(of.clone()))
    };
    let put = async |new: &Invitation, n: u8| {
        let mail = job("mail", n.to_string(), Lane::Mail);
        store.put_invitation(&brand_id, new, [n; 32], &audit(n), &mail).await.unwrap()
    };
    let accept = async |n: u8, person: u8, of: &domain::CreatorId| {
        let place = Place { brand: brand_id.clone(), creator: Some(of.clone()) };
        let session = session(100 + n, place);
        store.accept_invitation([n; 32], &account_id(person), &session, &audit(100 + n)).await.unwrap()
    };
    let address_of = async |of: &domain::CreatorId| store.creator(&brand_id, of).await.unwrap().unwrap().email_hash;

    // Nothing to take over: a member may invite.
    assert_eq!(put(&by_member(1, 1, &one), 1).await, PutInvitation::Stored);
    assert_eq!(put(&by_member(2, 2, &one), 2).await, PutInvitation::Stored);
    assert_eq!(accept(1, 1, &one).await, None, "a creator is one person: the second address replaced the first");
    assert_eq!(put(&by_member(9, 1, &one), 9).await, PutInvitation::Stored);
    assert!(accept(9, 1, &one).await.is_some());
    // The creator has an account now: members cannot invite another person.
    assert_eq!(accept(2, 2, &one).await, None);
    assert_eq!(address_of(&one).await.as_deref(), Some("address 1"));
    assert_eq!(put(&by_member(3, 2, &one), 3).await, PutInvitation::OwnersOnly);
    assert_eq!(put(&by_member(4, 1, &one), 4).await, PutInvitation::Stored, "their own address is no other person");
    // An owner may.
    let by_owner = invitation(5, 2, Invited::Creator(one.clone()));
    assert_eq!(put(&by_owner, 5).await, PutInvitation::Stored);
    assert!(accept(5, 2, &one).await.is_some());
    assert_eq!(address_of(&one).await.as_deref(), Some("address 2"));

    // Money that is owed is something to take over too.
    assert_eq!(put(&by_member(6, 3, &two), 6).await, PutInvitation::Stored);
    store.adjust(&brand_id, &adjustment(7, 4, 50), &audit(7), &NewEvents::default()).await.unwrap();
    let open = payout(1, &[(4, 50)]);
    assert!(store.create_payout(&brand_id, &open, &entry_ids(60, 1), &audit(60)).await.unwrap());
    assert_eq!(accept(6, 3, &two).await, None, "also while it is in an open payout");
    assert_eq!(put(&by_member(8, 3, &two), 8).await, PutInvitation::OwnersOnly);
}
