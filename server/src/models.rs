//! `creatorscore models run`: every attribution model on journeys exported to a file, so that anyone can check us
//! against their own tools.

use std::{collections::BTreeMap, io::Read};

use domain::model::{
    Model,
    journeys::{JourneySet, Journeys},
    markov, shapley,
};
use serde_json::{Value, json};

use crate::serve::Failure;

/// Between the channels of a path.
const SEPARATOR: &str = " > ";
/// Longest path, in touches.
const TOUCHES_MAX: usize = 10_000;

/// Reads journeys from CSV with the columns `path,total_conversions,total_conversion_value,total_null`; channels are
/// separated by ` > `. A column `hours_before_conversion`, if there is one, gives each touch's age, separated alike;
/// without it all touches are of one age, and time decay is the same as linear. Errors name the line.
pub fn read_journeys(input: impl Read) -> Result<JourneySet, Failure> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(input);
    let header = reader.headers()?.clone();
    let column = |name: &str| header.iter().position(|other| other == name);
    let need = |name: &str| column(name).ok_or_else(|| format!("the column {name} is missing"));
    let (path_column, conversions) = (need("path")?, need("total_conversions")?);
    let (value, nulls) = (column("total_conversion_value"), column("total_null"));
    let hours = column("hours_before_conversion");
    let mut set = JourneySet::default();
    for (place, record) in reader.records().enumerate() {
        let line = place + 2;
        let record = record.map_err(|error| format!("line {line}: {error}"))?;
        let number = |name: &str, place: Option<usize>| -> Result<f64, String> {
            let Some(text) = place.and_then(|place| record.get(place)).map(str::trim).filter(|text| !text.is_empty())
            else {
                return Ok(0.0);
            };
            match text.parse::<f64>() {
                Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
                _ => Err(format!("line {line}: {name} must be a number not below zero, not {text:?}")),
            }
        };
        let names: Vec<&str> = record.get(path_column).unwrap_or_default().split(SEPARATOR).map(str::trim).collect();
        if names.len() > TOUCHES_MAX || names.iter().any(|name| name.is_empty()) {
            return Err(format!("line {line}: path must be channels separated by {SEPARATOR:?}").into());
        }
        let ages_ms = match hours.and_then(|place| record.get(place)).filter(|text| !text.is_empty()) {
            None => Vec::new(),
            Some(text) => read_ages(text, names.len()).ok_or_else(|| {
                format!("line {line}: hours_before_conversion must be as many numbers as the path has channels")
            })?,
        };
        let path = names.into_iter().map(|name| set.channel(name)).collect();
        set.journeys.push(Journeys {
            conversions: number("total_conversions", Some(conversions))?,
            value: number("total_conversion_value", value)?,
            nulls: number("total_null", nulls)?,
            path,
            ages_ms,
        });
    }
    Ok(set)
}

fn read_ages(text: &str, count: usize) -> Option<Vec<i64>> {
    const HOUR_MS: f64 = 3_600_000.0;
    const HOURS_MAX: f64 = 1e7;
    let ages: Option<Vec<i64>> = text
        .split(SEPARATOR)
        .map(|hours| {
            let hours = hours.trim().parse::<f64>().ok().filter(|hours| (0.0..HOURS_MAX).contains(hours))?;
            #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
            Some((hours * HOUR_MS).round() as i64)
        })
        .collect();
    ages.filter(|ages| ages.len() == count)
}

/// What every model gives every channel: conversions under `models`, their value under `values`.
pub fn run(set: &JourneySet) -> Value {
    let heuristics = Model::ALL.into_iter().map(|model| (model.as_str(), set.credits(model)));
    let learned = [("markov", markov::run(set).credits), ("shapley", shapley::credits(set))];
    let (mut models, mut values) = (BTreeMap::new(), BTreeMap::new());
    for (name, credits) in heuristics.chain(learned) {
        let by_channel = |pick: fn(&(f64, f64)) -> f64| -> BTreeMap<&str, f64> {
            set.channels.iter().map(String::as_str).zip(credits.iter().map(pick)).collect()
        };
        models.insert(name, by_channel(|credit| credit.0));
        values.insert(name, by_channel(|credit| credit.1));
    }
    json!({ "models": models, "values": values })
}

/// The conversions as a table for people: a line a channel, a column a model.
pub fn table(answer: &Value) -> String {
    let Some(models) = answer["models"].as_object() else { return String::new() };
    let mut text = format!("{:24}", "channel");
    for name in models.keys() {
        text.push_str(&format!(" {name:>16}"));
    }
    let channels = models.values().next().and_then(Value::as_object).into_iter().flat_map(|credits| credits.keys());
    for channel in channels {
        text.push_str(&format!("\n{channel:24}"));
        for credits in models.values() {
            text.push_str(&format!(" {:16.4}", credits[channel].as_f64().unwrap_or(0.0)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journeys_are_read_and_every_model_adds_up() {
        let file = "path,total_conversions,total_conversion_value,total_null,hours_before_conversion\n\
                    a > b > c,2,10.5,1,336 > 168 > 0\n\"b\",1,4.5,0,\n";
        let answer = run(&read_journeys(file.as_bytes()).expect("journeys"));
        for (kind, total) in [("models", 3.0), ("values", 15.0)] {
            for (name, credits) in answer[kind].as_object().expect("models") {
                let sum: f64 = credits.as_object().expect("credits").values().filter_map(Value::as_f64).sum();
                assert!((sum - total).abs() < 1e-9, "{kind} of {name}: {sum}");
            }
        }
        assert_eq!(answer["models"]["time_decay"]["a"], json!(2.0 / 7.0));
        assert_eq!(answer["models"]["first_touch"], json!({"a": 2.0, "b": 1.0, "c": 0.0}));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let told = |file: &str| read_journeys(file.as_bytes()).expect_err("refused").to_string();
        assert_eq!(told("a,b\n"), "the column path is missing");
        assert_eq!(told("path,total_conversions\na > ,1\n"), "line 2: path must be channels separated by \" > \"");
        assert_eq!(
            told("path,total_conversions\na,1\nb,-1\n"),
            "line 3: total_conversions must be a number not below zero, not \"-1\""
        );
        assert_eq!(
            told("path,total_conversions,hours_before_conversion\na > b,1,5\n"),
            "line 2: hours_before_conversion must be as many numbers as the path has channels"
        );
    }
}
