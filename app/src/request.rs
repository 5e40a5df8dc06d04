//! What a page's handler gets: [`Flow`], the authenticated caller and the page's address.

use axum::{
    extract::{FromRef, FromRequestParts},
    response::{IntoResponse, Redirect, Response},
};
use domain::{UnixMs, time::Day};
use flow::{
    Flow,
    access::{CreatorSession, Merchant, Person},
    account::KnownPlace,
};
use http::request::Parts;
use leptos::prelude::AnyView;

use crate::{address::Address, document::DocumentHead, format};

/// Anyone, signed in or not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anyone;

/// The network address of who asks, which the server finds out. Only counted, never stored.
#[derive(Clone, Debug, Default)]
pub struct ClientAddress(pub String);

/// A request for a page by an authenticated caller.
#[derive(Clone)]
pub(crate) struct PageRequest<C> {
    /// The use cases.
    pub(crate) flow: Flow,
    /// Who asks. The server stores it only after it has checked credentials.
    pub(crate) caller: C,
    /// The person, if they signed in by e-mail.
    pub(crate) person: Option<Person>,
    /// The person's brands, this one among them.
    pub(crate) places: Vec<KnownPlace>,
    /// The network address of who asks.
    pub(crate) client: ClientAddress,
    /// What the document's head needs.
    pub(crate) head: DocumentHead,
    /// The page's own address.
    pub(crate) address: Address,
}

impl PageRequest<Merchant> {
    /// An instant in the brand's time zone, for people.
    pub(crate) fn moment(&self, at: UnixMs) -> AnyView {
        format::moment(&self.caller.brand().zone, self.today(), at)
    }

    /// An instant as [`Self::moment`] shows it, as text: for titles, searches and CSV files.
    pub(crate) fn moment_text(&self, at: UnixMs) -> String {
        format::moment_text(&self.caller.brand().zone, self.today(), at)
    }

    /// Today in the brand's time zone.
    pub(crate) fn today(&self) -> Day {
        self.flow.reports().today(self.caller.brand())
    }
}

/// A member of a brand asks.
pub(crate) type BrandRequest = PageRequest<Merchant>;
/// A creator asks.
pub(crate) type CreatorRequest = PageRequest<CreatorSession>;
/// Anyone asks.
pub(crate) type PublicRequest = PageRequest<Anyone>;

/// Who may be found in a request.
pub(crate) trait Caller: Sized + Send {
    /// The caller of a request, if it has the right kind.
    fn of(parts: &Parts) -> Option<Self>;
}

impl Caller for Merchant {
    fn of(parts: &Parts) -> Option<Self> {
        parts.extensions.get().cloned()
    }
}

impl Caller for CreatorSession {
    fn of(parts: &Parts) -> Option<Self> {
        parts.extensions.get().cloned()
    }
}

impl Caller for Anyone {
    fn of(_: &Parts) -> Option<Self> {
        Some(Self)
    }
}

impl<C: Caller, S: Send + Sync> FromRequestParts<S> for PageRequest<C>
where
    Flow: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Some(caller) = C::of(parts) else { return Err(Redirect::to("/sign-in").into_response()) };
        let flow = Flow::from_ref(state);
        let person: Option<Person> = parts.extensions.get().cloned();
        let places = match &person {
            // A menu without other brands is better than no page.
            Some(person) => flow.accounts().places(person).await.unwrap_or_default(),
            None => Vec::new(),
        };
        Ok(Self {
            flow,
            caller,
            places,
            client: parts.extensions.get().cloned().unwrap_or_default(),
            person,
            head: parts.extensions.get().cloned().unwrap_or_default(),
            address: Address::of(&parts.uri),
        })
    }
}
