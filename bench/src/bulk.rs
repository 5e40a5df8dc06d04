//! Clicks by the million: stored clicks are copied within the database, with other visitors and times, and added to the
//! daily counts as the ingest does it. What a row is made of is read from the clicks that the server itself has stored.
//! Where they come from is counted by the server, as for any clicks.

use core::time::Duration;

use domain::{UnixMs, time::DAY_MS};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::{
    Failure,
    engine::{Engine, count},
    load::unix_now,
};

/// Stored clicks that are copied, over and over.
pub(crate) const TEMPLATES: usize = 1_000;
/// The visitors of copies begin with it.
const COPY_PREFIX: &str = "00000000-0000-7000-8000-";
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
        execute(&mut transaction, &copy.clicks(round, (round + ROUNDS).min(missing))).await?;
        transaction.commit().await?;
    }
    execute(&mut connection, &copy.days()).await?;
    execute(&mut connection, "drop table templates").await?;
    if engine.is_postgres() {
        // Otherwise its own vacuum begins while something else is measured.
        execute(&mut connection, "vacuum (analyze) clicks").await?;
    }
    wait_for_sources(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Waits until the server has read all clicks of all days but the last, for where they come from. It begins each minute.
async fn wait_for_sources(connection: &mut AnyConnection) -> Result<(), Failure> {
    let unread = "select count(*) from click_totals as total
                  left join click_source_days as done on done.brand_id = total.brand_id and done.day = total.day
                  where (done.counted is null or done.counted <> total.clicks + total.bot_clicks)
                    and total.day < (select max(day) from click_totals)";
    for _ in 0..1_800 {
        let days: i64 = sqlx::query_scalar(unread).fetch_one(&mut *connection).await?;
        if days == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err("the server does not read where clicks come from".into())
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
    /// A statement that copies every template once for each of these rounds.
    fn clicks(&self, round: usize, end: usize) -> String {
        let (names, values): (Vec<_>, Vec<_>) =
            self.columns.iter().map(|name| (name.as_str(), Self::value(name))).unzip();
        let (names, values, first) = (names.join(", "), values.join(", "), self.first);
        let time = self.time();
        format!(
            "with recursive turns(turn) as (
                 select {round} union all select turn + 1 from turns where turn + 1 < {end}),
             numbered as (
                 select {first} + turn * {TEMPLATES} + ordinal as number, templates.* from turns
                 cross join templates),
             timed as (select numbered.*, {time} as copied_at from numbered)
             insert into clicks ({names}) select {values} from timed"
        )
    }

    /// A statement that adds all copies to the daily counts.
    fn days(&self) -> String {
        format!(
            "insert into click_days (brand_id, day, link_id, clicks, unique_clicks, bot_clicks)
             select (select brand_id from click_days limit 1), at / {DAY_MS}, link_id, count(*),
                    count(*) filter (where is_unique = true), 0
             from clicks where pv_id like '{COPY_PREFIX}%' and id >= {}
             group by 2, 3
             on conflict (brand_id, day, link_id) do update set
                 clicks = click_days.clicks + excluded.clicks,
                 unique_clicks = click_days.unique_clicks + excluded.unique_clicks",
            click_id(&self.start().to_string(), "0")
        )
    }

    /// Time of the first copy, Unix ms.
    fn start(&self) -> i64 {
        self.until.0 - i64::try_from(self.days).unwrap_or(1) * DAY_MS
    }

    /// SQL of a copy's time.
    fn time(&self) -> String {
        let (length, count) = (self.until.0 - self.start(), (self.end - self.first).max(1));
        format!("{} + {length} * (number - {}) / {count}", self.start(), self.first)
    }

    /// What a column of a copy is.
    fn value(column: &str) -> String {
        /// Numbers begin here, so that all have the same length.
        const BASE: usize = 100_000_000_000;
        match column {
            "id" => click_id("copied_at", "number"),
            "pv_id" => format!("'{COPY_PREFIX}' || cast({BASE} + number as text)"),
            // Hashes are random by nature: multiplicative hashing leaves no order.
            "visitor_hash" => {
                format!("cast({BASE} + number * 2654435761 % 899999999999 as text) || substr(visitor_hash, 13)")
            }
            "at" => "copied_at".to_owned(),
            other => other.to_owned(),
        }
    }
}

/// SQL of the id of the copy of this time (Unix ms) with this number: as in other ids, the time comes first, in ten digits of
/// Crockford's base 32.
fn click_id(at: &str, number: &str) -> String {
    let digit = |index: u32| {
        format!(
            "substr('0123456789abcdefghjkmnpqrstvwxyz', cast(1 + (({at} >> {}) & 31) as integer), 1)",
            45 - 5 * index
        )
    };
    let time: Vec<String> = (0..10).map(digit).collect();
    format!("'clk_' || {} || '7000' || cast(100000000000 + {number} as text)", time.join(" || "))
}
