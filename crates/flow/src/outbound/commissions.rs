//! Events about ledger entries.

use domain::{
    commission::EntryKind,
    outbound::{CommissionData, EventData},
    settlement::LedgerChange,
};
use store::{commissions::Entry, outbound::NewEvents};

use super::draft::{Draft, People};

/// The events of a new ledger entry. Unless it waits for a person, its approval is known too: it comes with the end of the
/// hold.
pub(super) fn add_created(draft: &mut Draft, people: &People, line: &LedgerChange) {
    let data = CommissionData {
        entry_id: line.id.clone(),
        order_id: Some(line.order.clone()),
        creator: people.name(&line.creator),
        kind: line.kind,
        amount_minor: line.amount_minor,
        currency: line.currency,
        reason: line.reason.clone(),
        payable_at: line.payable_at.to_rfc3339(),
        needs_approval: line.needs_approval,
    };
    draft.add(&EventData::CommissionCreated(data.clone()), &line.id, &line.id);
    if !line.needs_approval {
        draft.add_at(line.payable_at, &EventData::CommissionApproved(data), &line.id, &line.id);
    }
}

/// What the events of a stored entry say.
fn entry_data(people: &People, entry: &Entry) -> CommissionData {
    CommissionData {
        entry_id: entry.id.clone(),
        order_id: entry.order.clone(),
        creator: people.name(&entry.creator),
        kind: entry.kind,
        amount_minor: entry.amount_minor,
        currency: entry.currency,
        // A person's own words are not for others.
        reason: if entry.kind == EntryKind::Adjustment { String::new() } else { entry.reason.clone() },
        payable_at: entry.payable_at.to_rfc3339(),
        needs_approval: entry.is_waiting(),
    }
}

/// The event of an entry that waits for a person no longer: when its hold is over.
pub(super) fn add_approved(draft: &mut Draft, people: &People, entry: &Entry) {
    let data = EventData::CommissionApproved(entry_data(people, entry));
    draft.add_at(entry.payable_at, &data, &entry.id, &entry.id);
}

/// The events of an entry that a person made.
pub(crate) fn adjustment_events(mut draft: Draft, people: &People, entry: &Entry) -> NewEvents {
    draft.add(&EventData::CommissionCreated(entry_data(people, entry)), &entry.id, &entry.id);
    if !entry.is_waiting() {
        add_approved(&mut draft, people, entry);
    }
    draft.into_events()
}

/// The events of a person's approval of these entries.
pub(crate) fn approval_events(mut draft: Draft, people: &People, approved: &[Entry]) -> NewEvents {
    for entry in approved {
        add_approved(&mut draft, people, entry);
    }
    draft.into_events()
}
