//! Teams and invitations.

use domain::{
    AccountId, BrandId, CreatorId, InvitationId, UnixMs,
    account::{Account, Address, Invitation, Invited, Role},
    time::DAY_MS,
};
use sqlx::{query, query_as};
use store::{
    Result,
    accounts::{NewSession, OpenSession, OpenSessionRow},
    audit::AuditEntry,
    jobs::NewJob,
    members::{
        INVITATIONS_PER_DAY_MAX, INVITATIONS_PER_MAILBOX_MAX, InvitationRow, Member, MemberRow, MemberStore,
        PutInvitation, TeamChange,
    },
};

use crate::{
    Db, Tx,
    accounts::{account_of, begin_session},
    audit, database, jobs, lock, named,
};

/// Whether a team would have no owner without this member.
async fn is_last_owner(tx: &mut Tx, brand: &BrandId, account: &AccountId) -> Result<bool> {
    let (brand, account) = (brand.as_str(), account.as_str());
    let owners =
        query!(r#"select account_id as "account_id!" from members where brand_id = $1 and role = 'owner'"#, brand)
            .fetch_all(&mut **tx)
            .await
            .map_err(database)?;
    Ok(owners.iter().all(|owner| owner.account_id == account) && !owners.is_empty())
}

/// Deletes the invitations of an account's address to the team.
async fn take_back_invitations(tx: &mut Tx, brand: &str, account: &str) -> Result<()> {
    query!(
        "delete from invitations where brand_id = $1 and creator_id is null
           and email_hash = (select email_hash from accounts where id = $2)",
        brand,
        account
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Begins a change of a team. Changes of one team follow each other, so that two owners cannot leave at once.
async fn begin_change(db: &Db, brand: &BrandId) -> Result<Tx> {
    let mut tx = db.begin_for(brand).await?;
    lock(&mut tx, &format!("team {brand}")).await?;
    Ok(tx)
}

/// Whether an account has something that only owners may give away: payout details, an e-mail address or a balance. The
/// creator is locked until the transaction ends.
pub(crate) async fn is_owners_to_give(tx: &mut Tx, brand: &str, creator: &str) -> Result<bool> {
    statement!(
        query!(r#"select id as "id!" from creators where brand_id = $1 and id = $2"# FOR UPDATE, brand, creator)
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    let row = query!(
        r#"select 1 as "one!: i64" from creators
           where brand_id = $1 and id = $2
             and (email_hash is not null or payout_details is not null or payout_address is not null or exists (
                 select 1 from ledger left join payouts on payouts.brand_id = $1 and payouts.id = ledger.payout_id
                 where ledger.brand_id = $1 and ledger.creator_id = $2 and ledger.kind <> 'payout'
                   and (payouts.state is null or payouts.state <> 'paid')
                 group by ledger.currency having sum(ledger.amount_minor) <> 0))"#,
        brand,
        creator
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.is_some())
}

/// Whether an invitation may give the creator's account to whoever it was sent to.
async fn may_be_given(tx: &mut Tx, brand: &str, creator: &str, invitation: &Invitation) -> Result<bool> {
    if invitation.is_by_owner || !is_owners_to_give(tx, brand, creator).await? {
        return Ok(true);
    }
    // Whoever owns the creator's address can sign in without an invitation too.
    let hash = invitation.address.hash.as_str();
    let row = query!(
        r#"select 1 as "one!: i64" from creators
           where brand_id = $1 and id = $2 and email_hash = $3 and payout_details is null and payout_address is null"#,
        brand,
        creator,
        hash
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.is_some())
}

/// Lets the person of an accepted invitation in. False if the creator is no longer there, or no longer a member's to give.
async fn admit(tx: &mut Tx, brand: &BrandId, invitation: &Invitation, account: &Account, at: UnixMs) -> Result<bool> {
    let brand_id = brand.as_str();
    match &invitation.invited {
        Invited::Team(role) => {
            let (account, role) = (account.id.as_str(), role.as_str());
            query!(
                "insert into members (brand_id, account_id, role, created_at) values ($1, $2, $3, $4)
                 on conflict (brand_id, account_id) do update set
                     role = case when members.role = 'owner' then members.role else excluded.role end",
                brand_id,
                account,
                role,
                at.0
            )
            .execute(&mut **tx)
            .await
            .map_err(database)?;
            Ok(true)
        }
        Invited::Creator(creator) => {
            // What there was to take over may have come after the invitation.
            if !may_be_given(tx, brand_id, creator.as_str(), invitation).await? {
                return Ok(false);
            }
            let creator = creator.as_str();
            let done = query!(
                "update creators set email_hash = $3
                 where brand_id = $1 and id = $2 and erased_at is null and merged_into is null",
                brand_id,
                creator,
                account.address.hash
            )
            .execute(&mut **tx)
            .await
            .map_err(database)?;
            // One that went to another address, by mistake or before, would bring that address back.
            query!("delete from invitations where brand_id = $1 and creator_id = $2", brand_id, creator)
                .execute(&mut **tx)
                .await
                .map_err(database)?;
            Ok(done.rows_affected() == 1)
        }
    }
}

/// Counts an invitation against the bound of its address, which all brands share. False if there is no room.
async fn has_room(tx: &mut Tx, invitation: &Invitation) -> Result<bool> {
    let (id, hash) = (invitation.id.as_str(), invitation.address.hash.as_str());
    let at = invitation.created_at;
    lock(tx, &format!("mailbox {hash}")).await?;
    let sent = query!(
        r#"select count(*) as "count!: i64" from invited_mailboxes where email_hash = $1 and expires_at > $2"#,
        hash,
        at.0
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    if sent.count >= INVITATIONS_PER_MAILBOX_MAX {
        return Ok(false);
    }
    let expires_at = at.plus_ms(DAY_MS);
    query!(
        "insert into invited_mailboxes (invitation_id, email_hash, expires_at) values ($1, $2, $3)",
        id,
        hash,
        expires_at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(named("invitation"))?;
    Ok(true)
}

#[async_trait::async_trait]
impl MemberStore for Db {
    async fn members(&self, brand: &BrandId) -> Result<Vec<Member>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            MemberRow,
            r#"select account_id as "account_id!", email as "email!", role as "role!", members.created_at as "created_at!", accounts.language
               from members join accounts on accounts.id = members.account_id
               where brand_id = $1 order by role desc, email"#,
            brand
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(MemberRow::read)
        .collect()
    }

    async fn set_role(
        &self,
        brand: &BrandId,
        account: &AccountId,
        role: Role,
        entry: &AuditEntry,
    ) -> Result<TeamChange> {
        let mut tx = begin_change(self, brand).await?;
        if role != Role::Owner && is_last_owner(&mut tx, brand, account).await? {
            return Ok(TeamChange::LastOwner);
        }
        let (brand_id, account, role) = (brand.as_str(), account.as_str(), role.as_str());
        let done =
            query!("update members set role = $3 where brand_id = $1 and account_id = $2", brand_id, account, role)
                .execute(&mut *tx)
                .await
                .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(TeamChange::Missing);
        }
        take_back_invitations(&mut tx, brand_id, account).await?;
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(TeamChange::Done)
    }

    async fn remove_member(&self, brand: &BrandId, account: &AccountId, entry: &AuditEntry) -> Result<TeamChange> {
        let mut tx = begin_change(self, brand).await?;
        if is_last_owner(&mut tx, brand, account).await? {
            return Ok(TeamChange::LastOwner);
        }
        let (brand_id, account) = (brand.as_str(), account.as_str());
        let done = query!("delete from members where brand_id = $1 and account_id = $2", brand_id, account)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(TeamChange::Missing);
        }
        take_back_invitations(&mut tx, brand_id, account).await?;
        query!(
            "delete from sessions where brand_id = $1 and account_id = $2 and creator_id is null",
            brand_id,
            account
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(TeamChange::Done)
    }

    async fn team_sessions(&self, brand: &BrandId, now: UnixMs) -> Result<Vec<OpenSession>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            OpenSessionRow,
            r#"select token_hash as "token_hash!", brand_id as "brand_id!", creator_id, account_id,
                      accounts.email as "email?", browser, sessions.created_at as "created_at!",
                      coalesce(last_seen_at, sessions.created_at) as "last_seen_at!"
               from sessions left join accounts on accounts.id = sessions.account_id
               where brand_id = $1 and creator_id is null and expires_at > $2
               order by coalesce(last_seen_at, sessions.created_at) desc, token_hash"#,
            brand,
            now.0
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(OpenSessionRow::read)
        .collect()
    }

    async fn end_creator_sessions(&self, brand: &BrandId, creator: &CreatorId, entry: &AuditEntry) -> Result<u64> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, creator) = (brand.as_str(), creator.as_str());
        query!("delete from login_links where brand_id = $1 and creator_id = $2", brand_id, creator)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        let done = query!("delete from sessions where brand_id = $1 and creator_id = $2", brand_id, creator)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected())
    }

    async fn end_team_session(&self, brand: &BrandId, token: [u8; 32], entry: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, token) = (brand.as_str(), &token[..]);
        let done = query!(
            "delete from sessions where brand_id = $1 and token_hash = $2 and creator_id is null",
            brand_id,
            token
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn put_invitation(
        &self,
        brand: &BrandId,
        invitation: &Invitation,
        token: [u8; 32],
        entry: &AuditEntry,
        mail: &NewJob,
    ) -> Result<PutInvitation> {
        let mut tx = begin_change(self, brand).await?;
        let (brand_id, id, token) = (brand.as_str(), invitation.id.as_str(), &token[..]);
        let day_before = invitation.created_at.plus_ms(-DAY_MS);
        let made = query!(
            r#"select count(*) as "count!: i64" from audit_log
               where brand_id = $1 and action = 'invitation.create' and at > $2"#,
            brand_id,
            day_before.0
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(database)?;
        if made.count >= INVITATIONS_PER_DAY_MAX {
            return Ok(PutInvitation::BrandSentEnough);
        }
        if !has_room(&mut tx, invitation).await? {
            return Ok(PutInvitation::MailboxHasEnough);
        }
        if let Invited::Creator(creator) = &invitation.invited
            && !may_be_given(&mut tx, brand_id, creator.as_str(), invitation).await?
        {
            return Ok(PutInvitation::OwnersOnly);
        }
        let creator = invitation.invited.creator().map(CreatorId::as_str);
        let of_creator = creator.unwrap_or_default();
        let role = invitation.invited.role().map(Role::as_str);
        let Address { email, hash } = &invitation.address;
        // A creator is one person: a second address means that the first was wrong.
        query!(
            "delete from invitations
             where brand_id = $1 and (creator_id = $3 or (creator_id is null and $3 = '' and email_hash = $2))",
            brand_id,
            hash,
            of_creator
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        query!(
            "insert into invitations (brand_id, id, token_hash, email, email_hash, role, creator_id, created_at, expires_at,
                                      is_by_owner)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            brand_id,
            id,
            token,
            email,
            hash,
            role,
            creator,
            invitation.created_at.0,
            invitation.expires_at.0,
            invitation.is_by_owner
        )
        .execute(&mut *tx)
        .await
        .map_err(named("invitation"))?;
        audit::write(&mut tx, brand, entry).await?;
        jobs::push(&mut tx, mail).await?;
        tx.commit().await.map_err(database)?;
        Ok(PutInvitation::Stored)
    }

    async fn invitations(&self, brand: &BrandId) -> Result<Vec<Invitation>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            InvitationRow,
            r#"select brand_id as "brand_id!", id as "id!", email as "email!", email_hash as "email_hash!", role, creator_id,
                      created_at as "created_at!", expires_at as "expires_at!", sent_at, is_by_owner as "is_by_owner!: bool"
               from invitations where brand_id = $1 order by id desc"#,
            brand
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| Ok(row.read()?.1))
        .collect()
    }

    async fn invitation(&self, brand: &BrandId, id: &InvitationId) -> Result<Option<Invitation>> {
        let mut connection = self.read(brand).await?;
        let (brand, id) = (brand.as_str(), id.as_str());
        query_as!(
            InvitationRow,
            r#"select brand_id as "brand_id!", id as "id!", email as "email!", email_hash as "email_hash!", role, creator_id,
                      created_at as "created_at!", expires_at as "expires_at!", sent_at, is_by_owner as "is_by_owner!: bool"
               from invitations where brand_id = $1 and id = $2"#,
            brand,
            id
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(|row| Ok(row.read()?.1))
        .transpose()
    }

    async fn note_invitation_sent(&self, brand: &BrandId, id: &InvitationId, at: UnixMs) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        let (brand, id) = (brand.as_str(), id.as_str());
        query!("update invitations set sent_at = $3 where brand_id = $1 and id = $2", brand, id, at.0)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)
    }

    async fn revoke_invitation(&self, brand: &BrandId, id: &InvitationId, entry: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), id.as_str());
        let done = query!("delete from invitations where brand_id = $1 and id = $2", brand_id, id)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn invitation_by_token(&self, token: [u8; 32], now: UnixMs) -> Result<Option<(BrandId, Invitation)>> {
        let token = &token[..];
        query_as!(
            InvitationRow,
            r#"select brand_id as "brand_id!", id as "id!", email as "email!", email_hash as "email_hash!", role, creator_id,
                      created_at as "created_at!", expires_at as "expires_at!", sent_at, is_by_owner as "is_by_owner!: bool"
               from invitations where token_hash = $1 and expires_at > $2"#,
            token,
            now.0
        )
        .fetch_optional(&mut *self.system_read().await?)
        .await
        .map_err(database)?
        .map(InvitationRow::read)
        .transpose()
    }

    async fn accept_invitation(
        &self,
        token: [u8; 32],
        new: &AccountId,
        session: &NewSession,
        entry: &AuditEntry,
    ) -> Result<Option<Account>> {
        let brand = &session.place.brand;
        let mut tx = begin_change(self, brand).await?;
        let (brand_id, token) = (brand.as_str(), &token[..]);
        let row = query_as!(
            InvitationRow,
            r#"delete from invitations where brand_id = $1 and token_hash = $2 and expires_at > $3
               returning brand_id as "brand_id!: String", id as "id!: String", email as "email!: String",
                         email_hash as "email_hash!: String", role as "role: String", creator_id as "creator_id: String",
                         created_at as "created_at!: i64", expires_at as "expires_at!: i64", sent_at as "sent_at: i64",
                         is_by_owner as "is_by_owner!: bool""#,
            brand_id,
            token,
            session.at.0
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(None) };
        let (_, invitation) = row.read()?;
        let account = account_of(&mut tx, &invitation.address, new, session.at).await?;
        if !admit(&mut tx, brand, &invitation, &account, session.at).await? {
            return Ok(None);
        }
        begin_session(&mut tx, &account, session).await?;
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(Some(account))
    }
}
