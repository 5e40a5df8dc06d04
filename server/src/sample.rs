//! Sample data: 90 days of a made-up shop, for the demo and for trying out the product.
//!
//! The story is planned (`plan`, `trade`, `exceptions`), then played in the order of time (`stage`) on a clock of its own,
//! through the use cases that serve real shoppers, shops and merchants. Nothing is inserted behind them, so every figure
//! and explanation follows from the facts. The same end gives the same story; ids and codes differ.
//!
//! `flow::sample` says which brands may hold sample data.

mod calendar;
mod cast;
mod crowd;
mod dice;
mod exceptions;
mod plan;
mod setting;
mod sold;
mod stage;
mod trade;

use std::sync::Arc;

use domain::{
    BrandId, UnixMs,
    api_key::{KeyId, KeyKind},
    time::DAY_MS,
};
use flow::{Clock, Random, access::Operator, setup::NewBrand};
use store::Store;

use self::{
    calendar::Calendar,
    plan::Plan,
    stage::{Scenery, Stage, StoryClock},
};
use crate::{
    config::Config,
    serve::{self, Failure},
    system::{SystemClock, SystemRandom},
};

/// Days of the story.
pub const DAYS: i64 = 90;
/// Creators of the sample.
pub const CREATORS: usize = cast::CREATORS.len();
/// Campaigns of the sample.
pub const CAMPAIGNS: usize = cast::CAMPAIGNS.len();
/// Links of the sample, one of them deleted.
pub const LINKS: usize = cast::LINKS.len();
/// Clicks by people.
pub const CLICKS: usize = 2_000;
/// Orders, one of them a test of the checkout.
pub const ORDERS: usize = trade::ORDERS + exceptions::ORDERS;
/// Number of the first order.
pub const FIRST_ORDER: usize = 1001;
/// Handle of the creator whose page the demo opens.
pub const SHOWN_CREATOR: &str = cast::CREATORS[cast::JESSICA].handle;
/// A code that no link has: random codes are unlikely to be a word.
const UNKNOWN_CODE: &str = "zzzzzzzz";

/// Sample data that was written. Without `Debug`, which would print the key.
pub struct Sample {
    /// The id and the text of the key with which the storefront's script reported.
    pub pixel_key: (KeyId, String),
}

/// Where sample data goes.
pub struct Place {
    /// The database.
    pub store: Arc<dyn Store>,
    /// The time at which the story ends.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids, codes and keys.
    pub random: Arc<dyn Random>,
    /// The brand, which must be unused.
    pub brand: BrandId,
    /// Address of the storefront to which links lead, without a trailing slash.
    pub storefront: String,
}

/// Creates a brand before the story of a sample begins. Returns its id.
pub async fn found(
    config: &Config,
    operator: Operator,
    store: Arc<dyn Store>,
    new: &NewBrand,
) -> Result<BrandId, Failure> {
    let clock = StoryClock::new(SystemClock.now());
    let flow = serve::flow(config, store, Arc::new(clock.clone()), Arc::new(SystemRandom)).await?;
    clock.set(beginning(SystemClock.now()));
    Ok(flow.setup().create_brand(operator, new).await?.id)
}

/// Before the first act of a story that ends at `end`.
fn beginning(end: UnixMs) -> UnixMs {
    end.plus_ms(-(DAYS + plan::SET_UP_DAYS + 2) * DAY_MS)
}

/// Fills a brand with sample data. `None` if it is there already.
///
/// No server should run on the database meanwhile: its jobs would settle the story's orders at today's time.
///
/// # Errors
/// `FlowError::Invalid` if the brand must not hold sample data.
pub async fn fill(config: &Config, operator: Operator, place: Place) -> Result<Option<Sample>, Failure> {
    let Place { store, clock, random, brand, storefront } = place;
    let end = clock.now();
    let flow = serve::flow(config, store.clone(), clock, random.clone()).await?;
    let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
    if !flow.samples().begin(&merchant).await? {
        return Ok(None);
    }
    // The shop of the story is a simulated one, whatever this installation is otherwise.
    let story_config = Config { is_demo: true, ..config.clone() };
    // It is created at the end, so that it uses today's key for visitors, and then set back.
    let story_clock = StoryClock::new(end);
    let story = serve::flow(&story_config, store.clone(), Arc::new(story_clock.clone()), random).await?;
    story_clock.set(beginning(end));
    let merchant = story.access().merchant_by_operator(operator, &brand).await?;
    let pixel_key = story.setup().create_key(&merchant, KeyKind::Pixel, false).await?;
    let pixel = story.access().api_caller(&pixel_key.1).await?;

    let starts = cast::CAMPAIGNS.iter().map(|(_, since)| *since);
    let mut plan = Plan::new(Calendar::new(&merchant.brand().zone, end, DAYS, starts), end);
    plan.set_up(&cast::CAMPAIGNS);
    plan.exceptions();
    plan.trade();
    let (acts, people, orders) = plan.into_acts();
    let scenery = Scenery { flow: story.clone(), store, merchant, clock: story_clock.clone(), pixel, storefront };
    let mut stage = Stage::new(scenery, people, orders);
    stage.play(&acts).await?;
    story_clock.set(end);
    story.models().run(&brand).await?;
    flow.samples().complete(&stage.merchant).await?;
    tracing::info!(%brand, clicks = CLICKS, orders = ORDERS, "sample data is there");
    Ok(Some(Sample { pixel_key }))
}
