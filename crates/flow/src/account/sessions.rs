//! Sessions: seeing them, ending them, and moving one to another brand.

use domain::{CreatorId, UnixMs, account::Place};
use store::{
    access::Principal,
    accounts::{KnownPlace, OpenSession},
};

use crate::{
    FlowError,
    access::{Merchant, Person},
    hash::hex,
    stage::Accounts,
};

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Names it among the person's or the team's sessions. Nobody can sign in with it.
    pub id: String,
    /// The address of its person; absent if it began with a link that the brand or its operator made.
    pub email: Option<String>,
    /// The browser, in words; absent if it is not known.
    pub browser: Option<String>,
    /// Where it is.
    pub place: Place,
    /// When it began.
    pub created_at: UnixMs,
    /// When it was last used, to the hour.
    pub last_seen_at: UnixMs,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// The first bytes of a hash: enough to tell sessions apart.
fn id_of(token: &[u8; 32]) -> String {
    hex(&token[..8])
}

impl SessionInfo {
    fn of(session: OpenSession, current: Option<&[u8; 32]>) -> Self {
        Self {
            id: id_of(&session.token),
            email: session.email,
            browser: session.browser,
            place: session.place,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            is_current: current == Some(&session.token),
        }
    }
}

impl Accounts<'_> {
    /// Where a person may be: teams first, then as a creator.
    pub async fn places(self, person: &Person) -> Result<Vec<KnownPlace>, FlowError> {
        Ok(self.store.places(&person.account().address.hash).await?)
    }

    /// Moves the person's session to another of their places.
    ///
    /// # Errors
    /// `FlowError::NotFound` if it is none of theirs.
    pub async fn switch(self, person: &Person, place: &Place) -> Result<(), FlowError> {
        let is_theirs = self.places(person).await?.iter().any(|known| known.place == *place);
        if !is_theirs {
            return Err(FlowError::NotFound("brand"));
        }
        let principal = Principal { brand: place.brand.clone(), creator: place.creator.clone() };
        let activation = self.access().activation_events_of(&principal).await?;
        let (account, token) = (&person.account().id, *person.token());
        if self.store.move_session(account, token, place, self.now(), &activation).await? {
            Ok(())
        } else {
            Err(FlowError::NotFound("brand"))
        }
    }

    /// The person's sessions, the last used first.
    pub async fn sessions(self, person: &Person) -> Result<Vec<SessionInfo>, FlowError> {
        let sessions = self.store.sessions_of(&person.account().id, self.now()).await?;
        Ok(sessions.into_iter().map(|session| SessionInfo::of(session, Some(person.token()))).collect())
    }

    /// Ends one of the person's sessions.
    ///
    /// # Errors
    /// `FlowError::NotFound` if it is none of theirs.
    pub async fn end_session(self, person: &Person, id: &str) -> Result<(), FlowError> {
        let sessions = self.store.sessions_of(&person.account().id, self.now()).await?;
        let session = sessions.into_iter().find(|session| id_of(&session.token) == id);
        let session = session.ok_or(FlowError::NotFound("session"))?;
        Ok(self.store.end_session(session.token).await?)
    }

    /// Signs a creator out of the brand in every browser, and ends the unused sign-in links that the brand made for them:
    /// whoever was given such a link is out too.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such creator.
    pub async fn sign_out_creator(self, merchant: &Merchant, creator: &CreatorId) -> Result<(), FlowError> {
        self.creators().get(merchant, creator).await?;
        let entry = self.audit(merchant.actor(), "creator.sign_out", creator);
        self.store.end_creator_sessions(merchant.id(), creator, &entry).await?;
        Ok(())
    }

    /// Ends all sessions of the person, in every browser; this one too unless it is kept. Returns how many.
    pub async fn sign_out_everywhere(self, person: &Person, keeps_this: bool) -> Result<u64, FlowError> {
        let except = keeps_this.then_some(*person.token());
        Ok(self.store.end_sessions_of(&person.account().id, except).await?)
    }

    /// The sessions of the brand's team, the last used first.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks.
    pub async fn team_sessions(self, merchant: &Merchant) -> Result<Vec<SessionInfo>, FlowError> {
        let owner = merchant.owner()?;
        let sessions = self.store.team_sessions(owner.id(), self.now()).await?;
        Ok(sessions.into_iter().map(|session| SessionInfo::of(session, None)).collect())
    }

    /// Ends a session of the brand's team.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is none; `FlowError::OwnerOnly` if a member asks.
    pub async fn end_team_session(self, merchant: &Merchant, id: &str) -> Result<(), FlowError> {
        let owner = merchant.owner()?;
        let sessions = self.store.team_sessions(owner.id(), self.now()).await?;
        let session = sessions.into_iter().find(|session| id_of(&session.token) == id);
        let session = session.ok_or(FlowError::NotFound("session"))?;
        let subject = session.account.map_or_else(|| "a sign-in link".to_owned(), |account| account.to_string());
        let entry = self.audit(owner.actor(), "session.end", subject);
        if self.store.end_team_session(owner.id(), session.token, &entry).await? {
            Ok(())
        } else {
            Err(FlowError::NotFound("session"))
        }
    }
}
