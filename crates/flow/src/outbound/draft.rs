//! The events that one change emits, and the names in them.

use std::collections::BTreeMap;

use domain::{
    CreatorId, MessageId, UnixMs,
    creator::Creator,
    outbound::{CreatorRef, EventData},
};
use store::{
    jobs::NewJob,
    outbound::{NewEvent, NewEvents},
};

/// Events of one change, in the order of their facts.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    dispatch: NewJob,
    now: UnixMs,
    seed: [u8; 10],
    events: Vec<NewEvent>,
}

impl Draft {
    /// An empty list. `dispatch` is the job that numbers the events; `seed` is randomness for their ids.
    pub(super) fn new(dispatch: NewJob, now: UnixMs, seed: [u8; 10]) -> Self {
        Self { dispatch, now, seed, events: Vec::new() }
    }

    /// The id that the next event gets.
    pub(crate) fn next_id(&self) -> MessageId {
        let mut seed = self.seed;
        for (byte, step) in seed.iter_mut().rev().zip(self.events.len().to_le_bytes()) {
            *byte = byte.wrapping_add(step);
        }
        MessageId::new(self.now.0, seed)
    }

    /// Adds an event of now. `fact` names the fact among those of the event's type.
    pub(crate) fn add(&mut self, data: &EventData, object_id: impl ToString, fact: impl ToString) {
        self.add_at(self.now, data, object_id, fact);
    }

    /// As [`Self::add`], of another time. What is over is an event of now.
    pub(crate) fn add_at(&mut self, at: UnixMs, data: &EventData, object_id: impl ToString, fact: impl ToString) {
        let kind = data.event_type();
        self.events.push(NewEvent {
            id: self.next_id(),
            kind,
            object_id: object_id.to_string(),
            fact: format!("{}:{}", kind.as_str(), fact.to_string()),
            data: data.to_json(),
            at: at.max(self.now),
        });
    }

    /// The events to store with the change.
    pub(crate) fn into_events(self) -> NewEvents {
        NewEvents { events: self.events, dispatch: Some(self.dispatch) }
    }
}

/// Names of creators.
#[derive(Clone, Debug, Default)]
pub(crate) struct People(BTreeMap<CreatorId, CreatorRef>);

impl People {
    /// The names of these creators.
    pub(crate) fn of(creators: &[Creator]) -> Self {
        let mut people = Self::default();
        people.add(creators);
        people
    }

    /// Adds the names of these creators.
    pub(crate) fn add(&mut self, creators: &[Creator]) {
        self.0.extend(creators.iter().map(|creator| (creator.id.clone(), CreatorRef::from(creator))));
    }

    /// Whether a creator's name is known.
    pub(crate) fn has(&self, creator: &CreatorId) -> bool {
        self.0.contains_key(creator)
    }

    /// How events name a creator. A name that nobody looked up is empty.
    pub(crate) fn name(&self, creator: &CreatorId) -> CreatorRef {
        let unnamed = || CreatorRef { id: creator.clone(), name: String::new(), handle: String::new() };
        self.0.get(creator).cloned().unwrap_or_else(unnamed)
    }
}
