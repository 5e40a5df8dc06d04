//! Sign-in links, sessions and OAuth states.

use domain::{BrandId, CreatorId, UnixMs, shop::ShopDomain};
use sqlx::{query, query_as};
use store::{
    Result,
    access::{AccessStore, Principal, PrincipalRow, Session, SessionRow},
    audit::AuditEntry,
    outbound::NewEvents,
};

use crate::{Db, Tx, audit, database, named, outbound_events};

/// Whether it is a creator who had never signed in; notes that they have.
pub(crate) async fn is_first_sign_in(tx: &mut Tx, principal: &Principal, now: UnixMs) -> Result<bool> {
    let Some(creator) = &principal.creator else { return Ok(false) };
    let (brand, creator) = (principal.brand.as_str(), creator.as_str());
    let done = query!(
        "update creators set activated_at = $3 where brand_id = $1 and id = $2 and activated_at is null",
        brand,
        creator,
        now.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(done.rows_affected() == 1)
}

#[async_trait::async_trait]
impl AccessStore for Db {
    async fn put_login(&self, token: [u8; 32], who: &Principal, expires_at: UnixMs, entry: &AuditEntry) -> Result<()> {
        let mut tx = self.begin_for(&who.brand).await?;
        let (token, brand) = (&token[..], BrandId::as_str(&who.brand));
        let creator = who.creator.as_ref().map(CreatorId::as_str);
        query!(
            "insert into login_links (token_hash, brand_id, creator_id, expires_at) values ($1, $2, $3, $4)",
            token,
            brand,
            creator,
            expires_at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(named("sign-in link"))?;
        audit::write(&mut tx, &who.brand, entry).await?;
        tx.commit().await.map_err(database)
    }

    async fn login(&self, token: [u8; 32], now: UnixMs) -> Result<Option<Principal>> {
        let token = &token[..];
        query_as!(
            PrincipalRow,
            r#"select brand_id as "brand_id!", creator_id from login_links
               where token_hash = $1 and used_at is null and expires_at > $2"#,
            token,
            now.0
        )
        .fetch_optional(&mut *self.system_read().await?)
        .await
        .map_err(database)?
        .map(PrincipalRow::read)
        .transpose()
    }

    async fn use_login(
        &self,
        token: [u8; 32],
        session: [u8; 32],
        now: UnixMs,
        expires_at: UnixMs,
        activation: &NewEvents,
    ) -> Result<Option<Principal>> {
        let mut tx = self.system_begin().await?;
        let (token, session) = (&token[..], &session[..]);
        let row = query_as!(
            PrincipalRow,
            r#"update login_links set used_at = $2
               where token_hash = $1 and used_at is null and expires_at > $2
               returning brand_id as "brand_id!: String", creator_id as "creator_id: String""#,
            token,
            now.0
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(None) };
        query!(
            "insert into sessions (token_hash, brand_id, creator_id, created_at, expires_at)
             values ($1, $2, $3, $4, $5)",
            session,
            row.brand_id,
            row.creator_id,
            now.0,
            expires_at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(named("session"))?;
        let principal = row.read()?;
        if is_first_sign_in(&mut tx, &principal, now).await? {
            outbound_events::emit(&mut tx, &principal.brand, activation).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(Some(principal))
    }

    async fn session(&self, token: [u8; 32], now: UnixMs) -> Result<Option<Session>> {
        let token = &token[..];
        query_as!(
            SessionRow,
            r#"select sessions.brand_id as "brand_id!", creator_id, sessions.account_id, members.role as "role?",
                      coalesce(last_seen_at, sessions.created_at) as "last_seen_at!"
               from sessions
               left join members on members.brand_id = sessions.brand_id and members.account_id = sessions.account_id
               where token_hash = $1 and expires_at > $2 and (
                   sessions.account_id is null
                   or (creator_id is null and members.role is not null)
                   or exists (select 1 from creators join accounts on accounts.email_hash = creators.email_hash
                              where creators.brand_id = sessions.brand_id and creators.id = sessions.creator_id
                                and creators.erased_at is null and accounts.id = sessions.account_id))"#,
            token,
            now.0
        )
        .fetch_optional(&mut *self.system_read().await?)
        .await
        .map_err(database)?
        .map(SessionRow::read)
        .transpose()
    }

    async fn end_session(&self, token: [u8; 32]) -> Result<()> {
        let token = &token[..];
        let mut tx = self.system_begin().await?;
        query!("delete from sessions where token_hash = $1", token).execute(&mut *tx).await.map_err(database)?;
        tx.commit().await.map_err(database)
    }

    async fn put_oauth_state(&self, state: [u8; 32], shop: &ShopDomain, expires_at: UnixMs) -> Result<()> {
        let (state, shop) = (&state[..], shop.as_str());
        query!(
            "insert into oauth_states (state_hash, shop_domain, expires_at) values ($1, $2, $3)",
            state,
            shop,
            expires_at.0
        )
        .execute(&mut *self.unbound_write().await?)
        .await
        .map_err(named("state"))?;
        Ok(())
    }

    async fn use_oauth_state(&self, state: [u8; 32], shop: &ShopDomain, now: UnixMs) -> Result<bool> {
        let mut tx = self.unbound_begin().await?;
        let (state, shop) = (&state[..], shop.as_str());
        let done = query!(
            "delete from oauth_states where state_hash = $1 and shop_domain = $2 and expires_at > $3",
            state,
            shop,
            now.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        query!("delete from oauth_states where expires_at <= $1", now.0).execute(&mut *tx).await.map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected() == 1)
    }
}
