//! Pictures of an order: how the shopper came to it, and what each model would give to whom.
//!
//! The timeline has a lane for each creator and a column for each moment. Columns are evenly spaced, since what matters is
//! the order of the touches: most come within minutes of the purchase, some weeks before.

use std::collections::BTreeMap;

use domain::{
    CreatorId, UnixMs,
    attribution::Attribution,
    evidence::{Evidence, EvidenceKind},
    model::Model,
};
use leptos::prelude::*;

use super::order::Found;
use crate::{evidence, format, request::BrandRequest};

/// Touches within this time of each other are one visit, and share a column.
const VISIT_MS: i64 = 60_000;
/// Most columns before the order; earlier visits share the first.
const COLUMNS_MAX: usize = 5;
/// Height of a lane.
const LANE: i64 = 56;
/// Width of a mark and the space after it.
const MARK: i64 = 20;

/// When the touches of a column happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// Visits before those that have columns of their own: how many.
    Earlier(usize),
    /// A visit.
    Visit(UnixMs),
    /// The order itself: what it carries.
    Order,
    /// After the order.
    Later,
}

/// Pieces of evidence that look the same: of one lane, column, kind and verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    kind: EvidenceKind,
    is_counted: bool,
    is_credited: bool,
    count: usize,
}

/// The timeline of an order.
struct Timeline {
    lanes: Vec<Option<CreatorId>>,
    columns: Vec<When>,
    /// By lane and column.
    marks: BTreeMap<(usize, usize), Vec<Mark>>,
}

/// The columns of the touches at these times, sorted, before the order.
fn visits(times: &[UnixMs]) -> Vec<When> {
    let mut visits: Vec<UnixMs> = Vec::new();
    for at in times {
        if visits.last().is_none_or(|last| at.0 - last.0 > VISIT_MS) {
            visits.push(*at);
        }
    }
    let hidden = if visits.len() > COLUMNS_MAX { visits.len() - COLUMNS_MAX + 1 } else { 0 };
    let earlier = (hidden > 0).then_some(When::Earlier(hidden));
    earlier.into_iter().chain(visits.into_iter().skip(hidden).map(When::Visit)).collect()
}

impl Timeline {
    fn of(attribution: &Attribution, placed_at: UnixMs) -> Self {
        // What points to no link of the brand belongs to no lane.
        let shown: Vec<&Evidence> = attribution.evidence.iter().filter(|piece| piece.link.is_some()).collect();
        let is_before = |piece: &&&Evidence| piece.at < placed_at;
        let mut times: Vec<UnixMs> = shown.iter().filter(is_before).map(|piece| piece.at).collect();
        times.sort();
        let mut columns = visits(&times);
        columns.push(When::Order);
        if shown.iter().any(|piece| piece.at.0 > placed_at.0 + VISIT_MS) {
            columns.push(When::Later);
        }
        let mut timeline = Self { lanes: Vec::new(), columns, marks: BTreeMap::new() };
        for piece in shown {
            timeline.add(piece, attribution, placed_at);
        }
        timeline
    }

    fn column_of(&self, at: UnixMs, placed_at: UnixMs) -> usize {
        let is_last_begun = |when: &When| match when {
            When::Earlier(_) => true,
            When::Visit(begin) => *begin <= at && at < placed_at,
            When::Order => at >= placed_at,
            When::Later => at.0 > placed_at.0 + VISIT_MS,
        };
        self.columns.iter().rposition(is_last_begun).unwrap_or(0)
    }

    fn add(&mut self, piece: &Evidence, attribution: &Attribution, placed_at: UnixMs) {
        let lane = self.lanes.iter().position(|creator| *creator == piece.creator).unwrap_or_else(|| {
            self.lanes.push(piece.creator.clone());
            self.lanes.len() - 1
        });
        let column = self.column_of(piece.at, placed_at);
        let is_credited = piece.refused.is_none()
            && attribution.credits.iter().any(|credit| {
                Some(&credit.link) == piece.link.as_ref() && credit.kind == piece.kind && credit.at == piece.at
            });
        let mark = Mark { kind: piece.kind, is_counted: piece.refused.is_none(), is_credited, count: 1 };
        let marks = self.marks.entry((lane, column)).or_default();
        match marks.iter_mut().find(|other| Mark { count: 1, ..**other } == mark) {
            Some(same) => same.count += 1,
            None => marks.push(mark),
        }
    }

    fn kinds(&self) -> Vec<EvidenceKind> {
        let used = |kind: &EvidenceKind| self.marks.values().flatten().any(|mark| mark.kind == *kind);
        EvidenceKind::ALL.into_iter().filter(used).collect()
    }
}

/// A part of a whole in percent, for an attribute.
fn percent(part: usize, whole: usize) -> String {
    let tenths = part * 1_000 / whole.max(1);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// The middle of a column.
fn middle(column: usize, columns: usize) -> String {
    percent(2 * column + 1, 2 * columns)
}

fn mark_view(mark: Mark) -> AnyView {
    let ring = mark.is_credited.then(|| view! { <circle class="ring" cx="8" cy="8" r="11"></circle> });
    let count = (mark.count > 1).then(|| {
        view! { <text class="count" x="8" y="-6" text-anchor="middle">{format!("×{}", mark.count)}</text> }
    });
    view! { {ring} {evidence::mark(mark.kind, mark.is_counted)} {count} }.into_any()
}

/// The card with the timeline. Nothing if there is nothing to show.
pub(super) fn timeline(request: &BrandRequest, found: &Found) -> Option<AnyView> {
    let attribution = found.explanation.record.attribution.as_ref()?;
    let timeline = Timeline::of(attribution, found.order().placed_at);
    if timeline.lanes.is_empty() {
        return None;
    }
    let height = i64::try_from(timeline.lanes.len()).unwrap_or(1) * LANE;
    let label = {
        let names: Vec<String> = timeline.lanes.iter().map(|creator| found.name_of(creator.as_ref())).collect();
        format!(
            "Timeline from the first touch to the order: {}. The table of all evidence says the same.",
            names.join(", ")
        )
    };
    let hints: Vec<&str> = [
        timeline.marks.values().flatten().any(|mark| mark.is_credited).then_some("ringed: gets the credit"),
        timeline.marks.values().flatten().any(|mark| !mark.is_counted).then_some("hollow: does not count"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let legend = timeline.kinds();
    Some(
        view! {
            <section class="card timeline" aria-label="Timeline">
                <h2>"How the shopper came"</h2>
                <svg role="img" aria-label=label width="100%" height=(height + 28).to_string()>
                    {columns(request, found, &timeline, height)}
                    {lanes(found, &timeline)}
                </svg>
                <p class="legend">{evidence::chips(&legend)} <small class="subdued">{hints.join(" · ")}</small></p>
            </section>
        }
        .into_any(),
    )
}

fn columns(request: &BrandRequest, found: &Found, timeline: &Timeline, height: i64) -> AnyView {
    let mut last_day = String::new();
    let order = found.order();
    let views = timeline.columns.iter().enumerate().map(|(index, when)| {
        let x = middle(index, timeline.columns.len());
        let text = match when {
            When::Earlier(_) => "Earlier".to_owned(),
            When::Later => "Later".to_owned(),
            When::Order => order.name.clone(),
            When::Visit(at) => {
                let text = request.moment_text(*at);
                let (day, time) = text.split_once(", ").unwrap_or((&text, ""));
                let shown = if last_day == day { time.to_owned() } else { day.to_owned() };
                day.clone_into(&mut last_day);
                shown
            }
        };
        let line = (*when == When::Order).then(|| {
            view! { <line class="order" x1=x.clone() x2=x.clone() y1="0" y2=height.to_string()></line> }
        });
        view! {
            {line}
            <text class="when" x=x y=(height + 20).to_string() text-anchor="middle">{text}</text>
        }
    });
    views.collect_view().into_any()
}

fn lanes(found: &Found, timeline: &Timeline) -> AnyView {
    let views = timeline.lanes.iter().enumerate().map(|(lane, creator)| {
        let top = i64::try_from(lane).unwrap_or(0) * LANE;
        let middle_y = (top + 38).to_string();
        let marks = timeline.marks.range((lane, 0)..(lane + 1, 0)).map(|((_, column), marks)| {
            let x = middle(*column, timeline.columns.len());
            let width = i64::try_from(marks.len()).unwrap_or(1) * MARK;
            let marks = marks.iter().enumerate().map(|(index, mark)| {
                let dx = i64::try_from(index).unwrap_or(0) * MARK - width / 2 + 2;
                view! { <g transform=format!("translate({dx} {})", top + 30)>{mark_view(*mark)}</g> }
            });
            view! { <svg x=x overflow="visible">{marks.collect_view()}</svg> }
        });
        view! {
            <line class="lane" x1="0" x2="100%" y1=middle_y.clone() y2=middle_y></line>
            <text class="who" x="0" y=(top + 14).to_string()>{found.name_of(creator.as_ref())}</text>
            {marks.collect_view()}
        }
    });
    views.collect_view().into_any()
}

/// What each creator gets, most first.
type Split = Vec<(Option<CreatorId>, i64)>;

fn split(amounts: impl Iterator<Item = (Option<CreatorId>, i64)>) -> Split {
    let mut split: Split = Vec::new();
    for (creator, minor) in amounts {
        match split.iter_mut().find(|(other, _)| *other == creator) {
            Some((_, sum)) => *sum += minor,
            None => split.push((creator, minor)),
        }
    }
    split.retain(|(_, minor)| *minor != 0);
    split.sort_by_key(|(_, minor)| core::cmp::Reverse(*minor));
    split
}

/// The card that compares the models. Nothing if there is nothing to compare.
pub(super) fn models(found: &Found) -> Option<AnyView> {
    let attribution = found.explanation.record.attribution.as_ref()?;
    if attribution.credits.is_empty() || attribution.net_minor == 0 {
        return None;
    }
    let own = split(attribution.credits.iter().map(|credit| (credit.creator.clone(), credit.amount_minor)));
    let by_model = Model::ALL.map(|model| {
        let touches = attribution.journey.iter();
        (model, split(touches.map(|touch| (touch.creator.clone(), touch.amounts_minor[model]))))
    });
    let lanes: Vec<Option<CreatorId>> = split(attribution.journey.iter().map(|touch| (touch.creator.clone(), 1)))
        .into_iter()
        .map(|(creator, _)| creator)
        .collect();
    let model = attribution.policy.model;
    if by_model.iter().all(|(_, split)| *split == own) {
        return Some(
            view! {
                <section class="card" aria-label="With another model">
                    <h2>"With another model"</h2>
                    <p class="subdued">"Every model gives the same: only one creator’s touches count."</p>
                </section>
            }
            .into_any(),
        );
    }
    let is_model_own = by_model.iter().any(|(other, split)| *other == model && *split == own);
    let first = (!is_model_own).then(|| split_row(found, "Your policy", true, &own, &lanes));
    let rows = by_model
        .iter()
        .map(|(other, split)| split_row(found, other.label(), is_model_own && *other == model, split, &lanes));
    let rows = rows.collect_view();
    let why = (!is_model_own).then(|| {
        view! {
            <p class="subdued">
                {format!(
                    "Your policy is {} too, yet among the kind of evidence that comes first in it. The models below share the order among all touches.",
                    model.label().to_lowercase(),
                )}
            </p>
        }
    });
    Some(
        view! {
            <section class="card" aria-label="With another model">
                <h2>"With another model"</h2>
                {why}
                <div class="splits">{first} {rows}</div>
            </section>
        }
        .into_any(),
    )
}

fn split_row(found: &Found, label: &'static str, is_own: bool, split: &Split, lanes: &[Option<CreatorId>]) -> AnyView {
    let currency = found.order().currency;
    let whole: i64 = split.iter().map(|(_, minor)| *minor).sum();
    let mut from = 0;
    let parts = split.iter().map(|(creator, minor)| {
        let (x, width) = (share(from, whole), share(*minor, whole));
        from += minor;
        let lane = lanes.iter().position(|other| other == creator).unwrap_or(0) % 6;
        view! { <rect class=format!("part{lane}") x=x width=width height="100%"></rect> }
    });
    let parts = parts.collect_view();
    let texts = split.iter().map(|(creator, minor)| {
        let lane = lanes.iter().position(|other| other == creator).unwrap_or(0) % 6;
        let amount = format::money(*minor, currency);
        view! {
            <span class="of">
                <svg class="key" width="10" height="10" aria-hidden="true"><rect class=format!("part{lane}") width="10" height="10" rx="2"></rect></svg>
                {format!("{} {amount}", found.name_of(creator.as_ref()))}
            </span>
        }
    });
    let texts = texts.collect_view();
    let chip = is_own.then(|| view! { <span class="chip good">"Yours"</span> });
    view! {
        <div class="split-row" class:own=is_own>
            <b>{label} {chip}</b>
            <svg class="split-bar" width="100%" height="12" aria-hidden="true">{parts}</svg>
            <span class="parts">{texts}</span>
        </div>
    }
    .into_any()
}

fn share(part: i64, whole: i64) -> String {
    let tenths = i128::from(part) * 1_000 / i128::from(whole.max(1));
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_have_columns_and_the_earliest_share_one() {
        let minutes = |minutes: &[i64]| minutes.iter().map(|minute| UnixMs(minute * 60_000)).collect::<Vec<_>>();
        let at = |minute: i64| When::Visit(UnixMs(minute * 60_000));
        assert_eq!(visits(&minutes(&[1, 2, 5])), [at(1), at(5)], "a minute apart is one visit");
        assert_eq!(visits(&minutes(&[0, 10, 20, 30, 40])), [at(0), at(10), at(20), at(30), at(40)]);
        let many = minutes(&[0, 10, 20, 30, 40, 50, 60]);
        assert_eq!(visits(&many), [When::Earlier(3), at(30), at(40), at(50), at(60)]);
        assert_eq!(visits(&[]), []);
    }

    #[test]
    fn shares_are_percentages() {
        assert_eq!((share(1, 3), share(0, 0), percent(1, 2)), ("33.3%".into(), "0.0%".into(), "50.0%".into()));
        assert_eq!(middle(0, 2), "25.0%");
    }
}
