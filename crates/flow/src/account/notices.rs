//! Mails about what happened: to creators that a question was answered, that they were paid, or that how they are paid was
//! changed; to a brand's owners that a creator asks. None holds an amount, or a text that a person wrote: a mail cannot be
//! taken back when revenue is no longer shared or a customer is erased.

use domain::{
    BrandId, EndpointId,
    account::{Account, MailChoices, Role},
    brand::Brand,
    webhook::{Endpoint, EndpointStatus},
};

use crate::{
    FlowError,
    access::Person,
    job::{DisabledRef, Job, PaidRef, PayoutChange, QuestionRef},
    mail::{Letter, Mail, one_line},
    payout_details::announced_location,
    stage::Accounts,
    webhook::host_of,
};

/// A mail to whoever has an account, in the language of their last visit.
fn to_account(key: String, account: Account, letter: Letter) -> Mail {
    Mail { key, to: account.address.email, language: account.language, letter }
}

impl Accounts<'_> {
    /// Which mails the person wants.
    pub async fn mail_choices(self, person: &Person) -> Result<MailChoices, FlowError> {
        self.store.mail_choices(&person.account().id).await?.ok_or(FlowError::Unauthorized)
    }

    /// Sets which mails the person wants, whatever brand they are about.
    pub async fn save_mail_choices(self, person: &Person, choices: MailChoices) -> Result<(), FlowError> {
        Ok(self.store.set_mail_choices(&person.account().id, choices).await?)
    }

    /// The brand that mails are about; `None` for one whose data is made up, as its people are, and for a sandbox: what
    /// tests do there is nothing that happened to the people whose addresses they use.
    async fn mailing_brand(self, brand: &BrandId) -> Result<Option<Brand>, FlowError> {
        if self.store.live_brand_of(brand).await?.is_some() {
            return Ok(None);
        }
        let brand = self.store.brand(brand).await?;
        Ok(brand.filter(|brand| brand.settings.sample.is_none()))
    }

    /// The job: tells a creator that their question was answered.
    pub(crate) async fn mail_answer(self, mail: &QuestionRef) -> Result<(), FlowError> {
        let Some(brand) = self.mailing_brand(&mail.brand).await? else { return Ok(()) };
        let Some(question) = self.store.question(&brand.id, &mail.question).await? else { return Ok(()) };
        let Some(answer) = question.answer else { return Ok(()) };
        let to = self.store.account_of_creator(&brand.id, &question.creator).await?;
        let Some((account, _)) = to.filter(|(_, wants)| wants.answers) else { return Ok(()) };
        let link = format!("{}/creator/sales?sale={}", self.settings.public_url, question.order);
        // A corrected answer is another mail.
        let key = format!("answer-{}-{}", question.id, answer.at.0);
        let letter = Letter::Answered { brand: one_line(&brand.name), link, settings: self.own_settings_url() };
        Ok(self.mailer()?.send(&to_account(key, account, letter)).await?)
    }

    /// The job: tells an owner that a creator asks; without an owner, queues that for each.
    pub(crate) async fn mail_question(self, mail: &QuestionRef) -> Result<(), FlowError> {
        let brand = self.mailing_brand(&mail.brand).await?.filter(|brand| !brand.settings.mutes_questions);
        let Some(brand) = brand else { return Ok(()) };
        let Some(question) = self.store.question(&brand.id, &mail.question).await? else { return Ok(()) };
        let members = self.store.members(&brand.id).await?;
        let mut owners = members.into_iter().filter(|member| member.role == Role::Owner);
        let Some(owner) = &mail.owner else {
            // One job each, so that a mailbox that fails keeps no other waiting, nor mails it twice.
            for owner in owners {
                let one = QuestionRef { owner: Some(owner.account), ..mail.clone() };
                self.store.enqueue(&Job::MailQuestion(one).at(self.now())).await?;
            }
            return Ok(());
        };
        let Some(owner) = owners.find(|member| member.account == *owner) else { return Ok(()) };
        if !self.store.mail_choices(&owner.account).await?.is_some_and(|wants| wants.questions) {
            return Ok(());
        }
        let creator = self.store.creator(&brand.id, &question.creator).await?;
        let page = format!("{}/brand/attribution", self.settings.public_url);
        let key = format!("question-{}-{}", question.id, owner.account);
        let link = format!("{page}/orders/{}", question.order);
        let (brand, creator) = (one_line(&brand.name), creator.map(|creator| one_line(&creator.name)));
        let letter = Letter::Asked { brand, creator, link, settings: format!("{page}/settings/members") };
        Ok(self.mailer()?.send(&Mail { key, to: owner.email, language: owner.language, letter }).await?)
    }

    /// The job: tells a creator that they were paid.
    pub(crate) async fn mail_paid(self, mail: &PaidRef) -> Result<(), FlowError> {
        let Some(brand) = self.mailing_brand(&mail.brand).await? else { return Ok(()) };
        let to = self.store.account_of_creator(&brand.id, &mail.creator).await?;
        let Some((account, _)) = to.filter(|(_, wants)| wants.payouts) else { return Ok(()) };
        if self.store.own_payout(&brand.id, &mail.creator, &mail.payout).await?.is_none() {
            return Ok(());
        }
        let link = format!("{}/creator/paid/{}", self.settings.public_url, mail.payout);
        let key = format!("paid-{}-{}", mail.payout, mail.creator);
        let letter = Letter::Paid { brand: one_line(&brand.name), link, settings: self.own_settings_url() };
        Ok(self.mailer()?.send(&to_account(key, account, letter)).await?)
    }

    /// The job: tells whoever set a creator's payout details that they were changed. It cannot be turned off.
    pub(crate) async fn mail_payout_change(self, change: &PayoutChange) -> Result<(), FlowError> {
        let Some(brand) = self.mailing_brand(&change.brand).await? else { return Ok(()) };
        // Who was erased meanwhile is told nothing any more.
        let Some(creator) = self.store.creator(&brand.id, &change.creator).await? else { return Ok(()) };
        if self.store.creator_erased_at(&brand.id, &creator.id).await?.is_some() {
            return Ok(());
        }
        let sealed = hex::decode(&change.sealed).map_err(|_| FlowError::Sealed)?;
        let opened = self.vault.open(&announced_location(&creator.id), &sealed)?;
        let to = String::from_utf8(opened).map_err(|_| FlowError::Sealed)?;
        let day = brand.zone.day_of(change.at);
        let key = format!("payout-details-{}-{}", creator.id, change.at.0);
        let reader = match self.email_hash(&to) {
            Some(hash) => self.store.account_by_address(&hash).await?,
            None => None,
        };
        let language = reader.map(|account| account.language).unwrap_or_default();
        let letter = Letter::PayoutChanged { brand: one_line(&brand.name), day };
        Ok(self.mailer()?.send(&Mail { key, to, language, letter }).await?)
    }

    /// The job: tells an owner that a webhook endpoint or the Klaviyo connection was disabled; without an owner, queues that for
    /// each. These mails cannot be turned off: another system misses events.
    pub(crate) async fn mail_disabled(self, mail: &DisabledRef) -> Result<(), FlowError> {
        let Some(brand) = self.mailing_brand(&mail.brand).await? else { return Ok(()) };
        let host = match &mail.endpoint {
            Some(endpoint) => match self.store.endpoint(&brand.id, endpoint).await? {
                // Enabled again, or removed.
                Some((Endpoint { status: EndpointStatus::Disabled { at, .. }, url, .. }, _)) if at == mail.at => {
                    Some(host_of(&url))
                }
                _ => return Ok(()),
            },
            None => match self.store.klaviyo(&brand.id).await? {
                Some(connection) if connection.disabled_at == Some(mail.at) => None,
                _ => return Ok(()),
            },
        };
        let members = self.store.members(&brand.id).await?;
        let mut owners = members.into_iter().filter(|member| member.role == Role::Owner);
        let Some(owner) = &mail.owner else {
            for owner in owners {
                let one = DisabledRef { owner: Some(owner.account), ..mail.clone() };
                self.store.enqueue(&Job::MailDisabled(one).at(self.now())).await?;
            }
            return Ok(());
        };
        let Some(owner) = owners.find(|member| member.account == *owner) else { return Ok(()) };
        let what = mail.endpoint.as_ref().map_or("klaviyo", EndpointId::as_str);
        let key = format!("disabled-{what}-{}-{}", mail.at.0, owner.account);
        let page = "brand/attribution/setup";
        let path = if host.is_some() { page.to_owned() } else { format!("{page}/klaviyo") };
        let link = format!("{}/{path}", self.settings.public_url);
        let letter = Letter::Disabled { brand: one_line(&brand.name), host, link };
        Ok(self.mailer()?.send(&Mail { key, to: owner.email, language: owner.language, letter }).await?)
    }

    /// Where creators choose their mails.
    fn own_settings_url(self) -> String {
        format!("{}/creator/sessions", self.settings.public_url)
    }
}
