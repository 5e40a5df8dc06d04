//! Lists of the unified API: `{"object": "list", "data", "has_more", "url"}`, newest first, by keyset.

use std::collections::BTreeSet;

use axum::{Json, http::Uri};
use domain::{
    CampaignId, CreatorId, Currency, LinkId, OrderId, UnixMs,
    id::{TIME_MAX, earliest},
};
use flow::{
    Invalid,
    api::{
        ConversionKeyset, Filter, Keyset, Span,
        milestone::{MilestoneKeyset, MilestonePlace},
    },
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::fault::Fault;

/// Objects on a page unless the request says otherwise, and at most.
const LIMIT: i64 = 10;
const LIMIT_MAX: i64 = 100;

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListBody<T> {
    /// Always `list`.
    #[schema(example = "list")]
    object: &'static str,
    /// The objects, newest first.
    pub(crate) data: Vec<T>,
    /// Whether there are more in the direction of the request.
    has_more: bool,
    /// The path of the list.
    url: String,
    /// Only of a search that has ended early, before the page was full: the id to go on from, as `starting_after`, or, if the
    /// request had it, `ending_before`.
    #[serde(skip_serializing_if = "Option::is_none")]
    continue_from: Option<String>,
}

impl<T> ListBody<T> {
    /// A page of a list that is read whole, since it is short. `id` is what names an object. Everything that fits into the
    /// largest page is on the first one, unless the request says otherwise.
    pub(crate) fn of_whole(mut data: Vec<T>, uri: &Uri, id: impl Fn(&T) -> &str) -> Result<Json<Self>, Fault> {
        let mut query = ListQuery::of(uri);
        let fault = "must be 1 to 100";
        let limit =
            query.parse("limit", fault, |text| text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit)));
        let limit = usize::try_from(limit.unwrap_or(LIMIT_MAX)).unwrap_or(usize::MAX);
        let (after, before) = query.cursors("", |text| Some(text.to_owned()));
        let mut place = |name: &str, cursor: Option<String>| {
            let found = cursor.as_ref().map(|cursor| data.iter().position(|one| id(one) == cursor));
            if found == Some(None) {
                query.fault(format!("{name} is not in the list"));
            }
            found.flatten()
        };
        let (after, before) = (place("starting_after", after), place("ending_before", before));
        query.end()?;
        let shown = match (after, before) {
            (_, Some(end)) => end.saturating_sub(limit)..end,
            (after, None) => {
                let begin = after.map_or(0, |place| place + 1);
                begin..data.len().min(begin + limit)
            }
        };
        let has_more = if before.is_some() { shown.start > 0 } else { shown.end < data.len() };
        let data = data.drain(shown).collect();
        Ok(Json(Self { object: "list", data, has_more, url: uri.path().to_owned(), continue_from: None }))
    }
}

/// What every list takes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
pub(crate) struct PageParams {
    /// Objects on the page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 10)]
    limit: Option<u32>,
    /// An id: the page begins after it, with the next older object. The object may be gone.
    starting_after: Option<String>,
    /// An id: the page ends before it, with the next newer object.
    ending_before: Option<String>,
    /// Created at this time (RFC 3339) or later. Also `created[gt]`, `created[lte]` and `created[lt]`.
    #[param(rename = "created[gte]", format = DateTime)]
    created_gte: Option<String>,
    /// Created at this time or earlier.
    #[param(rename = "created[lte]", format = DateTime)]
    created_lte: Option<String>,
}

/// What lists take that are short.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
pub(crate) struct CursorParams {
    /// Objects on the page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 100)]
    limit: Option<u32>,
    /// An id of the list: the page begins after it.
    starting_after: Option<String>,
    /// An id of the list: the page ends before it.
    ending_before: Option<String>,
}

/// What lists of objects take whose changes are known.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
pub(crate) struct ObjectParams {
    /// Changed at this time (RFC 3339) or later. Also `updated[gt]`, `updated[lte]` and `updated[lt]`.
    #[param(rename = "updated[gte]", format = DateTime)]
    updated_gte: Option<String>,
    /// Changed at this time or earlier.
    #[param(rename = "updated[lte]", format = DateTime)]
    updated_lte: Option<String>,
    /// Your own id of the object.
    external_id: Option<String>,
    /// Only archived objects, or only others.
    archived: Option<bool>,
}

/// What lists of objects take whose last change is known.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
pub(crate) struct UpdatedParams {
    /// Changed at this time (RFC 3339) or later. Also `updated[gt]`, `updated[lte]` and `updated[lt]`.
    #[param(rename = "updated[gte]", format = DateTime)]
    updated_gte: Option<String>,
    /// Changed at this time or earlier.
    #[param(rename = "updated[lte]", format = DateTime)]
    updated_lte: Option<String>,
}

/// A request for a list. Each parameter is taken once; what is left over at the end is unknown.
pub(crate) struct ListQuery {
    path: String,
    parameters: Vec<(String, String)>,
    faults: Vec<String>,
}

/// A page to read: one object more than are shown, to know whether there are more.
pub(crate) struct PageOf {
    pub(crate) keyset: Keyset,
    path: String,
}

impl ListQuery {
    /// Reads the query of a request.
    pub(crate) fn of(uri: &Uri) -> Self {
        let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let parameters = pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Self { path: uri.path().to_owned(), parameters, faults: Vec::new() }
    }

    /// The value of a parameter.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let index = self.parameters.iter().position(|(known, _)| known == name)?;
        Some(self.parameters.remove(index).1)
    }

    /// Adds a fault.
    pub(crate) fn fault(&mut self, fault: impl Into<String>) {
        self.faults.push(fault.into());
    }

    /// The value of a parameter, parsed; a wrong one is a fault.
    pub(crate) fn parse<T>(&mut self, name: &str, fault: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.take(name)?;
        let value = parse(&text);
        if value.is_none() {
            self.faults.push(format!("{name} {fault}"));
        }
        value
    }

    /// The times that `name[gte]` and its siblings name.
    pub(crate) fn span(&mut self, name: &str) -> Span {
        let mut span = Span::default();
        for (word, is_from, add_ms) in [("gte", true, 0), ("gt", true, 1), ("lte", false, 0), ("lt", false, -1)] {
            let parameter = format!("{name}[{word}]");
            let time = self.parse(&parameter, "must be an RFC 3339 date and time", UnixMs::parse_rfc3339);
            match time.map(|time| time.plus_ms(add_ms)) {
                Some(time) if is_from => span.from = span.from.max(time),
                Some(time) => span.until = span.until.min(time),
                None => {}
            }
        }
        span
    }

    /// The values of a parameter that may be there several times.
    pub(crate) fn choices(&mut self, name: &str, known: &[&str]) -> BTreeSet<String> {
        let values: BTreeSet<String> = core::iter::from_fn(|| self.take(name)).collect();
        if values.iter().any(|value| !known.contains(&value.as_str())) {
            self.faults.push(format!("{name} must be one of {}", known.join(", ")));
        }
        values
    }

    /// The filters of objects that can be archived.
    pub(crate) fn filter(&mut self) -> Filter {
        Filter {
            updated: self.span("updated"),
            external_id: self.text("external_id"),
            is_archived: self.parse("archived", "must be true or false", |text| text.parse().ok()),
            ..Filter::default()
        }
    }

    /// The filters by creator and campaign.
    pub(crate) fn owners(&mut self) -> (Option<CreatorId>, Option<CampaignId>) {
        (self.creator(), self.parse("campaign", "must be a campaign's id (cmp_…)", |text| text.parse().ok()))
    }

    /// The filter by creator.
    pub(crate) fn creator(&mut self) -> Option<CreatorId> {
        self.parse("creator", "must be a creator's id (crt_…)", |text| text.parse().ok())
    }

    /// The filter by order.
    pub(crate) fn order(&mut self) -> Option<OrderId> {
        self.parse("order", "must be an order's id (ord_…)", |text| text.parse().ok())
    }

    /// The filter by link.
    pub(crate) fn link(&mut self) -> Option<LinkId> {
        self.parse("link", "must be a link's id (lnk_…)", |text| text.parse().ok())
    }

    /// The filter by currency.
    pub(crate) fn currency(&mut self) -> Option<Currency> {
        self.parse("currency", "must be an ISO 4217 code", Currency::parse)
    }

    /// A filter that is on or off.
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        self.parse(name, "must be true or false", |text| text.parse().ok())
    }

    /// A filter by a text.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.parse(name, "must not contain a NUL character", |text| (!text.contains('\0')).then(|| text.to_owned()))
    }

    /// The page, of objects whose ids have this prefix.
    ///
    /// # Errors
    /// Every fault, unknown parameters among them.
    pub(crate) fn page(mut self, prefix: &str) -> Result<PageOf, Fault> {
        let limit = self.limit();
        let created = self.span("created");
        let fault = format!("must be an id ({prefix}_…)");
        let (after, before) = self.cursors(&fault, |text| is_id(prefix, text).then(|| text.to_owned()));
        let (from, below) = ids_of(prefix, created);
        // Longer than the cursor's id and otherwise equal to it: the next larger one is not smaller.
        let above = before.as_ref().map(|id| format!("{id}0"));
        let keyset = Keyset {
            from: above.map_or_else(|| from.clone(), |above| above.max(from.clone())),
            below: after.map_or_else(|| below.clone(), |after| after.min(below.clone())),
            is_ascending: before.is_some(),
            limit: limit + 1,
        };
        let path = core::mem::take(&mut self.path);
        self.end()?;
        Ok(PageOf { keyset, path })
    }

    /// The page of conversions: the credits of orders, whose ids are their orders' ids and their positions.
    ///
    /// # Errors
    /// Every fault, unknown parameters among them.
    pub(crate) fn conversions_page(mut self) -> Result<(ConversionKeyset, PageOf), Fault> {
        let limit = self.limit();
        let created = self.span("created");
        let (after, before) = self.cursors("must be an id (cnv_…)", conversion_place);
        let (from, below) = ids_of(OrderId::PREFIX, created);
        let (from, below) = ((from, 0), (below, 0));
        let above = before.as_ref().map(|(order, position)| (order.clone(), position + 1));
        let keyset = ConversionKeyset {
            from: above.map_or_else(|| from.clone(), |above| above.max(from.clone())),
            below: after.map_or_else(|| below.clone(), |after| after.min(below.clone())),
            is_ascending: before.is_some(),
            limit: limit + 1,
        };
        let (from, below) = (keyset.from.0.clone(), keyset.below.0.clone());
        let shown = Keyset { from, below, is_ascending: keyset.is_ascending, limit: keyset.limit };
        let path = core::mem::take(&mut self.path);
        self.end()?;
        Ok((keyset, PageOf { keyset: shown, path }))
    }

    /// The page of milestones, whose ids have their times, ends of their creators' ids, and names.
    ///
    /// # Errors
    /// Every fault, unknown parameters among them.
    pub(crate) fn milestones_page(mut self, prefix: &str) -> Result<(MilestoneKeyset, PageOf), Fault> {
        let limit = self.limit();
        let reached = self.span("created");
        let (after, before) = self.cursors("must be an id (mst_…)", |text| milestone_place(prefix, text));
        let is_ascending = before.is_some();
        let end = MilestonePlace { reached_at: UnixMs(i64::MAX), tail: String::new(), name: String::new() };
        let keyset =
            MilestoneKeyset { after: before.or(after).unwrap_or(end), reached, is_ascending, limit: limit + 1 };
        let shown = Keyset { from: String::new(), below: String::new(), is_ascending, limit: limit + 1 };
        let path = core::mem::take(&mut self.path);
        self.end()?;
        Ok((keyset, PageOf { keyset: shown, path }))
    }

    fn limit(&mut self) -> i64 {
        let limit = self.parse("limit", "must be 1 to 100", |text| {
            text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit))
        });
        limit.unwrap_or(LIMIT)
    }

    /// `starting_after` and `ending_before`.
    fn cursors<T>(&mut self, fault: &str, parse: impl Fn(&str) -> Option<T>) -> (Option<T>, Option<T>) {
        let after = self.parse("starting_after", fault, &parse);
        let before = self.parse("ending_before", fault, &parse);
        if after.is_some() && before.is_some() {
            self.faults.push("starting_after and ending_before exclude each other".to_owned());
        }
        (after, before)
    }

    /// Nothing is left.
    ///
    /// # Errors
    /// Every fault, unknown parameters among them.
    pub(crate) fn end(self) -> Result<(), Fault> {
        let Self { parameters, mut faults, .. } = self;
        faults.extend(parameters.iter().map(|(name, _)| {
            let name: String = name.chars().take(64).collect();
            format!("{name} is not a known parameter, or is there twice")
        }));
        if faults.is_empty() { Ok(()) } else { Err(Fault::invalid("Invalid request", Invalid(faults))) }
    }
}

/// The smallest id of a span of time, and the one above the largest.
fn ids_of(prefix: &str, created: Span) -> (String, String) {
    let below = earliest(prefix, created.until.min(TIME_MAX).plus_ms(1).min(TIME_MAX));
    (earliest(prefix, created.from), below)
}

/// The order and the position that a conversion's id names.
pub(crate) fn conversion_place(id: &str) -> Option<(String, i64)> {
    let (order, position) = id.strip_prefix("cnv_")?.split_once('_')?;
    let order = format!("{}_{order}", OrderId::PREFIX);
    let position = position.parse().ok().filter(|position| (0..=10_000).contains(position))?;
    is_id(OrderId::PREFIX, &order).then_some((order, position))
}

/// The place that a milestone's id names.
pub(crate) fn milestone_place(prefix: &str, id: &str) -> Option<MilestonePlace> {
    let (suffix, name) = id.strip_prefix(prefix)?.strip_prefix('_')?.split_once('_')?;
    let is_name = name.len() <= 64 && !name.contains('\0');
    let reached_at = format!("{}_{suffix}", CreatorId::PREFIX).parse::<CreatorId>().ok()?.created_at();
    let tail = suffix.get(10..)?.to_owned();
    is_name.then(|| MilestonePlace { reached_at, tail, name: name.to_owned() })
}

/// Whether a text is an id with this prefix.
fn is_id(prefix: &str, text: &str) -> bool {
    let rest = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    rest.is_some_and(|rest| rest.len() == 26 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

impl PageOf {
    /// The body, of the objects that were read by this page's keyset.
    pub(crate) fn body<T, B>(self, objects: Vec<T>, body: impl FnMut(T) -> B) -> Json<ListBody<B>> {
        self.searched_body(objects, None, body)
    }

    /// As [`Self::body`], of a search that stopped at this id if it has not looked at all.
    pub(crate) fn searched_body<T, B>(
        self,
        mut objects: Vec<T>,
        stopped_at: Option<String>,
        body: impl FnMut(T) -> B,
    ) -> Json<ListBody<B>> {
        let shown = usize::try_from(self.keyset.limit - 1).unwrap_or(0);
        let is_full = objects.len() > shown;
        let continue_from = stopped_at.filter(|_| !is_full);
        let has_more = is_full || continue_from.is_some();
        objects.truncate(shown);
        if self.keyset.is_ascending {
            objects.reverse();
        }
        let data = objects.into_iter().map(body).collect();
        Json(ListBody { object: "list", data, has_more, url: self.path, continue_from })
    }
}
