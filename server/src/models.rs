//! `creatorscore models run`: runs every attribution model on a file of journeys, to compare the results with other
//! tools.

use std::{collections::BTreeMap, io::Read};

use domain::model::{
    Model,
    journeys::{JourneyGroup, JourneySet},
    markov, shapley,
};
use serde_json::{Value, json};

use crate::serve::Failure;

/// Separates the channels of a path.
const SEPARATOR: &str = " > ";
/// Maximum length of a path, in touches.
const TOUCHES_MAX: usize = 10_000;

/// Reads journeys from CSV with the columns `path,total_conversions,total_conversion_value,total_null`; channels are
/// separated by ` > `. The last two columns are optional. So is `hours_before_conversion`, each touch's age in hours,
/// also separated by ` > `; without it all touches have the same age, and time decay equals linear.
///
/// # Errors
/// A missing column or an invalid value; the message names the column or line.
pub fn read_journeys(input: impl Read) -> Result<JourneySet, Failure> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(input);
    let header = reader.headers()?.clone();
    let column = |name: &str| header.iter().position(|other| other == name);
    let need = |name: &str| column(name).ok_or_else(|| format!("the column {name} is missing"));
    let (path_column, conversions) = (need("path")?, need("total_conversions")?);
    let (value, nulls) = (column("total_conversion_value"), column("total_null"));
    let hours = column("hours_before_conversion");
    let mut set = JourneySet::default();
    for (index, record) in reader.records().enumerate() {
        let line = index + 2;
        let record = record.map_err(|error| format!("line {line}: {error}"))?;
        let number = |name: &str, index: Option<usize>| -> Result<f64, String> {
            let Some(text) = index.and_then(|index| record.get(index)).map(str::trim).filter(|text| !text.is_empty())
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
        let ages_ms = match hours.and_then(|index| record.get(index)).filter(|text| !text.is_empty()) {
            None => Vec::new(),
            Some(text) => read_ages(text, names.len()).ok_or_else(|| {
                format!("line {line}: hours_before_conversion must be as many numbers as the path has channels")
            })?,
        };
        let path = names.into_iter().map(|name| set.channel(name)).collect();
        set.journeys.push(JourneyGroup {
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

/// Runs every model. Returns `{"models": …, "values": …}`: for each model and channel, the credited conversions and
/// the credited conversion value.
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

/// Formats the credited conversions as a text table: one line per channel, one column per model.
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
    fn credits_of_every_model_sum_to_the_totals() {
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
    fn read_errors_name_the_line_or_column() {
        let read_error = |file: &str| read_journeys(file.as_bytes()).expect_err("refused").to_string();
        assert_eq!(read_error("a,b\n"), "the column path is missing");
        assert_eq!(
            read_error("path,total_conversions\na > ,1\n"),
            "line 2: path must be channels separated by \" > \""
        );
        assert_eq!(
            read_error("path,total_conversions\na,1\nb,-1\n"),
            "line 3: total_conversions must be a number not below zero, not \"-1\""
        );
        assert_eq!(
            read_error("path,total_conversions,hours_before_conversion\na > b,1,5\n"),
            "line 2: hours_before_conversion must be as many numbers as the path has channels"
        );
    }
}
