//! Geometry of charts, as SVG that the server draws: pure, in a coordinate system of their own that the page stretches.
//!
//! Lines keep their width when a chart is stretched, texts would not: labels stand in HTML around the picture.

use leptos::prelude::*;

/// Width of a chart's coordinate system.
const WIDTH: f64 = 1_000.0;
/// Height of a chart's coordinate system.
const HEIGHT: f64 = 280.0;
/// Height of a sparkline's coordinate system.
const SPARK_HEIGHT: f64 = 32.0;
/// Space above the highest point, so that a line is not cut.
const MARGIN: f64 = 2.0;

/// The values at the lines of a chart's scale: from zero, evenly spaced by a round step, and the last one no less than
/// `max`. `lines` is how many lines there are above zero. `unit` is the smallest step, such as 100 for whole dollars.
pub(crate) fn ticks(max: i64, lines: i64, unit: i64) -> Vec<i64> {
    let (max, lines, unit) = (i128::from(max.max(1)), i128::from(lines.max(1)), i128::from(unit.max(1)));
    let least = (max + lines * unit - 1) / (lines * unit);
    let mut power = 1_i128;
    let step = loop {
        // Tenths, for the step of two and a half.
        let steps = [10, 20, 25, 50].map(|tenths| tenths * power);
        match steps.into_iter().find(|step| *step >= least * 10 && step % 10 == 0) {
            Some(step) => break step / 10 * unit,
            None => power *= 10,
        }
    };
    (0..=lines).map(|line| i64::try_from(step * line).unwrap_or(i64::MAX)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a picture's points need no more than a double holds")]
fn ratio(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A number as SVG has it: one decimal, without a trailing zero.
fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The points of a line over the whole width. Values below zero are on the base line.
fn points(values: &[i64], max: i64, height: f64) -> Vec<(f64, f64)> {
    let last = i64::try_from(values.len()).unwrap_or(i64::MAX) - 1;
    let at = |(index, value): (i64, &i64)| {
        let x = if last == 0 { WIDTH / 2.0 } else { ratio(index, last) * WIDTH };
        (x, height - ratio((*value).max(0), max) * (height - MARGIN))
    };
    (0..).zip(values).map(at).collect()
}

/// The path of a line through points.
fn line(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        path.push(if index == 0 { 'M' } else { 'L' });
        path.push_str(&format!("{} {}", short(*x), short(*y)));
    }
    path
}

/// The path of the area under a line.
fn area(points: &[(f64, f64)], height: f64) -> String {
    match (points.first(), points.last()) {
        (Some(first), Some(last)) if points.len() > 1 => {
            format!("{}L{} {}L{} {}Z", line(points), short(last.0), short(height), short(first.0), short(height))
        }
        _ => String::new(),
    }
}

/// What an area chart shows.
pub(crate) struct AreaChart<'a> {
    /// What it shows in a sentence, for those who do not see it.
    pub(crate) label: String,
    /// The values.
    pub(crate) values: &'a [i64],
    /// The values to compare with: a dashed line. May be empty.
    pub(crate) before: &'a [i64],
    /// How many of the last values are not final: their line is dashed. Those after now are not drawn.
    pub(crate) unfinished: usize,
    /// How many of the last values lie in the future.
    pub(crate) future: usize,
    /// The highest line of the scale.
    pub(crate) top: i64,
}

impl AreaChart<'_> {
    /// The picture: horizontal lines, area, comparison, line.
    pub(crate) fn view(&self) -> AnyView {
        let all = points(self.values, self.top, HEIGHT);
        let drawn = &all[..all.len().saturating_sub(self.future)];
        // The dashed part begins at the last final point.
        let solid = drawn.len().saturating_sub(self.unfinished);
        let dashed = line(&drawn[solid.saturating_sub(1)..]);
        let single = (drawn.len() == 1).then(|| {
            let (x, y) = drawn[0];
            view! { <path class="point" d=format!("M{} {}h0", short(x), short(y)) vector-effect="non-scaling-stroke" /> }
        });
        let before = line(&points(self.before, self.top, HEIGHT));
        view! {
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=self.label.clone()>
                <path class="area" d=area(drawn, HEIGHT) />
                <path class="before" d=before vector-effect="non-scaling-stroke" />
                <path class="line" d=line(&drawn[..solid]) vector-effect="non-scaling-stroke" />
                {(self.unfinished > 0 && drawn.len() > 1)
                    .then(|| view! { <path class="line unfinished" d=dashed vector-effect="non-scaling-stroke" /> })}
                {single}
            </svg>
        }
        .into_any()
    }
}

/// A small line without scale. It is decoration: the figure beside it says what matters.
pub(crate) fn sparkline(values: &[i64]) -> AnyView {
    let max = values.iter().copied().max().unwrap_or(0);
    let points = points(values, max, SPARK_HEIGHT);
    view! {
        <svg class="spark" viewBox=format!("0 0 {WIDTH} {SPARK_HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
            <path class="area" d=area(&points, SPARK_HEIGHT) />
            <path class="line" d=line(&points) vector-effect="non-scaling-stroke" />
        </svg>
    }
    .into_any()
}

/// A bar from the left, as long as `part` of `whole`. It is decoration: the number beside it says it.
pub(crate) fn bar(part: i64, whole: i64) -> AnyView {
    let width = format!("{}%", short(ratio(part.clamp(0, whole.max(0)), whole) * 100.0));
    view! {
        <svg class="share" width="100%" height="100%" aria-hidden="true"><rect width=width height="100%" rx="4" /></svg>
    }
    .into_any()
}

/// The shares of a split bar in tenths of a percent: they add up to 1,000 unless all are zero, and what is not zero is seen.
fn shares(parts: &[i64]) -> Vec<i64> {
    const LEAST: i64 = 8;
    let whole: i64 = parts.iter().sum();
    if whole <= 0 {
        return vec![0; parts.len()];
    }
    let weights: Vec<u64> = parts.iter().map(|part| u64::try_from(*part).unwrap_or(0)).collect();
    let mut shares = domain::money::apportion(1_000, &weights);
    for index in 0..shares.len() {
        if parts[index] > 0 && shares[index] < LEAST {
            let Some(largest) = (0..shares.len()).max_by_key(|other| shares[*other]) else { continue };
            shares[largest] -= LEAST - shares[index];
            shares[index] = LEAST;
        }
    }
    shares
}

/// A bar that is split in parts, each with a class that says its colour.
pub(crate) fn split_bar(label: String, parts: &[(&'static str, i64)]) -> AnyView {
    let counts: Vec<i64> = parts.iter().map(|(_, count)| *count).collect();
    let mut x = 0;
    let rects = parts
        .iter()
        .zip(shares(&counts))
        .filter(|(_, share)| *share > 0)
        .map(|((class, _), share)| {
            let from = x;
            x += share;
            // A gap, so that neighbours are told apart without their colours.
            let width = (share - 4).max(2);
            view! { <rect class=*class x=from width=width height="12" /> }
        })
        .collect_view();
    view! {
        <svg class="split" viewBox="0 0 1000 12" preserveAspectRatio="none" role="img" aria-label=label>{rects}</svg>
    }
    .into_any()
}

/// The levels of a heat map, 0 (nothing) to 4, of values.
pub(crate) fn level(value: i64, max: i64) -> i64 {
    if value <= 0 || max <= 0 { 0 } else { (value.saturating_mul(4).saturating_add(max - 1) / max).clamp(1, 4) }
}

/// Which of `count` points get a label, so that there are no more than `labels`: evenly spaced, the first and last too.
pub(crate) fn labelled(count: usize, labels: usize) -> Vec<usize> {
    let labels = labels.clamp(2, count.max(2));
    if count <= 1 {
        return (0..count).collect();
    }
    (0..labels).map(|label| label * (count - 1) / (labels - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_have_round_steps_and_reach_the_highest_value() {
        for (max, unit, expected) in [
            (0, 1, [0, 1, 2, 3, 4]),
            (4, 1, [0, 1, 2, 3, 4]),
            (5, 1, [0, 2, 4, 6, 8]),
            (37, 1, [0, 10, 20, 30, 40]),
            (81, 1, [0, 25, 50, 75, 100]),
            (1_234, 1, [0, 500, 1_000, 1_500, 2_000]),
            (324_200, 100, [0, 100_000, 200_000, 300_000, 400_000]),
            (99, 100, [0, 100, 200, 300, 400]),
        ] {
            assert_eq!(ticks(max, 4, unit), expected, "{max}");
        }
        for max in 1..2_000 {
            let found = ticks(max, 4, 1);
            assert!(found[4] >= max && found[4] <= max.max(4) * 3, "{max}: {found:?}");
        }
        assert_eq!(ticks(i64::MAX, 4, 1).len(), 5, "nothing overflows");
    }

    #[test]
    fn lines_span_the_width_and_stay_inside() {
        let found = points(&[0, 10, -5, 5], 10, 280.0);
        assert_eq!(line(&found), "M0 280L333.3 2L666.7 280L1000 141");
        assert_eq!(area(&found, 280.0), "M0 280L333.3 2L666.7 280L1000 141L1000 280L0 280Z");
        assert_eq!(line(&points(&[7], 10, 280.0)), "M500 85.4", "one point stands in the middle");
        assert_eq!((line(&[]), area(&[], 1.0)), (String::new(), String::new()));
        assert_eq!(line(&points(&[0, 0], 0, 10.0)), "M0 10L1000 10");
    }

    #[test]
    fn parts_of_a_bar_add_up_and_none_vanishes() {
        assert_eq!(shares(&[1, 1, 2]), [250, 250, 500]);
        assert_eq!(shares(&[0, 0]), [0, 0]);
        let found = shares(&[100_000, 1, 0]);
        assert_eq!(found, [992, 8, 0]);
        assert_eq!(shares(&[1, 1, 1]).iter().sum::<i64>(), 1_000);
    }

    #[test]
    fn heat_has_five_levels() {
        assert_eq!([0, 1, 25, 26, 100].map(|value| level(value, 100)), [0, 1, 1, 2, 4]);
        assert_eq!(level(5, 0), 0);
    }

    #[test]
    fn labels_are_spread_evenly() {
        assert_eq!(labelled(30, 5), [0, 7, 14, 21, 29]);
        assert_eq!(labelled(3, 5), [0, 1, 2]);
        assert_eq!(labelled(1, 5), [0]);
        assert_eq!(labelled(0, 5), Vec::<usize>::new());
    }

    #[test]
    fn an_unfinished_day_is_dashed_and_the_future_is_not_drawn() {
        let chart = AreaChart {
            label: "Clicks".to_owned(),
            values: &[1, 2, 3, 0],
            before: &[],
            unfinished: 1,
            future: 1,
            top: 4,
        };
        let html = chart.view().to_html();
        let line = r#"d="M0 210.5L333.3 141" vector-effect="non-scaling-stroke" class="line""#;
        assert!(html.contains(line), "{html}");
        let unfinished = r#"d="M333.3 141L666.7 71.5" vector-effect="non-scaling-stroke" class="line unfinished""#;
        assert!(html.contains(unfinished), "{html}");
    }
}
