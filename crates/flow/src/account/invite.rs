//! Invitations to a team and to creators.

use domain::{
    InvitationId,
    account::{Address, INVITATION_LIFE_MS, Invitation, Invited, mailbox},
    language::Language,
};
use store::members::{INVITATIONS_PER_DAY_MAX, PutInvitation};

use crate::{
    FlowError, Invalid,
    access::Merchant,
    hash::token_hash,
    job::{InvitationRef, Job},
    mail::{Letter, Mail, one_line},
    stage::Accounts,
};

/// Most invitations of a brand that are not accepted: each is a mail to somebody who did not ask for it.
const OPEN_MAX: usize = 200;

/// That a merchant may invite somebody so, and take it back: the team is the owners' business.
fn check(merchant: &Merchant, invited: &Invited) -> Result<(), FlowError> {
    match invited {
        Invited::Team(_) => merchant.owner().map(|_| ()),
        Invited::Creator(_) => Ok(()),
    }
}

impl Accounts<'_> {
    /// Invites a person to the team, or as a creator, for seven days, by a mail in this language. An earlier invitation of the
    /// same address is replaced.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member invites to the team, or to a creator's account that only owners may give access to;
    /// `FlowError::Invalid` if the text is no address, the person is in the team, or too many invitations are open or were sent
    /// within 24 hours, by the brand or by all brands to this address; `FlowError::NotFound` if there is no such creator;
    /// `FlowError::NotConfigured` if the server cannot send mail.
    pub async fn invite(
        self,
        merchant: &Merchant,
        email: &str,
        invited: Invited,
        language: Language,
    ) -> Result<Invitation, FlowError> {
        check(merchant, &invited)?;
        self.mailer()?;
        if merchant.is_sandbox() {
            return Err(Invalid::one("nobody can be invited to the test brand").into());
        }
        let email = mailbox(email).ok_or_else(|| Invalid::one("e-mail address must be one such as ana@example.com"))?;
        let hash = self.email_hash(&email).ok_or(FlowError::NotFound("address"))?;
        self.check_invited(merchant, &hash, &invited).await?;
        let now = self.now();
        let id = InvitationId::new(now.0, self.random());
        let (address, expires_at) = (Address { email, hash }, now.plus_ms(INVITATION_LIFE_MS));
        let is_by_owner = merchant.role() == domain::account::Role::Owner;
        let invitation = Invitation { id, address, invited, created_at: now, expires_at, sent_at: None, is_by_owner };
        let token = token_hash(&self.derived_token("invitation", invitation.id.as_str()));
        let subject = match &invitation.invited {
            Invited::Team(role) => format!("{}: {}", invitation.id, role.as_str()),
            Invited::Creator(creator) => format!("{}: {creator}", invitation.id),
        };
        let entry = self.audit(merchant.actor(), "invitation.create", subject);
        let language = language.code().to_owned();
        let mail = InvitationRef { brand: merchant.id().clone(), invitation: invitation.id.clone(), language };
        let job = Job::SendInvitation(mail).at(now);
        let refusal = match self.store.put_invitation(merchant.id(), &invitation, token, &entry, &job).await? {
            PutInvitation::Stored => return Ok(invitation),
            PutInvitation::OwnersOnly => return Err(FlowError::OwnerOnly),
            PutInvitation::BrandSentEnough => {
                format!("at most {INVITATIONS_PER_DAY_MAX} invitations can be sent within 24 hours: try again later")
            }
            PutInvitation::MailboxHasEnough => {
                "e-mail address was sent many invitations within 24 hours: try again tomorrow".to_owned()
            }
        };
        Err(Invalid::one(refusal).into())
    }

    async fn check_invited(self, merchant: &Merchant, hash: &str, invited: &Invited) -> Result<(), FlowError> {
        let brand = merchant.id();
        match invited {
            Invited::Team(role) => {
                let known = self.store.account_by_address(hash).await?;
                let members = self.store.members(brand).await?;
                let member = members.iter().find(|member| known.as_ref().is_some_and(|one| one.id == member.account));
                if member.is_some_and(|member| member.role == *role || member.role == domain::account::Role::Owner) {
                    return Err(Invalid::one("this person is in the team already").into());
                }
            }
            Invited::Creator(creator) => {
                let known = self.store.creator(brand, creator).await?.ok_or(FlowError::NotFound("creator"))?;
                if self.creators().is_erased(merchant, creator).await? {
                    return Err(FlowError::NotFound("creator"));
                }
                // Whoever owns the creator's address can sign in without an invitation too.
                let is_theirs = known.email_hash.as_deref() == Some(hash);
                if !is_theirs || self.store.payout_details_of(brand, creator).await?.is_some() {
                    self.creators().check_may_give_access(merchant, &known).await?;
                }
            }
        }
        if self.store.invitations(brand).await?.len() >= OPEN_MAX {
            return Err(Invalid::one(format!("at most {OPEN_MAX} invitations can be open: revoke some")).into());
        }
        Ok(())
    }

    /// The invitations that are not accepted, newest first; also those that expired.
    pub async fn invitations(self, merchant: &Merchant) -> Result<Vec<Invitation>, FlowError> {
        Ok(self.store.invitations(merchant.id()).await?)
    }

    /// Sends an invitation again, for seven more days. The link of the earlier mail stops working.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such invitation; else as [`Self::invite`].
    pub async fn resend_invitation(
        self,
        merchant: &Merchant,
        id: &InvitationId,
        language: Language,
    ) -> Result<Invitation, FlowError> {
        let earlier = self.store.invitation(merchant.id(), id).await?.ok_or(FlowError::NotFound("invitation"))?;
        self.invite(merchant, &earlier.address.email, earlier.invited, language).await
    }

    /// Takes an invitation back: its link stops working.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such invitation; `FlowError::OwnerOnly` if it is one to the team and a member
    /// takes it back.
    pub async fn revoke_invitation(self, merchant: &Merchant, id: &InvitationId) -> Result<(), FlowError> {
        let invitation = self.store.invitation(merchant.id(), id).await?.ok_or(FlowError::NotFound("invitation"))?;
        check(merchant, &invitation.invited)?;
        let entry = self.audit(merchant.actor(), "invitation.revoke", id);
        if self.store.revoke_invitation(merchant.id(), id, &entry).await? {
            Ok(())
        } else {
            Err(FlowError::NotFound("invitation"))
        }
    }

    /// The job: sends an invitation's mail, unless it was accepted, taken back or has expired meanwhile.
    pub(crate) async fn send_invitation(self, mail: &InvitationRef) -> Result<(), FlowError> {
        let (brand, id, now) = (&mail.brand, &mail.invitation, self.now());
        let Some(invitation) = self.store.invitation(brand, id).await?.filter(|one| one.expires_at > now) else {
            return Ok(());
        };
        let name = self.store.brand(brand).await?.ok_or(FlowError::NotFound("brand"))?.name;
        let link = format!("{}/sign-in/{}", self.settings.public_url, self.derived_token("invitation", id.as_str()));
        let language = Language::parse(&mail.language).unwrap_or_default();
        let letter = Letter::Invitation { brand: one_line(&name), invited: invitation.invited, link };
        let key = format!("invitation-{id}");
        self.mailer()?.send(&Mail { key, to: invitation.address.email, language, letter }).await?;
        Ok(self.store.note_invitation_sent(brand, id, now).await?)
    }
}
