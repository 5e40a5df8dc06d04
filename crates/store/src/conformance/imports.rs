//! Requirements on every adapter: `store::imports`.

use domain::{
    BrandId, CreatorId, Currency, EntryId, ImportId, LinkId, UnixMs,
    commission::EntryKind,
    creator::{Creator, Profile},
    import::{Column, Field, ImportedCreator, Source},
    link::{Link, LinkCode},
    metadata::Details,
};

use crate::{
    api_requests::{Answer, Claim, RowFault, Written},
    audit::AuditEntry,
    commissions::Entry,
    conformance::{
        fixtures::{AnyStore, NOON, audit, creator, link, set_paypal, with_brand},
        money_writes::{claim, key},
    },
    imports::{
        Before, CreatorBefore, Import, ImportCounts, ImportFilter, ImportInput, ImportKeys, ImportOutcome,
        ImportStatus, ImportUndone, ImportWrite, NewImport, NewImportRow, PayoutBefore, UndoImport,
    },
    jobs::{Lane, NewJob},
    money_writes::Answered,
    objects::{Change, CreatorProfile, Keyset, Object, Span, Write},
    outbound::NewEvents,
};

fn import(n: u8) -> Import {
    let column = |header: &str, field| Column { header: header.into(), field: Some(field), suggestion: None };
    Import {
        id: ImportId::new(i64::from(n), [n; 10]),
        source: Source::Dub,
        status: ImportStatus::Queued,
        actor: "key k".into(),
        columns: vec![column("Name", Field::Name)],
        rows_total: 3,
        counts: ImportCounts { failed: 1, ..ImportCounts::default() },
        created_at: NOON,
        updated_at: NOON,
    }
}

fn entry_of_audit(action: &'static str) -> AuditEntry {
    static NEXT: core::sync::atomic::AtomicU64 = core::sync::atomic::AtomicU64::new(0);
    let n = NEXT.fetch_add(1, core::sync::atomic::Ordering::SeqCst);
    AuditEntry { id: format!("aud_imports_{n}"), action, ..audit(1) }
}

fn rows() -> Vec<NewImportRow> {
    let named = |name: &str| ImportedCreator { name: Some(name.into()), ..ImportedCreator::default() };
    let input = ImportInput { creator: named("Ana"), payout_address: Some(vec![0, 255]) };
    let bare = ImportInput { creator: named("Bo \" ü"), ..ImportInput::default() };
    let row = |number, input, cell: &str| {
        let email_hash = (number == 2).then(|| "h1".to_owned());
        NewImportRow { number, input, email_hash, cells: vec![cell.into()] }
    };
    vec![row(2, Ok(input), "Ana"), row(3, Err(vec!["name is wrong".into()]), "=x"), row(4, Ok(bare), "Bo")]
}

async fn put(store: &AnyStore, brand: &BrandId, import: &Import) {
    let job = NewJob {
        kind: "rows",
        key: import.id.to_string(),
        lane: Lane::Maintenance,
        party: String::new(),
        payload: "{}".into(),
        run_at: NOON,
    };
    let rows = rows();
    let new = NewImport {
        import,
        details: &Details::default(),
        rows: &rows,
        job: &job,
        audit: &entry_of_audit("import.create"),
    };
    let answer = Answer { status: 201, body: "{}".into() };
    let written = store.create_import(brand, None, &new, &answer).await.unwrap();
    assert_eq!(written, Written::Done(answer));
}

fn profile(n: u8) -> CreatorProfile {
    let creator = Creator { id: CreatorId::new(i64::from(n), [n; 10]), ..creator(n) };
    CreatorProfile { creator, profile: Profile::default() }
}

fn direct(n: u8, creator: &CreatorId, code: &str) -> Link {
    Link {
        id: LinkId::new(1, [n; 10]),
        code: LinkCode::draw(&[n; 8]).unwrap(),
        creator: Some(creator.clone()),
        promo_code: Some(code.into()),
        is_direct: true,
        ..link(n, None)
    }
}

fn balance(n: u8, creator: &CreatorId) -> Entry {
    Entry {
        id: EntryId::new(1, [n; 10]),
        key: format!("import:dub:{n}"),
        creator: creator.clone(),
        order: None,
        rule: None,
        kind: EntryKind::Adjustment,
        currency: Currency::USD,
        amount_minor: 500,
        reason: "imported balance".into(),
        actor: "key k".into(),
        created_at: NOON,
        payable_at: NOON,
        needs_approval: false,
        approved_at: Some(NOON),
        payout: None,
    }
}

fn nothing(number: i64, outcome: ImportOutcome) -> ImportWrite {
    ImportWrite {
        number,
        outcome,
        faults: Vec::new(),
        creator: None,
        write: None,
        link: None,
        entry: None,
        payout_address: None,
        before: Before::default(),
        audits: vec![entry_of_audit("row.done")],
        events: NewEvents::default(),
    }
}

fn write(change: Change, at: UnixMs) -> Write {
    let audit = entry_of_audit("creator.write");
    Write { change, details: Details::default(), archived_at: None, at, audit, events: NewEvents::default() }
}

/// A row that adds a creator with a code, a balance and a payout address.
fn addition(number: i64, n: u8) -> ImportWrite {
    let new = profile(n);
    let id = new.creator.id.clone();
    ImportWrite {
        creator: Some(id.clone()),
        write: Some(write(Change::CreateCreator(new), NOON)),
        link: Some(direct(n, &id, "ANA10")),
        entry: Some(balance(n, &id)),
        payout_address: Some(vec![7, 8]),
        ..nothing(number, ImportOutcome::Created)
    }
}

async fn all(store: &AnyStore, brand: &BrandId) -> Vec<Object<CreatorProfile>> {
    let all = Keyset { from: String::new(), below: "~".into(), is_ascending: true, limit: 100 };
    store.creators_page(brand, &all, &crate::objects::Filter::default()).await.unwrap()
}

async fn undo(store: &AnyStore, brand: &BrandId, import: &Import) -> Answered<ImportUndone> {
    undo_as(store, brand, import, None).await
}

fn answer_of(import: &Import) -> Answer {
    Answer { status: 200, body: format!("{} at {}", import.status.as_str(), import.updated_at.0) }
}

async fn undo_as(store: &AnyStore, brand: &BrandId, import: &Import, claim: Option<&Claim>) -> Answered<ImportUndone> {
    let undo = UndoImport {
        at: NOON.plus_ms(50),
        audit: entry_of_audit("import.undo"),
        audit_of: &|action, _| entry_of_audit(action),
        reversal: &|entry| {
            let (id, key) = (EntryId::new(9, [9; 10]), format!("{}:undone", entry.key));
            (Entry { id, key, amount_minor: -entry.amount_minor, ..entry.clone() }, NewEvents::default())
        },
        events: &|_, _| NewEvents::default(),
        removed: &|_| NewEvents::default(),
        claim,
        answer: &|outcome| match outcome {
            ImportUndone::Done(import) => Some(answer_of(import)),
            _ => None,
        },
    };
    store.undo_import(brand, &import.id, &undo).await.unwrap()
}

pub async fn imports_do_each_row_once(store: AnyStore) {
    let brand = with_brand(&store).await;
    let import = import(1);
    put(&store, &brand, &import).await;
    assert_eq!(store.import(&brand, &import.id).await.unwrap().as_ref(), Some(&import));
    let waiting = store.waiting_import_rows(&brand, &import.id, 10).await.unwrap();
    let inputs = rows().into_iter().filter_map(|row| Some((row.number, row.input.ok()?, row.email_hash)));
    let waiting = waiting.into_iter().map(|row| (row.number, row.input, row.email_hash));
    assert_eq!(waiting.collect::<Vec<_>>(), inputs.collect::<Vec<_>>());
    let later = NOON.plus_ms(5);
    let add = addition(2, 1);
    let rows = [add.clone(), nothing(4, ImportOutcome::Unchanged)];
    assert_eq!(store.write_import_rows(&brand, &import.id, &rows, later).await.unwrap(), [None, None]);
    assert_eq!(store.write_import_rows(&brand, &import.id, &rows, later).await.unwrap(), [None, None], "once");
    let stored = store.import(&brand, &import.id).await.unwrap().unwrap();
    let counts = ImportCounts { created: 1, updated: 0, unchanged: 1, failed: 1 };
    assert_eq!((stored.status, stored.counts, stored.updated_at), (ImportStatus::Running, counts, later));
    assert_eq!(all(&store, &brand).await.len(), 1);
    let keys = ImportKeys {
        external_ids: vec![],
        email_hashes: vec!["hash1".into()],
        handles: vec![],
        codes: vec!["ANA10".into(), "OTHER".into()],
        entries: vec!["import:dub:1".into(), "import:dub:2".into()],
    };
    let found = store.import_matches(&brand, Some(&import.id), &keys).await.unwrap();
    let [known] = &found.creators[..] else { panic!("{found:?}") };
    assert_eq!((known.row, known.payout_address.as_deref()), (Some(2), Some(&[7, 8][..])));
    assert_eq!(known.direct.as_ref().and_then(|direct| direct.promo_code.as_deref()), Some("ANA10"));
    assert_eq!(found.codes, [("ANA10".to_owned(), profile(1).creator.id)]);
    assert_eq!(found.entries, ["import:dub:1"]);
    let by_handle = ImportKeys { handles: vec!["creator1".into()], ..ImportKeys::default() };
    assert_eq!(store.import_matches(&brand, None, &by_handle).await.unwrap().creators[0].row, None);
    let failed = store.failed_import_rows(&brand, &import.id, 0, 10).await.unwrap();
    assert_eq!(
        failed.iter().map(|row| (row.number, row.faults.len(), row.cells.len())).collect::<Vec<_>>(),
        [(3, 1, 1)]
    );
    let ended = entry_of_audit("import.done");
    assert!(store.finish_import(&brand, &import.id, ImportStatus::Done, later, &ended).await.unwrap());
    assert!(!store.finish_import(&brand, &import.id, ImportStatus::Failed, later, &ended).await.unwrap());
    assert_eq!(store.forget_import_cells(&brand, later, 10).await.unwrap(), 0);
    assert_eq!(store.forget_import_cells(&brand, later.plus_ms(1), 10).await.unwrap(), 1);
    assert_eq!(store.failed_import_rows(&brand, &import.id, 0, 10).await.unwrap()[0].cells, Vec::<String>::new());
    let page = Keyset { from: String::new(), below: "~".into(), is_ascending: false, limit: 10 };
    let listed = async |filter: ImportFilter| store.imports_page(&brand, &page, &filter).await.unwrap().len();
    assert_eq!(listed(ImportFilter::default()).await, 1);
    let of = |status| ImportFilter { status: Some(status), ..ImportFilter::default() };
    assert_eq!((listed(of(ImportStatus::Done)).await, listed(of(ImportStatus::Queued)).await), (1, 0));
    let since = |from| ImportFilter { updated: Span { from, ..Span::default() }, ..ImportFilter::default() };
    assert_eq!((listed(since(later)).await, listed(since(later.plus_ms(1))).await), (1, 0));
    assert_eq!(store.import(&crate::conformance::fixtures::brand(2).id, &import.id).await.unwrap(), None);
}

pub async fn import_rows_are_done_whole_or_wait_on(store: AnyStore) {
    let brand = with_brand(&store).await;
    let import = import(1);
    put(&store, &brand, &import).await;
    let taken = profile(1);
    store
        .create_creator(&brand, &taken.creator, &entry_of_audit("creator.create"), &NewEvents::default())
        .await
        .unwrap();
    let mut second = addition(4, 2);
    // Somebody else has given them another link meanwhile.
    second.before.link = Some(LinkId::new(1, [3; 10]));
    let rows = [addition(2, 1), second];
    let faults = store.write_import_rows(&brand, &import.id, &rows, NOON).await.unwrap();
    assert!(matches!(faults[..], [Some(RowFault::Taken(_)), Some(RowFault::Changed)]), "{faults:?}");
    assert_eq!(all(&store, &brand).await.len(), 1, "nothing of them is stored");
    assert_eq!(store.waiting_import_rows(&brand, &import.id, 10).await.unwrap().len(), 2);
    // The code was given to another creator since the row was planned.
    let owner = direct(9, &taken.creator.id, "ANA10");
    store.direct_link(&brand, &owner, Some(&entry_of_audit("creator.promo_code"))).await.unwrap();
    let faults = store.write_import_rows(&brand, &import.id, &[addition(4, 3)], NOON).await.unwrap();
    assert!(matches!(faults[..], [Some(RowFault::Changed)]), "{faults:?}");
    let failed = ImportWrite { faults: vec!["taken".into()], ..nothing(2, ImportOutcome::Failed) };
    assert_eq!(store.write_import_rows(&brand, &import.id, &[failed], NOON).await.unwrap(), [None]);
    let failed = store.failed_import_rows(&brand, &import.id, 0, 10).await.unwrap();
    assert_eq!(failed[0].cells, ["Ana"], "they are shown again");
}

pub async fn imports_are_taken_back_whole(store: AnyStore) {
    let brand = with_brand(&store).await;
    let import = import(1);
    put(&store, &brand, &import).await;
    let known = profile(3);
    store
        .create_creator(&brand, &known.creator, &entry_of_audit("creator.create"), &NewEvents::default())
        .await
        .unwrap();
    let before = all(&store, &brand).await;
    let mut renamed = known.clone();
    renamed.creator.name = "Renamed".into();
    let changed_at = NOON.plus_ms(5);
    let update = ImportWrite {
        creator: Some(known.creator.id.clone()),
        write: Some(write(Change::UpdateCreator(renamed.clone(), NOON), changed_at)),
        payout_address: Some(vec![1]),
        before: Before {
            creator: Some(CreatorBefore::of(&before[0])),
            payout_address: Some(PayoutBefore { sealed: None }),
            link: None,
        },
        ..nothing(4, ImportOutcome::Updated)
    };
    assert_eq!(undo(&store, &brand, &self::import(2)).await, Answered::Refused(ImportUndone::Missing));
    let rows = [addition(2, 1), update];
    assert_eq!(store.write_import_rows(&brand, &import.id, &rows, changed_at).await.unwrap(), [None, None]);
    assert_eq!(undo(&store, &brand, &import).await, Answered::Refused(ImportUndone::Running));
    let ended = entry_of_audit("import.done");
    store.finish_import(&brand, &import.id, ImportStatus::Done, changed_at, &ended).await.unwrap();
    set_paypal(&store, &brand, &known.creator.id, &[2], &entry_of_audit("address")).await;
    let changed = Answered::Refused(ImportUndone::Changed(vec![known.creator.id.clone()]));
    assert_eq!(undo(&store, &brand, &import).await, changed);
    set_paypal(&store, &brand, &known.creator.id, &[1], &entry_of_audit("address")).await;
    let once = claim(&key(&store, &brand).await, "one", 1);
    let undone = Answer { status: 200, body: format!("undone at {}", NOON.plus_ms(50).0) };
    assert_eq!(undo_as(&store, &brand, &import, Some(&once)).await, Answered::Done(undone.clone()));
    assert_eq!(undo_as(&store, &brand, &import, Some(&once)).await, Answered::Before(undone.clone()));
    let other = Claim { body_hash: [9; 32], ..once };
    assert_eq!(undo_as(&store, &brand, &import, Some(&other)).await, Answered::OtherBody);
    let after = all(&store, &brand).await;
    assert_eq!((after.len(), &after[0].value), (1, &before[0].value));
    assert_eq!(store.links(&brand).await.unwrap(), []);
    assert_eq!(store.payout_details(&brand).await.unwrap(), []);
    let entries = store.ledger(&brand, Some(&profile(1).creator.id), "", 10).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.amount_minor).sum::<i64>(), 0);
    assert_eq!(undo(&store, &brand, &import).await, Answered::Done(undone), "a repeat changes nothing");
}
