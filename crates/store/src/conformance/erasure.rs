//! Requirements on every adapter: `store::erasure`.

use core::{future::poll_fn, pin::pin, task::Poll};

use domain::{
    AnswerId, BrandId, CustomerId, FactsVersion, Identity, OrderId, ProofId, QuestionId, UnixMs,
    account::Role,
    attribution::{AttributionInput, Visitor, decide},
    event::Event,
    evidence::Strength,
    order::{Order, OrderDetails, OrderSource},
    policy::Policy,
    proof::ProofFigures,
    time::DAY_MS,
};

use crate::{
    access::Principal,
    audit::AuditEntry,
    conformance::fixtures::{
        AnyStore, NOON, audit, brand, claim_jobs, click, clicks_of, creator, delivery, event, identities,
        identities_of, install, landings_of, link, logged, new_delivery, new_event, order, scrub_job, set_paypal,
        settle, settle_job, settle_one, settlement, texts, today, week, with_links,
    },
    conformance::people::join,
    customers::{Join, NewSale},
    evidence::ReportQuery,
    inbox::Delivery,
    ingest::{Batch, NewEvent},
    outbound::NewEvents,
    profiles::{CustomerEvent, Profile},
    proofs::{NewProof, Proof, PutProof},
    questions::{PutQuestion, Question},
    retention::EndedBefore,
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
        store.create_creator(&brand, &creator(n), &audit(150 + n), &NewEvents::default()).await.unwrap();
        store.create_link(&brand, &link(n, Some(n)), None, &NewEvents::default()).await.unwrap();
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
    let erase =
        async |n| store.erase_person(&brand, &whom, &[delivery(1).id], NOON, &audit(n), &scrub_job()).await.unwrap();
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
    assert_eq!(logged(&store, &brand).await.len(), 5);
    let queued = claim_jobs(&store, NOON, NOON.plus_ms(1)).await;
    assert!(queued.iter().any(|job| job.kind == "scrub"), "queued with the erasure: {queued:?}");
    store.scrub().await.unwrap();
}

/// An order of which only its id, name and tokens are known.
fn named(external_id: &str, names: &[&str], secrets: &[&str]) -> Order {
    let details = OrderDetails { names: texts(names), secrets: texts(secrets), ..OrderDetails::default() };
    let name = names.first().map_or_else(|| external_id.to_owned(), |name| format!("#{name}"));
    let id = OrderId::new(
        NOON.0,
        external_id.bytes().fold([0; 10], |mut id, byte| {
            id.rotate_left(1);
            id[0] = byte;
            id
        }),
    );
    let nobodys =
        Order { cart_pv: None, email_hash: None, customer_hash: None, cart_ref: None, ..order(external_id, 100) };
    Order { id, name, details, promo_codes: vec![], ..nobodys }
}

/// Stores an order and settles it with these visitors.
async fn put_with_visitors(store: &AnyStore, order: &Order, visitors: &[(&str, Strength)]) {
    store.put_order(order, today(), &settle_job).await.unwrap();
    let record = store.order_by_external_id(&order.brand, &order.external_id).await.unwrap().unwrap();
    let visitors: Vec<Visitor> = visitors
        .iter()
        .map(|(pv_id, strength)| Visitor {
            is_alias: false,
            pv_id: (*pv_id).to_owned(),
            source: "test".into(),
            strength: *strength,
            is_disputed: false,
        })
        .collect();
    let input = AttributionInput::without_evidence(record.order);
    let attribution = decide(&input, &Policy::default());
    assert!(settle_one(store, &settlement(&input.order, &visitors, &attribution)).await);
}

/// Which of these orders were anonymised. Those show no visitor.
async fn anonymised(store: &AnyStore, brand: &BrandId, ids: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for id in ids {
        let record = store.order_by_external_id(brand, id).await.unwrap().unwrap();
        assert_eq!(record.order.redacted_at.is_some(), record.visitors.is_empty(), "{id}");
        found.extend(record.order.redacted_at.map(|_| (*id).to_owned()));
    }
    found
}

fn purchase(id: &str, pv_id: &str, order_id: &str) -> Event {
    Event { is_verified: false, ..verified_purchase(id, pv_id, order_id) }
}

async fn event_ids(store: &AnyStore, brand: &BrandId) -> Vec<String> {
    store.events_after(brand, "", 100).await.unwrap().into_iter().map(|event| event.id).collect()
}

pub async fn tokens_of_orders_are_erased(store: AnyStore) {
    let brand = with_links(&store).await;
    // A sender's own order id may look like a token, and stays.
    let looks_like_one = r#"1"token:2"#;
    let own =
        Order { email_hash: Some("mail".into()), ..named("1", &["1001", looks_like_one, "token:secret"], &["secret"]) };
    let other = named("2", &["token:other"], &["other"]);
    put_with_visitors(&store, &own, &[("a", Strength::Proven)]).await;
    put_with_visitors(&store, &other, &[("b", Strength::Proven)]).await;
    store.erase_person(&brand, &identities(&["email:mail"]), NOBODY, NOON, &audit(1), &scrub_job()).await.unwrap();
    let details = async |id: &str| store.order_by_external_id(&brand, id).await.unwrap().unwrap().order.details;
    assert_eq!((details("1").await.names, details("1").await.secrets), (texts(&["1001", looks_like_one]), vec![]));
    assert_eq!((details("2").await.names, details("2").await.secrets), (texts(&["token:other"]), texts(&["other"])));
    let found = async |name: &str| store.orders_named(&brand, &texts(&[name])).await.unwrap();
    assert_eq!((found("token:secret").await, found("token:other").await), (vec![], texts(&["2"])));
    assert_eq!(found("1001").await, ["1"]);
}

pub async fn orders_that_show_an_erased_visitor_are_anonymised(store: AnyStore) {
    let brand = with_links(&store).await;
    let id = |n: u8| CustomerId::new(i64::from(n), [n; 10]);
    // Reported by number and by token; of a customer whose name the visitor claimed; and of somebody else.
    put_with_visitors(&store, &named("5550001", &["1001"], &[]), &[("v", Strength::Reported)]).await;
    put_with_visitors(&store, &named("5550002", &["token:t"], &["t"]), &[("v", Strength::Proven)]).await;
    let customer = identities(&["key:user", "order:77"]);
    store.join_identities(&brand, &customer, &id(1), Join::Merge, &settle_job, NOON).await.unwrap();
    let claim = identities(&["pv:v", "claim:user"]);
    store.join_identities(&brand, &claim, &id(2), Join::OnlyNew, &settle_job, NOON).await.unwrap();
    put_with_visitors(&store, &named("77", &["77"], &[]), &[("v", Strength::Claimed)]).await;
    put_with_visitors(&store, &named("5550003", &["1003"], &[]), &[("w", Strength::Reported)]).await;
    let with_token = NewEvent { secret_hash: Some("t".into()), ..new_event(purchase("token", "v", "unknown")) };
    let events = vec![
        new_event(purchase("number", "v", "#1001")),
        with_token,
        new_event(purchase("guess", "v", "1003")),
        new_event(purchase("else", "w", "1003")),
    ];
    store.append(&Batch { clicks: vec![], events }).await.unwrap();
    let person = store.person(&brand, &identities(&["pv:v"])).await.unwrap();
    assert_eq!(person.reported_orders.iter().collect::<Vec<_>>(), ["5550001", "5550002", "77"]);
    store.erase_person(&brand, &identities(&["pv:v"]), NOBODY, NOON, &audit(1), &scrub_job()).await.unwrap();
    let all = ["5550001", "5550002", "77", "5550003"];
    assert_eq!(anonymised(&store, &brand, &all).await, ["5550001", "5550002", "77"]);
    assert_eq!(event_ids(&store, &brand).await, ["else"]);
    assert_eq!(identities_of(&store, &brand, "key:user").await.len(), 2, "the customer is somebody else");
}

pub async fn reports_of_an_erased_order_go_by_every_spelling(store: AnyStore) {
    let brand = with_links(&store).await;
    let own = Order { email_hash: Some("mail".into()), ..named("5550001", &["inv-1001", "500"], &[]) };
    let own = Order { name: "#INV-1001".into(), ..own };
    store.put_order(&own, today(), &settle_job).await.unwrap();
    // Another order is called the same: its reports are not this order's.
    let other = Order { source: OrderSource::Api, placed_at: NOON.plus_ms(3 * DAY_MS), ..named("500", &["500"], &[]) };
    store.put_order(&other, today(), &settle_job).await.unwrap();
    let spellings = ["5550001", "gid://shopify/Order/5550001", "INV-1001", "#INV-1001", "inv-1001", "#inv-1001"];
    let mut events: Vec<NewEvent> =
        spellings.iter().map(|spelling| new_event(purchase(spelling, "stranger", spelling))).collect();
    events.push(new_event(purchase("other", "stranger", "500")));
    let backend =
        NewEvent { secret_hash: Some("s".into()), ..new_event(verified_purchase("backend", "x", "#INV-1001")) };
    events.push(backend);
    store.append(&Batch { clicks: vec![], events }).await.unwrap();
    store.erase_person(&brand, &identities(&["email:mail"]), NOBODY, NOON, &audit(1), &scrub_job()).await.unwrap();
    let left: Vec<(String, String)> =
        store.events_after(&brand, "", 10).await.unwrap().into_iter().map(|event| (event.id, event.pv_id)).collect();
    assert_eq!(left, [("backend".into(), "erased".into()), ("other".into(), "stranger".into())]);
    assert!(!has_secret(&store, &brand, "#INV-1001", "s").await);
}

/// Whether a purchase of this order is stored with the hash of this token.
async fn has_secret(store: &AnyStore, brand: &BrandId, order_id: &str, secret: &str) -> bool {
    let (names, secrets) = (texts(&[order_id]), texts(&[secret]));
    let (from, until) = (NOON.plus_ms(-DAY_MS), NOON.plus_ms(DAY_MS));
    let query = ReportQuery { names: &names, secrets: &secrets, from, until };
    store.reporters_of(brand, &[query]).await.unwrap()[0].iter().any(|report| report.has_secret)
}

pub async fn who_only_reported_an_erased_order_stays(store: AnyStore) {
    let brand = with_links(&store).await;
    let id = CustomerId::new(1, [1; 10]);
    let known = identities(&["pv:known", "email:theirs"]);
    store.join_identities(&brand, &known, &id, Join::Merge, &settle_job, NOON).await.unwrap();
    let own = Order { email_hash: Some("mail".into()), ..named("1", &["1"], &[]) };
    let reporters = [("known", Strength::Reported), ("nobody", Strength::Reported)];
    put_with_visitors(&store, &own, &reporters).await;
    let batch = Batch {
        clicks: vec![click(1, 1, "known", NOON), click(2, 1, "nobody", NOON)],
        events: vec![new_event(event("by known", "known")), new_event(event("by nobody", "nobody"))],
    };
    store.append(&batch).await.unwrap();
    store.erase_person(&brand, &identities(&["email:mail"]), NOBODY, NOON, &audit(1), &scrub_job()).await.unwrap();
    assert_eq!(anonymised(&store, &brand, &["1"]).await, ["1"]);
    assert_eq!(event_ids(&store, &brand).await, ["by known"], "a browser of whom nothing is known may be the person's");
    assert_eq!(clicks_of(&store, &brand, &["known", "nobody"], NOON).await.len(), 1);
    assert_eq!(identities_of(&store, &brand, "pv:known").await.len(), 2);
    assert!(!store.is_erased(&brand, &identities(&["pv:known"])).await.unwrap());
    assert!(store.is_erased(&brand, &identities(&["pv:nobody"])).await.unwrap());
}

pub async fn late_orders_of_the_erased_are_erased_whole(store: AnyStore) {
    let brand = with_links(&store).await;
    let id = CustomerId::new(1, [1; 10]);
    let text = async |order: &str| {
        let id = AnswerId::new(NOON.0, [order.bytes().last().unwrap(); 10]);
        let late = Answer { id, ..answer(order, "my friend Jess") };
        store.put_answer(&brand, &late, &settle_job).await.unwrap();
        store.answers_of(&brand, &texts(&[order])).await.unwrap().remove(0).answer
    };
    // Until its customer is known, an order is nobody's: with an answer, a reason, tokens, reports, a customer of its own.
    let unknown = named("8", &["1008", "token:t"], &["t"]);
    put_with_visitors(&store, &unknown, &[("pv-8", Strength::Proven)]).await;
    assert_eq!(text("8").await, "my friend Jess");
    let order_id = store.order_by_external_id(&brand, "8").await.unwrap().unwrap().order.id;
    let (link, reason) = (link(1, None).id, "Ada told us".to_owned());
    let credit = ManualCredit { order: order_id.clone(), link, actor: "member".into(), reason, at: NOON };
    store.put_manual_credit(&brand, &credit, &settle_job, &audit(1)).await.unwrap();
    let joined = identities(&["order:8", "pv:pv-8"]);
    store.join_identities(&brand, &joined, &id, Join::Merge, &settle_job, NOON).await.unwrap();
    store.append(&Batch { clicks: vec![], events: vec![new_event(purchase("e", "pv-8", "1008"))] }).await.unwrap();
    store
        .erase_person(&brand, &identities(&["email:mail", "key:k"]), NOBODY, NOON, &audit(2), &scrub_job())
        .await
        .unwrap();
    assert_eq!(anonymised(&store, &brand, &["8"]).await, Vec::<String>::new());
    let version = FactsVersion::latest_wins(NOON.plus_ms(1));
    let late = Order { email_hash: Some("mail".into()), version, ..unknown };
    store.put_order(&late, today(), &settle_job).await.unwrap();
    assert_eq!(anonymised(&store, &brand, &["8"]).await, ["8"]);
    assert_eq!(store.answers_of(&brand, &texts(&["8"])).await.unwrap()[0].answer, "");
    assert_eq!(store.manual_credits(&brand, &[order_id]).await.unwrap()[0].reason, "");
    assert_eq!(store.orders_named(&brand, &texts(&["token:t"])).await.unwrap(), Vec::<String>::new());
    assert_eq!(identities_of(&store, &brand, "order:8").await, vec![]);
    assert_eq!(event_ids(&store, &brand).await, Vec::<String>::new());

    // Answers that come after a late order, or a late sale, are about the erased person too.
    let by_mail = Order { email_hash: Some("mail".into()), ..named("9", &["1009"], &[]) };
    store.put_order(&by_mail, today(), &settle_job).await.unwrap();
    assert_eq!(text("9").await, "");
    let buyer = identities(&["order:tx1", "key:k"]);
    let sale = NewSale { transaction_id: "tx1", meta: "{}", identities: &buyer, customer: &id };
    let sold = Order { source: OrderSource::Api, ..named("tx1", &["tx1", "token:x"], &[]) };
    store.put_sale(&sold, today(), &sale, &settle_job, NOON).await.unwrap().unwrap();
    assert_eq!(text("tx1").await, "");
    assert_eq!(store.orders_named(&brand, &texts(&["token:x"])).await.unwrap(), Vec::<String>::new());
    // What a backend calls by the erased order's number is that order, whatever the shop calls it.
    let reported = new_event(verified_purchase("late", "pv-erased", "2001"));
    store.erase_person(&brand, &identities(&["pv:pv-erased"]), NOBODY, NOON, &audit(3), &scrub_job()).await.unwrap();
    store.append(&Batch { clicks: vec![], events: vec![reported] }).await.unwrap();
    put_with_visitors(&store, &named("5552001", &["2001"], &[]), &[("pv-erased", Strength::Reported)]).await;
    let report = Order { source: OrderSource::Api, cart_pv: Some("erased".into()), ..named("2001", &["2001"], &[]) };
    store.put_order(&report, today(), &settle_job).await.unwrap();
    assert_eq!(anonymised(&store, &brand, &["5552001"]).await, ["5552001"]);
}

pub async fn undecided_orders_are_known_before_an_erasure(store: AnyStore) {
    let brand = with_links(&store).await;
    let decided = Order { email_hash: Some("mail".into()), cart_pv: Some("v".into()), ..named("1", &["1"], &[]) };
    put_with_visitors(&store, &decided, &[("v", Strength::Proven)]).await;
    let waiting = Order { email_hash: Some("mail".into()), ..named("2", &["2"], &[]) };
    store.put_order(&waiting, today(), &settle_job).await.unwrap();
    store.put_order(&named("3", &["3"], &[]), today(), &settle_job).await.unwrap();
    let events = vec![
        new_event(verified_purchase("sold", "v", "gid://shopify/Order/9")),
        new_event(verified_purchase("decided", "v", "1")),
        new_event(purchase("only a browser", "v", "10")),
        new_event(verified_purchase("else", "w", "11")),
        new_event(purchase("by number", "v", "#1012")),
    ];
    store.append(&Batch { clicks: vec![], events }).await.unwrap();
    store.put_order(&named("12", &["1012"], &[]), today(), &settle_job).await.unwrap();
    let person = store.person(&brand, &identities(&["email:mail"])).await.unwrap();
    let undecided = ["12", "2", "gid://shopify/Order/9"];
    assert_eq!(store.undecided_orders(&brand, &person).await.unwrap(), undecided);
}

/// Begins an erasure and gives up after `polls` steps.
async fn interrupt(erasure: impl Future<Output = crate::Result<u64>>, polls: usize) {
    let mut erasure = pin!(erasure);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 || erasure.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        left -= 1;
        Poll::Pending
    })
    .await;
}

pub async fn a_second_erasure_completes_an_interrupted_one(store: AnyStore) {
    let brand = with_links(&store).await;
    let whom = identities(&["key:k"]);
    for n in 0..24_u8 {
        let (order_id, pv_id) = (format!("o{n:02}"), format!("pv{n}"));
        let names = identities(&["key:k", &format!("order:{order_id}"), &format!("pv:{pv_id}")]);
        // The tombstone of an earlier round would keep the person out.
        let later = NOON.plus_ms(91 * DAY_MS * i64::from(n));
        store.delete_ended(&EndedBefore { oauth_states: NOON, deliveries: NOON, erasures: later }, 1000).await.unwrap();
        let id = CustomerId::new(i64::from(n), [n; 10]);
        store.join_identities(&brand, &names, &id, Join::Merge, &settle_job, NOON).await.unwrap().unwrap();
        put_with_visitors(&store, &named(&order_id, &[&order_id], &[]), &[(&pv_id, Strength::Proven)]).await;
        let batch = Batch { clicks: vec![], events: vec![new_event(event(&format!("{order_id} seen"), &pv_id))] };
        store.append(&batch).await.unwrap();
        let named_creator = Answer { id: AnswerId::new(NOON.0, [n; 10]), ..answer(&order_id, "my friend Jess") };
        store.put_answer(&brand, &named_creator, &settle_job).await.unwrap();

        let at = later;
        let first = format!("first {n}");
        let entry = AuditEntry { id: first, ..audit(1) };
        interrupt(store.erase_person(&brand, &whom, NOBODY, at, &entry, &scrub_job()), 4 * usize::from(n)).await;
        // All of it, or nothing.
        let is_left = !identities_of(&store, &brand, "key:k").await.is_empty();
        if is_left {
            let entry = AuditEntry { id: format!("second {n}"), ..audit(1) };
            store.erase_person(&brand, &whom, NOBODY, at, &entry, &scrub_job()).await.unwrap();
        }
        assert_eq!(identities_of(&store, &brand, "key:k").await, vec![], "{n}");
        assert_eq!(event_ids(&store, &brand).await, Vec::<String>::new(), "{n}");
        assert_eq!(anonymised(&store, &brand, &[&order_id]).await, core::slice::from_ref(&order_id), "{n}");
        assert_eq!(store.answers_of(&brand, &[order_id]).await.unwrap()[0].answer, "", "{n}");
    }
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
    assert_eq!(
        store.erase_person(&brand, &identities(&["key:k"]), NOBODY, NOON, &audit(1), &scrub_job()).await.unwrap(),
        2
    );
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
    store.erase_person(&brand, &identities(&["key:k"]), NOBODY, NOON, &audit(1), &scrub_job()).await.unwrap();
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
    store.put_profile(&brand, &profile, false).await.unwrap();
    let done = CustomerEvent { id: "e".into(), identity: key.clone(), sealed: vec![1], at: NOON };
    assert!(!store.put_customer_event(&brand, &done, false).await.unwrap());
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
            NewEvent { secret_hash: Some("s".into()), ..new_event(verified_purchase("bought", "pv-cart", "555")) },
            new_event(event("kept", "pv-else")),
        ],
    };
    store.append(&batch).await.unwrap();
    store.append(&batch).await.unwrap();
    let left: Vec<(String, String)> =
        store.events_after(&brand, "", 10).await.unwrap().into_iter().map(|event| (event.id, event.pv_id)).collect();
    assert_eq!(left, [("bought".into(), "erased".into()), ("kept".into(), "pv-else".into())]);
    assert!(!has_secret(&store, &brand, "555", "s").await);
    assert!(!store.put_creator_visitor(&brand, &creator(1).id, "pv-cart", NOON).await.unwrap());
    assert_eq!(store.creators_of_visitors(&brand, &texts(&["pv-cart"])).await.unwrap(), vec![]);
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
    store.create_creator(&brand, &creator(1), &audit(151), &NewEvents::default()).await.unwrap();
    store.put_creator_visitor(&brand, &creator(1).id, "a", NOON).await.unwrap();
    store.receive(&[new_delivery(1)]).await.unwrap();
    assert_eq!(store.waiting_deliveries(&domain, "", 10).await.unwrap(), [delivery(1)]);
    assert_eq!(store.waiting_deliveries(&domain, delivery(1).id.as_str(), 10).await.unwrap(), Vec::<Delivery>::new());
    store.install_shop(&install(1, NOON.plus_ms(5))).await.unwrap();
    join(&store, &brand, 1, Role::Owner).await;
    assert!(
        !store.erase_shop(&seen, NOON, &audit(1), &scrub_job()).await.unwrap(),
        "installed again since it was seen"
    );
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap().len(), 1);

    let test = store.put_test_brand(&brand, &self::brand(7)).await.unwrap();
    let in_sandbox = Order { brand: test.clone(), email_hash: Some("somebody".into()), ..order("77", 100) };
    store.put_order(&in_sandbox, today(), &settle_job).await.unwrap();
    let seen = store.shop(&domain).await.unwrap().unwrap();
    assert!(
        store.erase_shop(&seen, NOON.plus_ms(9), &audit(2), &scrub_job()).await.unwrap(),
        "although no message uninstalled it"
    );
    let gone = store.shop(&domain).await.unwrap().unwrap();
    assert_eq!((gone.uninstalled_at, gone.tokens.is_none()), (Some(NOON.plus_ms(9)), true));
    assert_eq!(store.members(&brand).await.unwrap(), []);
    assert!(store.session([101; 32], NOON).await.unwrap().is_none(), "who had been in the team is out");
    assert_eq!(store.delete_unused_accounts(None, 10).await.unwrap(), 1, "and their address goes");
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap(), vec![]);
    assert_eq!(store.deliveries(&[delivery(1).id]).await.unwrap(), []);
    let in_sandbox = store.order_by_external_id(&test, "77").await.unwrap().unwrap();
    assert_eq!(in_sandbox.order.email_hash, None);
    assert_eq!(store.creators_of_visitors(&brand, &texts(&["a"])).await.unwrap(), vec![]);
    assert!(claim_jobs(&store, NOON, NOON.plus_ms(1)).await.iter().any(|job| job.kind == "scrub"));
    // Late reports stay anonymous, whoever they are about, until the shop is installed again.
    store.append(&batch).await.unwrap();
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap(), vec![]);
    store.put_order(&Order { email_hash: Some("new".into()), ..order("22", 100) }, today(), &settle_job).await.unwrap();
    assert_eq!(store.order_by_external_id(&brand, "22").await.unwrap().unwrap().order.email_hash, None);
    nobody_comes_back_by_events(&store, &brand, NOON.plus_ms(9)).await;
    let anybody = identities(&["pv:anybody"]);
    assert!(store.is_erased(&test, &anybody).await.unwrap());
    store.install_shop(&install(1, NOON.plus_ms(20))).await.unwrap();
    assert!(!store.is_erased(&brand, &anybody).await.unwrap() && !store.is_erased(&test, &anybody).await.unwrap());
    store.append(&batch).await.unwrap();
    assert!(event_ids(&store, &brand).await.contains(&"e1".to_owned()));
}

/// What was on its way when everyone was erased is stored about nobody. A second erasure covers what came between.
async fn nobody_comes_back_by_events(store: &AnyStore, brand: &BrandId, erased_at: UnixMs) {
    let put = async |id: &str, at, is_by_backend| {
        let identity = identities(&["pv:late"]).remove(0);
        let event = CustomerEvent { id: id.into(), identity: identity.clone(), sealed: vec![1], at };
        let profile = Profile { identity: identity.clone(), sealed: vec![1], created_at: at, updated_at: at };
        store.put_profile(brand, &profile, is_by_backend).await.unwrap();
        let is_new = store.put_customer_event(brand, &event, is_by_backend).await.unwrap();
        assert_eq!(store.profiles_of(brand, &[identity]).await.unwrap().len(), usize::from(is_new));
        is_new
    };
    let later = erased_at.plus_ms(5);
    assert!(!put("browser", later, false).await);
    assert!(!put("backend before", erased_at, true).await);
    assert!(put("backend after", later, true).await, "new");
    a_backend_goes_on(store, brand, erased_at).await;
    let seen = store.shops_of(brand).await.unwrap().remove(0);
    for (n, at) in [(30, later), (31, later.plus_ms(8))] {
        assert!(store.erase_shop(&seen, at, &audit(n), &scrub_job()).await.unwrap());
    }
    assert!(!put("between", later.plus_ms(4), true).await, "before the second erasure");
    assert!(put("after both", later.plus_ms(9), true).await);
}

/// What the brand's own backend reports of the time since everyone was erased is new.
async fn a_backend_goes_on(store: &AnyStore, brand: &BrandId, erased_at: UnixMs) {
    let id = CustomerId::new(1, [1; 10]);
    for (n, at, is_new) in [(1, erased_at, false), (2, erased_at.plus_ms(1), true)] {
        let bought =
            Event { occurred_at: at, ..verified_purchase(&format!("v{n}"), &format!("pv{n}"), &format!("b{n}")) };
        let seen = Event { is_verified: true, occurred_at: at, ..event(&format!("w{n}"), &format!("pv{n}")) };
        store.append(&Batch { clicks: vec![], events: vec![new_event(bought), new_event(seen)] }).await.unwrap();
        let mut known: Vec<String> =
            store.events_after(brand, "", 10).await.unwrap().into_iter().map(|event| event.pv_id).collect();
        known.retain(|pv_id| *pv_id == format!("pv{n}"));
        assert_eq!(known.len(), if is_new { 2 } else { 0 }, "{n}");
        let order_id = format!("tx{n}");
        let (buyer, meta) = (identities(&[&format!("order:{order_id}"), &format!("key:k{n}")]), r#"{"name":"Ada"}"#);
        let sale = NewSale { transaction_id: &order_id, meta, identities: &buyer, customer: &id };
        let sold = Order { source: OrderSource::Api, placed_at: at, ..named(&order_id, &[&order_id], &[]) };
        store.put_sale(&sold, today(), &sale, &settle_job, at).await.unwrap().unwrap();
        let stored = store.order_by_external_id(brand, &order_id).await.unwrap().unwrap().order;
        assert_eq!(stored.redacted_at.is_none(), is_new, "{n}");
        assert_eq!(identities_of(store, brand, &format!("key:k{n}")).await.len(), if is_new { 2 } else { 0 }, "{n}");
        let name = identities(&[&format!("key:other{n}")]);
        assert_eq!(store.is_erased_for_backend(brand, &name, at).await.unwrap(), !is_new, "{n}");
        assert!(store.is_erased(brand, &name).await.unwrap(), "the shop and browsers: {n}");
    }
    // Browsers again after 90 days.
    let much_later = erased_at.plus_ms(90 * DAY_MS + 1);
    let seen = Batch { clicks: vec![], events: vec![new_event(event("seen", "pv-seen"))] };
    store.append(&seen).await.unwrap();
    assert!(!event_ids(store, brand).await.contains(&"seen".to_owned()));
    store.delete_ended(&EndedBefore { oauth_states: NOON, deliveries: NOON, erasures: much_later }, 100).await.unwrap();
    assert!(!store.is_erased(brand, &identities(&["key:other1"])).await.unwrap());
    store.append(&seen).await.unwrap();
    assert!(event_ids(store, brand).await.contains(&"seen".to_owned()));
}

pub async fn creators_are_erased_once(store: AnyStore) {
    let brand = with_links(&store).await;
    let id = creator(1).id;
    set_paypal(&store, &brand, &id, b"sealed", &audit(1)).await;
    let principal = Principal { brand: brand.clone(), creator: Some(id.clone()) };
    store.put_login([1; 32], &principal, NOON.plus_ms(100), &audit(2)).await.unwrap();
    store.use_login([1; 32], [2; 32], NOON, NOON.plus_ms(100), &NewEvents::default()).await.unwrap();
    store.put_login([3; 32], &principal, NOON.plus_ms(100), &audit(3)).await.unwrap();
    store.put_answer(&brand, &answer("1001", "creator one"), &settle_job).await.unwrap();
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    let ask = async || store.put_question(&brand, &question(&order("1001", 0).id), 9, None).await.unwrap();
    assert_eq!(ask().await, PutQuestion::Stored);
    let issue = async |n: u8| {
        let (proof, figures) = (proof(n), ProofFigures::default());
        let new = NewProof { proof: &proof, figures: &figures, states_the_same: &|_| false, most: 9 };
        store.put_proof(&brand, new, &audit(7 + n)).await.unwrap()
    };
    assert_eq!(issue(1).await, PutProof::Stored);
    assert_eq!(store.creator_erased_at(&brand, &id).await.unwrap(), None);
    assert!(store.erase_creator(&brand, &id, NOON, &audit(4), &NewEvents::default(), &scrub_job()).await.unwrap());
    assert!(!store.erase_creator(&brand, &id, NOON, &audit(5), &NewEvents::default(), &scrub_job()).await.unwrap());
    assert_eq!(store.creator_erased_at(&brand, &id).await.unwrap(), Some(NOON));

    let erased = store.creator(&brand, &id).await.unwrap().unwrap();
    assert_eq!((erased.name.as_str(), &erased.email_hash, &erased.aliases[..]), ("Erased creator", &None, &[][..]));
    assert!(erased.handle.starts_with("erased-") && erased.partner_code.is_none());
    assert_eq!(store.creator_by_partner_code(&creator(1).partner_code.unwrap()).await.unwrap(), None);
    assert_eq!(store.payout_details(&brand).await.unwrap(), vec![]);
    assert_eq!(store.session([2; 32], NOON).await.unwrap(), None);
    assert_eq!(store.login([3; 32], NOON).await.unwrap(), None);
    let kept = store.answers_of(&brand, &texts(&["1001"])).await.unwrap().remove(0);
    assert_eq!((kept.answer.as_str(), kept.matched_name, kept.creator), ("", None, Some(id.clone())));
    assert!(
        !store.update_creator(&brand, &creator(1), &audit(149), &NewEvents::default()).await.unwrap(),
        "nobody brings the name back by accident"
    );
    assert!(!set_paypal(&store, &brand, &id, b"sealed", &audit(6)).await);
    assert!(!store.put_creator_visitor(&brand, &id, "browser", NOON).await.unwrap(), "a session that just ended");
    assert_eq!(store.creators_of_visitors(&brand, &texts(&["browser"])).await.unwrap(), vec![]);
    assert_eq!(store.creator(&brand, &creator(2).id).await.unwrap(), Some(creator(2)));
    assert_eq!(
        (store.proofs(&brand, 9).await.unwrap(), store.open_questions(&brand, 9).await.unwrap()),
        (vec![], vec![])
    );
    assert_eq!(issue(2).await, PutProof::NoCreator, "nor do they come back");
    assert_eq!(ask().await, PutQuestion::NoCreator);
    let other = with_other_brand(&store).await;
    assert!(
        !store
            .erase_creator(&other, &creator(2).id, NOON, &audit(7), &NewEvents::default(), &scrub_job())
            .await
            .unwrap(),
        "another brand's"
    );
}

/// A question of creator 1.
fn question(order: &OrderId) -> Question {
    Question {
        id: QuestionId::new(NOON.0, [1; 10]),
        creator: creator(1).id,
        order: order.clone(),
        text: "Was it Ada Lovelace?".into(),
        asked_at: NOON,
        answer: None,
    }
}

/// A proof of creator 1.
fn proof(n: u8) -> Proof {
    Proof {
        id: ProofId::new(NOON.0, [n; 10]),
        creator: creator(1).id,
        period: week(),
        jws: "a.b.c".into(),
        issued_at: NOON,
        revoked: None,
    }
}

/// Questions may name the shopper.
pub async fn questions_about_erased_orders_are_deleted(store: AnyStore) {
    let brand = with_links(&store).await;
    let (theirs, other) = (
        order("1001", 5000),
        Order { email_hash: Some("other".into()), customer_hash: None, cart_pv: None, ..order("22", 700) },
    );
    for (n, order) in [(1, &theirs), (2, &other)] {
        store.put_order(order, today(), &settle_job).await.unwrap();
        let asked = Question { id: QuestionId::new(NOON.0, [n; 10]), ..question(&order.id) };
        assert_eq!(store.put_question(&brand, &asked, 9, None).await.unwrap(), PutQuestion::Stored);
    }
    store
        .erase_person(&brand, &identities(&["shopify:customer"]), NOBODY, NOON, &audit(1), &scrub_job())
        .await
        .unwrap();
    let left: Vec<OrderId> =
        store.open_questions(&brand, 9).await.unwrap().into_iter().map(|asked| asked.order).collect();
    assert_eq!(left, [other.id]);
    let asked = store.put_question(&brand, &question(&theirs.id), 9, None).await.unwrap();
    assert_eq!(asked, PutQuestion::OrderErased, "nor can any more be asked");
}

async fn with_other_brand(store: &AnyStore) -> domain::BrandId {
    store.create_brand(&brand(2)).await.unwrap();
    brand(2).id
}
