//! Clicks by the million: stored clicks are copied within the database, with other visitors and times, and added to the
//! daily counts as the ingest does it. What a row is made of is read from the clicks that the server itself has stored.

use domain::{UnixMs, time::DAY_MS};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::{
    Failure,
    engine::{Engine, count},
    load::unix_now,
};

/// Stored clicks that are copied, over and over.
pub(crate) const TEMPLATES: usize = 1_000;
/// Copies of each in one transaction.
const ROUNDS: usize = 100;

/// Adds clicks until there are `size`, spread over the `days` up to now. The first [`TEMPLATES`] must be there.
pub(crate) async fn grow_clicks(engine: &Engine, size: usize, days: usize) -> Result<(), Failure> {
    let mut connection = engine.open().await?;
    let stored = count(&mut connection, "clicks").await?;
    if stored < TEMPLATES {
        return Err(format!("{stored} clicks are stored; {TEMPLATES} are to be copied").into());
    }
    let missing = size.saturating_sub(stored) / TEMPLATES;
    // Without syncs: after a crash this database is not needed.
    let unsynced = if engine.is_postgres() { "set synchronous_commit = off" } else { "pragma synchronous = off" };
    execute(&mut connection, unsynced).await?;
    let templates = format!(
        "create temporary table templates as
         select row_number() over (order by id) - 1 as ordinal, clicks.* from clicks order by id limit {TEMPLATES}"
    );
    execute(&mut connection, &templates).await?;
    let columns = columns(engine).await?;
    let copy = Copy { columns: &columns, first: stored, end: stored + missing * TEMPLATES, until: unix_now(), days };
    for round in (0..missing).step_by(ROUNDS) {
        let mut transaction = connection.begin().await?;
        for statement in copy.statements(round, (round + ROUNDS).min(missing)) {
            execute(&mut transaction, &statement).await?;
        }
        transaction.commit().await?;
    }
    execute(&mut connection, "drop table templates").await?;
    if engine.is_postgres() {
        // Otherwise its own vacuum begins while something else is measured.
        execute(&mut connection, "vacuum (analyze) clicks").await?;
    }
    Ok(connection.close().await?)
}

async fn execute(connection: &mut AnyConnection, statement: &str) -> Result<(), Failure> {
    let done = sqlx::query(AssertSqlSafe(statement.to_owned())).execute(connection).await;
    done.map_err(|error| format!("{statement}: {error}"))?;
    Ok(())
}

/// Names of the columns of clicks; the first is the brand's.
async fn columns(engine: &Engine) -> Result<Vec<String>, Failure> {
    let statement = if engine.is_postgres() {
        "select cast(column_name as text) from information_schema.columns
         where table_name = 'clicks' and table_schema = 'public' and is_generated = 'NEVER' order by ordinal_position"
    } else {
        "select name from pragma_table_info('clicks')"
    };
    engine.texts(statement).await
}

/// What is copied where.
struct Copy<'a> {
    columns: &'a [String],
    /// Number of the first copy, and the one after the last.
    first: usize,
    end: usize,
    /// Time of the last copy.
    until: UnixMs,
    days: usize,
}

impl Copy<'_> {
    /// Statements that copy every template once for each of these rounds.
    fn statements(&self, round: usize, end: usize) -> [String; 2] {
        let (names, values): (Vec<_>, Vec<_>) =
            self.columns.iter().map(|name| (name.as_str(), self.value(name))).unzip();
        let (brand, first) = (names.first().copied().unwrap_or_default(), self.first);
        let (names, values) = (names.join(", "), values.join(", "));
        let id = |round: usize| click_id(&(first + round * TEMPLATES).to_string());
        [
            format!(
                "with recursive turns(turn) as (
                     select {round} union all select turn + 1 from turns where turn + 1 < {end}),
                 numbered as (
                     select {first} + turn * {TEMPLATES} + ordinal as number, templates.* from turns
                     cross join templates)
                 insert into clicks ({names}) select {values} from numbered"
            ),
            format!(
                "insert into click_days (brand_id, day, link_id, clicks, unique_clicks, bot_clicks)
                 select (select brand_id from click_days limit 1), at / {DAY_MS}, link_id, count(*),
                        count(*) filter (where is_unique = true), 0
                 from clicks
                 where {brand} = (select {brand} from templates limit 1) and id >= {} and id < {}
                 group by 2, 3
                 on conflict (brand_id, day, link_id) do update set
                     clicks = click_days.clicks + excluded.clicks,
                     unique_clicks = click_days.unique_clicks + excluded.unique_clicks",
                id(round),
                id(end)
            ),
        ]
    }

    /// What a column of a copy is.
    fn value(&self, column: &str) -> String {
        /// Numbers begin here, so that all have the same length.
        const BASE: usize = 100_000_000_000;
        match column {
            "id" => click_id("number"),
            "pv_id" => format!("'00000000-0000-7000-8000-' || cast({BASE} + number as text)"),
            // Hashes are random by nature: multiplicative hashing leaves no order.
            "visitor_hash" => {
                format!("cast({BASE} + number * 2654435761 % 899999999999 as text) || substr(visitor_hash, 13)")
            }
            "at" => {
                let length = i64::try_from(self.days).unwrap_or(1) * DAY_MS;
                format!(
                    "{} + {length} * (number - {}) / {}",
                    self.until.0 - length,
                    self.first,
                    (self.end - self.first).max(1)
                )
            }
            other => other.to_owned(),
        }
    }
}

/// SQL of the id of the copy with this number, as long as other ids and before them in order.
fn click_id(number: &str) -> String {
    format!("'clk_00000000000000' || cast(100000000000 + {number} as text)")
}
