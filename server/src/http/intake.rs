//! Request bodies on their way in: one deadline for the whole body, and a budget of the bytes that all requests hold in
//! memory at a time. What is refused before it was read leaves the connection to be closed.

use core::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::{
    config::Config,
    http::{cors::with_cors, error::ApiError},
    listen::Exchange,
};

/// Path prefix of the webhooks, whose bodies are large.
const WEBHOOKS: &str = "/api/webhooks/";

/// Paths that take files.
const FILES: [&str; 2] = ["/api/v1/imports", app::UPLOAD_PATH];
/// How many times as long a file may take to arrive as another body: seven megabytes in ten seconds are more than many lines
/// send.
const FILE_PATIENCE: u32 = 12;

/// The bounds of all bodies. Webhooks and files have budgets of their own: their large bodies must not keep out shoppers'
/// small ones.
#[derive(Clone)]
pub(crate) struct Intake {
    timeout: Duration,
    webhooks: Arc<Budget>,
    files: Arc<Budget>,
    others: Arc<Budget>,
}

impl Intake {
    /// The bounds that the settings name: half of the bytes for webhooks, a quarter for files.
    pub(crate) fn new(config: &Config) -> Self {
        let bytes = config.body_bytes_in_flight;
        let budget = |bytes_max| Arc::new(Budget { bytes_max, held: AtomicUsize::new(0) });
        Self {
            timeout: Duration::from_secs(config.body_seconds_max),
            webhooks: budget(bytes / 2),
            files: budget(bytes / 4),
            others: budget(bytes / 4),
        }
    }

    /// The budget and the time of a body that is sent to this path.
    fn bounds(&self, path: &str) -> (&Arc<Budget>, Duration) {
        if path.starts_with(WEBHOOKS) {
            (&self.webhooks, self.timeout)
        } else if FILES.contains(&path) {
            (&self.files, self.timeout * FILE_PATIENCE)
        } else {
            (&self.others, self.timeout)
        }
    }
}

impl Intake {
    /// The bytes that are held now: by webhooks, by files, and by all others.
    pub(crate) fn held(&self) -> [(&'static str, usize); 3] {
        [("webhooks", &self.webhooks), ("files", &self.files), ("others", &self.others)]
            .map(|(of, budget)| (of, budget.held.load(Ordering::Relaxed)))
    }
}

/// Bytes that may be held at a time.
#[derive(Debug)]
struct Budget {
    bytes_max: usize,
    held: AtomicUsize,
}

/// What one request holds of a budget, until it is answered.
#[derive(Debug)]
struct Lease {
    budget: Arc<Budget>,
    bytes: AtomicUsize,
    is_refused: AtomicBool,
    is_late: AtomicBool,
    is_read: AtomicBool,
}

impl Lease {
    fn take(&self, bytes: usize) -> bool {
        let fits = |held: usize| Some(held + bytes).filter(|sum| *sum <= self.budget.bytes_max);
        let is_taken = self.budget.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok();
        if is_taken {
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
        is_taken
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.budget.held.fetch_sub(self.bytes.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// Why reading a body ended early.
#[derive(Clone, Copy, Debug, thiserror::Error)]
enum Cut {
    #[error("the body did not arrive in time")]
    Late,
    #[error("too many bytes of bodies are held already")]
    OverBudget,
}

/// A body as the handler reads it.
struct MeteredBody {
    body: Body,
    deadline: Instant,
    sleep: Option<Pin<Box<Sleep>>>,
    lease: Arc<Lease>,
}

impl MeteredBody {
    fn cut(&self, why: Cut) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let (flag, reason) = match why {
            Cut::Late => (&self.lease.is_late, "late"),
            Cut::OverBudget => (&self.lease.is_refused, "budget"),
        };
        flag.store(true, Ordering::Relaxed);
        metrics::counter!("bodies_refused_total", "reason" => reason).increment(1);
        Poll::Ready(Some(Err(axum::Error::new(why))))
    }
}

impl HttpBody for MeteredBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                if !self.lease.take(bytes) {
                    return self.cut(Cut::OverBudget);
                }
                // Whoever sends often enough never lets the timer below be polled.
                if Instant::now() >= self.deadline {
                    return self.cut(Cut::Late);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(end) => {
                self.lease.is_read.store(end.is_none(), Ordering::Relaxed);
                Poll::Ready(end)
            }
            Poll::Pending => {
                let deadline = self.deadline;
                let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
                match sleep.as_mut().poll(cx) {
                    Poll::Ready(()) => self.cut(Cut::Late),
                    Poll::Pending => Poll::Pending,
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Whether the body of a request went past the budget, for APIs that answer that in their own words.
#[derive(Clone)]
pub(crate) struct BodyBudget(Arc<Lease>);

impl BodyBudget {
    /// Whether no bytes were left for the body.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.0.is_refused.load(Ordering::Relaxed)
    }
}

/// Bounds the body of a request. Past the budget it is answered with 503, whatever the handler made of it.
pub(crate) async fn meter(State(intake): State<Intake>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let exchange = request.extensions().get::<Exchange>().cloned();
    let (budget, timeout) = intake.bounds(request.uri().path());
    let lease = Arc::new(Lease {
        budget: budget.clone(),
        bytes: AtomicUsize::new(0),
        is_refused: AtomicBool::new(false),
        is_late: AtomicBool::new(false),
        is_read: AtomicBool::new(false),
    });
    let deadline = Instant::now() + timeout;
    let metered = |body| MeteredBody { body, deadline, sleep: None, lease: lease.clone() };
    let mut request = request.map(|body| Body::new(metered(body).boxed_unsync()));
    request.extensions_mut().insert(BodyBudget(lease.clone()));
    let mut response = next.run(request).await;
    if lease.is_refused.load(Ordering::Relaxed) && response.status() != StatusCode::SERVICE_UNAVAILABLE {
        response = with_cors(ApiError::overloaded().into_response());
    }
    if !lease.is_read.load(Ordering::Relaxed) {
        // The rest is not a request: the client must not reuse the connection.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        // Whoever was late has had its time.
        if !lease.is_late.load(Ordering::Relaxed)
            && let Some(exchange) = exchange
        {
            exchange.leave_unread();
        }
    }
    response
}
