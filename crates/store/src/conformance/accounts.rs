//! Requirements on every adapter: `store::accounts`.

use core::sync::atomic::{AtomicU32, Ordering};

use domain::{
    BrandId,
    account::{Account, MailChoices, Place, Role},
    creator::Creator,
    language::Language,
};

use crate::{
    accounts::{LINKS_PER_ADDRESS_MAX, NewSession},
    audit::AuditEntry,
    conformance::{
        fixtures::{AnyStore, NOON, audit, brand, creator, scrub_job, with_links},
        people::{account_id, address, join, session},
    },
    outbound::NewEvents,
};

fn account(n: u8) -> Account {
    Account { id: account_id(n), address: address(n), language: Language::English }
}

/// Gives a creator of fixtures the address of a person.
async fn give_address(store: &AnyStore, brand: &BrandId, of: u8, person: u8) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let known = Creator { email_hash: Some(address(person).hash), ..creator(of) };
    let entry = AuditEntry { id: format!("address {}", COUNT.fetch_add(1, Ordering::SeqCst)), ..audit(of) };
    assert!(store.update_creator(brand, &known, &entry, &NewEvents::default()).await.unwrap());
}

fn in_team(brand: &BrandId) -> Place {
    Place { brand: brand.clone(), creator: None }
}

fn as_creator(brand: &BrandId, n: u8) -> Place {
    Place { brand: brand.clone(), creator: Some(creator(n).id) }
}

pub async fn links_of_an_address_work_once_and_are_few(store: AnyStore) {
    let brand = with_links(&store).await;
    give_address(&store, &brand, 1, 1).await;
    let (to, soon) = (address(1), NOON.plus_ms(100));
    for n in 1..=3 {
        assert!(store.put_account_link([n; 32], &to, NOON, soon).await.unwrap());
    }
    assert_eq!(LINKS_PER_ADDRESS_MAX, 3);
    assert!(!store.put_account_link([4; 32], &to, NOON, soon).await.unwrap(), "a fourth");
    assert!(store.put_account_link([3; 32], &to, NOON, soon).await.unwrap(), "the third again");
    assert!(store.put_account_link([5; 32], &address(2), NOON, soon).await.unwrap(), "another address");
    assert!(store.put_account_link([4; 32], &to, soon, soon.plus_ms(1)).await.unwrap(), "when the others have expired");
    assert_eq!(store.account_link([4; 32], NOON).await.unwrap(), Some(to.clone()));
    assert_eq!(store.account_link([1; 32], soon).await.unwrap(), None);
    assert_eq!(store.account_link([9; 32], NOON).await.unwrap(), None);

    let (first, second) = (session(11, as_creator(&brand, 1)), session(12, as_creator(&brand, 1)));
    let new = account_id(1);
    let (one, other) =
        tokio::join!(store.use_account_link([1; 32], &new, &first), store.use_account_link([1; 32], &new, &second));
    let used: Vec<Account> = [one.unwrap(), other.unwrap()].into_iter().flatten().collect();
    assert_eq!(used, [account(1)]);
    assert_eq!(store.account_link([1; 32], NOON).await.unwrap(), None);
    let again = store.use_account_link([2; 32], &account_id(7), &session(13, as_creator(&brand, 1))).await.unwrap();
    assert_eq!(again, Some(account(1)), "the address has an account");
    let late = NewSession { at: soon, ..session(14, as_creator(&brand, 1)) };
    assert_eq!(store.use_account_link([3; 32], &new, &late).await.unwrap(), None);
    assert_eq!(store.account(&account_id(1)).await.unwrap(), Some(account(1)));
    assert_eq!(store.account_by_address("address 1").await.unwrap(), Some(account(1)));
    assert_eq!(store.account_by_address("address 2").await.unwrap(), None);
}

pub async fn people_are_where_their_address_is(store: AnyStore) {
    let brand_id = with_links(&store).await;
    give_address(&store, &brand_id, 1, 1).await;
    give_address(&store, &brand_id, 2, 2).await;
    store.create_brand(&brand(2)).await.unwrap();
    join(&store, &brand(2).id, 1, Role::Member).await;
    let places = store.places("address 1").await.unwrap();
    let shown: Vec<_> = places.iter().map(|known| (&known.place, known.brand_name.as_str(), known.role)).collect();
    let (team, page) = (in_team(&brand(2).id), as_creator(&brand_id, 1));
    assert_eq!(shown, [(&team, "Brand 2", Some(Role::Member)), (&page, "Brand 1", None)]);
    assert_eq!(places[1].creator_name.as_deref(), Some("Creator 1"));
    assert_eq!(store.places("nobody").await.unwrap(), vec![]);

    // A session moves with its person, and ends with what let them in.
    let token = [101; 32];
    let seen = store.session(token, NOON).await.unwrap().unwrap();
    assert_eq!((seen.role, seen.account), (Some(Role::Member), Some(account_id(1))));
    assert!(store.move_session(&account_id(1), token, &page, NOON, &NewEvents::default()).await.unwrap());
    assert!(
        !store.move_session(&account_id(2), token, &team, NOON, &NewEvents::default()).await.unwrap(),
        "another person"
    );
    let seen = store.session(token, NOON).await.unwrap().unwrap();
    assert_eq!((seen.principal.creator, seen.role), (Some(creator(1).id), None));
    give_address(&store, &brand_id, 1, 3).await;
    assert_eq!(store.session(token, NOON).await.unwrap(), None, "the creator has another address");
    give_address(&store, &brand_id, 1, 1).await;
    assert!(store.session(token, NOON).await.unwrap().is_some());
    assert!(
        store
            .erase_creator(&brand_id, &creator(1).id, NOON, &audit(90), &NewEvents::default(), &scrub_job())
            .await
            .unwrap()
    );
    assert_eq!(store.session(token, NOON).await.unwrap(), None);
    assert_eq!(store.places("address 1").await.unwrap().len(), 1);
}

pub async fn sessions_are_seen_and_ended(store: AnyStore) {
    let brand = with_links(&store).await;
    join(&store, &brand, 1, Role::Owner).await;
    join(&store, &brand, 2, Role::Owner).await;
    for n in [21, 22] {
        assert!(store.put_account_link([n; 32], &address(1), NOON, NOON.plus_ms(9)).await.unwrap());
        store.use_account_link([n; 32], &account_id(9), &session(n, in_team(&brand))).await.unwrap().unwrap();
    }
    store.touch_session([21; 32], NOON.plus_ms(5)).await.unwrap();
    let open = store.sessions_of(&account_id(1), NOON).await.unwrap();
    assert_eq!(open.iter().map(|one| one.token[0]).collect::<Vec<_>>(), [21, 22, 101], "the last used first");
    assert_eq!((open[0].last_seen_at, open[0].created_at), (NOON.plus_ms(5), NOON));
    assert_eq!(open[0].browser.as_deref(), Some("Firefox on Linux"));
    assert_eq!((open[0].email.as_deref(), &open[0].place), (Some("person1@example.com"), &in_team(&brand)));
    assert_eq!(store.session([21; 32], NOON).await.unwrap().unwrap().last_seen_at, NOON.plus_ms(5));
    assert_eq!(store.sessions_of(&account_id(1), NOON.plus_ms(1_000)).await.unwrap(), vec![]);
    assert_eq!(store.end_sessions_of(&account_id(1), Some([22; 32])).await.unwrap(), 2);
    assert_eq!(store.sessions_of(&account_id(1), NOON).await.unwrap().len(), 1);
    assert_eq!(store.end_sessions_of(&account_id(1), None).await.unwrap(), 1);
    assert_eq!(store.sessions_of(&account_id(2), NOON).await.unwrap().len(), 1, "another person's");
}

pub async fn accounts_that_nobody_needs_are_deleted(store: AnyStore) {
    let brand = with_links(&store).await;
    give_address(&store, &brand, 1, 1).await;
    join(&store, &brand, 2, Role::Owner).await;
    join(&store, &brand, 3, Role::Member).await;
    assert!(store.put_account_link([1; 32], &address(1), NOON, NOON.plus_ms(100)).await.unwrap());
    store.use_account_link([1; 32], &account_id(1), &session(1, as_creator(&brand, 1))).await.unwrap().unwrap();
    assert!(store.put_account_link([3; 32], &address(3), NOON, NOON.plus_ms(100)).await.unwrap());
    assert_eq!(store.delete_unused_accounts(None, 10).await.unwrap(), 0);
    store.remove_member(&brand, &account_id(3), &audit(91)).await.unwrap();
    give_address(&store, &brand, 1, 9).await;
    assert_eq!(store.delete_unused_accounts(Some("address 2"), 10).await.unwrap(), 0, "an owner's");
    assert_eq!(store.delete_unused_accounts(Some("address 3"), 10).await.unwrap(), 1);
    assert_eq!(store.account_link([3; 32], NOON).await.unwrap(), None);
    assert_eq!(store.delete_unused_accounts(None, 10).await.unwrap(), 1);
    assert_eq!(store.account(&account_id(1)).await.unwrap(), None);
    assert_eq!(store.session([1; 32], NOON).await.unwrap(), None);
    assert_eq!(store.account(&account_id(2)).await.unwrap(), Some(account(2)));
}

pub async fn people_choose_their_mails(store: AnyStore) {
    let own = with_links(&store).await;
    let of_creator = async |n: u8| store.account_of_creator(&own, &creator(n).id).await.unwrap();
    give_address(&store, &own, 1, 1).await;
    assert_eq!(of_creator(1).await, None, "nobody has signed in with it");
    assert!(store.put_account_link([1; 32], &address(1), NOON, NOON.plus_ms(100)).await.unwrap());
    store.use_account_link([1; 32], &account_id(1), &session(1, as_creator(&own, 1))).await.unwrap().unwrap();
    let all = MailChoices { answers: true, payouts: true, questions: true };
    assert_eq!((of_creator(1).await, of_creator(2).await), (Some((account(1), all)), None));
    let fewer = MailChoices { answers: false, payouts: true, questions: false };
    store.set_mail_choices(&account_id(1), fewer).await.unwrap();
    assert_eq!(store.mail_choices(&account_id(1)).await.unwrap(), Some(fewer));
    assert_eq!(store.mail_choices(&account_id(2)).await.unwrap(), None);
    assert_eq!(of_creator(1).await, Some((account(1), fewer)));
    store.create_brand(&brand(2)).await.unwrap();
    assert_eq!(store.account_of_creator(&brand(2).id, &creator(1).id).await.unwrap(), None);
    assert!(
        store.erase_creator(&own, &creator(1).id, NOON, &audit(90), &NewEvents::default(), &scrub_job()).await.unwrap()
    );
    assert_eq!(of_creator(1).await, None);
}
