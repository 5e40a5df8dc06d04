//! Requirements on every adapter: `store::erasure`.

use domain::{AnswerId, CustomerId, FactsVersion, Identity, event::Event, order::Order};

use crate::{
    access::Principal,
    conformance::fixtures::{
        AnyStore, NOON, audit, brand, click, clicks_of, creator, delivery, event, identities, identities_of, install,
        landings_of, link, new_delivery, new_event, order, settle, settle_job, texts, today, week, with_links,
    },
    customers::{Join, NewSale},
    inbox::Delivery,
    ingest::Batch,
    profiles::{CustomerEvent, Profile},
    surveys::{Answer, AnswerState, ManualCredit},
};

const NOBODY: &[domain::id::InboxId] = &[];

fn answer(order: &str, text: &str) -> Answer {
    Answer {
        id: AnswerId::new(NOON.0, [1; 10]),
        order_external_id: order.into(),
        question: "How did you hear about us?".into(),
        answer: text.into(),
        received_at: NOON,
        state: AnswerState::Matched,
        creator: Some(creator(1).id),
        confidence_bp: 8000,
        matched_name: Some("Creator 1".into()),
    }
}

fn verified_purchase(id: &str, pv_id: &str, order_id: &str) -> Event {
    Event { event_type: "purchase".into(), order_id: Some(order_id.into()), is_verified: true, ..event(id, pv_id) }
}

pub async fn erasure_keeps_amounts(store: AnyStore) {
    store.install_shop(&install(1, NOON)).await.unwrap();
    let brand = brand(1).id;
    for n in 1..=2 {
        store.create_creator(&brand, &creator(n), &audit(150 + n)).await.unwrap();
        store.create_link(&brand, &link(n, Some(n)), None).await.unwrap();
    }
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    let stranger = Order { customer_hash: Some("other".into()), email_hash: None, cart_pv: None, ..order("22", 700) };
    store.put_order(&stranger, today(), &settle_job).await.unwrap();
    let attribution = settle(&store, &brand, "1001").await;
    store.put_answer(&brand, &answer("1001", "my friend Jess"), &settle_job).await.unwrap();
    let landed = Event { ref_code: Some(link(1, None).code.to_string()), ..event("landed", "pv-theirs") };
    let batch = Batch {
        clicks: vec![click(7, 1, "pv-cart", NOON), click(8, 1, "pv-theirs", NOON)],
        events: vec![new_event(event("cart", "pv-cart")), new_event(landed), new_event(event("else", "pv-else"))],
    };
    store.append(&batch).await.unwrap();
    let order_id = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().order.id;
    let credit = ManualCredit {
        order: order_id.clone(),
        link: link(1, None).id,
        actor: "member".into(),
        reason: "Ada told us".into(),
        at: NOON,
    };
    store.put_manual_credit(&brand, &credit, &settle_job, &audit(1)).await.unwrap();
    store.receive(&[new_delivery(1)]).await.unwrap();

    let whom = identities(&["shopify:customer", "pv:pv-theirs"]);
    let erase = async |n| store.erase_person(&brand, &whom, &[delivery(1).id], NOON, &audit(n)).await.unwrap();
    assert_eq!(erase(2).await, 1);
    assert_eq!(erase(3).await, 0, "a repeat");
    let found = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap();
    assert_eq!((&found.order.email_hash, &found.order.customer_hash, &found.order.cart_pv), (&None, &None, &None));
    assert_eq!((found.visitors, found.order.redacted_at), (vec![], Some(NOON)));
    assert_eq!(found.attribution.map(|found| found.credits), Some(attribution.credits), "the outcome stays");
    let other = store.order_by_external_id(&brand, "22").await.unwrap().unwrap().order;
    assert_eq!((other.customer_hash.as_deref(), other.redacted_at), (Some("other"), None));
    let left: Vec<String> =
        store.events_after(&brand, "", 10).await.unwrap().into_iter().map(|event| event.id).collect();
    assert_eq!(left, ["else"]);
    assert_eq!(clicks_of(&store, &brand, &["pv-cart", "pv-theirs"], NOON).await, vec![]);
    assert_eq!(landings_of(&store, &brand, "pv-theirs", NOON).await, vec![]);
    let kept = store.answers_of(&brand, &texts(&["1001"])).await.unwrap().remove(0);
    assert_eq!((kept.answer.as_str(), kept.creator), ("", Some(creator(1).id)));
    assert_eq!(store.manual_credits(&brand, &[order_id]).await.unwrap()[0].reason, "");
    assert_eq!(store.deliveries(&[delivery(1).id]).await.unwrap(), [], "the delivery is closed");
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!(traffic.sales_by_day[0].revenue_minor, 5000);
    assert_eq!(traffic.clicks_by_day[0].clicks.clicks, 2);
    assert_eq!(store.audit_log(&brand, 10).await.unwrap().len(), 5);
    store.scrub().await.unwrap();
}

pub async fn a_person_is_found_through_everything_that_leads_to_them(store: AnyStore) {
    let brand = with_links(&store).await;
    let id = |n: u8| CustomerId::new(i64::from(n), [n; 10]);
    let join = async |names: &[&str], n: u8| {
        store.join_identities(&brand, &identities(names), &id(n), Join::Merge, &settle_job, NOON).await.unwrap();
    };
    // Name, visitor, order; the order's e-mail address leads to a guest's order, whose cart has another visitor.
    join(&["key:k", "pv:first", "order:1"], 1).await;
    let named = |external_id: &str, pv_id: Option<&str>, email: Option<&str>| Order {
        cart_pv: pv_id.map(str::to_owned),
        email_hash: email.map(str::to_owned),
        customer_hash: None,
        ..order(external_id, 100)
    };
    store.put_order(&named("1", None, Some("mail")), today(), &settle_job).await.unwrap();
    store.put_order(&named("guest", Some("second"), Some("mail")), today(), &settle_job).await.unwrap();
    store.put_order(&named("stranger", Some("theirs"), Some("other")), today(), &settle_job).await.unwrap();
    // A link brought `alias` to their browser, and to a stranger's to whom it was sent on.
    let landed = |id: &str, pv_id: &str| Event { pv_alias: Some("alias".into()), ..event(id, pv_id) };
    let events = vec![new_event(landed("a", "second")), new_event(landed("b", "theirs"))];
    store.append(&Batch { clicks: vec![], events }).await.unwrap();
    // A lead named the customer of the click.
    join(&["pv:alias", "key:lead"], 2).await;
    // Hundreds of orders and visitors.
    let many: Vec<String> = (0..700).flat_map(|n| [format!("order:m{n}"), format!("pv:m{n}")]).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).chain(["key:k"]).collect();
    join(&many, 3).await;

    let person = store.person(&brand, &identities(&["key:k"])).await.unwrap();
    for known in ["key:k", "key:lead", "pv:first", "pv:second", "pv:alias", "order:1", "order:guest", "email:mail"] {
        assert!(person.identities.contains(&known.parse::<Identity>().unwrap()), "{known}");
    }
    assert_eq!((person.orders().len(), person.visitors().len()), (2 * 702, 703));
    for stranger in ["pv:theirs", "order:stranger", "email:other"] {
        assert!(!person.identities.contains(&stranger.parse::<Identity>().unwrap()), "{stranger}");
    }
    assert_eq!(store.erase_person(&brand, &identities(&["key:k"]), NOBODY, NOON, &audit(1)).await.unwrap(), 2);
    for gone in ["key:k", "pv:m699", "order:m699", "key:lead"] {
        assert_eq!(identities_of(&store, &brand, gone).await, vec![], "{gone}");
    }
    let left = store.events_after(&brand, "", 10).await.unwrap();
    assert_eq!(left.iter().map(|event| (&*event.id, &event.pv_alias)).collect::<Vec<_>>(), [("b", &None)]);
    let stranger = store.order_by_external_id(&brand, "stranger").await.unwrap().unwrap().order;
    assert_eq!((stranger.cart_pv.as_deref(), stranger.redacted_at), (Some("theirs"), None));
}

pub async fn the_erased_do_not_come_back(store: AnyStore) {
    let brand = with_links(&store).await;
    let id = CustomerId::new(1, [1; 10]);
    let whom = identities(&["key:k", "pv:pv-cart", "order:1001", "shopify:customer", "email:hash9"]);
    assert!(!store.is_erased(&brand, &whom).await.unwrap());
    store.join_identities(&brand, &whom, &id, Join::Merge, &settle_job, NOON).await.unwrap();
    store.erase_person(&brand, &identities(&["key:k"]), NOBODY, NOON, &audit(1)).await.unwrap();
    assert!(store.is_erased(&brand, &identities(&["pv:new", "key:k"])).await.unwrap());
    assert!(!store.is_erased(&brand, &identities(&["pv:new"])).await.unwrap());

    let anonymous = async |external_id: &str| {
        let found = store.order_by_external_id(&brand, external_id).await.unwrap().unwrap().order;
        let names = (found.cart_pv, found.email_hash, found.customer_hash);
        assert_eq!((names, found.redacted_at), ((None, None, None), Some(NOON)), "{external_id}");
        found.total_minor
    };
    // Late deliveries of their order, and of another one with their hash or visitor.
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    assert_eq!(anonymous("1001").await, 5000);
    let later = Order { version: FactsVersion::latest_wins(NOON.plus_ms(1)), ..order("1001", 6000) };
    store.put_order(&later, today(), &settle_job).await.unwrap();
    assert_eq!(anonymous("1001").await, 6000);
    let by_visitor = Order { email_hash: None, customer_hash: None, ..order("77", 800) };
    store.put_order(&by_visitor, today(), &settle_job).await.unwrap();
    assert_eq!(anonymous("77").await, 800);
    // What had no hash before gets none with one.
    let first = Order { email_hash: None, customer_hash: None, cart_pv: None, ..order("8", 900) };
    store.put_order(&first, today(), &settle_job).await.unwrap();
    let named = Order { version: FactsVersion::latest_wins(NOON.plus_ms(1)), ..order("8", 950) };
    store.put_order(&named, today(), &settle_job).await.unwrap();
    assert_eq!(anonymous("8").await, 950);

    let buyer = identities(&["order:tx123", "key:k"]);
    let sale = NewSale { transaction_id: "tx123", meta: r#"{"name":"Ada"}"#, identities: &buyer, customer: &id };
    let unnamed = Order { email_hash: None, customer_hash: None, ..order("tx123", 300) };
    let unnamed = Order { cart_pv: None, ..unnamed };
    store.put_sale(&unnamed, today(), &sale, &settle_job, NOON).await.unwrap().unwrap();
    assert_eq!(anonymous("tx123").await, 300);

    for join in [Join::Merge, Join::OnlyNew] {
        let again = identities(&["key:k", "pv:new"]);
        assert_eq!(store.join_identities(&brand, &again, &id, join, &settle_job, NOON).await.unwrap(), None);
    }
    let key = identities(&["key:k"]).remove(0);
    let profile = Profile { identity: key.clone(), sealed: vec![1], created_at: NOON, updated_at: NOON };
    store.put_profile(&brand, &profile).await.unwrap();
    let done = CustomerEvent { id: "e".into(), identity: key.clone(), sealed: vec![1], at: NOON };
    assert!(!store.put_customer_event(&brand, &done).await.unwrap());
    assert_eq!(store.profiles_of(&brand, &[key]).await.unwrap(), vec![]);
    store.put_answer(&brand, &answer("1001", "my friend Jess"), &settle_job).await.unwrap();
    assert_eq!(store.answers_of(&brand, &texts(&["1001"])).await.unwrap()[0].answer, "");

    // Events are dropped, clicks counted; what a backend reports as a purchase becomes an anonymous order.
    let with_alias = Event { pv_alias: Some("pv-cart".into()), ..event("by alias", "pv-new") };
    let batch = Batch {
        clicks: vec![click(1, 1, "pv-cart", NOON)],
        events: vec![
            new_event(event("dropped", "pv-cart")),
            new_event(with_alias),
            new_event(verified_purchase("bought", "pv-cart", "555")),
            new_event(event("kept", "pv-else")),
        ],
    };
    store.append(&batch).await.unwrap();
    store.append(&batch).await.unwrap();
    let left: Vec<(String, String)> =
        store.events_after(&brand, "", 10).await.unwrap().into_iter().map(|event| (event.id, event.pv_id)).collect();
    assert_eq!(left, [("bought".into(), "erased".into()), ("kept".into(), "pv-else".into())]);
    assert_eq!(clicks_of(&store, &brand, &["pv-cart"], NOON).await, vec![]);
    assert_eq!(store.traffic(&brand, week()).await.unwrap().clicks_by_day[0].clicks.clicks, 1);
    store.put_order(&Order { cart_pv: Some("erased".into()), ..first_of("555") }, today(), &settle_job).await.unwrap();
    assert_eq!(anonymous("555").await, 100);
}

fn first_of(external_id: &str) -> Order {
    Order { email_hash: None, customer_hash: None, ..order(external_id, 100) }
}

pub async fn shops_are_erased_once_they_are_gone(store: AnyStore) {
    let seen = store.install_shop(&install(1, NOON)).await.unwrap();
    let (domain, brand) = (seen.domain.clone(), brand(1).id);
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    let batch = Batch { clicks: vec![], events: vec![new_event(event("e1", "a"))] };
    store.append(&batch).await.unwrap();
    store.receive(&[new_delivery(1)]).await.unwrap();
    assert_eq!(store.waiting_deliveries(&domain, "", 10).await.unwrap(), [delivery(1)]);
    assert_eq!(store.waiting_deliveries(&domain, delivery(1).id.as_str(), 10).await.unwrap(), Vec::<Delivery>::new());
    store.install_shop(&install(1, NOON.plus_ms(5))).await.unwrap();
    assert!(!store.erase_shop(&seen, NOON, &audit(1)).await.unwrap(), "installed again since it was seen");
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap().len(), 1);

    let seen = store.shop(&domain).await.unwrap().unwrap();
    assert!(store.erase_shop(&seen, NOON.plus_ms(9), &audit(2)).await.unwrap(), "although no message uninstalled it");
    let gone = store.shop(&domain).await.unwrap().unwrap();
    assert_eq!((gone.uninstalled_at, gone.tokens.is_none()), (Some(NOON.plus_ms(9)), true));
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap(), vec![]);
    assert_eq!(store.deliveries(&[delivery(1).id]).await.unwrap(), []);
    // Late reports stay anonymous, whoever they are about, until the shop is installed again.
    store.append(&batch).await.unwrap();
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap(), vec![]);
    store.put_order(&Order { email_hash: Some("new".into()), ..order("22", 100) }, today(), &settle_job).await.unwrap();
    assert_eq!(store.order_by_external_id(&brand, "22").await.unwrap().unwrap().order.email_hash, None);
    store.install_shop(&install(1, NOON.plus_ms(20))).await.unwrap();
    store.append(&batch).await.unwrap();
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap().len(), 1);
}

pub async fn creators_are_erased_once(store: AnyStore) {
    let brand = with_links(&store).await;
    let id = creator(1).id;
    store.set_payout_address(&brand, &id, Some(b"sealed"), &audit(1)).await.unwrap();
    let principal = Principal { brand: brand.clone(), creator: Some(id.clone()) };
    store.put_login([1; 32], &principal, NOON.plus_ms(100), &audit(2)).await.unwrap();
    store.use_login([1; 32], [2; 32], NOON, NOON.plus_ms(100)).await.unwrap();
    store.put_login([3; 32], &principal, NOON.plus_ms(100), &audit(3)).await.unwrap();
    store.put_answer(&brand, &answer("1001", "creator one"), &settle_job).await.unwrap();
    assert_eq!(store.creator_erased_at(&brand, &id).await.unwrap(), None);
    assert!(store.erase_creator(&brand, &id, NOON, &audit(4)).await.unwrap());
    assert!(!store.erase_creator(&brand, &id, NOON, &audit(5)).await.unwrap());
    assert_eq!(store.creator_erased_at(&brand, &id).await.unwrap(), Some(NOON));

    let erased = store.creator(&brand, &id).await.unwrap().unwrap();
    assert_eq!((erased.name.as_str(), &erased.email_hash, &erased.aliases[..]), ("Erased creator", &None, &[][..]));
    assert!(erased.handle.starts_with("erased-") && erased.partner_code.is_none());
    assert_eq!(store.creator_by_partner_code(&creator(1).partner_code.unwrap()).await.unwrap(), None);
    assert_eq!(store.payout_addresses(&brand).await.unwrap(), vec![]);
    assert_eq!(store.session([2; 32], NOON).await.unwrap(), None);
    assert_eq!(store.login([3; 32], NOON).await.unwrap(), None);
    let kept = store.answers_of(&brand, &texts(&["1001"])).await.unwrap().remove(0);
    assert_eq!((kept.answer.as_str(), kept.matched_name, kept.creator), ("", None, Some(id.clone())));
    assert!(
        !store.update_creator(&brand, &creator(1), &audit(149)).await.unwrap(),
        "nobody brings the name back by accident"
    );
    assert!(!store.set_payout_address(&brand, &id, Some(b"sealed"), &audit(6)).await.unwrap());
    assert_eq!(store.creator(&brand, &creator(2).id).await.unwrap(), Some(creator(2)));
    let other = with_other_brand(&store).await;
    assert!(!store.erase_creator(&other, &creator(2).id, NOON, &audit(7)).await.unwrap(), "another brand's");
}

async fn with_other_brand(store: &AnyStore) -> domain::BrandId {
    store.create_brand(&brand(2)).await.unwrap();
    brand(2).id
}
