//! Gathers what many requests store into few commits.
//!
//! A thread of its own reads a bounded channel and commits in batches; whoever waits goes on only after the commit is on
//! disk. When the channel is full, more is refused at once. A thread and not a task, since it sleeps for fractions of a
//! millisecond, which the runtime's timer cannot.

use core::{future::Future, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// A batch is committed once nothing else has arrived for this long.
const PAUSE: Duration = Duration::from_micros(250);
/// What is left of earlier batches is tried again after this time.
const REST_PAUSE: Duration = Duration::from_secs(1);
/// A batch is committed after this time at the latest.
const WAIT_MAX: Duration = Duration::from_millis(5);

/// Commits batches.
pub(crate) trait Sink: Send + 'static {
    /// What a request stores.
    type Item: Send + 'static;
    /// What it learns.
    type Outcome: Send + 'static;
    /// A batch stops growing at this weight.
    const WEIGHT_MAX: usize;

    /// The share of an item in a batch.
    fn weight(item: &Self::Item) -> usize;

    /// How long a batch waits for more though nothing arrives, so that there are fewer commits. `last` is how many items the last
    /// batch had.
    fn linger(&self, last: usize) -> Duration {
        let _ = last;
        Duration::ZERO
    }

    /// How much of earlier batches is still to be committed. If there is any, an empty batch follows soon, if no other does.
    fn rest(&self) -> usize {
        0
    }

    /// Commits a batch. One outcome per item.
    fn commit(&self, batch: Vec<Self::Item>) -> impl Future<Output = Vec<Self::Outcome>> + Send;
}

/// The channel is full, or the process is stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overloaded;

type Waiting<S> = (<S as Sink>::Item, oneshot::Sender<<S as Sink>::Outcome>);

/// The sending side.
pub(crate) struct Gatherer<S: Sink>(mpsc::Sender<Waiting<S>>);

impl<S: Sink> Clone for Gatherer<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Resolves once everything that was sent is committed and every sender is gone.
pub struct Drained(oneshot::Receiver<()>);

impl Drained {
    /// Waits for it.
    pub async fn wait(self) {
        let _ = self.0.await;
    }
}

impl<S: Sink> Gatherer<S> {
    /// Starts the thread, with room for `queue` items. It commits everything queued and ends after the last sender is
    /// dropped.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(crate) fn start(name: &str, sink: S, queue: usize) -> std::io::Result<(Self, Drained)> {
        let (sender, receiver) = mpsc::channel(queue.max(1));
        let (ended, drained) = oneshot::channel();
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            gather(&sink, receiver, &runtime);
            drop(sink);
            let _ = ended.send(());
        })?;
        Ok((Self(sender), Drained(drained)))
    }

    /// Whether more than half of the channel is full.
    pub(crate) fn is_behind(&self) -> bool {
        self.0.capacity() < self.0.max_capacity() / 2
    }

    /// Queues an item. Never blocks. There is no outcome if the process ends before the commit.
    pub(crate) fn push(&self, item: S::Item) -> Result<oneshot::Receiver<S::Outcome>, Overloaded> {
        let (sender, outcome) = oneshot::channel();
        self.0.try_send((item, sender)).map_err(|_| Overloaded)?;
        Ok(outcome)
    }
}

fn gather<S: Sink>(sink: &S, mut receiver: mpsc::Receiver<Waiting<S>>, runtime: &tokio::runtime::Handle) {
    let mut last = 1;
    loop {
        let next = if sink.rest() > 0 {
            let Ok(next) = runtime.block_on(async { tokio::time::timeout(REST_PAUSE, receiver.recv()).await }) else {
                runtime.block_on(sink.commit(Vec::new()));
                continue;
            };
            next
        } else {
            receiver.blocking_recv()
        };
        let Some((item, waiting)) = next else { break };
        let mut weight = S::weight(&item);
        let (mut batch, mut all_waiting) = (vec![item], vec![waiting]);
        // Alone, it is committed at once. With others, the batch waits for those who are about to arrive, so that many
        // share one sync.
        let begun = Instant::now();
        let (lingers_until, deadline) = (begun + sink.linger(last), begun + WAIT_MAX);
        let mut has_waited = false;
        loop {
            let before = batch.len();
            while weight < S::WEIGHT_MAX
                && let Ok((item, waiting)) = receiver.try_recv()
            {
                weight += S::weight(&item);
                batch.push(item);
                all_waiting.push(waiting);
            }
            let has_grown = batch.len() > before;
            let expects_more = if has_waited { has_grown } else { has_grown || last > 1 };
            let now = Instant::now();
            if weight >= S::WEIGHT_MAX || (now >= lingers_until && (!expects_more || now >= deadline)) {
                break;
            }
            std::thread::sleep(PAUSE);
            has_waited = true;
        }
        last = batch.len();
        for (waiting, outcome) in all_waiting.into_iter().zip(runtime.block_on(sink.commit(batch))) {
            let _ = waiting.send(outcome);
        }
    }
    // All of it, unless the database is away.
    let mut rest = sink.rest();
    while rest > 0 {
        runtime.block_on(sink.commit(Vec::new()));
        let before = core::mem::replace(&mut rest, sink.rest());
        if rest >= before {
            break;
        }
    }
}
