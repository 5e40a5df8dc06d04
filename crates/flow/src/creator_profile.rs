//! A creator's profile, as a page shows and changes it.

use domain::{
    CreatorId,
    creator::{Creator, CreatorStatus, Social},
    id::earliest,
    link::Platform,
};
use store::{
    api_requests::Answer,
    objects::{Filter, Keyset},
};

pub use store::objects::{CreatorProfile, Object};

use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::{
        creator::CreatorFields,
        write::{CommonFields, Intent, RowError, WriteError},
    },
    stage::Creators,
};

/// Creators read at once.
const PAGE: i64 = 200;

/// A profile from a form, not yet validated. Empty texts mean "not set".
#[derive(Clone, Debug, Default)]
pub struct ProfileForm {
    /// Display name.
    pub name: String,
    /// Handle.
    pub handle: String,
    /// E-mail address, of which only a hash is stored; empty to keep what is stored.
    pub email: String,
    /// Names that shoppers may use, separated by commas.
    pub aliases: String,
    /// The tier.
    pub tier: String,
    /// Whether rules leave the tier as it is.
    pub is_tier_locked: bool,
    /// Tags, separated by commas.
    pub tags: String,
    /// The handle on each platform.
    pub socials: Vec<(Platform, String)>,
    /// Where the collaboration stands.
    pub status: CreatorStatus,
    /// What the brand notes for itself.
    pub notes: String,
}

fn listed(text: &str) -> Vec<String> {
    text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl ProfileForm {
    /// The accounts on platforms. What was last reported of an account stays while its handle does.
    fn socials(&self, before: &[Social]) -> Vec<Social> {
        let named = self.socials.iter().map(|(platform, handle)| (*platform, handle.trim().trim_start_matches('@')));
        let named = named.filter(|(_, handle)| !handle.is_empty()).map(|(platform, handle)| {
            let known = before.iter().find(|known| known.platform == platform && known.handle == handle);
            let new = || Social { platform, handle: handle.to_owned(), followers: None, engagement_rate_bp: None };
            known.cloned().unwrap_or_else(new)
        });
        named.collect()
    }

    fn fields(&self, before: &CreatorProfile) -> CreatorFields {
        CreatorFields {
            name: Some(self.name.clone()),
            handle: Some(self.handle.clone()),
            email: filled(&self.email).map(Some),
            aliases: Some(listed(&self.aliases)),
            socials: Some(self.socials(&before.profile.socials)),
            tier: Some(filled(&self.tier)),
            is_tier_locked: Some(self.is_tier_locked),
            tags: Some(listed(&self.tags)),
            status: Some(self.status),
            notes: Some(filled(&self.notes)),
            // `save_profile` has checked it.
            may_give_access: true,
            ..CreatorFields::default()
        }
    }
}

impl Creators<'_> {
    /// The brand's creators with their profiles, archived ones included, without erased ones.
    pub async fn profiles(self, merchant: &Merchant) -> Result<Vec<Object<CreatorProfile>>, FlowError> {
        let below = earliest(CreatorId::PREFIX, domain::UnixMs(0xffff_ffff_ffff));
        let (mut all, mut from) = (Vec::new(), String::new());
        loop {
            let keyset = Keyset { from, below: below.clone(), is_ascending: true, limit: PAGE };
            let page = self.store.creators_page(merchant.id(), &keyset, &Filter::default()).await?;
            let is_last = i64::try_from(page.len()).is_ok_and(|length| length < PAGE);
            from = page.last().map(|last| format!("{}0", last.value.creator.id)).unwrap_or_default();
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// One creator with their profile.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the creator is not the brand's, was erased, or merged into another.
    pub async fn profile_of(self, merchant: &Merchant, id: &CreatorId) -> Result<Object<CreatorProfile>, FlowError> {
        self.store.creator_object(merchant.id(), id).await?.ok_or(FlowError::NotFound("creator"))
    }

    /// Replaces a creator's profile.
    ///
    /// # Errors
    /// `FlowError::NotFound` as for [`Self::profile_of`]; `FlowError::Invalid` with every fault of the form.
    pub async fn save_profile(self, merchant: &Merchant, id: &CreatorId, form: &ProfileForm) -> Result<(), FlowError> {
        let before = self.profile_of(merchant, id).await?;
        let fields = form.fields(&before.value);
        if let Some(Some(address)) = &fields.email
            && self.email_hash(address) != before.value.creator.email_hash
        {
            self.check_may_give_access(merchant, &before.value.creator).await?;
        }
        self.write_profile(merchant, id, fields, CommonFields::default()).await
    }

    /// Checks that the merchant may grant access to a creator's account, or merge it into another. Access allows changing the
    /// payout details, so only owners may do this if the account has payout details, an e-mail address or a balance.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if so, and the merchant is a member.
    pub(crate) async fn check_may_give_access(self, merchant: &Merchant, creator: &Creator) -> Result<(), FlowError> {
        if self.is_owners_to_give(merchant, creator).await? {
            merchant.owner()?;
        }
        Ok(())
    }

    /// Whether the creator's account has something that only owners may give away: an e-mail address, payout details or a
    /// balance.
    pub(crate) async fn is_owners_to_give(self, merchant: &Merchant, creator: &Creator) -> Result<bool, FlowError> {
        let brand = merchant.id();
        let has_money = async {
            let balances = self.store.balances_of(brand, &creator.id, self.now()).await?;
            Ok::<_, FlowError>(
                balances.iter().any(|one| [one.held_minor, one.payable_minor, one.in_payout_minor] != [0; 3]),
            )
        };
        Ok(creator.email_hash.is_some()
            || self.store.payout_details_of(brand, &creator.id).await?.is_some()
            || has_money.await?)
    }

    /// Archives a creator, or takes them back. Their links and earnings go on; forms no longer offer them.
    ///
    /// # Errors
    /// `FlowError::NotFound` as for [`Self::profile_of`].
    pub async fn set_archived(self, merchant: &Merchant, id: &CreatorId, is_archived: bool) -> Result<(), FlowError> {
        let common = CommonFields { is_archived: Some(is_archived), ..CommonFields::default() };
        self.write_profile(merchant, id, CreatorFields::default(), common).await
    }

    async fn write_profile(
        self,
        merchant: &Merchant,
        id: &CreatorId,
        fields: CreatorFields,
        common: CommonFields,
    ) -> Result<(), FlowError> {
        let intents = [Ok(Intent::Update(id.to_string(), fields, common))];
        // A fault of the only row is the answer's; without one nothing is said.
        let render = |rows: &[crate::api::write::Row<CreatorProfile>]| {
            rows.iter().all(Result::is_ok).then(|| Answer { status: 200, body: String::new() })
        };
        match self.api().write_creators(merchant, None, &intents, &render).await {
            Ok(_) => Ok(()),
            Err(WriteError::Row(error)) => Err(row_error(error)),
            Err(WriteError::Flow(error)) => Err(error),
            Err(WriteError::KeyReused | WriteError::InProgress) => Err(FlowError::Stale("creator")),
        }
    }
}

fn row_error(error: RowError) -> FlowError {
    match error {
        RowError::Invalid(faults) => faults.into(),
        RowError::NotFound(what) | RowError::Missing(what) => FlowError::NotFound(what),
        RowError::Taken(_) => Invalid::one("handle is another creator's").into(),
        RowError::Changed => FlowError::Stale("creator"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reported_figures_of_an_account_stay_while_its_handle_does() {
        let known = Social {
            platform: Platform::TikTok,
            handle: "jess".to_owned(),
            followers: Some(1_200),
            engagement_rate_bp: None,
        };
        let form = |handle: &str| ProfileForm {
            socials: vec![(Platform::TikTok, handle.to_owned()), (Platform::X, " ".to_owned())],
            ..ProfileForm::default()
        };
        assert_eq!(form("@jess").socials(core::slice::from_ref(&known)), core::slice::from_ref(&known));
        let renamed = form("jessica").socials(core::slice::from_ref(&known));
        assert_eq!(renamed, [Social { handle: "jessica".to_owned(), followers: None, ..known }]);
    }
}
