//! People who sign in by e-mail: their accounts, the links in mails, and their sessions.
//!
//! All tokens here are SHA-256 hashes: the values that browsers and mails hold are never stored.

use domain::{
    AccountId, BrandId, CreatorId, UnixMs,
    account::{Account, Address, MailChoices, Place, Role},
    language::Language,
};

use crate::{
    Result,
    outbound::NewEvents,
    row::{known, read, read_opt},
};

/// Most links of one address that work at a time.
pub const LINKS_PER_ADDRESS_MAX: i64 = 3;

/// A session to begin.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Hash of its token.
    pub token: [u8; 32],
    /// Where it begins.
    pub place: Place,
    /// The browser, in words.
    pub browser: String,
    /// The language in which it begins: from now on that of the account's mails.
    pub language: Language,
    /// When it begins.
    pub at: UnixMs,
    /// Until when it is valid (exclusive).
    pub expires_at: UnixMs,
    /// Written if a creator signs in for the first time.
    pub activation: NewEvents,
}

/// A place where an account may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPlace {
    /// The place.
    pub place: Place,
    /// The brand's name.
    pub brand_name: String,
    /// The role; absent for a creator.
    pub role: Option<Role>,
    /// The creator's name; absent in the team.
    pub creator_name: Option<String>,
}

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Hash of its token.
    pub token: [u8; 32],
    /// Where it is.
    pub place: Place,
    /// Whose it is; absent if it began with a link that the brand made.
    pub account: Option<AccountId>,
    /// The account's address.
    pub email: Option<String>,
    /// The browser, in words; absent if it is not known.
    pub browser: Option<String>,
    /// When it began.
    pub created_at: UnixMs,
    /// When it was last used, to the hour.
    pub last_seen_at: UnixMs,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct AccountRow {
    pub id: String,
    pub email: String,
    pub email_hash: String,
    pub language: Option<String>,
}

impl AccountRow {
    /// Converts the row.
    pub fn read(self) -> Result<Account> {
        let address = Address { email: self.email, hash: self.email_hash };
        Ok(Account { id: read(self.id, "accounts", "id")?, address, language: language_of(self.language.as_deref()) })
    }
}

/// A stored language. Of accounts from before languages were stored it is not known.
pub(crate) fn language_of(code: Option<&str>) -> Language {
    code.and_then(Language::parse).unwrap_or_default()
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct MailChoicesRow {
    pub mutes_answers: Option<bool>,
    pub mutes_payouts: Option<bool>,
    pub mutes_questions: Option<bool>,
}

impl MailChoicesRow {
    /// Converts the row. Who chose nothing wants all.
    pub fn read(self) -> MailChoices {
        let wants = |mutes: Option<bool>| !mutes.unwrap_or(false);
        MailChoices {
            answers: wants(self.mutes_answers),
            payouts: wants(self.mutes_payouts),
            questions: wants(self.mutes_questions),
        }
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct PlaceRow {
    pub brand_id: String,
    pub brand_name: String,
    pub role: Option<String>,
    pub creator_id: Option<String>,
    pub creator_name: Option<String>,
}

impl PlaceRow {
    /// Converts the row.
    pub fn read(self) -> Result<KnownPlace> {
        let brand: BrandId = read(self.brand_id, "brands", "id")?;
        let creator: Option<CreatorId> = read_opt(self.creator_id, "creators", "id")?;
        Ok(KnownPlace {
            place: Place { brand, creator },
            brand_name: self.brand_name,
            role: self.role.map(|role| known(Role::parse(&role), "members", "role")).transpose()?,
            creator_name: self.creator_name,
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct OpenSessionRow {
    pub token_hash: Vec<u8>,
    pub brand_id: String,
    pub creator_id: Option<String>,
    pub account_id: Option<String>,
    pub email: Option<String>,
    pub browser: Option<String>,
    pub created_at: i64,
    pub last_seen_at: i64,
}

impl OpenSessionRow {
    /// Converts the row.
    pub fn read(self) -> Result<OpenSession> {
        let creator = read_opt(self.creator_id, "sessions", "creator_id")?;
        Ok(OpenSession {
            token: read(self.token_hash, "sessions", "token_hash")?,
            place: Place { brand: read(self.brand_id, "sessions", "brand_id")?, creator },
            account: read_opt(self.account_id, "sessions", "account_id")?,
            email: self.email,
            browser: self.browser,
            created_at: UnixMs(self.created_at),
            last_seen_at: UnixMs(self.last_seen_at),
        })
    }
}

/// Stores accounts, the links in mails, and sessions of accounts.
#[async_trait::async_trait]
pub trait AccountStore: Send + Sync {
    /// Stores a link that its address asked for, valid before `expires_at`. False, without a change, when
    /// [`LINKS_PER_ADDRESS_MAX`] others of the address still work. A repeat with the same token is true.
    async fn put_account_link(&self, token: [u8; 32], to: &Address, now: UnixMs, expires_at: UnixMs) -> Result<bool>;
    /// Whose link this is, without using it up. `None` if it is unknown, used or expired.
    async fn account_link(&self, token: [u8; 32], now: UnixMs) -> Result<Option<Address>>;
    /// Uses up a link and begins a session; `new` is the account's id if the address has none yet. Of concurrent calls
    /// with one token exactly one succeeds; the others get `None`, as for an unknown, used or expired link.
    async fn use_account_link(&self, token: [u8; 32], new: &AccountId, session: &NewSession)
    -> Result<Option<Account>>;
    /// The account with an address of this hash.
    async fn account_by_address(&self, hash: &str) -> Result<Option<Account>>;
    /// Finds an account.
    async fn account(&self, id: &AccountId) -> Result<Option<Account>>;
    /// The account of a creator, with the mails that it wants. `None` if nobody has signed in or accepted an invitation with
    /// the creator's address: it is known as a hash only then.
    async fn account_of_creator(&self, brand: &BrandId, creator: &CreatorId) -> Result<Option<(Account, MailChoices)>>;
    /// Sets the language of an account's mails.
    async fn set_account_language(&self, id: &AccountId, language: Language) -> Result<()>;
    /// Which mails an account wants. `None` if there is no such account.
    async fn mail_choices(&self, id: &AccountId) -> Result<Option<MailChoices>>;
    /// Sets which mails an account wants.
    async fn set_mail_choices(&self, id: &AccountId, choices: MailChoices) -> Result<()>;
    /// The teams and creators with an address of this hash: first teams, by the brand's name; then creators who have signed
    /// in, by the time of their first sign-in; then other creators, by the brand's name. Without sandboxes.
    async fn places(&self, hash: &str) -> Result<Vec<KnownPlace>>;
    /// The sessions of an account that have not ended, the last used first.
    async fn sessions_of(&self, account: &AccountId, now: UnixMs) -> Result<Vec<OpenSession>>;
    /// Ends the sessions of an account, but not that with the token `except`. Returns how many.
    async fn end_sessions_of(&self, account: &AccountId, except: Option<[u8; 32]>) -> Result<u64>;
    /// Moves an account's session to another place. False when the account has no such session.
    async fn move_session(
        &self,
        account: &AccountId,
        token: [u8; 32],
        place: &Place,
        now: UnixMs,
        activation: &NewEvents,
    ) -> Result<bool>;
    /// Notes that a session is used.
    async fn touch_session(&self, token: [u8; 32], now: UnixMs) -> Result<()>;
    /// Deletes up to `limit` accounts that are in no team, whose address is no creator's, and that no invitation awaits,
    /// with their sessions and links: of all, or that with an address of this hash. Returns how many.
    async fn delete_unused_accounts(&self, hash: Option<&str>, limit: i64) -> Result<u64>;
}
