//! A brand's team.

use domain::{AccountId, account::Role};
use store::members::{Member, TeamChange};

use crate::{FlowError, Invalid, access::Merchant, stage::Accounts};

/// Accounts that are deleted at once when nobody needs them any more.
const UNUSED_AT_ONCE: i64 = 10;

fn outcome(change: TeamChange) -> Result<(), FlowError> {
    match change {
        TeamChange::Done => Ok(()),
        TeamChange::LastOwner => Err(Invalid::one("a team needs an owner: make somebody else one first").into()),
        TeamChange::Missing => Err(FlowError::NotFound("member")),
    }
}

impl Accounts<'_> {
    /// The people of the brand's team, owners first.
    pub async fn members(self, merchant: &Merchant) -> Result<Vec<Member>, FlowError> {
        Ok(self.store.members(merchant.id()).await?)
    }

    /// Gives a member another role.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` if the team would have no owner;
    /// `FlowError::NotFound` if there is no such member.
    pub async fn set_role(self, merchant: &Merchant, account: &AccountId, role: Role) -> Result<(), FlowError> {
        let owner = merchant.owner()?;
        let entry = self.audit(owner.actor(), "member.role", format!("{account}: {}", role.as_str()));
        outcome(self.store.set_role(owner.id(), account, role, &entry).await?)
    }

    /// Takes somebody out of the team and ends their sessions in it. Members may take out themselves.
    ///
    /// # Errors
    /// As [`Self::set_role`].
    pub async fn remove_member(self, merchant: &Merchant, account: &AccountId) -> Result<(), FlowError> {
        if merchant.account() != Some(account) {
            merchant.owner()?;
        }
        let entry = self.audit(merchant.actor(), "member.remove", account);
        let known = self.store.account(account).await?;
        outcome(self.store.remove_member(merchant.id(), account, &entry).await?)?;
        if let Some(account) = known {
            self.forget_unused(Some(&account.address.hash)).await?;
        }
        Ok(())
    }

    /// Deletes accounts that nobody needs any more: all, or that with an address of this hash.
    pub(crate) async fn forget_unused(self, hash: Option<&str>) -> Result<u64, FlowError> {
        Ok(self.store.delete_unused_accounts(hash, UNUSED_AT_ONCE).await?)
    }
}
