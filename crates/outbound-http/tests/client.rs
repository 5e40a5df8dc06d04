//! What the client reaches, and how long it lets itself be kept, against receivers in this process.
#![expect(clippy::unwrap_used, reason = "these are tests")]

use core::{
    future::Future,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    time::Duration,
};
use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use outbound_http::{Client, Lookup, Reach, RequestError, Timeouts};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Resolves every name to these addresses.
struct Fixed(Vec<&'static str>);

impl Lookup for Fixed {
    fn lookup(&self, _name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let found = self.0.iter().map(|text| text.parse().unwrap()).collect();
        Box::pin(async move { Ok(found) })
    }
}

/// A receiver that answers every connection with these bytes, and counts them.
struct Receiver {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

async fn receiver(answer: &'static [u8]) -> Receiver {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let (count, log) = (connections.clone(), requests.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let log = log.clone();
            tokio::spawn(async move {
                let request = read_request(&mut stream).await;
                log.lock().unwrap().push(request);
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    Receiver { address, connections, requests }
}

/// The head of a request and its body.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let count = stream.read(&mut part).await.unwrap_or(0);
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let length = |head: &str| {
            let line =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            line.and_then(|length| length.parse::<usize>().ok()).unwrap_or(0)
        };
        let is_whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| body.len() >= length(head));
        if count == 0 || is_whole {
            return text;
        }
    }
}

fn client(reach: Reach, addresses: &[&'static str]) -> Client {
    client_with(reach, Timeouts::default(), addresses)
}

fn client_with(reach: Reach, timeouts: Timeouts, addresses: &[&'static str]) -> Client {
    Client::with_lookup("Test", reach, timeouts, Fixed(addresses.to_vec())).unwrap()
}

async fn post(client: &Client, url: &str) -> Result<domain::webhook::Answer, RequestError> {
    client.post(url, &[("webhook-id", "msg_1".to_owned())], "{}".to_owned()).await
}

#[tokio::test]
async fn no_spelling_of_a_private_address_is_reached() {
    let target = receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let port = target.address.port();
    let client = client(Reach::PublicOnly, &["127.0.0.1"]);
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "127.0.0.1.",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "[fd00::1]",
        "[fe80::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "localhost",
        "private.example",
        "PRIVATE.example.",
    ] {
        for scheme in ["http", "https"] {
            let answer = post(&client, &format!("{scheme}://{host}:{port}/")).await;
            assert_eq!(answer, Err(RequestError::NotPublic), "{scheme}://{host}");
        }
    }
    assert_eq!(target.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn names_that_lead_inside_are_refused_whichever_form_they_resolve_to() {
    for address in [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "192.168.0.1",
        "172.20.0.1",
        "100.100.100.200",
        "0.0.0.0",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:a00:1::1",
        "2001::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
        "2001:db8::1",
        "224.0.0.251",
        "198.51.100.7",
    ] {
        let client = client(Reach::PublicOnly, &[address]);
        assert_eq!(post(&client, "https://rebound.example/").await, Err(RequestError::NotPublic), "{address}");
    }
}

#[tokio::test]
async fn requests_are_posted_and_answers_read() {
    let target = receiver(
        b"HTTP/1.1 503 Unavailable\r\nretry-after: 120\r\nwebhook-delivery: disable\r\nset-cookie: a=b\r\ncontent-length: 4\r\n\r\nbusy",
    )
    .await;
    let client = client(Reach::Everywhere, &["127.0.0.1"]);
    let url = format!("http://receiver.example:{}/hook?x=1", target.address.port());
    for _ in 0..2 {
        let answer = post(&client, &url).await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (503, b"busy".as_slice()));
        assert_eq!(answer.headers.retry_after.as_deref(), Some("120"));
        assert_eq!(answer.headers.webhook_delivery.as_deref(), Some("disable"));
    }
    let requests = target.requests.lock().unwrap();
    assert!(requests[0].starts_with("POST /hook?x=1 HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[0].contains("user-agent: Test\r\n") && requests[0].contains("webhook-id: msg_1\r\n"));
    assert!(requests.iter().all(|request| !request.to_lowercase().contains("cookie")), "no cookies are kept");
}

#[tokio::test]
async fn redirects_are_answers() {
    let inside = receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let location =
        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{}/\r\ncontent-length: 0\r\n\r\n", inside.address);
    let target = receiver(location.leak().as_bytes()).await;
    let client = client(Reach::Everywhere, &["127.0.0.1"]);
    let answer = post(&client, &format!("http://{}/", target.address)).await.unwrap();
    assert_eq!(answer.status, 307);
    assert_eq!(inside.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_is_read_is_bounded() {
    let mut answer = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    answer.resize(1_000_000, b'a');
    let target = receiver(answer.leak()).await;
    let client = client(Reach::Everywhere, &["127.0.0.1"]);
    let answer = post(&client, &format!("http://{}/", target.address)).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, 64 * 1024));
}

#[tokio::test]
async fn what_is_no_answer_has_a_reason() {
    let client = client(Reach::Everywhere, &["127.0.0.1"]);
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(post(&client, &format!("http://{closed}/")).await, Err(RequestError::Connect));
    let silent = receiver(b"").await;
    assert_eq!(post(&client, &format!("http://{}/", silent.address)).await, Err(RequestError::Broken));
    assert_eq!(post(&client, "not a url").await, Err(RequestError::InvalidUrl));
}

/// A receiver that takes a connection and sends a byte of its answer's head now and then, for ever.
#[tokio::test]
async fn a_tarpit_is_left_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx: ").await;
        while stream.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let timeouts = Timeouts { whole: Duration::from_millis(300), ..Timeouts::default() };
    let client = client_with(Reach::Everywhere, timeouts, &["127.0.0.1"]);
    assert_eq!(post(&client, &format!("http://{address}/")).await, Err(RequestError::Timeout));
}
