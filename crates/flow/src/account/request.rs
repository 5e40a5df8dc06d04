//! Asking for a sign-in link. The request does the same for every address; whether it is anybody's is found out by the job
//! that sends the mail, so that neither the answer nor its time tells.

use domain::{
    account::{Address, mailbox},
    language::Language,
};

use crate::{
    FlowError, Invalid,
    budget::{WINDOW_MS, left_of},
    hash::{hex, token_hash},
    job::{Job, SignInRequest},
    mail::{Letter, Mail},
    stage::Accounts,
};

/// Lifetime of a link that a person asks for, in ms.
const LINK_LIFE_MS: i64 = 15 * 60_000;

fn location(id: &str) -> String {
    format!("mail/sign-in/{id}")
}

impl Accounts<'_> {
    /// Whether this server can send mail.
    pub fn can_send_mail(self) -> bool {
        self.mailer.is_some()
    }

    /// Sends a sign-in link to an address, in this language, if it is in a team or a creator's. `client` is the network address
    /// of who asks.
    ///
    /// # Errors
    /// `FlowError::Invalid` if the text is no address; `FlowError::NotConfigured` if the server cannot send mail;
    /// `FlowError::OverBudget` if the client asked too often. None of them depends on whose address it is.
    pub async fn request_sign_in(self, email: &str, client: &str, language: Language) -> Result<(), FlowError> {
        self.mailer()?;
        let email = mailbox(email).ok_or_else(|| Invalid::one("e-mail address must be one such as ana@example.com"))?;
        let now = self.now();
        if !self.counts.spend_sign_in(client, now) {
            let retry_after_s = u32::try_from(left_of(WINDOW_MS, now) / 1_000 + 1).unwrap_or(60);
            return Err(FlowError::OverBudget { retry_after_s });
        }
        let id = hex(&self.random::<16>());
        let hash = self.email_hash(&email).ok_or(FlowError::NotFound("address"))?;
        let sealed = hex(&self.vault.seal(&location(&id), email.as_bytes(), self.random()));
        let request = SignInRequest { id, hash, sealed, asked_at: now, language: language.code().to_owned() };
        Ok(self.store.enqueue(&Job::SendSignIn(request).at(now)).await?)
    }

    /// The job: sends the mail if the address is somebody's, and not too often.
    pub(crate) async fn send_sign_in(self, request: &SignInRequest) -> Result<(), FlowError> {
        let (now, expires_at) = (self.now(), request.asked_at.plus_ms(LINK_LIFE_MS));
        if now >= expires_at {
            return Ok(());
        }
        let email = self.open_address(request)?;
        if self.store.places(&request.hash).await?.is_empty() {
            return Ok(());
        }
        let token = self.derived_token("sign-in", &request.id);
        let to = Address { email, hash: request.hash.clone() };
        if !self.store.put_account_link(token_hash(&token), &to, now, expires_at).await? {
            tracing::info!("an address has enough sign-in links; no other was sent");
            return Ok(());
        }
        let link = format!("{}/sign-in/{token}", self.settings.public_url);
        let language = Language::parse(&request.language).unwrap_or_default();
        let key = format!("sign-in-{}", request.id);
        self.mailer()?.send(&Mail { key, to: to.email, language, letter: Letter::SignIn { link } }).await?;
        Ok(())
    }

    fn open_address(self, request: &SignInRequest) -> Result<String, FlowError> {
        let sealed = hex::decode(&request.sealed).map_err(|_| FlowError::Sealed)?;
        let opened = self.vault.open(&location(&request.id), &sealed)?;
        String::from_utf8(opened).map_err(|_| FlowError::Sealed)
    }
}
