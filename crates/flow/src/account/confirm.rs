//! Opening a link of a mail, and using it up.

use domain::{
    AccountId, UnixMs,
    account::{Address, Invitation, Place, Role, browser_name},
    language::Language,
};
use store::{access::Principal, accounts::NewSession};

use crate::{
    FlowError,
    access::{Person, SESSION_LIFE_MS},
    hash::{hex, token_hash},
    stage::Accounts,
};

/// What a link that still works is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PendingLink {
    /// The brand or its operator made it.
    Made,
    /// A person asked for it.
    Asked {
        /// Their address.
        email: String,
    },
    /// An invitation.
    Invited {
        /// The invited address.
        email: String,
        /// The brand's name.
        brand_name: String,
        /// The role in the team; absent if a creator is invited.
        role: Option<Role>,
    },
}

/// A session that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The session's token, for the browser's cookie.
    pub session: String,
    /// Whether it is a creator's.
    pub is_creator: bool,
}

impl Accounts<'_> {
    /// What a link is for, without using it up: mail scanners open links too. `None` if it is unknown, used or expired.
    pub async fn pending_link(self, token: &str) -> Result<Option<PendingLink>, FlowError> {
        let (hash, now) = (token_hash(token), self.now());
        if self.store.login(hash, now).await?.is_some() {
            return Ok(Some(PendingLink::Made));
        }
        if let Some(Address { email, .. }) = self.store.account_link(hash, now).await? {
            return Ok(Some(PendingLink::Asked { email }));
        }
        let Some((brand, invitation)) = self.store.invitation_by_token(hash, now).await? else { return Ok(None) };
        let brand_name = self.store.brand(&brand).await?.ok_or(FlowError::NotFound("brand"))?.name;
        let (email, role) = (invitation.address.email, invitation.invited.role());
        Ok(Some(PendingLink::Invited { email, brand_name, role }))
    }

    /// Uses up a link of any kind and begins a session in the browser with this `User-Agent`. From now on the person's mails are
    /// in this language.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if the link is unknown, used or expired, or its person may no longer be anywhere.
    pub async fn confirm(self, token: &str, user_agent: &str, language: Language) -> Result<SignedIn, FlowError> {
        let (hash, now) = (token_hash(token), self.now());
        if let Some(address) = self.store.account_link(hash, now).await? {
            return self.confirm_asked(hash, &address, user_agent, language).await;
        }
        if let Some((brand, invitation)) = self.store.invitation_by_token(hash, now).await? {
            let place = Place { brand, creator: invitation.invited.creator().cloned() };
            let (token, session) = self.new_session(place, user_agent, language).await?;
            return self.accept(hash, &invitation, token, &session).await;
        }
        let (session, is_creator) = self.access().sign_in(token).await?;
        Ok(SignedIn { session, is_creator })
    }

    async fn confirm_asked(
        self,
        hash: [u8; 32],
        to: &Address,
        user_agent: &str,
        language: Language,
    ) -> Result<SignedIn, FlowError> {
        let place = self.first_place(to).await?.ok_or(FlowError::Unauthorized)?;
        let (token, session) = self.new_session(place, user_agent, language).await?;
        let used = self.store.use_account_link(hash, &self.new_account_id(), &session).await?;
        used.ok_or(FlowError::Unauthorized)?;
        Ok(SignedIn { session: token, is_creator: session.place.creator.is_some() })
    }

    async fn accept(
        self,
        hash: [u8; 32],
        invitation: &Invitation,
        token: String,
        session: &NewSession,
    ) -> Result<SignedIn, FlowError> {
        let new = self.new_account_id();
        let entry = self.audit(invitation.id.as_str(), "invitation.accept", &invitation.id);
        let accepted = self.store.accept_invitation(hash, &new, session, &entry).await?;
        accepted.ok_or(FlowError::Unauthorized)?;
        Ok(SignedIn { session: token, is_creator: session.place.creator.is_some() })
    }

    /// From now on the person's mails are in this language.
    pub async fn speak_to(self, person: &Person, language: Language) -> Result<(), FlowError> {
        Ok(self.store.set_account_language(&person.account().id, language).await?)
    }

    fn new_account_id(self) -> AccountId {
        AccountId::new(self.now().0, self.random())
    }

    /// Where a session begins: where the last used one is, else in the first place.
    async fn first_place(self, to: &Address) -> Result<Option<Place>, FlowError> {
        let mut places = self.store.places(&to.hash).await?.into_iter().map(|known| known.place).collect::<Vec<_>>();
        let last = match self.store.account_by_address(&to.hash).await? {
            Some(account) => self.store.sessions_of(&account.id, self.now()).await?.into_iter().next(),
            None => None,
        };
        let last = last.and_then(|session| places.iter().position(|place| *place == session.place));
        Ok(if places.is_empty() { None } else { Some(places.swap_remove(last.unwrap_or(0))) })
    }

    /// A session to begin, and its token.
    async fn new_session(
        self,
        place: Place,
        user_agent: &str,
        language: Language,
    ) -> Result<(String, NewSession), FlowError> {
        let token = hex(&self.random::<32>());
        let device = self.agents.classify(user_agent);
        let known = |name: &'static str| if name == "Other" { "" } else { name };
        let browser = browser_name(known(device.browser), known(device.os));
        let principal = Principal { brand: place.brand.clone(), creator: place.creator.clone() };
        let activation = self.access().activation_events_of(&principal).await?;
        let at = self.now();
        let expires_at = UnixMs(at.0 + SESSION_LIFE_MS);
        let session = NewSession { token: token_hash(&token), place, browser, language, at, expires_at, activation };
        Ok((token, session))
    }
}
