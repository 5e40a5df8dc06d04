//! Planning rows: whom each is about, and what it changes. Rows of one file see what the earlier ones of them do.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    BrandId, CreatorId, EntryId, ImportId, Money,
    commission::EntryKind,
    import::{ImportedCreator, Source},
    link::Link,
    metadata::Details,
};
use store::{
    commissions::Entry,
    imports::{Before, CreatorBefore, DirectLink, ImportCreator, ImportKeys, ImportOutcome, ImportWrite, PayoutBefore},
    objects::{Change, CreatorProfile, Object, Write},
    outbound::NewEvents,
};

use super::{
    difference::{changes, joined, with_socials},
    known::{KnownCreators, PlanRow, handles},
};
use crate::{
    Flow, FlowError,
    api::creator::{CreatorFields, blank},
    outbound::{commissions::adjustment_events, draft::People},
    payout_details::paypal_location,
};

/// How often the balance of one row can be imported and taken back.
const BALANCES_MAX: u32 = 9;
/// Why a ledger entry exists.
const REASON: &str = "imported balance";

/// A planned row.
pub(super) struct Planned {
    /// What it does.
    pub(super) write: ImportWrite,
    /// The creator's name and handle after it.
    pub(super) named: Option<(String, String)>,
    /// What it changes of the creator.
    pub(super) changes: Vec<&'static str>,
}

/// Who imports what.
pub(super) struct Context<'a> {
    pub(super) flow: &'a Flow,
    pub(super) brand: &'a BrandId,
    pub(super) source: Source,
    pub(super) actor: &'a str,
    /// The stored import; `None` if nothing is to be stored.
    pub(super) import: Option<&'a ImportId>,
}

/// Plans the rows of one file.
pub(super) struct Planner<'a> {
    context: Context<'a>,
    known: KnownCreators,
    codes: BTreeMap<String, CreatorId>,
    entries: BTreeSet<String>,
}

/// What is wrong with a row, and whom it is about as far as that is known.
type Fault = (String, Option<CreatorId>);

/// What of a creator's money and codes a row changes.
#[derive(Default)]
struct Extras {
    link: Option<Link>,
    entry: Option<Entry>,
    payout_address: Option<Vec<u8>>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(context: Context<'a>) -> Self {
        Self { context, known: KnownCreators::default(), codes: BTreeMap::new(), entries: BTreeSet::new() }
    }

    /// Loads what these rows may be about.
    pub(super) async fn load(&mut self, rows: &[PlanRow]) -> Result<(), FlowError> {
        let mut keys = ImportKeys::default();
        for row in rows {
            keys.external_ids.extend(row.creator.external_id.clone());
            keys.email_hashes.extend(row.email_hash.clone());
            keys.handles.extend(handles(&row.creator));
            keys.codes.extend(row.creator.code.clone());
            if row.creator.balance.is_some() {
                for key in self.balance_keys(row) {
                    keys.entries.push(undone(&key));
                    keys.entries.push(key);
                }
            }
        }
        let Context { flow, brand, import, .. } = self.context;
        let found = flow.store.import_matches(brand, import, &keys).await?;
        for creator in found.creators {
            self.known.add(creator);
        }
        for (code, creator) in found.codes {
            self.codes.entry(code).or_insert(creator);
        }
        self.entries.extend(found.entries);
        Ok(())
    }

    /// Plans a row.
    ///
    /// # Errors
    /// `FlowError::Sealed` if a stored payout address cannot be opened. What is wrong with the row is its outcome.
    pub(super) fn plan(&mut self, row: &PlanRow) -> Result<Planned, FlowError> {
        let known = match self.known.find(row) {
            Ok(known) => known.cloned(),
            Err(fault) => return Ok(failed(row.number, vec![fault], None)),
        };
        let about = known.as_ref().map(|known| known.object.value.creator.id.clone());
        if let Some(earlier) = known.as_ref().and_then(|known| known.row) {
            return Ok(failed(row.number, vec![format!("row {earlier} is about the same creator")], about));
        }
        let profile = match self.profile(row, known.as_ref()) {
            Ok(profile) => profile,
            Err(faults) => return Ok(failed(row.number, faults, about)),
        };
        let extras = match self.extras(row, known.as_ref(), &profile)? {
            Ok(extras) => extras,
            Err((fault, about)) => return Ok(failed(row.number, vec![fault], about)),
        };
        Ok(self.planned(row, known, profile, extras))
    }

    /// The creator after a row.
    fn profile(&self, row: &PlanRow, known: Option<&ImportCreator>) -> Result<CreatorProfile, Vec<String>> {
        let api = self.context.flow.api();
        let before = known.map_or_else(|| blank(api), |known| known.object.value.clone());
        let said = &row.creator;
        let text = |text: &Option<String>| text.clone().map(Some);
        let name = said.name.clone().or_else(|| said.display_name().filter(|_| known.is_none()));
        let handle = match known {
            Some(known) => said.handle.clone().filter(|handle| *handle != known.object.value.creator.handle),
            None => Some(self.free_handle(said)),
        };
        let fields = CreatorFields {
            name,
            handle,
            first_name: text(&said.first_name),
            last_name: text(&said.last_name),
            tier: text(&said.tier),
            tags: (!said.tags.is_empty()).then(|| joined(&before.profile.tags, &said.tags)),
            socials: (!said.socials.is_empty()).then(|| with_socials(&before.profile.socials, said)),
            status: said.status,
            ..CreatorFields::default()
        };
        if fields.handle.as_ref().is_some_and(|handle| self.known.has_handle(handle)) {
            return Err(vec!["handle is another creator's".to_owned()]);
        }
        let mut profile = fields.apply(api, before).map_err(|faults| faults.0)?;
        // Whoever has the address signs in as the creator, and can change how they are paid.
        if row.email_hash.is_some() && !known.is_some_and(|known| known.sets_own_payout) {
            profile.creator.email_hash.clone_from(&row.email_hash);
        }
        Ok(profile)
    }

    /// A handle for a new creator: the given one, else one made of the name, with a number if somebody has it.
    fn free_handle(&self, said: &ImportedCreator) -> String {
        let mut candidates = handles(said);
        if let Some(given) = &said.handle {
            return given.clone();
        }
        candidates.retain(|handle| !self.known.has_handle(handle));
        candidates.into_iter().next().unwrap_or_else(|| {
            let number = u32::from_le_bytes(self.context.flow.random()) % 900_000 + 100_000;
            format!("{}_{number}", said.preferred_handle())
        })
    }

    fn extras(
        &self,
        row: &PlanRow,
        known: Option<&ImportCreator>,
        profile: &CreatorProfile,
    ) -> Result<Result<Extras, Fault>, FlowError> {
        let id = &profile.creator.id;
        let flow = self.context.flow;
        let about = || known.map(|_| id.clone());
        let mut extras = Extras::default();
        let own = known.and_then(|known| known.direct.as_ref()).and_then(|direct| direct.promo_code.as_ref());
        if let Some(code) = row.creator.code.as_ref().filter(|code| Some(*code) != own) {
            if self.codes.get(code).is_some_and(|owner| owner != id) {
                return Ok(Err(("code is another creator's".to_owned(), about())));
            }
            extras.link = Some(flow.links().new_direct(id, Some(code.clone()))?);
        }
        let address = row.payout_address.as_ref();
        if let Some(address) = address.filter(|_| !known.is_some_and(|known| known.sets_own_payout)) {
            let location = paypal_location(id);
            let stored = known.and_then(|known| known.payout_address.as_ref());
            let stored = stored.map(|sealed| flow.vault.open(&location, sealed)).transpose()?;
            if stored.as_deref() != Some(address.as_bytes()) {
                extras.payout_address = Some(flow.vault.seal(&location, address.as_bytes(), flow.random()));
            }
        }
        if let Some(balance) = row.creator.balance {
            match self.balance_keys(row).into_iter().find(|key| !self.entries.contains(&undone(key))) {
                None => return Ok(Err(("its balance was taken back too often".to_owned(), about()))),
                Some(key) if self.entries.contains(&key) => {}
                Some(key) => extras.entry = Some(self.entry(key, id, balance)),
            }
        }
        Ok(Ok(extras))
    }

    /// The ledger keys under which the balance of a row may be booked, one after the other was taken back.
    fn balance_keys(&self, row: &PlanRow) -> Vec<String> {
        let Context { flow, source, .. } = &self.context;
        let handle = || row.creator.preferred_handle();
        let reference = row.creator.external_id.clone().or_else(|| row.email_hash.clone()).unwrap_or_else(handle);
        // The ledger outlasts the erasure of its creator, so it must not name them.
        let first = format!("import:{}:{}", source.as_str(), flow.identity_hash("import", &reference));
        let numbered = (2..=BALANCES_MAX).map(|number| format!("{first}:{number}"));
        core::iter::once(first.clone()).chain(numbered).collect()
    }

    fn entry(&self, key: String, creator: &CreatorId, balance: Money) -> Entry {
        let now = self.context.flow.now();
        Entry {
            id: EntryId::new(now.0, self.context.flow.random()),
            key,
            creator: creator.clone(),
            order: None,
            rule: None,
            kind: EntryKind::Adjustment,
            currency: balance.currency,
            amount_minor: balance.minor,
            reason: REASON.to_owned(),
            actor: self.context.actor.to_owned(),
            created_at: now,
            payable_at: now,
            needs_approval: false,
            approved_at: Some(now),
            payout: None,
        }
    }

    /// Puts a plan together, and remembers what it makes of the creator for the rows that follow.
    fn planned(
        &mut self,
        row: &PlanRow,
        known: Option<ImportCreator>,
        profile: CreatorProfile,
        extras: Extras,
    ) -> Planned {
        let id = profile.creator.id.clone();
        let named = Some((profile.creator.name.clone(), profile.creator.handle.clone()));
        let before_details = known.as_ref().map(|known| known.object.details.clone()).unwrap_or_default();
        let external_id = before_details.external_id.clone().or_else(|| row.creator.external_id.clone());
        let details = Details { external_id, ..before_details.clone() };
        let mut changes = known.as_ref().map_or_else(Vec::new, |known| changes(&known.object, &profile, &details));
        let is_changed = !changes.is_empty();
        changes.extend(extras.link.is_some().then_some("code"));
        changes.extend(extras.entry.is_some().then_some("balance"));
        changes.extend(extras.payout_address.is_some().then_some("payout_address"));
        let outcome = match &known {
            None => ImportOutcome::Created,
            Some(_) if changes.is_empty() => ImportOutcome::Unchanged,
            Some(_) => ImportOutcome::Updated,
        };
        let write = match &known {
            Some(known) => is_changed.then(|| self.update(known, &profile, &details)),
            None => Some(self.create(&profile, &details)),
        };
        let before = Before {
            creator: known.as_ref().filter(|_| is_changed).map(|known| CreatorBefore::of(&known.object)),
            payout_address: known
                .as_ref()
                .filter(|_| extras.payout_address.is_some())
                .map(|known| PayoutBefore { sealed: known.payout_address.clone() }),
            link: known.as_ref().and_then(|known| known.direct.as_ref()).map(|direct| direct.id.clone()),
        };
        let before = if extras.link.is_some() { before } else { Before { link: None, ..before } };
        self.remember(row, known, &profile, &details, write.as_ref(), &extras);
        let audits = self.audits(&id, &extras);
        let events = self.balance_events(&profile, &extras);
        let Extras { link, entry, payout_address } = extras;
        let (number, creator) = (row.number, Some(id));
        let write = ImportWrite {
            number,
            outcome,
            faults: Vec::new(),
            creator,
            write,
            link,
            entry,
            payout_address,
            before,
            audits,
            events,
        };
        Planned { write, named, changes }
    }

    fn create(&self, profile: &CreatorProfile, details: &Details) -> Write {
        let Context { flow, actor, brand, .. } = &self.context;
        Write {
            change: Change::CreateCreator(profile.clone()),
            details: details.clone(),
            archived_at: None,
            at: profile.creator.created_at,
            audit: flow.audit(actor, "creator.create", &profile.creator.id),
            events: flow.creators().creation_events(brand, &profile.creator),
        }
    }

    fn update(&self, known: &ImportCreator, profile: &CreatorProfile, details: &Details) -> Write {
        let Context { flow, actor, brand, .. } = &self.context;
        let read_at = known.object.updated_at;
        let after = Object { value: profile.clone(), details: details.clone(), ..known.object.clone() };
        Write {
            change: Change::UpdateCreator(profile.clone(), read_at),
            details: details.clone(),
            archived_at: known.object.archived_at,
            at: flow.now().max(read_at.plus_ms(1)),
            audit: flow.audit(actor, "creator.update", &profile.creator.id),
            events: flow.creators().profile_events(brand, &known.object, &after),
        }
    }

    fn balance_events(&self, profile: &CreatorProfile, extras: &Extras) -> NewEvents {
        let Some(entry) = &extras.entry else { return NewEvents::default() };
        let people = People::of(core::slice::from_ref(&profile.creator));
        adjustment_events(self.context.flow.outbound().draft(self.context.brand), &people, entry)
    }

    fn audits(&self, id: &CreatorId, extras: &Extras) -> Vec<store::audit::AuditEntry> {
        let Context { flow, actor, .. } = &self.context;
        let code = extras.link.as_ref().and_then(|link| link.promo_code.as_ref());
        let code = code.map(|code| flow.audit(actor, "creator.promo_code", format!("{id}: {code}")));
        let entry = extras.entry.as_ref().map(|_| flow.audit(actor, "commission.adjust", id));
        let address = extras.payout_address.as_ref().map(|_| flow.audit(actor, "creator.payout_address", id));
        [code, entry, address].into_iter().flatten().collect()
    }

    fn remember(
        &mut self,
        row: &PlanRow,
        known: Option<ImportCreator>,
        profile: &CreatorProfile,
        details: &Details,
        write: Option<&Write>,
        extras: &Extras,
    ) {
        let id = profile.creator.id.clone();
        if let Some(link) = &extras.link {
            self.codes.retain(|_, owner| *owner != id);
            self.codes.extend(link.promo_code.clone().map(|code| (code, id.clone())));
        }
        self.entries.extend(extras.entry.as_ref().map(|entry| entry.key.clone()));
        let sets_own_payout = known.as_ref().is_some_and(|known| known.sets_own_payout);
        let (archived_at, direct, payout_address, merged_external_ids) = known.map_or_else(Default::default, |known| {
            (known.object.archived_at, known.direct, known.payout_address, known.merged_external_ids)
        });
        let updated_at = write.map_or(profile.creator.created_at, |write| write.at);
        let new = extras.link.as_ref();
        let new = new.map(|link| DirectLink { id: link.id.clone(), promo_code: link.promo_code.clone() });
        self.known.put(ImportCreator {
            object: Object { value: profile.clone(), details: details.clone(), updated_at, archived_at },
            merged_external_ids,
            direct: new.or(direct),
            payout_address: extras.payout_address.clone().or(payout_address),
            sets_own_payout,
            row: Some(row.number),
        });
    }
}

/// The key of the entry that takes this one back.
pub(super) fn undone(key: &str) -> String {
    format!("{key}:undone")
}

/// A row that is wrong.
pub(super) fn failed(number: i64, faults: Vec<String>, creator: Option<CreatorId>) -> Planned {
    let write = ImportWrite {
        number,
        outcome: ImportOutcome::Failed,
        faults,
        creator,
        write: None,
        link: None,
        entry: None,
        payout_address: None,
        before: Before::default(),
        audits: Vec::new(),
        events: NewEvents::default(),
    };
    Planned { write, named: None, changes: Vec::new() }
}
