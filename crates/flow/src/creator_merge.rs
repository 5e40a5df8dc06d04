//! Merging two creators who turned out to be one person.

use std::collections::BTreeSet;

use domain::{
    CreatorId, UnixMs,
    commission::Scope,
    creator::{Creator, Profile},
    metadata::Details,
    outbound::RemovalReason,
    survey,
};
use store::{
    creator_merges::{Merge, Merged},
    objects::{CreatorProfile, Object},
    payout_details::StoredPayoutDetails,
};

pub use store::creator_merges::Holdings;

use crate::{
    FlowError, Invalid,
    access::Merchant,
    creator::{ALIASES_MAX, PROFILE_LIST_MAX},
    job::{Job, MergeRef},
    payout_details::{self, SealedDetails},
    stage::Creators,
};

/// When what was under way during a merge has ended.
const FOLLOW_AFTER_MS: i64 = 60_000;

/// What a merge would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergePreview {
    /// The creator who would be no more.
    pub from: Creator,
    /// The creator who stays, as they would be afterwards.
    pub into: Creator,
    /// What would become theirs.
    pub holdings: Holdings,
    /// Names that would be added to their aliases.
    pub new_aliases: Vec<String>,
    /// The own discount code that would become theirs.
    pub promo_code: Option<String>,
    /// Whether they would get the other's payout details.
    pub gets_payout_details: bool,
    /// What stands in the way.
    pub obstacles: Vec<String>,
}

/// A merge that was looked at.
struct Plan {
    preview: MergePreview,
    /// When the other was last changed.
    from_read_at: UnixMs,
    /// The creator who stays, as they are.
    before: Object<CreatorProfile>,
    /// And as they will be.
    after: Object<CreatorProfile>,
    payout: Option<SealedDetails>,
    payout_changed_at: [Option<UnixMs>; 2],
}

impl Creators<'_> {
    /// Shows what merging `from` into `into` would do.
    ///
    /// # Errors
    /// `FlowError::NotFound` if either is not the brand's or was erased; `FlowError::Invalid` if they are the same.
    pub async fn preview_merge(
        self,
        merchant: &Merchant,
        from: &CreatorId,
        into: &CreatorId,
    ) -> Result<MergePreview, FlowError> {
        Ok(self.plan_merge(merchant, from, into).await?.preview)
    }

    /// Makes everything of `from` the other creator's: links, credits, commissions, survey answers, what is known of their
    /// customers, and their names as aliases. Amounts stay; an order that is settled again earns by the tier and rules of
    /// the creator who stays. A repeat changes nothing.
    ///
    /// # Errors
    /// `FlowError::NotFound` if either is not the brand's or was erased; `FlowError::Invalid` with what stands in the way;
    /// `FlowError::OwnerOnly` if a member merges and it is known how either is paid, or `from` has a sign-in or money;
    /// `FlowError::Stale` if either changed
    /// meanwhile.
    pub async fn merge(self, merchant: &Merchant, from: &CreatorId, into: &CreatorId) -> Result<(), FlowError> {
        if self.store.merged_into(merchant.id(), from).await?.as_ref() == Some(into) {
            return Ok(());
        }
        // A merge gives one of them the other's balance and sign-in: whoever has a share in either could be paid instead.
        if self.store.payout_details_of(merchant.id(), into).await?.is_some() {
            merchant.owner()?;
        }
        self.check_may_give_access(merchant, &self.get(merchant, from).await?).await?;
        let plan = self.plan_merge(merchant, from, into).await?;
        if !plan.preview.obstacles.is_empty() {
            return Err(Invalid(plan.preview.obstacles).into());
        }
        let mut events = self.profile_events(merchant.id(), &plan.before, &plan.after);
        events.extend(self.removal_events(merchant.id(), from, RemovalReason::Merged, Some(into)));
        let CreatorProfile { creator, profile } = &plan.after.value;
        let merge = Merge {
            from,
            from_read_at: plan.from_read_at,
            into: creator,
            into_read_at: plan.before.updated_at,
            profile,
            payout: plan.payout.as_ref().map(SealedDetails::as_new),
            payout_changed_at: plan.payout_changed_at,
            is_by_owner: merchant.role() == domain::account::Role::Owner,
        };
        let entry = self.audit(merchant.actor(), "creator.merge", format!("{from} into {into}"));
        let done = MergeRef { brand: merchant.id().clone(), from: from.clone() };
        let follow = Job::FollowMerge(done).at(self.now().plus_ms(FOLLOW_AFTER_MS));
        match self.store.merge_creators(merchant.id(), merge, &entry, &events, &follow).await? {
            Merged::Now | Merged::Before => Ok(()),
            Merged::Missing => Err(FlowError::NotFound("creator")),
            Merged::OpenPayout => Err(Invalid::one(open_payout(&plan.preview.from)).into()),
            Merged::OwnersOnly => Err(FlowError::OwnerOnly),
            Merged::Changed => Err(FlowError::Stale("one of the creators")),
        }
    }

    /// The job after a merge: what clicks and settlements that were under way have stored since follows.
    pub(crate) async fn follow_merge_job(self, done: &MergeRef) -> Result<(), FlowError> {
        Ok(self.store.follow_merge(&done.brand, &done.from).await?)
    }

    async fn plan_merge(self, merchant: &Merchant, from: &CreatorId, into: &CreatorId) -> Result<Plan, FlowError> {
        if from == into {
            return Err(Invalid::one("creator to merge must be another one").into());
        }
        let (theirs, own) = (self.profile(merchant, from).await?, self.profile(merchant, into).await?);
        let (from_read_at, before) = (theirs.updated_at, own.clone());
        // The external id and metadata of the merged creator move to the remaining one, unless that has some.
        let details = if own.details == Details::default() { theirs.details } else { own.details };
        let (theirs, own) = (theirs.value, own.value);
        let (their_code, own_code) =
            (self.links().promo_code_of(merchant, from).await?, self.links().promo_code_of(merchant, into).await?);
        let holdings = self.store.holdings(merchant.id(), from).await?;
        let mut obstacles = Vec::new();
        if holdings.is_in_open_payout {
            obstacles.push(open_payout(&theirs.creator));
        }
        if let (Some(theirs), Some(own)) = (&their_code, &own_code) {
            obstacles
                .push(format!("both have a discount code of their own, {theirs} and {own}: remove one of them first"));
        }
        let now = self.now();
        let has_rule = self
            .commissions()
            .rules(merchant)
            .await?
            .iter()
            .any(|rule| rule.scope == Scope::Creator(from.clone()) && rule.ends_at.is_none_or(|end| end > now));
        if has_rule {
            obstacles.push(format!("{} has a commission rule of their own: end it first", theirs.creator.name));
        }
        let new_aliases = new_aliases(&theirs.creator, &own.creator);
        let mut kept = own.creator.clone();
        kept.aliases.extend(new_aliases.iter().cloned());
        if kept.aliases.len() > ALIASES_MAX {
            obstacles.push(format!("together they have more than {ALIASES_MAX} aliases: remove some first"));
        }
        kept.email_hash = kept.email_hash.or_else(|| theirs.creator.email_hash.clone());
        let paid = [self.stored_details(merchant, from).await?, self.stored_details(merchant, into).await?];
        let payout_changed_at = [0, 1].map(|one: usize| paid[one].as_ref().and_then(|stored| stored.changed_at));
        let payout = self.moved_details(&paid, into)?;
        let preview = MergePreview {
            holdings,
            new_aliases,
            promo_code: their_code,
            gets_payout_details: payout.is_some(),
            obstacles,
            from: theirs.creator,
            into: kept.clone(),
        };
        let value = CreatorProfile { creator: kept, profile: joined(own.profile, theirs.profile) };
        let after = Object { value, details, ..before.clone() };
        Ok(Plan { preview, from_read_at, before, after, payout, payout_changed_at })
    }

    async fn profile(self, merchant: &Merchant, id: &CreatorId) -> Result<Object<CreatorProfile>, FlowError> {
        self.store.creator_object(merchant.id(), id).await?.ok_or(FlowError::NotFound("creator"))
    }

    async fn stored_details(
        self,
        merchant: &Merchant,
        id: &CreatorId,
    ) -> Result<Option<StoredPayoutDetails>, FlowError> {
        Ok(self.store.payout_details_of(merchant.id(), id).await?)
    }

    /// The payout details of `from`, sealed for `into`, if they have none.
    fn moved_details(
        self,
        [from, own]: &[Option<StoredPayoutDetails>; 2],
        into: &CreatorId,
    ) -> Result<Option<SealedDetails>, FlowError> {
        let (Some(stored), None) = (from, own) else { return Ok(None) };
        let details = payout_details::open(&self.vault, stored)?;
        let contact = payout_details::contact(&self.vault, stored)?;
        Ok(Some(SealedDetails::seal(&self.vault, into, &details, contact.as_deref(), || self.random())))
    }

    /// Creators who may be the same person as this one: by e-mail address, or by a name that both have.
    pub async fn lookalikes(self, merchant: &Merchant, id: &CreatorId) -> Result<Vec<Creator>, FlowError> {
        let all = self.list(merchant).await?;
        let Some(one) = all.iter().find(|creator| creator.id == *id) else { return Ok(Vec::new()) };
        let names = names_of(one);
        let is_alike = |other: &&Creator| {
            let has_address = one.email_hash.is_some() && one.email_hash == other.email_hash;
            other.id != one.id && (has_address || !names.is_disjoint(&names_of(other)))
        };
        Ok(all.iter().filter(is_alike).cloned().collect())
    }
}

fn open_payout(from: &Creator) -> String {
    format!("{} is in an open payout: mark it as paid, or cancel it, first", from.name)
}

/// The names of a creator, as they compare.
fn names_of(creator: &Creator) -> BTreeSet<String> {
    let texts = [&creator.name, &creator.handle].into_iter().chain(&creator.aliases);
    texts.map(|name| survey::normalise(name)).filter(|name| !name.is_empty()).collect()
}

/// What shoppers call the first creator that the second is not called yet.
fn new_aliases(from: &Creator, into: &Creator) -> Vec<String> {
    let mut known = names_of(into);
    let texts = [&from.name, &from.handle].into_iter().chain(&from.aliases);
    texts.filter(|name| known.insert(survey::normalise(name))).cloned().collect()
}

/// One profile of two: what the first lacks comes from the second.
fn joined(own: Profile, theirs: Profile) -> Profile {
    let Profile { mut socials, mut tags, .. } = own.clone();
    for social in theirs.socials {
        let is_known = socials.iter().any(|known| (known.platform, &known.handle) == (social.platform, &social.handle));
        if !is_known && socials.len() < PROFILE_LIST_MAX {
            socials.push(social);
        }
    }
    for tag in theirs.tags {
        if !tags.contains(&tag) && tags.len() < PROFILE_LIST_MAX {
            tags.push(tag);
        }
    }
    let notes: Vec<String> = [own.notes.clone(), theirs.notes].into_iter().flatten().collect();
    Profile {
        first_name: own.first_name.clone().or(theirs.first_name),
        last_name: own.last_name.clone().or(theirs.last_name),
        socials,
        tags,
        notes: (!notes.is_empty()).then(|| notes.join("\n")),
        ..own
    }
}
