//! A brand's team, and invitations to it and to its creators.

use domain::{
    AccountId, BrandId, CreatorId, InvitationId, UnixMs,
    account::{Account, Address, Invitation, Invited, Role},
    language::Language,
};

use crate::{
    Result,
    accounts::{NewSession, OpenSession, language_of},
    audit::AuditEntry,
    jobs::NewJob,
    row::{known, read, read_opt},
};

/// A person of a brand's team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// Its address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// Since when they are in the team.
    pub created_at: UnixMs,
    /// The language of their last visit, for mails.
    pub language: Language,
}

/// Most invitations that a brand sends within 24 hours, repeats included: each mails a person who did not ask for it.
pub const INVITATIONS_PER_DAY_MAX: i64 = 100;

/// Most invitations to one address that are sent within 24 hours, whatever brands send them.
pub const INVITATIONS_PER_MAILBOX_MAX: i64 = 10;

/// What became of an invitation to store. Only [`PutInvitation::Stored`] changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutInvitation {
    /// It is stored, and its mail queued.
    Stored,
    /// The brand sent as many as it may: [`INVITATIONS_PER_DAY_MAX`].
    BrandSentEnough,
    /// The address was sent as many as it may be: [`INVITATIONS_PER_MAILBOX_MAX`].
    MailboxHasEnough,
    /// A member made it, and the creator meanwhile has an e-mail address, payout details or a balance.
    OwnersOnly,
}

/// What became of a change of the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamChange {
    /// It is done.
    Done,
    /// Nothing changed: the team would have no owner.
    LastOwner,
    /// Nothing changed: there is no such member.
    Missing,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct MemberRow {
    pub account_id: String,
    pub email: String,
    pub role: String,
    pub created_at: i64,
    pub language: Option<String>,
}

impl MemberRow {
    /// Converts the row.
    pub fn read(self) -> Result<Member> {
        Ok(Member {
            account: read(self.account_id, "members", "account_id")?,
            email: self.email,
            role: known(Role::parse(&self.role), "members", "role")?,
            created_at: UnixMs(self.created_at),
            language: language_of(self.language.as_deref()),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct InvitationRow {
    pub brand_id: String,
    pub id: String,
    pub email: String,
    pub email_hash: String,
    pub role: Option<String>,
    pub creator_id: Option<String>,
    pub created_at: i64,
    pub expires_at: i64,
    pub sent_at: Option<i64>,
    pub is_by_owner: bool,
}

impl InvitationRow {
    /// Converts the row.
    pub fn read(self) -> Result<(BrandId, Invitation)> {
        let invited = match (self.role, read_opt(self.creator_id, "invitations", "creator_id")?) {
            (_, Some(creator)) => Invited::Creator(creator),
            (role, None) => Invited::Team(known(role.as_deref().and_then(Role::parse), "invitations", "role")?),
        };
        let invitation = Invitation {
            id: read(self.id, "invitations", "id")?,
            address: Address { email: self.email, hash: self.email_hash },
            invited,
            created_at: UnixMs(self.created_at),
            expires_at: UnixMs(self.expires_at),
            sent_at: self.sent_at.map(UnixMs),
            is_by_owner: self.is_by_owner,
        };
        Ok((read(self.brand_id, "invitations", "brand_id")?, invitation))
    }
}

/// Stores the members of teams, and invitations.
#[async_trait::async_trait]
pub trait MemberStore: Send + Sync {
    /// The people of a brand's team, owners first.
    async fn members(&self, brand: &BrandId) -> Result<Vec<Member>>;
    /// Gives a member a role. The last owner keeps theirs. Invitations of their address to the team are taken back, so that
    /// an old mail does not change it again.
    async fn set_role(
        &self,
        brand: &BrandId,
        account: &AccountId,
        role: Role,
        audit: &AuditEntry,
    ) -> Result<TeamChange>;
    /// Takes a member out of the team, ends their sessions there, and takes back invitations of their address to it. The
    /// last owner stays.
    async fn remove_member(&self, brand: &BrandId, account: &AccountId, audit: &AuditEntry) -> Result<TeamChange>;
    /// The sessions of a brand's team that have not ended, the last used first.
    async fn team_sessions(&self, brand: &BrandId, now: UnixMs) -> Result<Vec<OpenSession>>;
    /// Ends all sessions of a creator and the unused links that the brand made for them. Returns how many sessions.
    async fn end_creator_sessions(&self, brand: &BrandId, creator: &CreatorId, audit: &AuditEntry) -> Result<u64>;
    /// Ends a session of the brand's team. False when there is none.
    async fn end_team_session(&self, brand: &BrandId, token: [u8; 32], audit: &AuditEntry) -> Result<bool>;
    /// Stores an invitation and queues its mail. It replaces an earlier one of the same address, to the team or as the
    /// same creator. `token` is the hash of what the mail will hold. Nothing is stored if the brand's log says that it made
    /// [`INVITATIONS_PER_DAY_MAX`] within the 24 hours before, or if the address was sent [`INVITATIONS_PER_MAILBOX_MAX`].
    ///
    /// # Errors
    /// `Conflict` when its id or token exists, `Missing` when the brand does not.
    async fn put_invitation(
        &self,
        brand: &BrandId,
        invitation: &Invitation,
        token: [u8; 32],
        audit: &AuditEntry,
        mail: &NewJob,
    ) -> Result<PutInvitation>;
    /// The invitations that are not accepted, newest first; also those that expired.
    async fn invitations(&self, brand: &BrandId) -> Result<Vec<Invitation>>;
    /// Finds an invitation that is not accepted.
    async fn invitation(&self, brand: &BrandId, id: &InvitationId) -> Result<Option<Invitation>>;
    /// Notes that an invitation's mail was sent.
    async fn note_invitation_sent(&self, brand: &BrandId, id: &InvitationId, at: UnixMs) -> Result<()>;
    /// Deletes an invitation. False when there is none.
    async fn revoke_invitation(&self, brand: &BrandId, id: &InvitationId, audit: &AuditEntry) -> Result<bool>;
    /// The invitation with this token, without accepting it. `None` if it is unknown, accepted or expired.
    async fn invitation_by_token(&self, token: [u8; 32], now: UnixMs) -> Result<Option<(BrandId, Invitation)>>;
    /// Accepts an invitation: the person joins the team, or their address becomes the creator's, and a session begins
    /// there. `new` is the account's id if the address has none yet. A member who is invited as an owner becomes one; an
    /// owner stays one. Of concurrent calls with one token exactly one succeeds; the others get `None`, as for an unknown
    /// or expired invitation and for a creator who was erased.
    async fn accept_invitation(
        &self,
        token: [u8; 32],
        new: &AccountId,
        session: &NewSession,
        audit: &AuditEntry,
    ) -> Result<Option<Account>>;
}
