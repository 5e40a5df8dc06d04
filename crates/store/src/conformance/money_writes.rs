//! Requirements on every adapter: `store::money_writes`.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CustomerId, EntryId, Identity, PayoutId,
    api_key::KeyId,
    commission::EntryKind,
    metadata::{Details, Metadata},
    order::{Order, OrderSource},
};

use crate::{
    api_requests::{Answer, Claim, RowFault, Written},
    audit::AuditEntry,
    commissions::{Closing, Entry, Payout, PayoutState},
    conformance::fixtures::{AnyStore, NOON, audit, creator, logged, order, scrub_job, settle_job, today, with_links},
    customers::{ApiRefund, NewApiRefund},
    money_objects::{CommissionFilter, OrderFilter, PayoutFilter},
    money_writes::{Answered, CommissionEdit, LedgerWrite, ReportOutcome, ReportedOrder},
    objects::{DetailsChange, Keyset, ObjectKind, Span},
    orders::NewOrder,
    outbound::NewEvents,
};

fn answer() -> Answer {
    Answer { status: 200, body: "{}".into() }
}

/// A claim of a write with this body.
pub(super) fn claim(key: &KeyId, idempotency_key: &str, body: u8) -> Claim {
    Claim {
        key: key.clone(),
        idempotency_key: idempotency_key.into(),
        method: "POST".into(),
        path: "/".into(),
        body_hash: [body; 32],
        at: NOON,
    }
}

/// An API key of the brand.
pub(super) async fn key(store: &AnyStore, brand: &domain::BrandId) -> KeyId {
    let record = domain::api_key::KeyRecord {
        id: KeyId("abc".into()),
        brand: brand.clone(),
        kind: domain::api_key::KeyKind::Server,
        is_test: false,
        secret_hash: [1; 32],
        scopes: None,
        api_version: None,
        created_at: NOON,
        updated_at: NOON,
        revoked_at: None,
        expires_at: None,
    };
    store.create_key(&record, &Details::default(), &audit(99)).await.unwrap();
    record.id
}

fn report(external_id: &str, total_minor: i64, at_ms: i64) -> ReportedOrder {
    let order = Order {
        source: OrderSource::Api,
        version: domain::FactsVersion::latest_wins(NOON.plus_ms(at_ms)),
        ..order(external_id, total_minor)
    };
    let n = u8::try_from(external_id.len()).unwrap_or(0);
    let new = NewOrder {
        placed_day: today(),
        identities: vec![Identity::Order(external_id.into()), Identity::Visitor("pv-cart".into())],
        customer: CustomerId::new(1, [n; 10]),
        order,
    };
    let id = format!("aud report {external_id} {at_ms}");
    ReportedOrder { new, metadata: BTreeMap::new(), audit: AuditEntry { id, action: "order.upsert", ..audit(1) } }
}

pub async fn reports_of_orders_happen_once_with_their_answer(store: AnyStore) {
    let brand = with_links(&store).await;
    let key = key(&store, &brand).await;
    let put = async |claim: Option<Claim>, reports: &[ReportedOrder]| {
        let ok = |_: &Vec<ReportOutcome>| Some(answer());
        store.report_orders(&brand, claim.as_ref(), reports, &settle_job, NOON, &ok).await.unwrap()
    };
    let first = claim(&key, "a", 1);
    assert_eq!(put(Some(first.clone()), &[report("1", 5000, 0)]).await, Answered::Done(answer()));
    assert_eq!(put(Some(first.clone()), &[report("1", 5000, 0)]).await, Answered::Before(answer()));
    assert_eq!(put(Some(claim(&key, "a", 2)), &[report("22", 1, 0)]).await, Answered::OtherBody);
    let total = async |id: &str| {
        let found = store.order_by_external_id(&brand, id).await.unwrap();
        found.map(|record| (record.order.total_minor, record.order.version.at().0 - NOON.0))
    };
    assert_eq!((total("1").await, total("22").await), (Some((5000, 0)), None));
    put(None, &[report("1", 5000, 7)]).await;
    assert_eq!(total("1").await, Some((5000, 0)), "the same facts again");
    let seen = std::sync::Mutex::new(Vec::new());
    let look = |stored: &Vec<ReportOutcome>| {
        let seen_now = stored.iter().flatten().map(|one| (one.object.value.order.total_minor, one.is_new));
        seen.lock().unwrap().extend(seen_now);
        Some(answer())
    };
    let both = [report("1", 6000, 9), report("333", 70, 9)];
    store.report_orders(&brand, None, &both, &settle_job, NOON, &look).await.unwrap();
    assert_eq!(seen.into_inner().unwrap(), [(6000, false), (70, true)]);
    let none = |_: &Vec<ReportOutcome>| None;
    let undone = store.report_orders(&brand, None, &[report("4444", 1, 0)], &settle_job, NOON, &none).await.unwrap();
    assert!(matches!(undone, Answered::Refused(_)));
    assert_eq!(total("4444").await, None);
    let customer = store.identities_of(&brand, &[Identity::Order("1".into())]).await.unwrap().remove(0);
    assert!(customer.contains(&Identity::Visitor("pv-cart".into())));
    let log = logged(&store, &brand).await;
    assert_eq!(log.iter().filter(|(_, _, action, _)| action == "order.upsert").count(), 3);
}

pub async fn notes_stay_with_the_order_that_counts_until_its_customer_is_erased(store: AnyStore) {
    let brand = with_links(&store).await;
    let noted = |notes: &[(&str, Option<&str>)]| {
        let note = |(name, value): &(&str, Option<&str>)| ((*name).to_owned(), value.map(str::to_owned));
        ReportedOrder { metadata: notes.iter().map(note).collect(), ..report("1", 5000, 0) }
    };
    let notes = async |report: ReportedOrder| {
        let seen = std::sync::Mutex::new(Vec::new());
        let answer = |stored: &Vec<ReportOutcome>| {
            let metadata = &stored[0].as_ref().unwrap().object.details.metadata;
            *seen.lock().unwrap() = metadata.iter().map(|(name, value)| format!("{name}={value}")).collect();
            Some(answer())
        };
        store.report_orders(&brand, None, &[report], &settle_job, NOON, &answer).await.unwrap();
        seen.into_inner().unwrap()
    };
    assert_eq!(notes(noted(&[("till", Some("3")), ("guest", Some("Ana"))])).await, ["guest=Ana", "till=3"]);
    assert_eq!(notes(noted(&[("till", None), ("hall", Some("2"))])).await, ["guest=Ana", "hall=2"], "a repeat");
    let all = Keyset { from: "ord_".into(), below: "ord_zz".into(), is_ascending: false, limit: 10 };
    let page = store.orders_page(&brand, &all, &OrderFilter::default()).await.unwrap();
    assert_eq!(page[0].details.external_id.as_deref(), Some("1"));
    assert_eq!(page[0].details.metadata.iter().collect::<Vec<_>>(), [("guest", "Ana"), ("hall", "2")]);
    let notes_of = store.order_notes(&brand, &["1".into(), "2".into()]).await.unwrap();
    assert_eq!(notes_of, BTreeMap::from([("1".to_owned(), page[0].details.metadata.clone())]));
    let person = [Identity::Order("1".into())];
    store.erase_person(&brand, &person, &[], NOON.plus_ms(9), &audit(7), &scrub_job()).await.unwrap();
    let page = store.orders_page(&brand, &all, &OrderFilter::default()).await.unwrap();
    assert_eq!(page[0].details.metadata.iter().count(), 0);
    assert_eq!(notes(noted(&[("guest", Some("Ana"))])).await, Vec::<String>::new(), "nothing is kept any more");
    let refund = NewApiRefund {
        order_external_id: "1",
        transaction_id: "1",
        is_test: false,
        id: Some("r-late"),
        amount_minor: Some(100),
        reason: Some("Ana changed her mind"),
        answer: None,
        at: NOON.plus_ms(10),
    };
    store.add_api_refund(&brand, &refund, &settle_job).await.unwrap();
    let refunds = store.refunds_of(&brand, &["1".into()]).await.unwrap();
    assert_eq!((refunds.len(), &refunds[0].reason), (1, &None), "nor is why");
}

pub async fn reported_refunds_happen_once_with_their_answer(store: AnyStore) {
    let brand = with_links(&store).await;
    let key = key(&store, &brand).await;
    let ok = |_: &Vec<ReportOutcome>| Some(answer());
    store.report_orders(&brand, None, &[report("1", 5000, 0)], &settle_job, NOON, &ok).await.unwrap();
    let refund = |minor| NewApiRefund {
        order_external_id: "1",
        transaction_id: "1",
        is_test: false,
        id: Some("r1"),
        amount_minor: Some(minor),
        reason: Some("too large"),
        answer: None,
        at: NOON,
    };
    let added = |outcome: &ApiRefund| matches!(outcome, ApiRefund::Added { .. }).then(answer);
    let first = claim(&key, "a", 1);
    let put = async |claim: Option<&Claim>, minor, n| {
        store.report_refund(&brand, claim, &refund(minor), &settle_job, &audit(n), &added).await.unwrap()
    };
    let exceeds = put(None, 5001, 1).await;
    assert_eq!(exceeds, Answered::Refused(ApiRefund::Exceeds { left_minor: 5000 }));
    assert_eq!(put(Some(&first), 1500, 2).await, Answered::Done(answer()));
    assert_eq!(put(Some(&first), 1500, 3).await, Answered::Before(answer()));
    let repeat = ApiRefund::Repeat { amount_minor: 1500, answer: None, reason: Some("too large".into()), at: NOON };
    assert_eq!(put(None, 1500, 4).await, Answered::Refused(repeat));
    let stored = store.refunds_of(&brand, &["1".into()]).await.unwrap();
    assert_eq!((stored.len(), stored[0].reason.as_deref()), (1, Some("too large")));
}

fn entry(n: u8, amount_minor: i64) -> Entry {
    Entry {
        id: EntryId::new(NOON.0, [n; 10]),
        key: format!("key {n}"),
        creator: creator(1).id,
        order: None,
        rule: None,
        kind: EntryKind::Adjustment,
        currency: domain::Currency::USD,
        amount_minor,
        reason: "a bonus".into(),
        actor: "test".into(),
        created_at: NOON,
        payable_at: NOON,
        needs_approval: false,
        approved_at: None,
        payout: None,
    }
}

/// A payout of creator 1.
fn payout(n: u8, minor: i64) -> Payout {
    Payout {
        id: PayoutId::new(NOON.0, [n; 10]),
        currency: domain::Currency::USD,
        state: PayoutState::Open,
        created_at: NOON,
        closed_at: None,
        actor: "test".into(),
        closed_by: None,
        reference: None,
        items: vec![(creator(1).id, minor)],
    }
}

pub async fn the_ledger_is_changed_once_with_its_answer(store: AnyStore) {
    let brand = with_links(&store).await;
    let key = key(&store, &brand).await;
    store.adjust(&brand, &entry(1, 1000), &audit(1), &NewEvents::default()).await.unwrap();
    let write = async |claim: Option<&Claim>, write: LedgerWrite<'_>, n| {
        store.write_ledger(&brand, claim, write, &audit(n), &answer()).await.unwrap()
    };
    let none = NewEvents::default();
    let changed = Written::Refused(RowFault::Changed);
    let edit = |n: u8, nth| CommissionEdit { edited: entry(1, 0).id, nth, entry: entry(n, -100) };
    let first = claim(&key, "a", 1);
    assert_eq!(write(Some(&first), LedgerWrite::Edit(&edit(2, 0), &none, None), 2).await, Written::Done(answer()));
    assert_eq!(write(Some(&first), LedgerWrite::Edit(&edit(2, 0), &none, None), 3).await, Written::Before(answer()));
    assert_eq!(write(None, LedgerWrite::Edit(&edit(3, 0), &none, None), 4).await, changed, "edited meanwhile");
    let mut waiting = edit(3, 1);
    waiting.entry.needs_approval = true;
    assert_eq!(write(None, LedgerWrite::Edit(&waiting, &none, None), 40).await, changed, "approved meanwhile");
    assert_eq!(write(None, LedgerWrite::Edit(&edit(3, 1), &none, None), 5).await, Written::Done(answer()));
    let keyset = Keyset { from: "led_".into(), below: "led_zz".into(), is_ascending: true, limit: 10 };
    let page = store.commissions_page(&brand, &keyset, &CommissionFilter::default(), NOON).await.unwrap();
    let edited = &page[0].value;
    assert_eq!((page.len(), edited.entry.amount_minor, edited.edited_minor, edited.edits), (3, 1000, -200, 2));
    assert_eq!(page[1].value.edited, Some(entry(1, 0).id));

    let payout = payout(1, 800);
    let ids = [EntryId::new(NOON.0, [9; 10])];
    let wrong = Payout { items: vec![(creator(1).id, 900)], ..payout.clone() };
    assert_eq!(write(None, LedgerWrite::CreatePayout(&wrong, &ids, None), 6).await, changed);
    assert_eq!(write(None, LedgerWrite::CreatePayout(&payout, &ids, None), 7).await, Written::Done(answer()));
    let closing = Closing {
        state: PayoutState::Paid,
        at: NOON,
        reference: Some("wire 7"),
        entry_ids: &ids,
        events: &none,
        mails: &[],
    };
    let close = LedgerWrite::ClosePayout(&payout.id, closing);
    assert_eq!(write(None, close, 8).await, Written::Done(answer()));
    assert_eq!(write(None, close, 9).await, changed, "closed already");
    assert_eq!(store.payouts(&brand).await.unwrap()[0].reference.as_deref(), Some("wire 7"));
    let log = logged(&store, &brand).await;
    let before = log.len();
    assert_eq!(write(None, LedgerWrite::Nothing, 10).await, Written::Done(answer()));
    assert_eq!(logged(&store, &brand).await.len(), before, "nothing to log");
}

fn kept(external_id: Option<&str>, note: &str) -> Details {
    let notes = BTreeMap::from([("note".to_owned(), Some(note.to_owned()))]);
    Details { external_id: external_id.map(str::to_owned), metadata: Metadata::default().with(notes).unwrap() }
}

/// A change of what is kept, until now nothing.
fn first_note(kind: ObjectKind, id: impl ToString, after: Details) -> DetailsChange {
    DetailsChange { kind, id: id.to_string(), before: Details::default(), after }
}

fn since(from: domain::UnixMs) -> Span {
    Span { from, ..Span::default() }
}

fn until(until: domain::UnixMs) -> Span {
    Span { until, ..Span::default() }
}

/// The commissions that were changed in this time.
async fn commissions_since(store: &AnyStore, brand: &domain::BrandId, updated: Span) -> BTreeSet<EntryId> {
    let filter = CommissionFilter { updated, ..CommissionFilter::default() };
    let page = store.commissions_page(brand, &all("led"), &filter, NOON).await.unwrap();
    page.into_iter().map(|one| one.value.entry.id).collect()
}

fn all(prefix: &str) -> Keyset {
    Keyset { from: format!("{prefix}_"), below: format!("{prefix}_zz"), is_ascending: true, limit: 10 }
}

pub async fn what_clients_keep_with_money_changes_as_it_was_read(store: AnyStore) {
    let brand = with_links(&store).await;
    for n in [1, 2] {
        store.adjust(&brand, &entry(n, 1000), &audit(n), &NewEvents::default()).await.unwrap();
    }
    let write =
        async |write: LedgerWrite<'_>, n| store.write_ledger(&brand, None, write, &audit(n), &answer()).await.unwrap();
    let (done, changed) = (Written::Done(answer()), Written::Refused(RowFault::Changed));
    let taken = Written::Refused(RowFault::Taken("an object with this external_id"));
    let commissions = async |filter: CommissionFilter| {
        let page = store.commissions_page(&brand, &all("led"), &filter, NOON).await.unwrap();
        page.into_iter().map(|one| (one.value.entry.id, one.details)).collect::<Vec<_>>()
    };
    let id = |n: u8| entry(n, 0).id;
    let note = first_note(ObjectKind::Commission, id(1), kept(Some("a"), "one"));
    assert_eq!(write(LedgerWrite::Details(&note), 10).await, done);
    assert_eq!(write(LedgerWrite::Details(&note), 11).await, changed, "changed since it was read");
    let same = first_note(ObjectKind::Commission, id(2), kept(Some("a"), "two"));
    assert_eq!(write(LedgerWrite::Details(&same), 12).await, taken);
    assert_eq!(
        commissions(CommissionFilter::default()).await,
        [(id(1), kept(Some("a"), "one")), (id(2), Details::default())]
    );
    let by_id = CommissionFilter { external_id: Some("a".into()), ..CommissionFilter::default() };
    assert_eq!(commissions(by_id).await, [(id(1), kept(Some("a"), "one"))]);
    // With an edit: both or none.
    let none = NewEvents::default();
    let edit = CommissionEdit { edited: id(2), nth: 0, entry: Entry { created_at: NOON.plus_ms(9), ..entry(3, -100) } };
    assert_eq!(write(LedgerWrite::Edit(&edit, &none, Some(&same)), 13).await, taken);
    assert_eq!(commissions(CommissionFilter::default()).await.len(), 2, "no edit either");
    let other = first_note(ObjectKind::Commission, id(2), kept(Some("b"), "two"));
    assert_eq!(write(LedgerWrite::Edit(&edit, &none, Some(&other)), 14).await, done);
    assert_eq!(commissions(CommissionFilter::default()).await[1].1, kept(Some("b"), "two"));
    let (early, late) = (until(NOON.plus_ms(5)), since(NOON.plus_ms(5)));
    assert_eq!(commissions_since(&store, &brand, early).await, BTreeSet::from([id(1)]));
    assert_eq!(commissions_since(&store, &brand, late).await, BTreeSet::from([id(2), id(3)]), "the edited one too");

    // Another kind of object has ids of its own.
    let (payout, ids) = (payout(1, 1900), [EntryId::new(NOON.0, [9; 10])]);
    let note = first_note(ObjectKind::Payout, &payout.id, kept(Some("a"), "wire"));
    assert_eq!(write(LedgerWrite::CreatePayout(&payout, &ids, Some(&note)), 15).await, done);
    let payouts = async |external_id: &str| {
        let filter = PayoutFilter { external_id: Some(external_id.into()), ..PayoutFilter::default() };
        let page = store.payouts_page(&brand, &all("pay"), &filter).await.unwrap();
        page.into_iter().map(|one| one.details).collect::<Vec<_>>()
    };
    assert_eq!((payouts("a").await, payouts("b").await), (vec![kept(Some("a"), "wire")], vec![]));
    let gone = DetailsChange { before: note.after.clone(), after: Details::default(), ..note };
    assert_eq!(write(LedgerWrite::Details(&gone), 16).await, done);
    assert_eq!(payouts("a").await, vec![]);
    let changed_in = async |updated| {
        let filter = PayoutFilter { updated, ..PayoutFilter::default() };
        store.payouts_page(&brand, &all("pay"), &filter).await.unwrap().len()
    };
    assert_eq!((changed_in(early).await, changed_in(late).await), (1, 0));
    let (state, at, entry_ids) = (PayoutState::Paid, NOON.plus_ms(7), &ids);
    let closing = Closing { state, at, reference: None, entry_ids, events: &none, mails: &[] };
    assert_eq!(write(LedgerWrite::ClosePayout(&payout.id, closing), 17).await, done);
    assert_eq!((changed_in(early).await, changed_in(late).await), (0, 1));
    let paid = [id(1), id(2), id(3)].into_iter().chain(ids);
    assert_eq!(commissions_since(&store, &brand, late).await, paid.collect::<BTreeSet<_>>(), "paid with it");
}

pub async fn what_clients_keep_with_money_goes_with_whom_it_may_name(store: AnyStore) {
    let brand = with_links(&store).await;
    let ok = |_: &Vec<ReportOutcome>| Some(answer());
    store.report_orders(&brand, None, &[report("1", 5000, 0)], &settle_job, NOON, &ok).await.unwrap();
    let order = store.order_by_external_id(&brand, "1").await.unwrap().unwrap().order.id;
    let of_order = Entry { order: Some(order.clone()), ..entry(1, 500) };
    let of_another = Entry { creator: creator(2).id, ..entry(3, 700) };
    for (n, entry) in [(1, &of_order), (2, &entry(2, 1000)), (3, &of_another)] {
        store.adjust(&brand, entry, &audit(n), &NewEvents::default()).await.unwrap();
    }
    let write =
        async |write: LedgerWrite<'_>, n| store.write_ledger(&brand, None, write, &audit(n), &answer()).await.unwrap();
    let note =
        async |kind, id: &str, n| write(LedgerWrite::Details(&first_note(kind, id, kept(None, "about Ana"))), n).await;
    let done = Written::Done(answer());
    assert_eq!(note(ObjectKind::Order, order.as_str(), 10).await, done);
    for n in 1..=3 {
        assert_eq!(note(ObjectKind::Commission, entry(n, 0).id.as_str(), 10 + n).await, done);
    }
    let with_notes = async || {
        let page = store.commissions_page(&brand, &all("led"), &CommissionFilter::default(), NOON).await.unwrap();
        let noted = page.into_iter().filter(|one| one.details != Details::default());
        noted.map(|one| one.value.entry.id).collect::<Vec<_>>()
    };
    let notes_of = store.commission_notes(&brand, &["1".into(), "2".into()]).await.unwrap();
    assert_eq!(notes_of, [(entry(1, 0).id, kept(None, "about Ana").metadata)]);
    let person = [Identity::Order("1".into())];
    store.erase_person(&brand, &person, &[], NOON.plus_ms(9), &audit(20), &scrub_job()).await.unwrap();
    assert_eq!(with_notes().await, [entry(2, 0).id, entry(3, 0).id]);
    let late = note(ObjectKind::Order, order.as_str(), 21).await;
    assert_eq!(late, Written::Refused(RowFault::Changed), "nothing is kept with that order any more");

    // One payout of creator 1 alone, and one of both.
    let alone = payout(1, 1500);
    let both = Payout { items: vec![(creator(1).id, 1500), (creator(2).id, 700)], ..payout(2, 0) };
    let alone_note = first_note(ObjectKind::Payout, &alone.id, kept(None, "to Ana"));
    let both_note = first_note(ObjectKind::Payout, &both.id, kept(None, "of May"));
    let ids = [91, 92, 93].map(|n| EntryId::new(NOON.0, [n; 10]));
    assert_eq!(write(LedgerWrite::CreatePayout(&both, &ids[..2], Some(&both_note)), 23).await, done);
    store.adjust(&brand, &entry(5, 1500), &audit(24), &NewEvents::default()).await.unwrap();
    assert_eq!(write(LedgerWrite::CreatePayout(&alone, &ids[2..], Some(&alone_note)), 25).await, done);
    store.erase_creator(&brand, &creator(1).id, NOON, &audit(26), &NewEvents::default(), &scrub_job()).await.unwrap();
    assert_eq!(with_notes().await, [entry(3, 0).id]);
    let page = store.payouts_page(&brand, &all("pay"), &PayoutFilter::default()).await.unwrap();
    let noted: Vec<_> = page.into_iter().map(|one| (one.value.id, one.details)).collect();
    assert_eq!(noted, [(alone.id, Details::default()), (both.id, both_note.after.clone())]);
    // A request that read the creator before the erasure comes too late.
    let nothing = NewEvents::default();
    let late = write(LedgerWrite::Adjust(&entry(6, 100), &nothing, None), 27).await;
    assert_eq!(late, Written::Refused(RowFault::Changed), "the creator is erased");
    let of_another = Entry { creator: creator(2).id, ..entry(7, 100) };
    assert_eq!(write(LedgerWrite::Adjust(&of_another, &nothing, None), 28).await, done);
}
