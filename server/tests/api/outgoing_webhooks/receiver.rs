//! A receiver of webhooks in this process.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use domain::MessageId;

/// A request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub headers: HeaderMap,
    pub body: String,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The event's id.
    pub(crate) fn id(&self) -> MessageId {
        self.header("webhook-id").parse().unwrap()
    }
}

/// How the receiver answers.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: String,
    pub after: Duration,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: vec![], body: format!("answer {status}"), after: Duration::ZERO }
    }
}

type Script = Arc<dyn Fn(&Arrived) -> Reply + Send + Sync>;

/// A receiver on a port of its own. It answers until it is dropped.
pub(crate) struct Receiver {
    pub url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    script: Arc<Mutex<Script>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Shared = (Arc<Mutex<Vec<Arrived>>>, Arc<Mutex<Script>>);

async fn receive(State((arrived, script)): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let one = Arrived { headers, body: String::from_utf8(body.to_vec()).unwrap() };
    let script = script.lock().unwrap().clone();
    let reply = script(&one);
    arrived.lock().unwrap().push(one);
    tokio::time::sleep(reply.after).await;
    let mut response = (StatusCode::from_u16(reply.status).unwrap(), reply.body).into_response();
    for (name, value) in reply.headers {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

impl Receiver {
    /// A receiver that answers as the script says.
    pub(crate) async fn start(script: impl Fn(&Arrived) -> Reply + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Arc::new(script)));
        let router = Router::new().fallback(receive).with_state((arrived.clone(), script.clone()));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, arrived, script, task }
    }

    /// A receiver that always answers with this status.
    pub(crate) async fn answering(status: u16) -> Self {
        Self::start(move |_| Reply::status(status)).await
    }

    /// Answers otherwise from now on.
    pub(crate) fn answer(&self, script: impl Fn(&Arrived) -> Reply + Send + Sync + 'static) {
        *self.script.lock().unwrap() = Arc::new(script);
    }

    /// What arrived, in order.
    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    /// The ids of the events that arrived, in order.
    pub(crate) fn ids(&self) -> Vec<MessageId> {
        self.arrived().iter().map(Arrived::id).collect()
    }

    /// Waits until so many requests have arrived.
    pub(crate) async fn until(&self, count: usize) -> Vec<Arrived> {
        super::until(&format!("{count} requests"), async || self.arrived().len() >= count).await;
        self.arrived()
    }
}
