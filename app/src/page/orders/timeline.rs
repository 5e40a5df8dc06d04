//! How the shopper came to an order: a timeline.
//!
//! It has a lane for each creator and a column for each moment. Columns are evenly spaced, since what matters is
//! the order of the touches: most come within minutes of the purchase, some weeks before.

use std::collections::BTreeMap;

use domain::{
    CreatorId, UnixMs,
    attribution::Attribution,
    evidence::{Evidence, EvidenceKind},
};
use leptos::prelude::*;

use super::order_details::OrderDetails;
use crate::{evidence, format, language::t, request::BrandRequest};

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
pub(super) fn card(request: &BrandRequest, found: &OrderDetails) -> Option<AnyView> {
    let attribution = found.explanation.record.attribution.as_ref()?;
    let timeline = Timeline::of(attribution, found.order().placed_at);
    if timeline.lanes.is_empty() {
        return None;
    }
    let height = i64::try_from(timeline.lanes.len()).unwrap_or(1) * LANE;
    let label = {
        let names: Vec<String> = timeline.lanes.iter().map(|creator| found.name_of(creator.as_ref())).collect();
        t!("orders-timeline-label", creators = names.join(", "))
    };
    let hints: Vec<String> = [
        timeline.marks.values().flatten().any(|mark| mark.is_credited).then(|| t!("orders-timeline-ringed")),
        timeline.marks.values().flatten().any(|mark| !mark.is_counted).then(|| t!("orders-timeline-hollow")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let legend = timeline.kinds();
    Some(
        view! {
            <section class="card timeline" aria-label=t!("orders-timeline")>
                <h2>{t!("orders-journey")}</h2>
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

fn columns(request: &BrandRequest, found: &OrderDetails, timeline: &Timeline, height: i64) -> AnyView {
    let zone = &request.caller.brand().zone;
    let mut last_day = String::new();
    let order = found.order();
    let views = timeline.columns.iter().enumerate().map(|(index, when)| {
        let x = middle(index, timeline.columns.len());
        let text = match when {
            When::Earlier(_) => t!("orders-timeline-earlier"),
            When::Later => t!("orders-timeline-later"),
            When::Order => order.name.clone(),
            When::Visit(at) => {
                let day = format::day(zone, request.today(), *at);
                let shown = if last_day == day { zone.time_of(*at) } else { day.clone() };
                last_day = day;
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

fn lanes(found: &OrderDetails, timeline: &Timeline) -> AnyView {
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
    fn columns_are_evenly_spaced() {
        assert_eq!((percent(1, 2), middle(0, 2)), ("50.0%".to_owned(), "25.0%".to_owned()));
    }
}
